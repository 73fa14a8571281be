"""The invariants of reliability section 6, each one a function of the evidence.

They read what is stored and what a provider took, and the sender's own ledger; they never ask the
code that is judged.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from atiende_cases.domain.audit import Checkpoint, first_break
from dev.checker.evidence import Document, Evidence

_FINAL_NOTIFICATIONS = frozenset({"delivered", "available", "failed", "expired"})
_WAITING_WORK = frozenset({"held", "queued", "offered", "parked"})
_MOVE = re.compile(r"(.+) → (.+)")


@dataclass(frozen=True)
class Violation:
    """A promise that was not kept."""

    invariant: str
    what: str

    def __str__(self) -> str:
        return f"{self.invariant}: {self.what}"


def check(evidence: Evidence) -> list[Violation]:
    """Everything that is wrong, once nothing is under way any more."""
    return [
        Violation(invariant, what)
        for invariant, judge in INVARIANTS.items()
        for what in judge(evidence)
    ]


def acknowledged_once(evidence: Evidence) -> Iterator[str]:
    """I1: what was acknowledged is in exactly one timeline."""
    counts = Counter(_key(one) for one in _inbound(evidence))
    for entry in evidence.ledger:
        count = counts[entry.tenant, entry.channel, entry.key]
        if entry.acknowledged_at is not None and count != 1:
            yield f"{entry.tenant}/{entry.channel}/{entry.key} stands {count} times"


def unacknowledged_at_most_once(evidence: Evidence) -> Iterator[str]:
    """I2: what was not acknowledged is in no more than one; nothing comes out of nowhere."""
    counts = Counter(_key(one) for one in _inbound(evidence))
    sent = {(one.tenant, one.channel, one.key): one for one in evidence.ledger}
    for key, count in counts.items():
        if key not in sent:
            yield f"{'/'.join(key)} was never sent"
        elif sent[key].acknowledged_at is None and count > 1:
            yield f"{'/'.join(key)} stands {count} times"


def content_intact(evidence: Evidence) -> Iterator[str]:
    """I3: the text is what was written."""
    sent = {(one.tenant, one.channel, one.key): one.text_sha256 for one in evidence.ledger}
    for one in _inbound(evidence):
        wanted = sent.get(_key(one), "")
        if wanted and hashlib.sha256(one["text"].encode()).hexdigest() != wanted:
            yield f"the text of {'/'.join(_key(one))} is another one"


def one_city_one_citizen(evidence: Evidence) -> Iterator[str]:
    """I4: a timeline is of one city and one citizen, and says nothing of another city."""
    conversations = {one["_id"]: one for one in evidence.of("cases", "conversations")}
    citizens = {one["_id"]: one for one in evidence.of("cases", "citizens")}
    for one in evidence.of("cases", "messages"):
        home = conversations.get(one["conversation_id"])
        if home is None:
            yield f"message {one['_id']} is in no conversation"
        elif (home["tenant"], home["citizen_id"]) != (one["tenant"], one["citizen_id"]):
            yield f"message {one['_id']} is in somebody else's conversation"
        for tenant in evidence.tenants:
            if f"({tenant})" in one["text"] and one["tenant"] != tenant:
                yield f"message {one['_id']} of {tenant} is in {one['tenant']}"
    for one in conversations.values():
        citizen = citizens.get(one["citizen_id"])
        if citizen is None or citizen["tenant"] != one["tenant"]:
            yield f"conversation {one['_id']} has no citizen of its city"


def nothing_in_limbo(evidence: Evidence) -> Iterator[str]:
    """I5: what needs somebody has one work item; its owner is the one whom the case names."""
    items: dict[str, list[Document]] = defaultdict(list)
    for item in evidence.of("routing", "work_items"):
        items[item["case_id"]].append(item)
    for case in evidence.of("cases", "cases"):
        found = items.pop(case["_id"], [])
        if len(found) != 1:
            yield f"case {case['_id']} has {len(found)} work items"
            continue
        [item] = found
        owner = item["agent_id"] if item["state"] in {"assigned", "parked"} else None
        if case["status"] == "open" and item["state"] == "completed":
            yield f"case {case['_id']} is open and nobody's work"
        if case["status"] in {"resolved", "closed"} and item["state"] != "completed":
            yield f"case {case['_id']} is {case['status']} and still work: {item['state']}"
        if case["status"] == "open" and (owner or "") != case["assignee_id"]:
            yield f"case {case['_id']} names {case['assignee_id']}, its work {owner}"
    for case_id in items:
        yield f"work for a case that is not there: {case_id}"


def machine_followed(evidence: Evidence) -> Iterator[str]:
    """I6: every state of a case begins where the one before ended; no write was lost."""
    for case in evidence.of("cases", "cases"):
        state = None
        for step in case["history"]:
            if step["kind"] in {"resolved", "reopened"}:
                state = None  # these name no states
            move = _MOVE.fullmatch(step["detail"]) if step["kind"] == "state" else None
            if move is None:
                continue
            if state is not None and move[1] != state:
                yield f"case {case['_id']} went from {move[1]} but was {state}"
            state = move[2]
        if state is not None and state != case["state"]:
            yield f"case {case['_id']} is {case['state']}, its history ends in {state}"


def told_or_visibly_not(evidence: Evidence) -> Iterator[str]:
    """I7: every notification has a final state."""
    for one in evidence.of("notifications", "notifications"):
        if one["state"] not in _FINAL_NOTIFICATIONS | evidence.in_time:
            yield f"notification {one['_id']} ({one['template_key']}) is {one['state']}"


def sent_once(evidence: Evidence) -> Iterator[str]:
    """I8: a person gets a message once, unless the platform could not know that it arrived."""
    times: Counter[tuple[str, str]] = Counter()
    unknown: Counter[tuple[str, str]] = Counter()
    for one in evidence.provider:
        times[one.tenant, one.key] += 1
        unknown[one.tenant, one.key] += one.unknown
    for key, count in times.items():
        if count - unknown[key] > 1:
            yield f"{'/'.join(key)} was sent {count} times, {unknown[key]} of them unknown"


def asked_once(evidence: Evidence) -> Iterator[str]:
    """I9: what may be told only once is told only once, whatever became of the first time."""
    resolutions = Counter(
        (one["tenant"], one["case_id"], one["resolution_number"])
        for one in evidence.of("surveys", "invitations")
    )
    for key, count in resolutions.items():
        if count > 1:
            yield f"{count} invitations for resolution {key[2]} of case {key[1]}"
    got: Counter[tuple[str, str]] = Counter(
        (one.tenant, one.message_id)
        for one in evidence.provider
        if one.key.endswith(".0")  # a long text is one message in parts
    )
    for one in evidence.of("notifications", "notifications"):
        if one["at_most_once"]:
            count = sum(got[one["tenant"], attempt["message_id"]] for attempt in one["attempts"])
            if count > 1:
                yield f"notification {one['_id']} ({one['template_key']}) was sent {count} times"


def folios_whole(evidence: Evidence) -> Iterator[str]:
    """I10: numbers are unique and without a gap, for each city and year."""
    numbers: dict[tuple[str, int], list[int]] = defaultdict(list)
    for claim in evidence.of("cases", "folios"):
        ids = claim["case_ids"]
        span = range(claim["first"], claim["first"] + len(ids))
        numbers[claim["tenant"], claim["year"]].extend(span)
    for (tenant, year), found in numbers.items():
        if sorted(found) != list(range(1, len(found) + 1)):
            yield f"folios of {tenant} in {year} are {sorted(found)}"
    seen = Counter((one["tenant"], one["folio"]) for one in evidence.of("cases", "cases"))
    for key, count in seen.items():
        if count > 1:
            yield f"{count} cases have the folio {key[1]}"


def audit_whole(evidence: Evidence) -> Iterator[str]:
    """I12: the chain holds, and says what was published: no more and no less."""
    for tenant in evidence.tenants:
        blocks = [one for one in evidence.of("cases", "audit") if one["tenant"] == tenant]
        blocks.sort(key=lambda one: (one["first_seq"], one["_id"]))
        entries = [entry for block in blocks for entry in block["entries"]]
        points = [
            Checkpoint(one["seq"], one["hash"])
            for one in evidence.of("cases", "audit_checkpoints")
            if one["tenant"] == tenant
        ]
        broken = first_break(tenant, entries, points)
        if broken is not None:
            yield f"audit of {tenant}, entry {broken.seq}: {broken.why}"
        noted = {entry["event_id"]: entry["type"] for entry in entries}
        said = evidence.published_by("cases", tenant)
        unsaid = {noted[one] for one in noted.keys() - said} - evidence.commands
        if unsaid:
            yield f"in the audit of {tenant}, and never said: {', '.join(sorted(unsaid))}"
        if unnoted := said - noted.keys():
            yield f"{len(unnoted)} events of {tenant} were said and are not in the audit"


def published_and_heard(evidence: Evidence) -> Iterator[str]:
    """I13: no outbox holds anything back; each accepted row had its effect once."""
    for name, count in evidence.outboxes().items():
        yield f"{name} holds {count} events back"
    entered = {one["_id"] for one in _inbound(evidence)}
    for row in evidence.of("channels", "inbox"):
        if row["state"] == "published" and row["message_id"] not in entered:
            yield f"row {row['_id']} was published and entered nowhere"


def no_dead_letters(evidence: Evidence) -> Iterator[str]:
    """I14: the dead letters are those that were made on purpose."""
    if evidence.dead_letters != evidence.poison:
        yield f"{evidence.dead_letters} dead letters, {evidence.poison} were made on purpose"


def no_backlog(evidence: Evidence) -> Iterator[str]:
    """I18: nobody is behind."""
    for durable, count in evidence.backlog.items():
        yield f"{durable} is {count} behind"


def capacity_kept(evidence: Evidence) -> Iterator[str]:
    """I20: no agent has more than they may have, nor a slot for what is not theirs."""
    items = {one["_id"]: one for one in evidence.of("routing", "work_items")}
    for agent in evidence.of("routing", "agents"):
        held = {slot["item_id"] for slot in agent["slots"]}
        if len(held) > agent["capacity"]:
            yield f"agent {agent['_id']} has {len(held)} of {agent['capacity']}"
        for slot in agent["slots"]:
            item: Any = items.get(slot["item_id"], {})
            if item.get("state") not in _WAITING_WORK | {"assigned"}:
                yield f"agent {agent['_id']} has a slot for finished work {slot['item_id']}"
            elif item["state"] == "assigned" and item["agent_id"] != agent["agent_id"]:
                yield f"agents {agent['_id']} and {item['agent_id']} have {slot['item_id']}"


def _inbound(evidence: Evidence) -> Iterator[Document]:
    return (m for m in evidence.of("cases", "messages") if m["direction"] == "inbound")


def _key(message: Document) -> tuple[str, str, str]:
    return message["tenant"], message["channel"], message["provider_message_id"]


INVARIANTS: dict[str, Callable[[Evidence], Iterator[str]]] = {
    "I1": acknowledged_once,
    "I2": unacknowledged_at_most_once,
    "I3": content_intact,
    "I4": one_city_one_citizen,
    "I5": nothing_in_limbo,
    "I6": machine_followed,
    "I7": told_or_visibly_not,
    "I8": sent_once,
    "I9": asked_once,
    "I10": folios_whole,
    "I12": audit_whole,
    "I13": published_and_heard,
    "I14": no_dead_letters,
    "I18": no_backlog,
    "I20": capacity_kept,
}
