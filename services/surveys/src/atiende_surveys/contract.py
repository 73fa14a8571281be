"""What surveys says and hears."""

from __future__ import annotations

from atiende.cases.v1 import events_pb2 as cases
from atiende.catalog.v1 import catalog_service_pb2
from atiende.catalog.v1 import events_pb2 as catalog
from atiende.notifications.v1 import events_pb2 as notifications
from atiende.surveys.v1 import events_pb2 as surveys
from atiende.surveys.v1 import surveys_service_pb2
from atiende_kit.contract import Consume, ServiceContract

ON_CASE_RESOLVED = "surveys-on-case-resolved"
ON_PROMPT_ANSWERED = "surveys-on-prompt-answered"
ON_RELEASE_PUBLISHED = "surveys-on-release-published"

CONTRACT = ServiceContract(
    name="surveys",
    publishes=(
        surveys.InvitationIssued,
        surveys.ResponseReceived,
        notifications.RequestNotification,
    ),
    consumes=(
        Consume(cases.CaseResolved, ON_CASE_RESOLVED),
        Consume(cases.PromptAnswered, ON_PROMPT_ANSWERED),
        Consume(catalog.ReleasePublished, ON_RELEASE_PUBLISHED),
    ),
    rpc_services=(surveys_service_pb2.DESCRIPTOR.services_by_name["SurveysService"],),
    calls=(catalog_service_pb2.DESCRIPTOR.services_by_name["CatalogService"],),
)
