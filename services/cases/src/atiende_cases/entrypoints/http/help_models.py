"""Bodies of answers that help a clerk with one case."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from atiende_cases.application.desk.audit_trail import Traced
from atiende_cases.application.desk.help_case import Explained, Suggestion, Ways
from atiende_cases.application.desk.mentions import Called
from atiende_cases.application.desk.write import MAX_FILE_BYTES, MAX_FILES, MAX_FILES_BYTES
from atiende_cases.application.ports import Colleague
from atiende_cases.domain.answering import MOST_CHARACTERS, PART_CHARACTERS, Refusal, masked
from atiende_cases.domain.checklist import Item
from atiende_cases.domain.message import Message
from atiende_cases.domain.values import Channel, Direction

_REFUSALS: dict[Refusal, dict[str, str]] = {
    Refusal.NO_ADDRESS: {
        "es": "No hay ninguna dirección de la persona en este medio.",
        "en": "There is no address of this person on this channel.",
    },
    Refusal.CONSENT_REFUSED: {
        "es": "La persona no quiere recibir mensajes por este medio.",
        "en": "The person does not want messages on this channel.",
    },
    Refusal.ADDRESS_NOT_PROVED: {
        "es": "La dirección la dio alguien sin demostrar que es suya.",
        "en": "The address was given by somebody without proof that it is theirs.",
    },
    Refusal.WINDOW_CLOSED: {
        "es": "Pasaron más de 24 horas desde su último mensaje: solo puede ir una plantilla.",
        "en": "More than 24 hours have passed since their last message: only a template may go.",
    },
    Refusal.NOT_IN_PORTAL: {
        "es": "La persona no tiene clave para consultar este caso en el portal.",
        "en": "The person has no key to look this case up in the portal.",
    },
}


class ClockStepView(BaseModel):
    """One step of the explanation."""

    kind: str = Field(
        description="entry, legal, first_answer, counting, due, waiting, stopped, "
        "calendar_missing, changed or joined."
    )
    time: datetime | None
    text: dict[str, str] = Field(description="By language, `es` and `en`.")
    data: dict[str, Any]


class ClockView(BaseModel):
    """The clocks of a case and how they were computed."""

    effective_time: datetime
    legal_time: datetime
    first_answer_due_time: datetime
    first_answer_time: datetime | None
    due_time: datetime
    resolve_time: datetime | None
    out_of_hours: bool
    working_days_left: int | None = Field(description="Negative when overdue.")
    steps: list[ClockStepView]

    @classmethod
    def of(cls, explained: Explained) -> ClockView:
        """Shows a story."""
        case, story = explained.case, explained.story
        claim = case.claim
        return cls(
            effective_time=case.open_time,
            legal_time=claim.legal_time,
            first_answer_due_time=claim.first_answer_due_time,
            first_answer_time=case.first_answer_time,
            due_time=claim.due_time,
            resolve_time=case.resolve_time,
            out_of_hours=case.out_of_hours,
            working_days_left=story.working_days_left,
            steps=[
                ClockStepView(
                    kind=step.kind, time=step.time, text=dict(step.text), data=dict(step.data)
                )
                for step in story.steps
            ],
        )


class TemplateView(BaseModel):
    """A template that may be sent where free text may not."""

    key: str
    text: str
    language: str


class ReplyOptionView(BaseModel):
    """One channel by which the citizen may be answered, or why not."""

    channel: Channel
    allowed: bool
    default: bool = Field(description="Taken when the answer names no channel.")
    address: str = Field(description="Masked; empty when the channel has none to show.")
    reason: Refusal | None
    reason_text: dict[str, str]
    window_end_time: datetime | None
    max_characters: int
    part_characters: int | None = Field(description="A longer text goes as several messages.")
    templates: list[TemplateView]


class ReplyOptions(BaseModel):
    """All channels, those that are open in front."""

    items: list[ReplyOptionView]
    max_files: int
    max_file_bytes: int
    max_files_bytes: int = Field(description="Of all files of one answer together.")

    @classmethod
    def of(cls, ways: Ways) -> ReplyOptions:
        """Shows the ways."""
        templates = [
            TemplateView(key=t.key, text=t.text, language=t.language) for t in ways.templates
        ]
        return cls(
            items=[
                ReplyOptionView(
                    channel=option.channel,
                    allowed=option.refusal is None,
                    default=number == 0 and option.refusal is None,
                    address=masked(option.point) if option.point else "",
                    reason=option.refusal,
                    reason_text=_REFUSALS[option.refusal] if option.refusal else {},
                    window_end_time=option.window_end_time,
                    max_characters=MOST_CHARACTERS,
                    part_characters=PART_CHARACTERS.get(option.channel),
                    templates=templates if option.takes_template else [],
                )
                for number, option in enumerate(ways.options)
            ],
            max_files=MAX_FILES,
            max_file_bytes=MAX_FILE_BYTES,
            max_files_bytes=MAX_FILES_BYTES,
        )


class SuggestionView(BaseModel):
    """A text that the city has approved."""

    key: str
    kind: str = Field(description="answer, faq or outcome.")
    topic: str = Field(description="Of an answer, as the city files it; empty otherwise.")
    title: str
    text: str = Field(description="Filled for the case.")
    reason: str = Field(description="procedure, words or general.")
    procedure: str

    @classmethod
    def of(cls, suggestion: Suggestion) -> SuggestionView:
        """Shows a suggestion."""
        return cls(
            key=suggestion.key,
            kind=suggestion.kind,
            topic=suggestion.topic,
            title=suggestion.title,
            text=suggestion.text,
            reason=suggestion.reason,
            procedure=suggestion.procedure,
        )


class Suggestions(BaseModel):
    """The most fitting one in front, in the citizen's language."""

    items: list[SuggestionView]


class RequirementView(BaseModel):
    """A requirement of the procedure."""

    requirement_id: str
    text: dict[str, str] = Field(description="By language.")
    done: bool
    actor_id: str
    actor_name: str
    time: datetime | None

    @classmethod
    def of(cls, item: Item) -> RequirementView:
        """Shows a requirement and who said last what of it."""
        tick = item.tick
        return cls(
            requirement_id=item.requirement_id,
            text=dict(item.text.by_language),
            done=item.done,
            actor_id=tick.actor.id if tick else "",
            actor_name=tick.actor.name if tick else "",
            time=tick.time if tick else None,
        )


class Checklist(BaseModel):
    """The requirements of the procedure in its order."""

    items: list[RequirementView]
    missing: int

    @classmethod
    def of(cls, items: list[Item]) -> Checklist:
        """Shows a list."""
        return cls(
            items=[RequirementView.of(item) for item in items],
            missing=sum(not item.done for item in items),
        )


class AuditView(BaseModel):
    """An entry of the audit chain."""

    seq: int
    time: str
    type: str = Field(description="Fact: `case.opened`, `conversation.message_added` …")
    event_id: str
    document_id: str
    actor_kind: str
    actor_id: str
    actor_name: str
    body_sha256: str
    prev_hash: str
    hash: str
    holds: bool = Field(description="Its hash fits its content and it is bound to the one before.")

    @classmethod
    def of(cls, traced: Traced) -> AuditView:
        """Shows an entry."""
        entry = traced.entry
        parts = entry.subject.split(".")
        return cls(
            seq=entry.seq,
            time=entry.time,
            type=".".join(parts[2:4]),
            event_id=entry.event_id,
            document_id=entry.document_id,
            actor_kind=entry.actor_kind,
            actor_id=entry.actor_id,
            actor_name=traced.actor_name,
            body_sha256=entry.body_sha256,
            prev_hash=entry.prev_hash,
            hash=entry.hash,
            holds=traced.holds,
        )


class AuditPage(BaseModel):
    """Entries, oldest first."""

    items: list[AuditView]
    holds: bool = Field(description="Of all entries of this page; the whole chain: verify-audit.")
    next_cursor: str | None


class FileView(BaseModel):
    """A file of a case; its bytes are at `/attachments/{attachment_id}`."""

    attachment_id: str
    filename: str
    content_type: str
    size_bytes: int
    message_id: str
    direction: Direction
    time: datetime


class Files(BaseModel):
    """Files of a case, oldest first."""

    items: list[FileView]

    @classmethod
    def of(cls, messages: list[Message]) -> Files:
        """Shows the files of entries."""
        return cls(
            items=[
                FileView(
                    attachment_id=a.attachment_id,
                    filename=a.filename,
                    content_type=a.content_type,
                    size_bytes=a.size_bytes,
                    message_id=message.message_id,
                    direction=message.direction,
                    time=message.order_time,
                )
                for message in messages
                for a in message.attachments
            ]
        )


class PersonView(BaseModel):
    """A colleague who can be called."""

    subject: str
    name: str
    units: list[str]

    @classmethod
    def of(cls, colleague: Colleague) -> PersonView:
        """Shows a colleague."""
        return cls(
            subject=colleague.subject,
            name=colleague.name,
            units=sorted(colleague.units or ()),
        )


class People(BaseModel):
    """Colleagues by name."""

    items: list[PersonView]


class CalledView(BaseModel):
    """A note that calls the caller."""

    message_id: str
    case_id: str
    folio: str
    actor_id: str
    actor_name: str
    text: str
    time: datetime
    read_time: datetime | None

    @classmethod
    def of(cls, called: Called, subject: str) -> CalledView:
        """Shows a note to somebody whom it calls."""
        note = called.note
        return cls(
            message_id=note.message_id,
            case_id=note.case_id,
            folio=called.case.folio,
            actor_id=note.actor.id,
            actor_name=note.actor.name,
            text=note.text,
            time=note.order_time,
            read_time=next((m.read_time for m in note.mentions if m.subject == subject), None),
        )


class ReadCount(BaseModel):
    """How many were unread until now."""

    read: int
