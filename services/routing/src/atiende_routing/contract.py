"""What routing says and hears."""

from __future__ import annotations

from atiende.cases.v1 import events_pb2 as cases
from atiende.catalog.v1 import catalog_service_pb2
from atiende.catalog.v1 import events_pb2 as catalog
from atiende.routing.v1 import events_pb2 as routing
from atiende.routing.v1 import routing_service_pb2
from atiende_kit.contract import Consume, ServiceContract
from atiende_kit.pace import SOON, URGENT

ON_CASE_OPENED = "routing-on-case-opened"
ON_CASE_ASSIGNED = "routing-on-case-assigned"
ON_CASE_STATE_CHANGED = "routing-on-case-state-changed"
ON_CASE_RECLASSIFIED = "routing-on-case-reclassified"
ON_CASE_TRANSFERRED = "routing-on-case-transferred"
ON_CASE_RESOLVED = "routing-on-case-resolved"
ON_CASE_REOPENED = "routing-on-case-reopened"
ON_MESSAGE_ADDED = "routing-on-conversation-message-added"
ON_RELEASE_PUBLISHED = "routing-on-release-published"

CONTRACT = ServiceContract(
    name="routing",
    publishes=(
        routing.WorkQueued,
        routing.WorkOffered,
        routing.WorkAssigned,
        routing.WorkReleased,
        routing.WorkEscalated,
        routing.WorkCompleted,
    ),
    consumes=(
        Consume(cases.CaseOpened, ON_CASE_OPENED, pace=URGENT),
        Consume(cases.CaseAssigned, ON_CASE_ASSIGNED),
        Consume(cases.CaseStateChanged, ON_CASE_STATE_CHANGED),
        Consume(cases.CaseReclassified, ON_CASE_RECLASSIFIED),
        Consume(cases.CaseTransferred, ON_CASE_TRANSFERRED),
        Consume(cases.CaseResolved, ON_CASE_RESOLVED),
        Consume(cases.CaseReopened, ON_CASE_REOPENED),
        Consume(cases.ConversationMessageAdded, ON_MESSAGE_ADDED, pace=SOON),
        Consume(catalog.ReleasePublished, ON_RELEASE_PUBLISHED),
    ),
    rpc_services=(routing_service_pb2.DESCRIPTOR.services_by_name["RoutingService"],),
    calls=(catalog_service_pb2.DESCRIPTOR.services_by_name["CatalogService"],),
)
