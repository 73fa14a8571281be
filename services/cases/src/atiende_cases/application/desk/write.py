"""Use cases: answering the citizen, and notes that they never see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from atiende_cases.application.desk.access import Desk, Staff
from atiende_cases.application.desk.copies import copy_to_requesters
from atiende_cases.application.ports import Directory, SaveCase, SaveMessage
from atiende_cases.domain import lifecycle
from atiende_cases.domain.case import Case
from atiende_cases.domain.events import MessageAdded
from atiende_cases.domain.message import Mention, Message
from atiende_cases.domain.outgoing import Words, choose_point, outgoing, templated
from atiende_cases.domain.values import Attachment, Channel, DeliveryState, Direction
from atiende_kit.errors import FailedPrecondition, Unprocessable, VersionMismatch
from atiende_kit.ids import derived_id, new_id
from atiende_kit.store import Outcome, retry_stale

MAX_FILES: Final = 5
MAX_FILE_BYTES: Final = 10 * 2**20
"""Most of one file, as `channels` takes it."""

MAX_FILES_BYTES: Final = 15 * 2**20
"""Most of all files of one answer: what a mail server still takes when base 64 has grown it."""


async def reply(
    desk: Desk,
    staff: Staff,
    case_id: str,
    *,
    text: str = "",
    template: str = "",
    channel: Channel | None = None,
    attachments: tuple[Attachment, ...] = (),
    key: str | None = None,
) -> Message:
    """Answers the citizen, and those whose requests are attended under the case.

    The entry and the command to send it (none in the portal) are one write; the case is told next,
    and by the sweeper if this process dies in between.

    Args:
        desk: what is needed.
        staff: who answers.
        case_id: id or folio.
        text: plain text.
        template: key of a template of the city, in place of a text.
        channel: another channel than the last one.
        attachments: files that channels keeps.
        key: of the request: the same key makes the same entry.
    """
    case = await desk.work_on(staff, case_id)
    if sum(file.size_bytes for file in attachments) > MAX_FILES_BYTES:
        raise Unprocessable(
            "ATTACHMENTS_TOO_LARGE",
            f"Los archivos de una respuesta no pueden pasar de {MAX_FILES_BYTES // 2**20} MB.",
            fields={"/attachment_ids": "Adjunte menos archivos o más livianos."},
        )
    if not case.is_active and case.status.value == "closed":
        raise FailedPrecondition("CASE_CLOSED", "El caso está cerrado: reábralo para responder.")
    conversation = await desk.conversations.get(staff.tenant, case.conversation_id)
    citizen = await desk.citizens.get(staff.tenant, case.citizen_id)
    if conversation is None or citizen is None:
        raise VersionMismatch("CASE_INCOMPLETE", "El caso aún se está abriendo.")
    now = desk.clock.now()
    point = choose_point(case, citizen, conversation, channel, now, template=bool(template))
    words = Words(text)
    if template:
        release = await desk.releases.get(staff.tenant)
        words = templated(case, citizen, release, template, now)
    message_id = (
        derived_id(case.open_time, staff.tenant, case.case_id, "reply", staff.subject, key)
        if key
        else new_id()
    )
    made = outgoing(
        case,
        conversation,
        point,
        words,
        message_id=message_id,
        actor=staff.actor,
        at=now,
        attachments=attachments,
    )
    # A duplicate is the same request again: its entry stands, and is told once more.
    await desk.messages.write([SaveMessage(made.message, case, made.events)])
    await tell_case(desk, made.message)
    return made.message


async def tell_case(desk: Desk, message: Message) -> None:
    """Lets the case of an answer know of it; the first answer's time is set once.

    The other requesters are told before the entry says that all of it is done.
    """

    async def attempt() -> None:
        case = await desk.cases.get(message.tenant, message.case_id)
        stored = await desk.messages.get(message.tenant, message.message_id)
        if case is None or stored is None or not stored.case_untold:
            return
        copies = await copy_to_requesters(desk, case, stored)
        for copy in copies:
            await tell_case(desk, copy)
        effect = f"reply:{message.message_id}"
        if not case.has_effect(effect):
            release = await desk.releases.get(message.tenant)
            hours = release.working_time(case.unit_id)
            told = lifecycle.answered(case, at=stored.order_time, hours=hours, text=stored.text)
            if any(copy.delivery is DeliveryState.PERMANENT_FAILURE for copy in copies):
                told = lifecycle.not_delivered(told, at=stored.order_time).case
            saved = SaveCase(lifecycle.with_effect(told, effect))
            [outcome] = await desk.cases.write([saved])
            if outcome is not Outcome.DONE:
                raise VersionMismatch("CASE_CHANGED", "El caso cambió mientras tanto.")
        [outcome] = await desk.messages.write(
            [SaveMessage(replace(stored, case_untold=False), case)]
        )
        if outcome is not Outcome.DONE:
            raise VersionMismatch("MESSAGE_CHANGED", "El mensaje cambió mientras tanto.")

    await retry_stale(attempt)


async def add_note(
    desk: Desk,
    directory: Directory,
    staff: Staff,
    case_id: str,
    *,
    text: str,
    mentions: Sequence[str] = (),
) -> Message:
    """Writes a note that only staff sees. Whoever sees a case may note something.

    Args:
        desk: what is needed.
        directory: of the people who can be called.
        staff: who writes.
        case_id: id or folio.
        text: plain text.
        mentions: subjects of the people whom it calls.

    Raises:
        Unprocessable: one of them is not known, or may not see the case.
    """
    case = await desk.see(staff, case_id)
    called = await _called(directory, case, mentions)
    now = desk.clock.now()
    note = Message(
        message_id=new_id(),
        tenant=staff.tenant,
        conversation_id=case.conversation_id,
        case_id=case.case_id,
        citizen_id=case.citizen_id,
        direction=Direction.NOTE,
        actor=staff.actor,
        order_time=now,
        receive_time=now,
        text=text,
        kind="note",
        mentions=called,
    )
    added = MessageAdded(note.message_id, Direction.NOTE, staff.actor, needs_answer=False)
    await desk.messages.write([SaveMessage(note, case, (added,))])
    return note


async def _called(directory: Directory, case: Case, subjects: Sequence[str]) -> tuple[Mention, ...]:
    wanted = list(dict.fromkeys(subjects))
    known = {p.subject: p for p in await directory.get_many(case.tenant, wanted)}
    wrong = {
        f"/mentions/{n}": "no trabaja en este caso"
        for n, subject in enumerate(subjects)
        if subject not in known or not known[subject].may_see(case.visible_units)
    }
    if wrong:
        raise Unprocessable("MENTION_UNKNOWN", "No se puede mencionar a esa persona.", fields=wrong)
    return tuple(Mention(subject, known[subject].name) for subject in wanted)
