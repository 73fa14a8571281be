"""The port `CitizenCases` over the collection of cases."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from atiende_cases.adapters.mongo.case_documents import read_case
from atiende_cases.adapters.mongo.codec import Doc
from atiende_cases.adapters.mongo.inbox import LISTED
from atiende_cases.domain.case import Case
from atiende_kit.store import Collection

_MOST_GIVEN: Final = 1_000


class MongoCitizenCases:
    """Cases the way citizens look for them."""

    def __init__(self, cases: Collection, conversations: Collection) -> None:
        self._cases = cases
        self._conversations = conversations

    async def case_id_of(self, tenant: str, folio: str) -> str | None:
        """Id of the case with a folio."""
        found = await self._cases.find(tenant, {"folio": folio}, limit=1, projection={"_id": 1})
        return str(found[0]["_id"]) if found else None

    async def page(
        self,
        tenant: str,
        citizen_id: str,
        *,
        given: Iterable[str] = (),
        before: tuple[datetime, str] | None,
        limit: int,
    ) -> list[Case]:
        """A citizen's cases, newest first."""
        wanted: Doc = {"citizen_id": citizen_id}
        if also := await self._given_to(tenant, list(given)):
            wanted = {"$or": [wanted, {"_id": {"$in": also}}]}
        if before is not None:
            at, case_id = before
            wanted["open_time"] = {"$lte": at}
            wanted["$nor"] = [{"open_time": at, "_id": {"$gte": case_id}}]
        found = await self._cases.find(
            tenant,
            wanted,
            sort=[("open_time", -1), ("_id", -1)],
            limit=limit,
            projection=LISTED,
        )
        return [read_case(doc) for doc in found]

    async def _given_to(self, tenant: str, keys: list[str]) -> list[str]:
        """Ids of the newest cases whose matter goes on at one of these addresses."""
        if not keys:
            return []
        found = await self._conversations.find(
            tenant,
            {"given_keys": {"$in": keys}},
            sort=[("create_time", -1)],
            limit=_MOST_GIVEN,
            projection={"case_id": 1},
        )
        return [str(doc["case_id"]) for doc in found]
