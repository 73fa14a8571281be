"""The port `Turns` over the document store."""

from __future__ import annotations

from dataclasses import asdict, fields
from datetime import date, datetime

from atiende_kit.errors import AlreadyExists, VersionMismatch
from atiende_kit.store import Collection, Database, Document, Index
from atiende_routing.application.ports import TurnAdded
from atiende_routing.domain.turn import HELD, Turn, TurnState

_FIELDS = frozenset(field.name for field in fields(Turn)) - {"turn_id"}
_KEEP_SECONDS = 90 * 24 * 3600
INDEXES = (
    # The number is given by whoever writes first; nothing else counts turns.
    Index([("unit_id", 1), ("day", 1), ("number", 1)], unique=True),
    Index([("request", 1)], unique=True),
    # An agent has one person in front of them, however often "next" is pressed at once.
    Index([("held_by", 1)], unique=True, partial={"held": True}),
    Index([("store_time", 1)], tenant_first=False, expire_after_seconds=_KEEP_SECONDS),
)


class MongoTurns:
    """Turns, one document each."""

    def __init__(self, database: Database) -> None:
        self._turns: Collection = database.collection("turns", INDEXES)

    async def get(self, tenant: str, turn_id: str) -> Turn | None:
        """See the port."""
        found = await self._turns.get(tenant, turn_id)
        return None if found is None else _turn(found)

    async def of_request(self, tenant: str, request: str) -> Turn | None:
        """See the port."""
        found = await self._turns.find_one(tenant, {"request": request})
        return None if found is None else _turn(found)

    async def of_day(self, tenant: str, unit_id: str, day: date) -> list[Turn]:
        """See the port."""
        query = {"unit_id": unit_id, "day": day.isoformat()}
        found = await self._turns.find(tenant, query, sort=[("number", 1)])
        return [_turn(one) for one in found]

    async def held_by(self, tenant: str, agent_id: str, day: date) -> Turn | None:
        """See the port."""
        query = {"held": True, "held_by": _holder(agent_id, day)}
        found = await self._turns.find_one(tenant, query)
        return None if found is None else _turn(found)

    async def add(self, turn: Turn, request: str, real_now: datetime) -> TurnAdded:
        """See the port."""
        document = {**_document(turn), "request": request, "store_time": real_now}
        try:
            await self._turns.insert(turn.tenant, document)
        except AlreadyExists:
            known = await self.of_request(turn.tenant, request)
            return "number_taken" if known is None else "repeated"
        return "added"

    async def save(self, turn: Turn) -> bool:
        """See the port."""
        try:
            await self._turns.replace(turn.tenant, _document(turn))
        except (VersionMismatch, AlreadyExists):
            return False
        return True


def _holder(agent_id: str, day: date) -> str:
    # With the day: what was left open yesterday holds nobody up today.
    return f"{day.isoformat()}/{agent_id}"


def _document(turn: Turn) -> Document:
    document = asdict(turn)
    document["_id"] = document.pop("turn_id")
    document["day"] = turn.day.isoformat()
    document["state"] = turn.state.value
    document["held"] = turn.state in HELD
    document["held_by"] = _holder(turn.agent_id or "", turn.day)
    return document


def _turn(document: Document) -> Turn:
    known = {key: document[key] for key in _FIELDS if key in document}
    known["turn_id"] = document["_id"]
    known["day"] = date.fromisoformat(document["day"])
    known["state"] = TurnState(document["state"])
    return Turn(**known)
