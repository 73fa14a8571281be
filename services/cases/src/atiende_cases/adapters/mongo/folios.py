"""The ledger of folios.

One document is one claim of consecutive numbers; its id names the first of them and it starts
where the claim before ends. A single-document insert is atomic, so a crash leaves either the whole
claim or nothing, two claimers cannot have the same start, and no order of events leaves a gap.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from typing import Final

from atiende_cases.domain.folio import Folio
from atiende_kit.errors import Unavailable
from atiende_kit.store import Collection, Database, Index, Insert, Outcome

INDEXES: Final = [
    # One number for each case: a redelivery finds the number that its case has.
    Index([("case_ids", 1)], unique=True),
    Index([("year", 1), ("first", -1)]),
]
_ATTEMPTS: Final = 50
# Whoever lost a number waits a little by chance, longer each time, so that claimers who know
# nothing of each other stop arriving together (exponential backoff with full jitter). In seconds.
_FIRST_PAUSE: Final = 0.004
_LONGEST_PAUSE: Final = 0.25


class MongoFolios:
    """The port `Folios` over a collection."""

    def __init__(self, database: Database) -> None:
        self.collection: Collection = database.collection("folios", INDEXES)
        self._next: dict[tuple[str, int], int] = {}

    async def claim(
        self, tenant: str, *, prefix: str, year: int, case_ids: Sequence[str]
    ) -> dict[str, Folio]:
        """Gives each case its number.

        Raises:
            Unavailable: others were faster fifty times in a row.
        """
        wanted = list(dict.fromkeys(case_ids))
        claimed: dict[str, Folio] = {}
        for attempt in range(_ATTEMPTS):
            left = [case_id for case_id in wanted if case_id not in claimed]
            if not left:
                return claimed
            first = self._next.get((tenant, year)) or await self._end(tenant, year)
            document = {
                "_id": f"{tenant}/{year}/{first:010d}",
                "tenant": tenant,
                "year": year,
                "first": first,
                "count": len(left),
                "case_ids": left,
            }
            [outcome] = await self.collection.write([Insert(tenant, document)])
            if outcome is Outcome.DONE:
                self._next[tenant, year] = first + len(left)
                for number, case_id in enumerate(left, first):
                    claimed[case_id] = Folio(prefix, year, number)
                return claimed
            # Somebody took the start, or a case has its number from an attempt before.
            self._next.pop((tenant, year), None)
            claimed |= await self._known(tenant, prefix, left)
            longest = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2**attempt)
            await asyncio.sleep(random.uniform(0, longest))  # noqa: S311
        raise Unavailable("FOLIO_LEDGER_BUSY", "No se pudo asignar folio; se intentará de nuevo.")

    async def _end(self, tenant: str, year: int) -> int:
        last = await self.collection.find(
            tenant, {"year": year}, sort=[("first", -1)], limit=1, projection={"case_ids": 0}
        )
        return int(last[0]["first"] + last[0]["count"]) if last else 1

    async def _known(self, tenant: str, prefix: str, case_ids: Sequence[str]) -> dict[str, Folio]:
        wanted = set(case_ids)
        found = await self.collection.find(tenant, {"case_ids": {"$in": list(wanted)}})
        return {
            case_id: Folio(prefix, document["year"], number)
            for document in found
            for number, case_id in enumerate(document["case_ids"], document["first"])
            if case_id in wanted
        }

    async def claims(self, tenant: str) -> list[tuple[int, int, str]]:
        """All claims: year, number, case id."""
        found = await self.collection.find(tenant, {}, sort=[("year", 1), ("first", 1)])
        return [
            (document["year"], number, case_id)
            for document in found
            for number, case_id in enumerate(document["case_ids"], document["first"])
        ]
