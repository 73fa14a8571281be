"""What the service says and listens to."""

from __future__ import annotations

from atiende.cases.v1 import cases_service_pb2
from atiende.cases.v1.events_pb2 import (
    CaseOpened,
    CaseReopened,
    CaseResolved,
    CaseStateChanged,
    CaseTransferred,
)
from atiende.channels.v1.events_pb2 import DeliveryUpdated, SendMessage
from atiende.notifications.v1 import notifications_service_pb2
from atiende.notifications.v1.events_pb2 import (
    NotificationDelivered,
    NotificationFailed,
    NotificationSent,
    RequestNotification,
)
from atiende_kit.contract import Consume, ServiceContract
from atiende_kit.pace import SOON, UNHURRIED

CONTRACT = ServiceContract(
    name="notifications",
    publishes=(NotificationSent, NotificationDelivered, NotificationFailed, SendMessage),
    consumes=(
        Consume(CaseOpened, "notifications-on-case-opened", pace=SOON),
        Consume(CaseStateChanged, "notifications-on-case-state-changed"),
        Consume(CaseTransferred, "notifications-on-case-transferred"),
        Consume(CaseResolved, "notifications-on-case-resolved"),
        Consume(CaseReopened, "notifications-on-case-reopened"),
        Consume(DeliveryUpdated, "notifications-on-delivery-updated", pace=UNHURRIED),
        Consume(RequestNotification, "notifications-do-request-notification"),
    ),
    rpc_services=(notifications_service_pb2.DESCRIPTOR.services_by_name["NotificationsService"],),
    calls=(cases_service_pb2.DESCRIPTOR.services_by_name["CitizensService"],),
)
