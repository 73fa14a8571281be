"""Moves what waits: scheduled notifications in the morning, undecided ones after 72 hours."""

from __future__ import annotations

from atiende_kit.clock import Clock
from atiende_notifications.application.dispatch import Dispatch
from atiende_notifications.application.ports import Notifications, Step
from atiende_notifications.domain.emits import GivenUp
from atiende_notifications.domain.notification import MAX_AGE

BATCH = 200


class Sweep:
    """Runs often; each run moves at most one batch of each kind."""

    def __init__(self, store: Notifications, dispatch: Dispatch, clock: Clock) -> None:
        self._store = store
        self._dispatch = dispatch
        self._clock = clock

    async def __call__(self) -> None:
        """Sends what is due and gives up what is too old.

        Raises:
            Unavailable: cases or the release cannot be had now; the next run goes on.
        """
        now = self._clock.now()
        due = await self._store.due(now, BATCH)
        if due:
            await self._dispatch.go_on(due)
        overdue = await self._store.overdue(now - MAX_AGE, BATCH)
        if overdue:
            expired = [notification.expired(now) for notification in overdue]
            await self._store.save([Step(e, (GivenUp(e),)) for e in expired])
