"""Takes over what channels says of messages, and tries another channel after a failure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

from atiende_kit.errors import VersionMismatch
from atiende_kit.tenants import by_tenant, side_by_side
from atiende_notifications.application.dispatch import Dispatch
from atiende_notifications.application.ports import Notifications, Step
from atiende_notifications.domain.emits import Delivered, GivenUp
from atiende_notifications.domain.notification import (
    FINAL,
    AttemptState,
    Notification,
    Reason,
    State,
)


@dataclass(frozen=True)
class Receipt:
    """What a provider said of one message of one notification."""

    tenant: str
    notification_id: str
    message_id: str
    state: AttemptState
    error_code: str
    time: datetime


class TakeReceipts:
    """Receipts come in batches, twice and out of order."""

    def __init__(self, store: Notifications, dispatch: Dispatch) -> None:
        self._store = store
        self._dispatch = dispatch

    async def __call__(self, receipts: Sequence[Receipt]) -> None:
        """Applies the receipts, then goes on with what failed.

        Receipts of unknown notifications are left alone: the message was somebody's reply.

        Raises:
            VersionMismatch: somebody changed one of them meanwhile; take the batch again.
            Unavailable: cases cannot say how else the citizen can be reached.
        """
        known = await self._load(receipts)
        changed: dict[tuple[str, str], Step] = {}
        for receipt in sorted(receipts, key=lambda r: r.time):
            key = (receipt.tenant, receipt.notification_id)
            before = changed[key].notification if key in changed else known.get(key)
            if before is None:
                continue
            after = before.with_receipt(
                receipt.message_id, receipt.state, receipt.error_code, receipt.time
            )
            if after is not before:
                changed[key] = Step(after, _emits(known[key], after))
        final, retry = _split([_conclude(step) for step in changed.values()])
        if not (await self._store.save(final) and await self._dispatch.go_on(retry)):
            raise VersionMismatch("NOTIFICATION_CHANGED", "Otra parte cambió la notificación.")

    async def _load(self, receipts: Sequence[Receipt]) -> dict[tuple[str, str], Notification]:
        async def read(tenant: str, theirs: Sequence[Receipt]) -> Sequence[Notification]:
            return await self._store.get(tenant, sorted({one.notification_id for one in theirs}))

        found = chain(*await side_by_side(by_tenant(receipts), read))
        return {(one.tenant, one.notification_id): one for one in found}


def _emits(before: Notification, after: Notification) -> tuple[Delivered, ...]:
    newly = after.state is State.DELIVERED and before.state is not State.DELIVERED
    return (Delivered(after),) if newly else ()


def _conclude(step: Step) -> Step:
    """A failure after which nothing may be tried ends the notification."""
    notification = step.notification
    if notification.last_message_failed and not notification.may_try_again():
        given_up = notification.failed(Reason.NO_CHANNEL_LEFT, notification.attempts[-1].time)
        return Step(given_up, (GivenUp(given_up),))
    return step


def _split(steps: Sequence[Step]) -> tuple[list[Step], list[Notification]]:
    """Steps that stand as they are, and notifications for which another channel is sought."""
    retry = [s for s in steps if s.notification.last_message_failed and not _is_over(s)]
    return [s for s in steps if s not in retry], [s.notification for s in retry]


def _is_over(step: Step) -> bool:
    return step.notification.state in FINAL
