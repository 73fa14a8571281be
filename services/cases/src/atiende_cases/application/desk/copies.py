"""An answer reaches every person whose request is attended under the case, each their own way."""

from __future__ import annotations

import asyncio

from atiende_cases.application.desk.access import Desk
from atiende_cases.application.ports import SaveMessage
from atiende_cases.domain.case import Case
from atiende_cases.domain.citizen import Citizen
from atiende_cases.domain.conversation import Conversation
from atiende_cases.domain.merging import other_requesters
from atiende_cases.domain.message import Message
from atiende_cases.domain.outgoing import (
    NoChannel,
    Outgoing,
    Words,
    choose_point,
    outgoing,
    templated,
    unsendable,
)
from atiende_city.release import Release
from atiende_kit.ids import derived_id


async def copy_to_requesters(desk: Desk, case: Case, answer: Message) -> list[Message]:
    """Repeats an answer for the citizens of the duplicates; done again it changes nothing.

    Returns:
        What each of them is sent; who cannot be reached has an entry that says so.
    """
    wanted = [one.case_id for one in other_requesters(case)]
    if answer.copy_of or not wanted:
        return []
    found = await desk.cases.get_many(case.tenant, wanted)
    duplicates = [one for one in found if one.merged_into == case.case_id]
    release, citizens, conversations = await asyncio.gather(
        desk.releases.get(case.tenant),
        desk.citizens.get_many(case.tenant, (one.citizen_id for one in duplicates)),
        desk.conversations.get_many(case.tenant, (one.conversation_id for one in duplicates)),
    )
    people = {citizen.citizen_id: citizen for citizen in citizens}
    threads = {one.conversation_id: one for one in conversations}
    copies = [
        (_repeated(answer, one, people[one.citizen_id], threads[one.conversation_id], release), one)
        for one in duplicates
    ]
    # A duplicate outcome is the same answer told again: its entry stands.
    await desk.messages.write([SaveMessage(c.message, one, c.events) for c, one in copies])
    return [copy.message for copy, _ in copies]


def _repeated(
    answer: Message, case: Case, citizen: Citizen, conversation: Conversation, release: Release
) -> Outgoing:
    at = answer.order_time
    message_id = derived_id(at, answer.message_id, "copy", case.case_id)
    template = answer.kind.removeprefix("template:") if ":" in answer.kind else ""
    words = templated(case, citizen, release, template, at) if template else Words(answer.text)
    error = ""
    for as_template in (False, True) if template else (False,):
        try:
            point = choose_point(case, citizen, conversation, None, at, template=as_template)
        except NoChannel as refusal:
            error = refusal.reason
            continue
        return outgoing(
            case,
            conversation,
            point,
            words if as_template else Words(words.text, words.kind),
            message_id=message_id,
            actor=answer.actor,
            at=at,
            attachments=answer.attachments,
            copy_of=answer.message_id,
        )
    return unsendable(
        case,
        words,
        message_id=message_id,
        actor=answer.actor,
        at=at,
        error=error,
        copy_of=answer.message_id,
    )
