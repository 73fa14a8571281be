"""The inbox's queries: one index walk each, over a bounded number of cases.

The narrowest facet (or search term) leads: its index entries stand in the order of the page, and
whatever else was asked for is looked for among the first `MOST_EXAMINED` of them. A page that ends
there says where to go on. So no combination of filters, and no word that every second case has, can
make the database read the whole city.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Final

from atiende_cases.adapters.mongo.case_documents import POSITIONS, read_case
from atiende_cases.adapters.mongo.codec import Doc
from atiende_cases.application.ports import CasePage, CaseQuery
from atiende_cases.domain.inbox import CITY, SCOPED, Drawer, Sort, instant_position, key
from atiende_kit.store import Collection, Index

MOST_EXAMINED: Final = 2_000
"""Index entries that one page walks at most."""

INBOX_INDEXES: Final = {
    sort: Index([("inbox", 1), (position, 1)]) for sort, position in POSITIONS.items()
}
"""One for each order; `domain/inbox.py` says what a key is."""

TERMS_INDEX: Final = Index([("terms", 1), (POSITIONS[Sort.NEWEST], 1)])

LISTED: Final = dict.fromkeys(
    ("terms", "effects", "history", "facets", "inbox", "outbox", "writes"), 0
)
"""A listing needs none of these."""


class Inbox:
    """Pages and counts over the cases' collection."""

    def __init__(self, cases: Collection) -> None:
        self._cases = cases

    async def page(self, tenant: str, query: CaseQuery) -> CasePage:
        """One page."""
        if not query.scopes or query.case_ids == ():
            return CasePage([])
        sort = Sort.NEWEST if query.terms else query.sort
        field, direction = POSITIONS[sort], -1 if sort.descends else 1
        lead, rest = await self._split(tenant, query)
        beyond = "$lt" if sort.descends else "$gt"
        if query.after is not None:
            lead[field] = {**lead.get(field, {}), beyond: query.after}
        index = _index_of(query)
        bound = None
        if rest and index is not None:
            bound = await self._bound(tenant, lead, field, direction, index)
        if bound is not None:
            lead[field] = {**lead.get(field, {}), "$gte" if sort.descends else "$lte": bound}
        found = await self._cases.find(
            tenant,
            _both(lead, rest),
            sort=[(field, direction)],
            limit=query.limit + 1,
            projection=LISTED,
            index=index,
        )
        shown = [read_case(doc) for doc in found[: query.limit]]
        if len(found) > query.limit:
            return CasePage(shown, found[query.limit - 1][field])
        return CasePage(shown, bound)

    async def count(self, tenant: str, query: CaseQuery, *, at_most: int) -> int:
        """How many there are of one facet, up to a number."""
        if not query.scopes or query.drawer is None:
            return 0
        lead = _filed(query, query.drawer, next(iter(query.facets), ""))
        _overdue(lead, query)
        return await self._cases.count(tenant, lead, limit=at_most, index=INBOX_INDEXES[Sort.DUE])

    async def _split(self, tenant: str, query: CaseQuery) -> tuple[Doc, Doc]:
        """What leads, and what is looked for among what it gives."""
        # The way of a transfer is seen from a unit, so it stands in the keys alone.
        way = next((f for f in query.facets if f in SCOPED), "")
        facets = [f for f in query.facets if f not in SCOPED]
        rest: Doc = {}
        if query.case_ids is not None:
            lead: Doc = {"_id": {"$in": list(query.case_ids)}}
        elif query.terms:
            by_term = {term: {"terms": term} for term in query.terms}
            first = await self._narrowest(tenant, by_term, TERMS_INDEX)
            lead = by_term[first]
            others = [term for term in query.terms if term != first]
            if others:
                rest["terms"] = {"$all": others}
        else:
            drawer = query.drawer or Drawer.ACTIVE
            by_facet = {f: _filed(query, drawer, f) for f in ([way] if way else facets or [""])}
            first = await self._narrowest(tenant, by_facet, INBOX_INDEXES[Sort.DUE])
            lead = by_facet[first]
            facets = [f for f in facets if f != first]
        if query.case_ids is not None or query.terms:
            if query.drawer is not None:
                rest |= _filed(query, query.drawer, way)
            elif query.scopes != (CITY,):
                rest["visible_units"] = {"$in": list(query.scopes)}
        if facets:
            rest["facets"] = {"$all": facets}
        # In the order of what is due, what is overdue is one end of the index.
        by_due = query.sort is Sort.DUE and not query.terms and query.case_ids is None
        _overdue(lead if by_due else rest, query, by_due=by_due)
        return lead, rest

    async def _narrowest(self, tenant: str, leads: Mapping[str, Doc], index: Index) -> str:
        """The one of several that leaves least to look at; not counted beyond what is walked."""
        if len(leads) == 1:
            return next(iter(leads))
        counts = await asyncio.gather(
            *(
                self._cases.count(tenant, lead, limit=MOST_EXAMINED + 1, index=index)
                for lead in leads.values()
            )
        )
        return min(zip(counts, leads, strict=True))[1]

    async def _bound(
        self, tenant: str, lead: Doc, field: str, direction: int, index: Index
    ) -> str | None:
        """Position of the last entry that this page looks at; None when those are all."""
        rows = await self._cases.aggregate(
            tenant,
            [
                {"$match": lead},
                {"$sort": {field: direction}},
                {"$skip": MOST_EXAMINED - 1},
                {"$limit": 2},
                {"$project": {"_id": 0, field: 1}},
            ],
            index=index,
        )
        # When nothing stands behind it, the page reaches to the end anyhow.
        return str(rows[0][field]) if len(rows) > 1 else None


def _index_of(query: CaseQuery) -> Index | None:
    """The index that a page walks; None when it is told the cases by name."""
    if query.case_ids is not None:
        return None
    return TERMS_INDEX if query.terms else INBOX_INDEXES[query.sort]


def _filed(query: CaseQuery, drawer: Drawer, facet: str) -> Doc:
    keys = [key(scope, drawer, facet) for scope in query.scopes]
    return {"inbox": keys[0] if len(keys) == 1 else {"$in": keys}}


def _overdue(where: Doc, query: CaseQuery, *, by_due: bool = True) -> None:
    if query.overdue_at is None:
        return
    if by_due:
        field = POSITIONS[Sort.DUE]
        where[field] = {**where.get(field, {}), "$lt": instant_position(query.overdue_at)}
    else:
        where["next_due_time"] = {"$lt": query.overdue_at}


def _both(lead: Doc, rest: Doc) -> Doc:
    return {"$and": [lead, rest]} if lead.keys() & rest.keys() else {**lead, **rest}
