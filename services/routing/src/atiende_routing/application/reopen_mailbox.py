"""What a new release means to the mailbox: the unit may open earlier, or later."""

from __future__ import annotations

from dataclasses import dataclass

from atiende_routing.application.moments import Clocks
from atiende_routing.application.ports import Cities, ItemWrite, WorkItems
from atiende_routing.domain.work_item import WorkItem, rehold

LIMIT = 10_000


@dataclass(frozen=True, slots=True)
class ReopenMailbox:
    """Works out anew when held items may be offered."""

    items: WorkItems
    cities: Cities
    clocks: Clocks

    async def __call__(self, tenant: str) -> None:
        """Goes through the held items of a city.

        An item that changes meanwhile is left alone: whoever changed it knew the same release.
        """
        city = await self.cities.get(tenant)
        now = self.clocks.now()
        moved: list[WorkItem] = []
        for item in await self.items.held(tenant, LIMIT):
            fresh = rehold(item, now, city.schedule(item.unit_id), city.rules)
            if fresh is not item:
                moved.append(fresh)
        await self.items.save([ItemWrite(item) for item in moved])
