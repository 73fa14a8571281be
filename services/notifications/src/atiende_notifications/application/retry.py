"""A supervisor sends a failed notification again."""

from __future__ import annotations

from dataclasses import replace

from atiende_kit.clock import Clock
from atiende_kit.errors import FailedPrecondition, NotFound
from atiende_notifications.application.dispatch import Dispatch
from atiende_notifications.application.ports import Notifications
from atiende_notifications.domain.notification import WORK_LIST, Notification, State


class Retry:
    """Starts a failed or expired notification anew, with all channels open again."""

    def __init__(self, store: Notifications, dispatch: Dispatch, clock: Clock) -> None:
        self._store = store
        self._dispatch = dispatch
        self._clock = clock

    async def __call__(
        self, tenant: str, notification_id: str, units: frozenset[str] | None
    ) -> Notification:
        """Tries again and returns the notification as it then stands.

        Args:
            tenant: the city.
            notification_id: which one.
            units: units that the caller may see; None is all.

        Raises:
            NotFound: no such notification in these units.
            FailedPrecondition: it has not failed, or must not be told twice.
        """
        found = await self._store.get(tenant, [notification_id])
        if not found or (units is not None and found[0].unit_id not in units):
            raise NotFound("NOTIFICATION_NOT_FOUND", "No existe esa notificación.")
        notification = found[0]
        if notification.state not in WORK_LIST:
            raise FailedPrecondition(
                "NOTIFICATION_NOT_FAILED", "Solo se reintenta una notificación fallida."
            )
        if notification.at_most_once and notification.attempts:
            raise FailedPrecondition(
                "NOTIFICATION_ONCE_ONLY", "Esta notificación no se envía dos veces."
            )
        now = self._clock.now()
        # Attempts stay as history of the document's events; a new life starts without them so
        # that every channel is open, and with a new creation time so that it may last 72 hours.
        fresh = replace(
            notification, state=State.SCHEDULED, state_time=now, create_time=now, attempts=()
        )
        await self._dispatch.go_on([fresh])
        return (await self._store.get(tenant, [notification_id]))[0]
