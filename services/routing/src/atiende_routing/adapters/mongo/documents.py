"""Items and agents as documents."""

from __future__ import annotations

from dataclasses import asdict, fields
from enum import Enum
from typing import Any

from atiende_kit.store import Document
from atiende_routing.domain.agent import Agent, PresenceStatus, Slot
from atiende_routing.domain.work_item import (
    WAITING,
    OfferRecord,
    WorkItem,
    WorkKind,
    WorkState,
)

_ITEM_FIELDS = frozenset(field.name for field in fields(WorkItem)) - {"item_id"}
_AGENT_FIELDS = frozenset(field.name for field in fields(Agent)) - {"agent_id"}
SKILLS_SEPARATOR = "|"


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple | frozenset):
        return [_plain(one) for one in (sorted(value) if isinstance(value, frozenset) else value)]
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    return value


def skills_key(skills: tuple[str, ...]) -> str:
    """Joins skills so that a queue can be grouped by them."""
    return SKILLS_SEPARATOR.join(sorted(skills))


def item_document(item: WorkItem) -> Document:
    """Renders an item, with the fields that only queries need."""
    document = {key: _plain(value) for key, value in asdict(item).items()}
    document["_id"] = document.pop("item_id")
    pending = item.open_offer
    document["skills_key"] = skills_key(item.skills)
    document["offered_to"] = pending.agent_id if pending else None
    document["offer_expire_time"] = pending.expire_time if pending else None
    document["waiting_since"] = item.waited_since() if item.state in WAITING else None
    # The ladder is for what waits; a field of its own keeps the sweeper's index small.
    document["escalate_time"] = item.escalate_time if item.state in WAITING else None
    return document


def item_of(document: Document) -> WorkItem:
    """Reads an item."""
    known = {key: document[key] for key in _ITEM_FIELDS if key in document}
    known["item_id"] = document["_id"]
    known["kind"] = WorkKind(known["kind"])
    known["state"] = WorkState(known["state"])
    known["skills"] = tuple(known["skills"])
    known["effects"] = tuple(known["effects"])
    known["offers"] = tuple(
        OfferRecord(**{**record, "reasons": tuple(record["reasons"])}) for record in known["offers"]
    )
    return WorkItem(**known)


def agent_document(agent: Agent) -> Document:
    """Renders an agent. The id carries the tenant: a subject is unique in its realm only."""
    document = {key: _plain(value) for key, value in asdict(agent).items()}
    document["slots"] = [
        {"item_id": s.item_id, "token": s.token, "reserve_time": s.reserve_time}
        for s in agent.slots
    ]
    document["_id"] = agent_key(agent.tenant, agent.agent_id)
    document["holds"] = bool(agent.slots)
    return document


def agent_of(document: Document) -> Agent:
    """Reads an agent."""
    known = {key: document[key] for key in _AGENT_FIELDS if key in document}
    known["agent_id"] = document["agent_id"]
    for name in ("units", "skills", "languages"):
        known[name] = frozenset(known[name])
    known["status"] = PresenceStatus(known["status"])
    known["slots"] = tuple(Slot(**slot) for slot in known["slots"])
    return Agent(**known)


def agent_key(tenant: str, agent_id: str) -> str:
    """Returns the document id of an agent."""
    return f"{tenant}/{agent_id}"
