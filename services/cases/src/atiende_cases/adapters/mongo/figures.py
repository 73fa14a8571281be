"""Figures of cases, computed by the database."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, Final

from atiende_kit.store import Collection

_MEASURES: Final = ("first_answer_seconds", "first_answer_working_seconds")


_GROUPS: Final = {
    "procedures": "procedure_code",
    "units": "unit_id",
    "states": "status",
    "channels": "opened_channel",
}


async def figures_of_cases(
    cases: Collection, tenant: str, units: tuple[str, ...] | None
) -> Mapping[str, Any]:
    """Counts cases by what matters and takes the percentiles of the first answer.

    A percentile is the nearest rank: the value at position ceil(p * n) of the sorted ones. The
    database sorts and skips, so no list of a whole year comes into this process.
    """
    scope: dict[str, Any] = {} if units is None else {"visible_units": {"$in": list(units)}}
    groups = await asyncio.gather(
        *(_counted(cases, tenant, scope, field) for field in _GROUPS.values())
    )
    counted = dict(zip(_GROUPS, groups, strict=True))
    [totals] = await cases.aggregate(
        tenant,
        [
            {"$match": scope},
            {"$group": {"_id": None, "count": {"$sum": 1}, "reopened": {"$sum": "$reopen_count"}}},
        ],
    ) or [{"count": 0, "reopened": 0}]
    answered = await cases.count(tenant, {**scope, "first_answer_time": {"$ne": None}})
    figures: dict[str, Any] = {
        "cases": totals["count"],
        "reopened": totals["reopened"],
        "answered": answered,
        **counted,
    }
    for measure in _MEASURES:
        for percent in (50, 95):
            figures[f"{measure}_p{percent}"] = await _percentile(
                cases, tenant, scope, measure, percent, answered
            )
    return figures


async def _counted(
    cases: Collection, tenant: str, scope: dict[str, Any], field: str
) -> dict[str, int]:
    rows = await cases.aggregate(
        tenant,
        [
            {"$match": scope},
            {"$group": {"_id": f"${field}", "count": {"$sum": 1}}},
            {"$sort": {"count": -1, "_id": 1}},
        ],
    )
    return {str(row["_id"]): row["count"] for row in rows}


async def _percentile(
    cases: Collection, tenant: str, scope: dict[str, Any], measure: str, percent: int, count: int
) -> int | None:
    if count == 0:
        return None
    rank = -(-percent * count // 100)
    rows = await cases.aggregate(
        tenant,
        [
            {"$match": {**scope, measure: {"$ne": None}}},
            {"$project": {"_id": 0, measure: 1}},
            {"$sort": {measure: 1}},
            {"$skip": rank - 1},
            {"$limit": 1},
        ],
    )
    return int(rows[0][measure]) if rows else None
