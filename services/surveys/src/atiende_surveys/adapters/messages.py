"""What comes of an invitation, as the events and commands of the contract."""

from __future__ import annotations

from datetime import datetime

from google.protobuf.timestamp_pb2 import Timestamp

from atiende.notifications.v1.events_pb2 import RequestNotification
from atiende.surveys.v1 import events_pb2 as surveys
from atiende_city.channels import FORM_CHANNELS, channel_kind
from atiende_kit.ids import derived_id
from atiende_kit.store import Event
from atiende_surveys.application.ports import Write
from atiende_surveys.domain.invitation import PROMPT_KIND, Invitation

_SOLVED = {
    None: surveys.SOLVED_ANSWER_UNSPECIFIED,
    True: surveys.SOLVED_ANSWER_SOLVED,
    False: surveys.SOLVED_ANSWER_NOT_SOLVED,
}


def _id(invitation: Invitation, what: str) -> str:
    # Derived: whatever is written twice says the same thing with the same id.
    return derived_id(invitation.issue_time, what, invitation.invitation_id)


def _request(invitation: Invitation, template: str, channel: str) -> RequestNotification:
    # Nothing can be sent to a form: who filled one in is asked wherever they can be reached.
    is_form = channel in FORM_CHANNELS
    return RequestNotification(
        notification_id=_id(invitation, template),
        template_key=template,
        citizen_id=invitation.citizen_id,
        conversation_id=invitation.conversation_id,
        case_id=invitation.case_id,
        values={
            "folio": invitation.folio,
            "procedure_code": invitation.procedure_code,
            "unit_id": invitation.unit_id,
        },
        channel=channel_kind("" if is_form else channel),
        same_channel_only=not is_form,
        at_most_once=True,
        folio=invitation.folio,
    )


def issued(write: Write) -> list[Event]:
    """Renders the reservation: the invitation, and the request to send it at most once."""
    one = write.invitation
    request = _request(one, "survey_invitation", one.channel)
    request.values["survey_url"] = write.survey_url
    request.prompt_id = one.invitation_id
    request.prompt_kind = PROMPT_KIND
    told = surveys.InvitationIssued(
        invitation_id=one.invitation_id,
        case_id=one.case_id,
        resolution_number=one.resolution_number,
        channel=channel_kind(one.channel),
    )
    return [
        Event(request, _id(one, "request"), one.issue_time, write.cause),
        Event(told, _id(one, "issued"), one.issue_time, write.cause),
    ]


def responded(write: Write, now: datetime) -> list[Event]:
    """Renders the first answer: the response, and thanks at most once."""
    one, response = write.invitation, write.invitation.response
    if not write.responded or response is None:
        return []
    received = Timestamp()
    received.FromDatetime(response.receive_time)
    told = surveys.ResponseReceived(
        invitation_id=one.invitation_id,
        case_id=one.case_id,
        unit_id=one.unit_id,
        agent_id=one.agent_id,
        channel=channel_kind(response.channel),
        score=response.score,
        solved=_SOLVED[response.solved],
        needs_recovery=response.needs_recovery,
        receive_time=received,
        message_id=response.message_id,
    )
    answered = Event(told, _id(one, "response"), now, write.cause)
    if write.by_link:
        return [answered]
    thanks = _request(one, "survey_thanks", response.channel)
    if response.score:
        thanks.values["score"] = str(response.score)
    return [
        answered,
        Event(thanks, _id(one, "thanks"), now, write.cause),
    ]
