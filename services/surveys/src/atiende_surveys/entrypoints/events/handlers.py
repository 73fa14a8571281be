"""Handlers of resolutions, answers and releases."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from atiende.cases.v1 import events_pb2 as cases
from atiende.catalog.v1 import events_pb2 as catalog
from atiende.common.v1 import common_pb2 as common
from atiende_city.channels import channel_name
from atiende_kit.bus import Delivery, Handler, each
from atiende_kit.errors import InvalidInput
from atiende_surveys import contract
from atiende_surveys.application.issue_invitations import IssueInvitations, Resolution
from atiende_surveys.application.take_answers import GivenAnswer, TakeAnswers
from atiende_surveys.domain.invitation import PROMPT_KIND

MAX_TEXT = 2_000


def to_resolution(delivery: Delivery[cases.CaseResolved]) -> Resolution:
    """Translates a resolution.

    Raises:
        InvalidInput: the event does not say which one.
    """
    message = delivery.message
    facts = message.case
    if not facts.case_id or message.resolution_number < 1:
        raise InvalidInput("RESOLUTION_MISSING", "El evento no dice qué se resolvió.")
    staff = message.actor.id if message.actor.kind == common.ACTOR_KIND_STAFF else ""
    return Resolution(
        tenant=delivery.tenant,
        case_id=facts.case_id,
        resolution_number=message.resolution_number,
        folio=facts.folio,
        citizen_id=facts.citizen_id,
        conversation_id=facts.conversation_id,
        procedure_code=facts.procedure_code,
        unit_id=facts.unit_id,
        # Who has the case answers for it; who pressed the button only when nobody has it.
        agent_id=facts.assignee_id or staff,
        channel=channel_name(message.last_channel) or channel_name(facts.channel),
        language=facts.language or "es",
        cause=delivery,
    )


def to_answer(delivery: Delivery[cases.PromptAnswered]) -> GivenAnswer | None:
    """Translates an answer; None when it answers another kind of question."""
    message = delivery.message
    if message.prompt_kind != PROMPT_KIND:
        return None
    dated = message.HasField("receive_time")
    received = message.receive_time.ToDatetime(UTC) if dated else delivery.time
    return GivenAnswer(
        event_id=delivery.event_id,
        tenant=delivery.tenant,
        invitation_id=message.prompt_id,
        message_id=message.message_id or delivery.event_id,
        text=message.text[:MAX_TEXT],
        channel=channel_name(message.channel),
        receive_time=_whole_milliseconds(received),
        cause=delivery,
    )


def _whole_milliseconds(instant: datetime) -> datetime:
    # What is written must equal what is read back.
    return instant.replace(microsecond=instant.microsecond // 1000 * 1000)


def handlers(
    issue: IssueInvitations,
    take: TakeAnswers,
    *,
    refresh: Callable[[str], Awaitable[object]],
) -> dict[str, Handler]:
    """Makes the handler of every durable."""

    async def on_case_resolved(deliveries: Sequence[Delivery[Any]]) -> Mapping[str, Exception]:
        failed: dict[str, Exception] = {}
        resolutions: list[Resolution] = []
        for delivery in deliveries:
            try:
                resolutions.append(to_resolution(delivery))
            except InvalidInput as error:
                failed[delivery.event_id] = error
        await issue(resolutions)
        return failed

    async def on_prompt_answered(deliveries: Sequence[Delivery[Any]]) -> Mapping[str, Exception]:
        given = [one for one in map(to_answer, deliveries) if one is not None]
        return await take(given)

    async def on_release_published(delivery: Delivery[catalog.ReleasePublished]) -> None:
        await refresh(delivery.tenant)

    return {
        contract.ON_CASE_RESOLVED: on_case_resolved,
        contract.ON_PROMPT_ANSWERED: on_prompt_answered,
        contract.ON_RELEASE_PUBLISHED: each(on_release_published),
    }
