"""The port `Cases` over a collection."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from atiende_cases.adapters.mongo.case_documents import read_case, write_case
from atiende_cases.adapters.mongo.codec import Doc
from atiende_cases.adapters.mongo.figures import figures_of_cases
from atiende_cases.adapters.mongo.inbox import INBOX_INDEXES, LISTED, TERMS_INDEX, Inbox
from atiende_cases.adapters.mongo.publications import TIMES_INDEX
from atiende_cases.adapters.protobuf import case_events
from atiende_cases.application.ports import CasePage, CaseQuery, PublicQuery, SaveCase
from atiende_cases.domain.case import Case
from atiende_cases.domain.values import ACTIVE
from atiende_kit.store import Collection, Database, Index, Insert, Outcome, Replace

INDEXES: Final = [
    Index([("folio", 1)], unique=True),
    TIMES_INDEX,
    *INBOX_INDEXES.values(),
    TERMS_INDEX,
    Index([("citizen_id", 1), ("open_time", -1), ("_id", -1)]),
    Index([("public", 1), ("open_time", -1), ("_id", -1)]),
    Index([("merged_into", 1)], partial={"merged_into": {"$gt": ""}}),
    Index([("incident_id", 1), ("incident_answer", 1)], partial={"incident_id": {"$gt": ""}}),
    # Where a merge or a parting stopped half-way; tiny, as it is settled within a second.
    Index([("update_time", 1)], partial={"unsettled": True}, tenant_first=False),
    Index([("reopen_until", 1)], partial={"can_lapse": True}, tenant_first=False),
]


class MongoCases:
    """The port `Cases` over a collection."""

    def __init__(self, database: Database) -> None:
        self.collection: Collection = database.collection(
            "cases",
            INDEXES,
            outbox=True,
            text_fields=("unit_id", "assignee_id", "procedure_code", "channel", "folio"),
        )
        self._inbox = Inbox(self.collection)

    async def get(self, tenant: str, case_id: str) -> Case | None:
        """One case, or None."""
        doc = await self.collection.get(tenant, case_id)
        return None if doc is None else read_case(doc)

    async def get_many(self, tenant: str, case_ids: Iterable[str]) -> list[Case]:
        """Those that exist."""
        found = await self.collection.get_many(tenant, case_ids)
        return [read_case(doc) for doc in found.values()]

    async def by_folios(self, tenant: str, folios: Iterable[str]) -> list[Case]:
        """Those with any of the folios."""
        wanted = list(dict.fromkeys(folios))
        if not wanted:
            return []
        found = await self.collection.find(tenant, {"$or": [{"folio": folio} for folio in wanted]})
        return [read_case(doc) for doc in found]

    async def of_citizen(self, tenant: str, citizen_id: str, *, limit: int) -> list[Case]:
        """A citizen's cases, newest first."""
        found = await self.collection.find(
            tenant,
            {"citizen_id": citizen_id},
            sort=[("open_time", -1)],
            limit=limit,
            projection=LISTED,
        )
        return [read_case(doc) for doc in found]

    async def merged_into(self, tenant: str, case_ids: Sequence[str]) -> list[Case]:
        """Those that are attended under any of these, one step down."""
        wanted = list(dict.fromkeys(case_ids))
        if not wanted:
            return []
        found = await self.collection.find(
            tenant,
            # The second condition says to the database that its partial index is enough.
            {"$and": [{"merged_into": {"$in": wanted}}, {"merged_into": {"$gt": ""}}]},
            projection=LISTED,
        )
        return sorted(map(read_case, found), key=lambda c: (c.open_time, c.case_id))

    async def page(self, tenant: str, query: CaseQuery) -> CasePage:
        """One page of the inbox."""
        return await self._inbox.page(tenant, query)

    async def count(self, tenant: str, query: CaseQuery, *, at_most: int) -> int:
        """How many there are, up to a number."""
        return await self._inbox.count(tenant, query, at_most=at_most)

    async def public_page(self, tenant: str, query: PublicQuery) -> list[Case]:
        """One page of public cases, newest first; what is one matter is listed once."""
        wanted: Doc = {"public": True, "merged_into": ""}
        if query.procedure_codes:
            wanted["$or"] = [{"procedure_code": code} for code in query.procedure_codes]
        if query.statuses:
            wanted["status"] = {"$in": [status.value for status in query.statuses]}
        opened: Doc = {}
        if query.start_time is not None:
            opened["$gte"] = query.start_time
        if query.end_time is not None:
            opened["$lte"] = query.end_time
        if query.before is not None:
            at, case_id = query.before
            opened["$lte"] = min(at, opened.get("$lte", at))
            wanted["$nor"] = [{"open_time": at, "_id": {"$gte": case_id}}]
        if opened:
            wanted["open_time"] = opened
        found = await self.collection.find(
            tenant,
            wanted,
            sort=[("open_time", -1), ("_id", -1)],
            limit=query.limit,
            projection=LISTED,
        )
        return [read_case(doc) for doc in found]

    async def lapsed(self, now: datetime, limit: int) -> list[Case]:
        """Resolved cases of every tenant that may no longer be reopened."""
        found = await self.collection.across_tenants(
            {"can_lapse": True, "reopen_until": {"$lt": now}},
            sort=[("reopen_until", 1)],
            limit=limit,
        )
        return [read_case(doc) for doc in found]

    async def of_incident(
        self, tenant: str, incident_id: str, *, below: int, limit: int
    ) -> list[Case]:
        """Cases of an incident that have not heard its answer of that number."""
        found = await self.collection.find(
            tenant,
            {**_of_incident(incident_id), "incident_answer": {"$lt": below}},
            sort=[("incident_answer", 1)],
            limit=limit,
        )
        return [read_case(doc) for doc in found]

    async def count_incident(
        self, tenant: str, incident_id: str, *, below: int
    ) -> tuple[int, int, int]:
        """How many there are of an incident, are open, and have not heard that answer."""
        of = _of_incident(incident_id)
        active = [status.value for status in ACTIVE]
        return (
            await self.collection.count(tenant, of),
            await self.collection.count(tenant, {**of, "status": {"$in": active}}),
            await self.collection.count(tenant, {**of, "incident_answer": {"$lt": below}}),
        )

    async def unsettled(self, before: datetime, limit: int) -> list[Case]:
        """Cases of every tenant where a merge or a parting stopped half-way."""
        found = await self.collection.across_tenants(
            {"unsettled": True, "update_time": {"$lt": before}},
            sort=[("update_time", 1)],
            limit=limit,
        )
        return [read_case(doc) for doc in found]

    async def write(self, saves: Sequence[SaveCase]) -> list[Outcome]:
        """Writes a batch."""
        ops: list[Insert | Replace] = []
        for save in saves:
            make = Replace if save.case.version else Insert
            ops.append(make(save.case.tenant, write_case(save.case), case_events(save)))
        return await self.collection.write(ops)

    async def figures(self, tenant: str, units: tuple[str, ...] | None) -> Mapping[str, Any]:
        """Counts and first-answer percentiles."""
        return await figures_of_cases(self.collection, tenant, units)


def _of_incident(incident_id: str) -> Doc:
    """What is attended under another folio hears the answer there."""
    return {"incident_id": incident_id, "merged_into": ""}
