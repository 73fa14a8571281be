"""The port `Cases` over a collection."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from atiende_cases.adapters.mongo.case_documents import read_case, write_case
from atiende_cases.adapters.mongo.codec import Doc
from atiende_cases.adapters.mongo.figures import figures_of_cases
from atiende_cases.adapters.protobuf import case_events
from atiende_cases.application.ports import CaseQuery, PublicQuery, SaveCase
from atiende_cases.domain.case import Case
from atiende_cases.domain.values import Status
from atiende_kit.store import Collection, Database, Index, Insert, Outcome, Replace

_DUE: Final = [("next_due_time", 1), ("_id", 1)]
INDEXES: Final = [
    Index([("folio", 1)], unique=True),
    # The inbox, by what most narrows it; each ends with the order of the page.
    Index([("visible_units", 1), ("status", 1), *_DUE]),
    Index([("status", 1), *_DUE]),
    Index([("assignee_id", 1), ("status", 1), *_DUE]),
    Index([("procedure_code", 1), ("status", 1), *_DUE]),
    Index([("terms", 1), *_DUE]),
    Index([("citizen_id", 1), ("open_time", -1)]),
    Index([("public", 1), ("open_time", -1), ("_id", -1)]),
    Index([("reopen_until", 1)], partial={"can_lapse": True}, tenant_first=False),
]
# A listing needs neither search terms nor effects nor history.
_LISTED: Final = {"terms": 0, "effects": 0, "history": 0, "outbox": 0, "writes": 0}


class MongoCases:
    """The port `Cases` over a collection."""

    def __init__(self, database: Database) -> None:
        self.collection: Collection = database.collection(
            "cases",
            INDEXES,
            outbox=True,
            text_fields=("unit_id", "assignee_id", "procedure_code", "channel", "folio"),
        )

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
            projection=_LISTED,
        )
        return [read_case(doc) for doc in found]

    async def page(self, tenant: str, query: CaseQuery) -> list[Case]:
        """One page of the inbox."""
        found = await self.collection.find(
            tenant, _inbox_filter(query), sort=_DUE, limit=query.limit, projection=_LISTED
        )
        return [read_case(doc) for doc in found]

    async def public_page(self, tenant: str, query: PublicQuery) -> list[Case]:
        """One page of public cases, newest first."""
        wanted: Doc = {"public": True}
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
            projection=_LISTED,
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


def _inbox_filter(query: CaseQuery) -> Doc:
    """Builds the filter; every operator in it is built here, never read from a request."""
    wanted: Doc = {"status": _any_of(query.statuses)}
    if query.unit is not None:
        wanted["visible_units"] = query.unit
        if query.units is not None and query.unit not in query.units:
            # A unit that is not theirs is an empty page, whether it exists or not.
            wanted["visible_units"] = {"$in": []}
    elif query.units is not None:
        wanted["visible_units"] = {"$in": list(query.units)}
    if query.assignee is not None:
        wanted["assignee_id"] = query.assignee
    if query.channel is not None:
        wanted["channel"] = query.channel.value
    if query.procedure is not None:
        wanted["procedure_code"] = query.procedure
    if query.priority is not None:
        wanted["priority"] = query.priority
    if query.citizen_id is not None:
        wanted["citizen_id"] = query.citizen_id
    if query.terms:
        wanted["terms"] = {"$all": list(query.terms)}
    if query.after is not None:
        at, case_id = query.after
        wanted["next_due_time"] = {"$gte": at}
        wanted["$nor"] = [{"next_due_time": at, "_id": {"$lte": case_id}}]
    return wanted


def _any_of(statuses: tuple[Status, ...]) -> Any:
    if len(statuses) == 1:
        return statuses[0].value
    return {"$in": [status.value for status in statuses]}
