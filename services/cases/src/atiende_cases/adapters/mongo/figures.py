"""Figures of cases, computed by the database."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from atiende_kit.store import Collection

_MEASURES: Final = ("first_answer_seconds", "first_answer_working_seconds")


def _counted(field: str) -> list[dict[str, Any]]:
    return [
        {"$group": {"_id": f"${field}", "count": {"$sum": 1}}},
        {"$sort": {"count": -1, "_id": 1}},
    ]


async def figures_of_cases(
    cases: Collection, tenant: str, units: tuple[str, ...] | None
) -> Mapping[str, Any]:
    """Counts cases by what matters and takes the percentiles of the first answer.

    A percentile is the nearest rank: the value at position ceil(p * n) of the sorted ones. The
    database sorts and skips, so no list of a whole year comes into this process.
    """
    scope: dict[str, Any] = {} if units is None else {"visible_units": {"$in": list(units)}}
    [row] = await cases.aggregate(
        tenant,
        [
            {"$match": scope},
            {
                "$facet": {
                    "procedures": _counted("procedure_code"),
                    "units": _counted("unit_id"),
                    "states": _counted("status"),
                    "channels": _counted("opened_channel"),
                    "all": [
                        {
                            "$group": {
                                "_id": None,
                                "count": {"$sum": 1},
                                "reopened": {"$sum": "$reopen_count"},
                                "answered": {
                                    "$sum": {"$cond": [{"$ne": ["$first_answer_time", None]}, 1, 0]}
                                },
                            }
                        }
                    ],
                }
            },
        ],
    )
    totals = row["all"][0] if row["all"] else {"count": 0, "answered": 0, "reopened": 0}
    answered: int = totals["answered"]
    figures: dict[str, Any] = {
        "cases": totals["count"],
        "reopened": totals["reopened"],
        "answered": answered,
        **{
            name: {str(one["_id"]): one["count"] for one in row[name]}
            for name in ("procedures", "units", "states", "channels")
        },
    }
    for measure in _MEASURES:
        for percent in (50, 95):
            figures[f"{measure}_p{percent}"] = await _percentile(
                cases, tenant, scope, measure, percent, answered
            )
    return figures


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
