"""Handlers of the events of cases and of the catalog."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from atiende.catalog.v1 import events_pb2 as catalog
from atiende_kit.bus.delivery import Delivery, Handler, each
from atiende_kit.errors import AtiendeError
from atiende_routing import contract
from atiende_routing.application.apply_case_changes import ApplyCaseChanges
from atiende_routing.application.ports import Cities
from atiende_routing.application.reopen_mailbox import ReopenMailbox
from atiende_routing.domain.case_changes import CaseChange
from atiende_routing.entrypoints.events.translate import to_change

CASE_DURABLES = (
    contract.ON_CASE_OPENED,
    contract.ON_CASE_ASSIGNED,
    contract.ON_CASE_STATE_CHANGED,
    contract.ON_CASE_RECLASSIFIED,
    contract.ON_CASE_TRANSFERRED,
    contract.ON_CASE_RESOLVED,
    contract.ON_CASE_REOPENED,
    contract.ON_MESSAGE_ADDED,
)


def handlers(
    apply: ApplyCaseChanges,
    cities: Cities,
    reopen_mailbox: ReopenMailbox,
    *,
    refresh: Callable[[str], Awaitable[object]],
    wake: Callable[[], None],
) -> dict[str, Handler]:
    """Makes the handler of every durable.

    Args:
        apply: the use case.
        cities: for the skills of procedures.
        reopen_mailbox: what new hours mean to held items.
        refresh: asks for a city's release anew.
        wake: tells the dispatcher of this process that there may be work to offer.
    """

    async def on_case_events(
        deliveries: Sequence[Delivery[Any]],
    ) -> Mapping[str, Exception] | None:
        changes: list[CaseChange] = []
        failed: dict[str, Exception] = {}
        for delivery in deliveries:
            try:
                city = await cities.get(delivery.tenant)
                change = to_change(delivery, city.skills_for)
            except AtiendeError as error:
                failed[delivery.event_id] = error
                continue
            if change is not None:
                changes.append(change)
        if not changes:
            return failed
        causes = {delivery.event_id: delivery for delivery in deliveries}
        failed.update(await apply(changes, causes))
        wake()
        return failed

    async def on_release_published(delivery: Delivery[catalog.ReleasePublished]) -> None:
        await refresh(delivery.tenant)
        await reopen_mailbox(delivery.tenant)
        wake()

    found: dict[str, Handler] = dict.fromkeys(CASE_DURABLES, on_case_events)
    found[contract.ON_RELEASE_PUBLISHED] = each(on_release_published)
    return found
