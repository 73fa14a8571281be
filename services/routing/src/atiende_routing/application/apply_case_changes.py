"""Applying what happened to cases: a batch of events, one bulk write.

Events of one case fold into one item in memory, so a batch costs one read and one write however
many of its events concern the same case. What lost a race is read and applied again.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from atiende_kit.errors import AtiendeError, VersionMismatch
from atiende_kit.store.operations import Cause
from atiende_kit.tenants import by_tenant, side_by_side
from atiende_routing.application.assign_work import AssignWork
from atiende_routing.application.moments import Clocks
from atiende_routing.application.ports import Cities, ItemWrite, WorkItems
from atiende_routing.domain.case_changes import CaseChange, apply
from atiende_routing.domain.facts import WorkFact
from atiende_routing.domain.work_item import WorkItem

MAX_ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class ApplyCaseChanges:
    """Keeps work items in step with their cases."""

    items: WorkItems
    cities: Cities
    assign: AssignWork
    clocks: Clocks

    async def __call__(
        self, changes: Sequence[CaseChange], causes: Mapping[str, Cause] | None = None
    ) -> dict[str, AtiendeError]:
        """Applies events; those of one case in the order of its versions.

        Args:
            changes: The events.
            causes: The deliveries that brought them, by event id.

        Returns:
            The events that could not be applied, by id, with why.
        """
        failed: dict[str, AtiendeError] = {}

        async def apply_theirs(tenant: str, pending: list[CaseChange]) -> None:
            for _ in range(MAX_ATTEMPTS):
                pending = await self._attempt(tenant, pending, causes or {})
                if not pending:
                    return
            for change in pending:
                failed[change.event_id] = VersionMismatch(
                    "WORK_CONTENDED", "La tarea cambió muchas veces."
                )

        in_order = sorted(changes, key=lambda c: c.case_version)
        await side_by_side(by_tenant(in_order), apply_theirs)
        return failed

    async def _attempt(
        self, tenant: str, changes: Sequence[CaseChange], causes: Mapping[str, Cause]
    ) -> list[CaseChange]:
        """Applies events once; returns those whose item changed in between."""
        city = await self.cities.get(tenant)
        before = await self.items.get_many(tenant, {c.item_id for c in changes})
        after: dict[str, WorkItem] = dict(before)
        facts: dict[str, list[WorkFact]] = defaultdict(list)
        now = self.clocks.now()
        for change in changes:
            unit = change.to_unit_id or change.unit_id
            item, happened = apply(
                after.get(change.item_id), change, now, city.schedule(unit), city.rules
            )
            after[change.item_id] = item
            facts[change.item_id].extend(happened)
        touched = [key for key, item in after.items() if item is not before.get(key)]
        cause = {c.item_id: causes.get(c.event_id) for c in changes}
        saved = await self.items.save(
            [ItemWrite(after[key], tuple(facts[key]), cause[key]) for key in touched]
        )
        lost = {key for key, done in zip(touched, saved, strict=True) if not done}
        await self._free(tenant, [(before[k], after[k]) for k in touched
                                  if k in before and k not in lost])  # fmt: skip
        return [change for change in changes if change.item_id in lost]

    async def _free(self, tenant: str, pairs: Sequence[tuple[WorkItem, WorkItem]]) -> None:
        """Frees the slots of agents who do not have their item any more."""
        tokens: dict[str, set[str]] = defaultdict(set)
        for before, after in pairs:
            holder = before.holder_id
            if holder and before.slot_token and after.holder_id != holder:
                tokens[holder].add(before.slot_token)
        await asyncio.gather(
            *(self.assign.free(tenant, who, frozenset(theirs)) for who, theirs in tokens.items())
        )
