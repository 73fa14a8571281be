"""What a judgement may look at: databases, the broker's state, the provider's records, a ledger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dev.checker.ledger import Ledger

Document = Mapping[str, Any]
Documents = Sequence[Document]


@dataclass(frozen=True)
class ProviderMessage:
    """A message that a provider took for a person.

    Attributes:
        key: Id of the outbound message and number of its part, `<id>.<part>`.
        unknown: The platform was never told that it was taken.
    """

    tenant: str
    to: str
    key: str
    text: str
    unknown: bool = False

    @property
    def message_id(self) -> str:
        """Id of the outbound message."""
        return self.key.rpartition(".")[0]


@dataclass(frozen=True)
class Evidence:
    """The state of a platform at one moment.

    Attributes:
        documents: By service and collection, all of them, as they are stored.
        published: (service, tenant, event id) of everything in the streams.
        dead_letters: How many.
        poison: How many of them were made on purpose.
        backlog: What waits at durables, by name; empty ones are left out.
        commands: Types that the broker forgets once they are obeyed.
        in_time: States of notifications that may still change and need not have yet.
    """

    tenants: Sequence[str]
    ledger: Ledger
    documents: Mapping[str, Mapping[str, Documents]]
    provider: Sequence[ProviderMessage]
    published: frozenset[tuple[str, str, str]]
    dead_letters: int
    backlog: Mapping[str, int]
    poison: int = 0
    commands: frozenset[str] = frozenset()
    in_time: frozenset[str] = frozenset()

    def of(self, service: str, collection: str) -> Documents:
        """The documents of a collection; none when it was never written."""
        return self.documents.get(service, {}).get(collection, ())

    def published_by(self, service: str, tenant: str) -> set[str]:
        """Ids of the events that a service said of a city."""
        return {event_id for who, of, event_id in self.published if (who, of) == (service, tenant)}

    def outboxes(self) -> dict[str, int]:
        """Events that are not published yet, by collection; empty ones are left out."""
        found = {
            f"{service}.{name}": sum(len(one.get("outbox") or ()) for one in documents)
            for service, collections in self.documents.items()
            for name, documents in collections.items()
        }
        return {name: count for name, count in found.items() if count}

    def under_way(self) -> list[str]:
        """What is still moving, in words; empty when all is quiet."""
        moving = [f"{name} has {count} unpublished" for name, count in self.outboxes().items()]
        moving += [f"{durable} has {count}" for durable, count in self.backlog.items()]
        # One that waits for something outside (a status of a message that nobody noted) may do so
        # for minutes, and is refused by name at the end.
        pending = sum(row["state"] == "received" for row in self.of("channels", "inbox"))
        if pending:
            moving.append(f"{pending} rows of the inbox")
        sending = [
            one
            for one in self.of("notifications", "notifications")
            if one["state"] in {"sending", "sent", "scheduled"}
        ]
        if sending:
            moving.append(f"{len(sending)} notifications")
        active = sum(case["status"] == "open" for case in self.of("cases", "cases"))
        if active:
            moving.append(f"{active} cases")
        return moving
