"""Who works at the desk, one document for each person who has opened it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from atiende_cases.application.ports import Colleague
from atiende_kit.store import Collection, Database, Index, Insert, Replace

INDEXES: Final = [Index([("units", 1), ("name", 1)]), Index([("sees_all", 1), ("name", 1)])]
_REMEMBERED: Final = 10_000


class MongoDirectory:
    """The port `Directory` over a collection."""

    def __init__(self, database: Database) -> None:
        self.collection: Collection = database.collection("directory", INDEXES)
        self._known: dict[str, Colleague] = {}

    async def remember(self, colleague: Colleague) -> None:
        """Notes who somebody is; what this process has noted already is not written again."""
        name = _id(colleague.tenant, colleague.subject)
        if self._known.get(name) == colleague:
            return
        stored = await self.collection.get(colleague.tenant, name)
        if stored is None:
            await self.collection.write([Insert(colleague.tenant, _write(colleague))])
        elif _read(stored) != colleague:
            doc = {**_write(colleague), "version": stored["version"]}
            await self.collection.write([Replace(colleague.tenant, doc)])
        # Whoever wrote in between knew a token of the same person; the next change is seen again.
        if len(self._known) >= _REMEMBERED:
            self._known.clear()
        self._known[name] = colleague

    async def get_many(self, tenant: str, subjects: Iterable[str]) -> list[Colleague]:
        """Those who are known."""
        found = await self.collection.get_many(tenant, [_id(tenant, s) for s in subjects])
        return [_read(doc) for doc in found.values()]

    async def who_see(self, tenant: str, units: Iterable[str], *, limit: int) -> list[Colleague]:
        """Those who may see what these units may, by name."""
        wanted = {"$or": [{"units": {"$in": list(units)}}, {"sees_all": True}]}
        found = await self.collection.find(tenant, wanted, sort=[("name", 1)], limit=limit)
        return [_read(doc) for doc in found]


def _id(tenant: str, subject: str) -> str:
    return f"{tenant}/{subject}"


def _write(colleague: Colleague) -> dict[str, Any]:
    return {
        "_id": _id(colleague.tenant, colleague.subject),
        "tenant": colleague.tenant,
        "version": 0,
        "subject": colleague.subject,
        "name": colleague.name,
        "units": sorted(colleague.units or ()),
        "sees_all": colleague.units is None,
    }


def _read(doc: dict[str, Any]) -> Colleague:
    return Colleague(
        subject=doc["subject"],
        tenant=doc["tenant"],
        name=doc["name"],
        units=None if doc["sees_all"] else frozenset(doc["units"]),
    )
