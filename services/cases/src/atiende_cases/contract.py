"""What cases says, hears, serves and calls, as data."""

from __future__ import annotations

from typing import Final

from atiende.cases.v1 import cases_service_pb2, events_pb2
from atiende.catalog.v1 import catalog_service_pb2
from atiende.catalog.v1 import events_pb2 as catalog_pb2
from atiende.channels.v1 import channels_service_pb2
from atiende.channels.v1 import events_pb2 as channels_pb2
from atiende.notifications.v1 import events_pb2 as notifications_pb2
from atiende.routing.v1 import events_pb2 as routing_pb2
from atiende.routing.v1 import routing_service_pb2
from atiende.surveys.v1 import events_pb2 as surveys_pb2
from atiende_kit.contract import Consume, ServiceContract
from atiende_kit.pace import SOON, UNHURRIED, URGENT

CASE_EVENTS: Final = (
    events_pb2.CaseOpened,
    events_pb2.CaseAssigned,
    events_pb2.CaseStateChanged,
    events_pb2.CaseReclassified,
    events_pb2.CaseTransferred,
    events_pb2.CaseResolved,
    events_pb2.CaseReopened,
    events_pb2.CaseAnnotated,
    events_pb2.ConversationMessageAdded,
)

CONTRACT: Final = ServiceContract(
    name="cases",
    publishes=(
        *CASE_EVENTS,
        events_pb2.CitizenUpdated,
        events_pb2.PromptAnswered,
        channels_pb2.SendMessage,
        notifications_pb2.RequestNotification,
    ),
    consumes=(
        Consume(channels_pb2.MessageReceived, "cases-on-message-received", pace=URGENT),
        Consume(channels_pb2.DeliveryUpdated, "cases-on-delivery-updated", pace=UNHURRIED),
        Consume(routing_pb2.WorkAssigned, "cases-on-work-assigned"),
        Consume(routing_pb2.WorkReleased, "cases-on-work-released"),
        Consume(
            notifications_pb2.NotificationSent,
            "cases-on-notification-sent",
            pace=SOON,
        ),
        Consume(surveys_pb2.ResponseReceived, "cases-on-response-received"),
        Consume(catalog_pb2.ReleasePublished, "cases-on-release-published"),
    ),
    rpc_services=(
        cases_service_pb2.DESCRIPTOR.services_by_name["CasesService"],
        cases_service_pb2.DESCRIPTOR.services_by_name["CitizensService"],
    ),
    calls=(
        routing_service_pb2.DESCRIPTOR.services_by_name["RoutingService"],
        channels_service_pb2.DESCRIPTOR.services_by_name["ChannelsService"],
        catalog_service_pb2.DESCRIPTOR.services_by_name["CatalogService"],
    ),
    feeds=CASE_EVENTS,
)
