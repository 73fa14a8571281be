"""Event handlers by the durable consumers that the contract declares."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from atiende.catalog.v1 import events_pb2 as catalog_pb2
from atiende.channels.v1 import events_pb2 as channels_pb2
from atiende.notifications.v1 import events_pb2 as notifications_pb2
from atiende.routing.v1 import events_pb2 as routing_pb2
from atiende.surveys.v1 import events_pb2 as surveys_pb2
from atiende_cases.application.change_cases import ChangeCases, Request
from atiende_cases.application.ports import Directory
from atiende_cases.application.receive_messages import Arrival, ReceiveMessages
from atiende_cases.application.record_delivery import RecordDelivery, Report
from atiende_cases.application.record_notification import RecordNotification, Told
from atiende_cases.domain import lifecycle
from atiende_cases.domain.case import Case
from atiende_cases.domain.change import Change, procedure_of
from atiende_cases.domain.text import safe_text
from atiende_cases.domain.values import Actor, ActorKind, Status
from atiende_cases.entrypoints.events.mapping import CHANNELS, DELIVERIES, inbound, moment
from atiende_city.release import Release
from atiende_kit.bus import Delivery, Handler, each
from atiende_kit.errors import InvalidInput
from atiende_kit.tenants import by_tenant, side_by_side

Errors = Mapping[str, Exception]


def handlers(
    *,
    receive_messages: ReceiveMessages,
    change_cases: ChangeCases,
    record_delivery: RecordDelivery,
    record_notification: RecordNotification,
    directory: Directory,
    refresh_release: Callable[[str], Awaitable[object]],
) -> dict[str, Handler]:
    """All handlers of the service."""

    async def on_message_received(
        deliveries: Sequence[Delivery[channels_pb2.MessageReceived]],
    ) -> Errors:
        failed: dict[str, Exception] = {}
        arrivals: list[Arrival] = []
        event_of: dict[str, list[str]] = {}
        for delivery in deliveries:
            message = inbound(delivery.message, delivery.tenant)
            if message is None or not message.message_id or not message.case_id_if_new:
                failed[delivery.event_id] = InvalidInput(
                    "MESSAGE_INCOMPLETE", "El mensaje no dice lo necesario."
                )
                continue
            event_of.setdefault(message.message_id, []).append(delivery.event_id)
            arrivals.append(Arrival(message, delivery))
        for message_id, error in (await receive_messages(arrivals)).items():
            failed |= dict.fromkeys(event_of[message_id], error)
        return failed

    async def on_work_assigned(
        deliveries: Sequence[Delivery[routing_pb2.WorkAssigned]],
    ) -> Errors:
        # Routing knows who has the case by id only; the directory knows what they are called.
        async def names_in(
            tenant: str, theirs: Sequence[Delivery[routing_pb2.WorkAssigned]]
        ) -> dict[tuple[str, str], str]:
            found = await directory.get_many(tenant, {d.message.agent_id for d in theirs})
            return {(tenant, person.subject): person.name for person in found}

        names: dict[tuple[str, str], str] = {}
        for some in await side_by_side(by_tenant(deliveries), names_in):
            names |= some
        return await change_cases(
            [
                Request(
                    d.event_id,
                    d.tenant,
                    d.message.item.case_id,
                    _assigned(d.message, names.get((d.tenant, d.message.agent_id), "")),
                    d,
                )
                for d in deliveries
            ]
        )

    async def on_work_released(
        deliveries: Sequence[Delivery[routing_pb2.WorkReleased]],
    ) -> Errors:
        return await change_cases(
            [
                Request(d.event_id, d.tenant, d.message.item.case_id, _released(d), d)
                for d in deliveries
            ]
        )

    async def on_delivery_updated(
        deliveries: Sequence[Delivery[channels_pb2.DeliveryUpdated]],
    ) -> Errors:
        reports = [
            Report(
                key=d.event_id,
                tenant=d.tenant,
                message_id=d.message.message_id,
                state=DELIVERIES[d.message.state],
                time=moment(d.message.update_time),
                channel=CHANNELS.get(d.message.channel),
                error_code=d.message.error_code,
                provider_message_id=d.message.provider_message_id,
            )
            for d in deliveries
            # A one-time code belongs to no conversation: there is no entry to mark.
            if d.message.state in DELIVERIES and d.message.conversation_id
        ]
        return await record_delivery(reports)

    async def on_notification_sent(
        deliveries: Sequence[Delivery[notifications_pb2.NotificationSent]],
    ) -> Errors:
        return await record_notification([_told(delivery) for delivery in deliveries])

    async def on_response_received(
        deliveries: Sequence[Delivery[surveys_pb2.ResponseReceived]],
    ) -> Errors:
        return await change_cases(
            [
                Request(d.event_id, d.tenant, d.message.case_id, _recovered(d.message), d)
                for d in deliveries
                if d.message.needs_recovery
            ]
        )

    async def on_release_published(
        delivery: Delivery[catalog_pb2.ReleasePublished],
    ) -> None:
        await refresh_release(delivery.tenant)

    batched: dict[str, Callable[[Sequence[Delivery[Any]]], Awaitable[Errors]]] = {
        "cases-on-message-received": on_message_received,
        "cases-on-work-assigned": on_work_assigned,
        "cases-on-work-released": on_work_released,
        "cases-on-delivery-updated": on_delivery_updated,
        "cases-on-notification-sent": on_notification_sent,
        "cases-on-response-received": on_response_received,
    }
    return {
        **batched,
        "cases-on-release-published": each(on_release_published),
    }


def _told(delivery: Delivery[notifications_pb2.NotificationSent]) -> Told:
    sent = delivery.message
    expires = sent.HasField("prompt_expire_time")
    return Told(
        key=delivery.event_id,
        tenant=delivery.tenant,
        message_id=sent.message_id,
        conversation_id=sent.notification.conversation_id,
        template_key=sent.notification.template_key,
        text=safe_text(sent.text),
        channel=CHANNELS.get(sent.recipient.channel),
        address=sent.recipient.address,
        send_time=moment(sent.send_time),
        prompt_id=sent.prompt_id,
        prompt_kind=sent.prompt_kind,
        prompt_expire_time=moment(sent.prompt_expire_time) if expires else None,
        cause=delivery,
    )


def _assigned(message: routing_pb2.WorkAssigned, name: str) -> Callable[[Case, Release], Change]:
    def decide(case: Case, release: Release) -> Change:
        return lifecycle.assign(
            case,
            procedure_of(release, case.procedure_code),
            agent_id=message.agent_id,
            name=name,
            work_item_id=message.item.work_item_id,
            work_version=message.item.version,
            at=moment(message.assign_time),
        )

    return decide


def _released(delivery: Delivery[routing_pb2.WorkReleased]) -> Callable[[Case, Release], Change]:
    message = delivery.message

    def decide(case: Case, _: Release) -> Change:
        return lifecycle.release_assignee(
            case,
            agent_id=message.agent_id,
            work_item_id=message.item.work_item_id,
            work_version=message.item.version,
            reason=message.reason,
            at=delivery.time,
        )

    return decide


def _recovered(message: surveys_pb2.ResponseReceived) -> Callable[[Case, Release], Change]:
    """A bad score takes the case up again, once for each invitation."""
    effect = f"survey:{message.invitation_id}"

    def decide(case: Case, release: Release) -> Change:
        if case.has_effect(effect):
            return Change(case)
        marked = lifecycle.with_effect(case, effect)
        if case.status not in {Status.RESOLVED, Status.CLOSED}:
            return Change(marked)
        return lifecycle.reopen(
            marked,
            procedure_of(release, case.procedure_code),
            reason="bad_score",
            actor=Actor(ActorKind.CITIZEN, case.citizen_id),
            at=moment(message.receive_time),
        )

    return decide
