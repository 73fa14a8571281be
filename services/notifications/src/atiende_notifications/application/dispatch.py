"""Takes a notification one step further: to a channel, to the morning, or to the work list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import chain

from atiende_kit.clock import Clock
from atiende_kit.ids import derived_id
from atiende_kit.tenants import by_tenant, side_by_side
from atiende_notifications.application.ports import (
    CitySource,
    CityTexts,
    Notifications,
    Recipients,
    Step,
)
from atiende_notifications.domain.emits import GivenUp, MessageOut
from atiende_notifications.domain.notification import (
    Attempt,
    AttemptState,
    Notification,
    Recipient,
    State,
    addressee,
)
from atiende_notifications.domain.plan import PORTAL, GiveUp, Send, Wait, plan


class Dispatch:
    """Decides in batches: one question to cases and one write for all notifications of a batch."""

    def __init__(
        self, store: Notifications, recipients: Recipients, cities: CitySource, clock: Clock
    ) -> None:
        self._store = store
        self._recipients = recipients
        self._cities = cities
        self._clock = clock

    async def begin(self, notifications: Sequence[Notification]) -> None:
        """Stores new notifications with their first step; a known id is left alone.

        Raises:
            Unavailable: cases or the release cannot be had now; nothing is stored.
        """
        await self._store.add(await self._decide(notifications))

    async def go_on(self, notifications: Sequence[Notification]) -> bool:
        """Takes stored notifications further; one that somebody else changed is left as it is.

        Returns:
            False when somebody was faster with one of them.

        Raises:
            Unavailable: cases or the release cannot be had now; nothing is stored.
        """
        return await self._store.save(await self._decide(notifications))

    async def _decide(self, notifications: Sequence[Notification]) -> list[Step]:
        async def decide(tenant: str, theirs: Sequence[Notification]) -> list[Step]:
            city = await self._cities.get(tenant)
            recipients = await self._recipients.get(tenant, _keys(theirs))
            now = self._clock.now()
            return [step(one, recipients, city, now) for one in theirs]

        return list(chain(*await side_by_side(by_tenant(notifications), decide)))


def step(
    notification: Notification,
    recipients: Mapping[tuple[str, str], Recipient],
    city: CityTexts,
    now: datetime,
) -> Step:
    """Applies the plan to one notification.

    Args:
        notification: what is to be told.
        recipients: by (citizen id, conversation id).
        city: the words and rules of its city.
        now: UTC.
    """
    if notification.address:
        recipient: Recipient | None = addressee(notification)
    else:
        recipient = recipients.get((notification.citizen_id, notification.conversation_id))
    language = recipient.language if recipient else ""

    def has_template(channel: str) -> bool:
        return city.has_template(notification.template_key, channel, language)

    match plan(notification, recipient, city.quiet_hours, has_template, now):
        case Wait(until):
            return Step(_waiting(notification, until, now))
        case GiveUp(reason):
            given_up = notification.failed(reason, now)
            return Step(given_up, (GivenUp(given_up),))
        case Send(point) if recipient is not None:
            number = str(len(notification.attempts) + 1)
            message_id = derived_id(
                notification.create_time, "notification", notification.notification_id, number
            )
            attempt = Attempt(message_id, point.channel, point.address, AttemptState.SENDING, now)
            sent = (
                notification.available(attempt)
                if point.channel == PORTAL
                else notification.sending(attempt)
            )
            words = city.render(notification, point.channel, recipient)
            if notification.at_most_once:
                # It is never rendered again, so nothing needs to keep them.
                sent = sent.without_secrets()
            lapses = now + city.prompt_lifetime if notification.prompt_id else None
            return Step(sent, (MessageOut(sent, message_id, point, words, now, lapses),))
        case _ as unknown:
            raise AssertionError(unknown)


def _waiting(notification: Notification, until: datetime, now: datetime) -> Notification:
    return replace(notification, state=State.SCHEDULED, state_time=now, not_before=until)


def _keys(notifications: Iterable[Notification]) -> list[tuple[str, str]]:
    return sorted({(n.citizen_id, n.conversation_id) for n in notifications if not n.address})
