"""The audit chain: every event of the service, each entry bound to the one before.

`hash = SHA-256(canonical JSON of the entry without its hash)`, and the entry holds the hash of
the entry before, so that changing, removing, adding or exchanging entries breaks the chain at a
place that can be named. What was said is held as the hash of its body: the payload may be deleted
by law, the proof of it stays.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from typing import Any, Final

GENESIS: Final = "0" * 64
_LATER: Final = frozenset({"case_id", "actor_kind", "actor_id"})


@dataclass(frozen=True, slots=True)
class Fact:
    """What an entry tells: an event on its way to the bus."""

    event_id: str
    subject: str
    type: str
    document_id: str
    time: datetime
    body_sha256: str
    case_id: str = ""
    actor_kind: str = ""
    actor_id: str = ""


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One link."""

    tenant: str
    seq: int
    prev_hash: str
    event_id: str
    subject: str
    type: str
    document_id: str
    time: str
    body_sha256: str
    hash: str = ""
    case_id: str = ""
    actor_kind: str = ""
    actor_id: str = ""

    def stored(self) -> dict[str, Any]:
        """The entry as it is kept: what it does not say is left out.

        Entries from before a field was added keep their form, and so their hashes.
        """
        values = ((name, getattr(self, name)) for name in _NAMES)
        return {name: value for name, value in values if value or name not in _LATER}

    def computed_hash(self) -> str:
        """The hash that the entry must have."""
        content = {name: value for name, value in self.stored().items() if name != "hash"}
        text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


_NAMES: Final = tuple(field.name for field in fields(AuditEntry))


def linked(
    tenant: str, facts: Iterable[Fact], *, after_seq: int, after_hash: str
) -> list[AuditEntry]:
    """Makes the next links of a chain."""
    entries: list[AuditEntry] = []
    seq, previous = after_seq, after_hash
    for fact in facts:
        seq += 1
        bare = AuditEntry(
            tenant=tenant,
            seq=seq,
            prev_hash=previous,
            event_id=fact.event_id,
            subject=fact.subject,
            type=fact.type,
            document_id=fact.document_id,
            time=fact.time.astimezone(UTC).isoformat(timespec="milliseconds"),
            body_sha256=fact.body_sha256,
            case_id=fact.case_id,
            actor_kind=fact.actor_kind,
            actor_id=fact.actor_id,
        )
        previous = bare.computed_hash()
        entries.append(replace(bare, hash=previous))
    return entries


@dataclass(frozen=True, slots=True)
class Break:
    """The first place where a chain does not hold."""

    tenant: str
    seq: int
    why: str


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The head of a chain at some moment, kept apart from the chain."""

    seq: int
    hash: str


def first_break(
    tenant: str, entries: Iterable[Mapping[str, Any]], checkpoints: Iterable[Checkpoint] = ()
) -> Break | None:
    """Recomputes a chain.

    Args:
        tenant: whose chain it is.
        entries: raw entries in stored order, as the database gives them.
        checkpoints: heads that the chain must contain; they show that its end was cut off.

    Returns:
        The first broken entry, or None.
    """
    previous, seq = GENESIS, 0
    wanted = {point.seq: point.hash for point in checkpoints}
    seen: set[str] = set()
    for raw in entries:
        seq += 1
        try:
            entry = AuditEntry(**raw)
            hashed = entry.computed_hash()
        except (TypeError, ValueError):
            return Break(tenant, seq, "the entry does not have the fields of an entry")
        if entry.seq != seq:
            return Break(tenant, seq, f"entry {seq} is missing or moved: found {entry.seq}")
        if entry.tenant != tenant:
            return Break(tenant, seq, "the entry belongs to another tenant")
        if entry.prev_hash != previous:
            return Break(tenant, seq, "the entry is not bound to the one before")
        if hashed != entry.hash:
            return Break(tenant, seq, "the entry was changed")
        if entry.event_id in seen:
            return Break(tenant, seq, "the event stands twice in the chain")
        if seq in wanted and wanted[seq] != entry.hash:
            return Break(tenant, seq, "the chain was rewritten: a checkpoint differs")
        seen.add(entry.event_id)
        previous = entry.hash
    if wanted and max(wanted) > seq:
        return Break(tenant, seq + 1, "the end of the chain is missing")
    return None
