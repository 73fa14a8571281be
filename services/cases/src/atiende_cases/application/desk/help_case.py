"""Use cases: what helps a clerk to decide about one case."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from atiende_cases.application.desk.access import Desk, Staff
from atiende_cases.domain.answering import ReplyOption, reply_options
from atiende_cases.domain.case import Case
from atiende_cases.domain.change import Change, procedure_of
from atiende_cases.domain.checklist import Item, checklist, tick
from atiende_cases.domain.conversation import Conversation
from atiende_cases.domain.explain_clock import ClockStory, explain_clocks
from atiende_cases.domain.message import Message
from atiende_cases.domain.outgoing import WRITABLE, templated
from atiende_city.release import Release
from atiende_city.render import render_answer, standard_values
from atiende_city.text import stems
from atiende_kit.errors import VersionMismatch

_MOST_FILES: Final = 500
_MOST_SUGGESTIONS: Final = 60
_OWN_PROCEDURE: Final = 100


@dataclass(frozen=True, slots=True)
class Explained:
    """A case with the story of its clocks."""

    case: Case
    story: ClockStory


async def explain_clock(desk: Desk, staff: Staff, case_id: str) -> Explained:
    """Why it is due when it is due."""
    case = await desk.see(staff, case_id)
    release = await desk.releases.get(staff.tenant)
    return Explained(case, explain_clocks(case, release, desk.clock.now()))


@dataclass(frozen=True, slots=True)
class Sendable:
    """A template that a person may choose, filled for the case."""

    key: str
    text: str
    language: str


@dataclass(frozen=True, slots=True)
class Ways:
    """How the citizen of a case can be answered."""

    options: tuple[ReplyOption, ...]
    templates: tuple[Sendable, ...]


async def ways_to_answer(desk: Desk, staff: Staff, case_id: str) -> Ways:
    """Every channel: open or why not, and what may be sent where free text may not."""
    case = await desk.see(staff, case_id)
    release, citizen, conversation = await asyncio.gather(
        desk.releases.get(staff.tenant),
        desk.citizens.get(staff.tenant, case.citizen_id),
        desk.conversations.get(staff.tenant, case.conversation_id),
    )
    if citizen is None or conversation is None:
        raise VersionMismatch("CASE_INCOMPLETE", "El caso aún se está abriendo.")
    now = desk.clock.now()
    templates = [
        Sendable(key, words.text, words.template_language)
        for key in WRITABLE
        if (found := release.template(key, "whatsapp", case.language)) and found.provider_name
        for words in (templated(case, citizen, release, key, now),)
    ]
    return Ways(reply_options(case, citizen, conversation, now), tuple(templates))


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A text that the city has approved and that may answer the case.

    Attributes:
        kind: "answer", "faq" or "outcome".
        topic: what the city files an answer under; empty for the other kinds.
        reason: "procedure" when it belongs to the case's, "words" when the citizen's words fit,
            "general" when it serves every matter.
    """

    key: str
    kind: str
    title: str
    text: str
    reason: str
    procedure: str
    topic: str = ""


async def suggest_answers(desk: Desk, staff: Staff, case_id: str) -> list[Suggestion]:
    """Approved answers for a case, the most fitting one in front, in the citizen's language."""
    case = await desk.see(staff, case_id)
    release, citizen = await asyncio.gather(
        desk.releases.get(staff.tenant), desk.citizens.get(staff.tenant, case.citizen_id)
    )
    name = citizen.display_name if citizen else ""
    return suggestions(case, release, desk.clock.now(), citizen_name=name)


def suggestions(
    case: Case, release: Release, now: datetime, *, citizen_name: str = ""
) -> list[Suggestion]:
    """Ranks what the city has approved by the case's procedure and the citizen's words."""
    said = frozenset(stems(f"{case.subject} {case.description}"))
    ranked = [
        *_approved(case, release, said, now, citizen_name),
        *_questions(case, release, said),
        *_outcomes(case, release),
    ]
    ranked.sort(key=lambda pair: -pair[0])
    return [suggestion for _, suggestion in ranked[:_MOST_SUGGESTIONS]]


Ranked = Iterator[tuple[float, Suggestion]]


def _approved(
    case: Case, release: Release, said: frozenset[str], now: datetime, citizen_name: str
) -> Ranked:
    """The answers of the city for this procedure, filled for the case, then those for all."""
    values = standard_values(
        release,
        language=case.language,
        now=now,
        folio=case.folio,
        citizen_name=citizen_name,
        procedure_code=case.procedure_code,
        unit_id=case.unit_id,
        state=case.state,
        outcome_code=case.outcome_code,
        due_time=None if case.calendar_missing else case.due_time,
        open_time=case.open_time,
        legal_time=case.legal_time,
    )
    for answer in release.answers_for(case.procedure_code):
        own = bool(answer.procedures)
        common = len(said & frozenset(stems(" ".join(answer.keywords))))
        reason = "procedure" if own else "words" if common else "general"
        yield (
            _OWN_PROCEDURE * own + common,
            Suggestion(
                key=answer.key,
                kind="answer",
                title=answer.title.to(case.language),
                text=render_answer(answer, case.language, values),
                reason=reason,
                procedure=case.procedure_code if own else "",
                topic=answer.topic,
            ),
        )


def _questions(case: Case, release: Release, said: frozenset[str]) -> Ranked:
    """Frequent questions of this procedure, and general ones that the citizen's words fit."""
    for key, entry in release.faq.items():
        own = entry.procedure == case.procedure_code
        common = len(said & frozenset(stems(" ".join((entry.question, *entry.keywords)))))
        if not own and (entry.procedure is not None or common < 2):  # noqa: PLR2004 - one word is chance
            continue
        yield (
            _OWN_PROCEDURE * own + common,
            Suggestion(
                key=key,
                kind="faq",
                title=entry.question.to(case.language),
                text=entry.answer.to(case.language),
                reason="procedure" if own else "words",
                procedure=entry.procedure or "",
            ),
        )


def _outcomes(case: Case, release: Release) -> Ranked:
    """What the procedure says when it ends so or so."""
    procedure = procedure_of(release, case.procedure_code)
    for outcome in procedure.outcomes:
        yield (
            1,
            Suggestion(
                key=outcome.id,
                kind="outcome",
                title=outcome.name.to(case.language),
                text=outcome.text.to(case.language),
                reason="procedure",
                procedure=procedure.code,
            ),
        )


async def see_checklist(desk: Desk, staff: Staff, case_id: str) -> list[Item]:
    """The requirements of the procedure: there or missing."""
    case = await desk.see(staff, case_id)
    release = await desk.releases.get(staff.tenant)
    return checklist(case, procedure_of(release, case.procedure_code))


async def tick_requirement(
    desk: Desk, staff: Staff, case_id: str, name: str, *, done: bool
) -> list[Item]:
    """Notes that a requirement is there, or missing after all."""

    def decide(case: Case, release: Release) -> Change:
        return tick(
            case,
            procedure_of(release, case.procedure_code),
            name,
            done=done,
            actor=staff.actor,
            at=desk.clock.now(),
        )

    case = await desk.change(staff, case_id, decide)
    release = await desk.releases.get(staff.tenant)
    return checklist(case, procedure_of(release, case.procedure_code))


async def see_form(desk: Desk, case: Case) -> Conversation | None:
    """What the case was opened from: the values of the form, the place."""
    return await desk.conversations.get(case.tenant, case.conversation_id)


async def list_files(desk: Desk, staff: Staff, case_id: str) -> list[Message]:
    """The entries of a case that carry files, oldest first."""
    case = await desk.see(staff, case_id)
    return await desk.messages.with_files(staff.tenant, [case.case_id], limit=_MOST_FILES)


def titles_of(release: Release, code: str, names: Iterable[str]) -> dict[str, str]:
    """How the procedure's form calls its fields."""
    properties = procedure_of(release, code).form.get("properties", {})
    return {name: str(properties.get(name, {}).get("title", name)) for name in names}
