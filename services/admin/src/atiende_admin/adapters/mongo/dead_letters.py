"""Dead letters in the document store: facts and decisions, never a message's content."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

from atiende_admin.domain.dead_letter import OPEN, DeadLetter, Fact, State
from atiende_kit.store import Database, Document, Index, Insert, Outcome, Replace

MOST_OPEN = 20_000
_FACTS = tuple(field.name for field in dataclasses.fields(Fact))


class MongoDeadLetters:
    """`atiende_admin.application.ports.DeadLetters` over the kit's store."""

    def __init__(self, database: Database) -> None:
        self._letters = database.collection(
            "dead_letters",
            indexes=[
                Index([("state", 1), ("number", -1)]),
                # The worker tends those of all cities.
                Index([("state", 1)], tenant_first=False),
            ],
        )

    async def add(self, letters: Sequence[DeadLetter]) -> None:
        """See the port."""
        if letters:
            await self._letters.write([Insert(one.fact.tenant, _document(one)) for one in letters])

    async def get(self, tenant: str, number: int) -> DeadLetter | None:
        """See the port."""
        document = await self._letters.get(tenant, str(number))
        return None if document is None else _letter(document)

    async def save(self, letter: DeadLetter) -> bool:
        """See the port."""
        [outcome] = await self._letters.write([Replace(letter.fact.tenant, _document(letter))])
        return outcome is Outcome.DONE

    async def listing(
        self, tenant: str, states: Sequence[State], before: int | None, limit: int
    ) -> Sequence[DeadLetter]:
        """See the port."""
        query: dict[str, Any] = {"state": {"$in": [one.value for one in states]}}
        if before is not None:
            query["number"] = {"$lt": before}
        found = await self._letters.find(tenant, query, sort=[("number", -1)], limit=limit)
        return [_letter(document) for document in found]

    async def count(self, tenant: str, states: Sequence[State]) -> int:
        """See the port."""
        return await self._letters.count(tenant, {"state": {"$in": [one.value for one in states]}})

    async def undone(self) -> Sequence[DeadLetter]:
        """See the port."""
        found = await self._letters.across_tenants(
            {"state": {"$in": [one.value for one in OPEN]}}, limit=MOST_OPEN
        )
        return [_letter(document) for document in found]


def _document(letter: DeadLetter) -> Document:
    own = {
        "_id": str(letter.fact.number),
        "state": letter.state.value,
        "actor": letter.actor,
        "actor_name": letter.actor_name,
        "note": letter.note,
        "decide_time": letter.decide_time,
        "version": letter.version,
    }
    return {**dataclasses.asdict(letter.fact), **own}


def _letter(document: Document) -> DeadLetter:
    return DeadLetter(
        fact=Fact(**{name: document[name] for name in _FACTS}),
        state=State(document["state"]),
        actor=document["actor"],
        actor_name=document["actor_name"],
        note=document["note"],
        decide_time=document["decide_time"],
        version=document["version"],
    )
