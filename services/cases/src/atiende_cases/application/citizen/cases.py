"""Use cases: a citizen follows their cases, and says that one is not solved."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from atiende_cases.application.citizen.access import CitizenDesk
from atiende_cases.application.ports import SaveCase
from atiende_cases.application.public_cases import as_followed
from atiende_cases.domain import lifecycle
from atiende_cases.domain.case import Case
from atiende_cases.domain.change import procedure_of
from atiende_cases.domain.errors import refused
from atiende_cases.domain.message import Message
from atiende_cases.domain.plain_clock import PlainClock, clock_of
from atiende_cases.domain.plain_words import (
    LANGUAGES,
    Language,
    Line,
    Saying,
    first_name,
    lines_of,
    receiving,
    saying_of,
)
from atiende_cases.domain.search import index_terms
from atiende_cases.domain.values import Actor, ActorKind, Direction, Status
from atiende_city.citizen_access import CitizenSession
from atiende_city.release import Release
from atiende_kit.errors import VersionMismatch
from atiende_kit.store import Outcome, retry_stale

MOST_ENTRIES: Final = 1_000


@dataclass(frozen=True, slots=True)
class Followed:
    """A case as its citizen sees it.

    Attributes:
        case: None while it is being opened.
        clock: None likewise.
    """

    case_id: str
    language: Language
    release: Release
    saying: Saying
    case: Case | None = None
    clock: PlainClock | None = None
    lines: tuple[Line, ...] = ()

    @property
    def assignee(self) -> str:
        """First name of who has it, or empty."""
        return first_name(self.case.assignee_name) if self.case else ""


async def follow(
    desk: CitizenDesk, session: CitizenSession, case_id: str, *, language: Language | None
) -> Followed:
    """One case with its timeline, in plain words.

    Raises:
        NotFound: There is none, or it is not theirs.
    """
    case = await desk.see(session, case_id)
    release = await desk.releases.get(session.tenant)
    if case is None:
        tongue = language or _tongue(release.default_language)
        return Followed(session.case_id, tongue, release, receiving(tongue))
    messages = await desk.messages.of_conversation(
        session.tenant, case.conversation_id, limit=MOST_ENTRIES
    )
    [seen] = await as_followed(desk.cases, session.tenant, [case])
    return _followed(desk, seen, release, language, messages)


async def followed_page(
    desk: CitizenDesk,
    session: CitizenSession,
    *,
    language: Language | None,
    before: tuple[datetime, str] | None,
    limit: int,
) -> tuple[list[Followed], bool]:
    """The cases that a session shows, newest first, without their timelines.

    Returns:
        A page and whether there is more.
    """
    if session.case_id:
        return [await follow(desk, session, session.case_id, language=language)], False
    citizen = await desk.citizen_of(session)
    found = await desk.own_cases.page(
        session.tenant,
        session.citizen_id,
        given=citizen.proved_keys if citizen else (),
        before=before,
        limit=limit + 1,
    )
    release = await desk.releases.get(session.tenant)
    seen = await as_followed(desk.cases, session.tenant, found[:limit])
    shown = [_followed(desk, case, release, language, []) for case in seen]
    return shown, len(found) > limit


def _followed(
    desk: CitizenDesk,
    case: Case,
    release: Release,
    language: Language | None,
    messages: list[Message],
) -> Followed:
    now = desk.clock.now()
    tongue = language or _tongue(case.language)
    return Followed(
        case_id=case.case_id,
        language=tongue,
        release=release,
        saying=saying_of(case, release, tongue, now=now, question=_question(case, messages)),
        case=case,
        clock=clock_of(case, release, tongue, now=now),
        lines=tuple(lines_of(case, messages, release, tongue)),
    )


def _tongue(language: str) -> Language:
    return next((one for one in LANGUAGES if one == language), LANGUAGES[0])


def _question(case: Case, messages: list[Message]) -> str:
    """The last thing that staff wrote, when the case waits for the citizen."""
    if case.status is not Status.WAITING_CITIZEN:
        return ""
    asked = (m.text for m in reversed(messages) if m.direction is Direction.OUTBOUND)
    return next(asked, "")


async def reopen(desk: CitizenDesk, session: CitizenSession, case_id: str, *, reason: str) -> Case:
    """Takes a resolved case up again, because its citizen says that it is not solved.

    Raises:
        NotFound: There is none, or it is not theirs.
        FailedPrecondition: It is not resolved, or the window is over.
    """

    async def attempt() -> Case:
        case = await desk.see(session, case_id)
        if case is None:
            raise refused("CASE_NOT_RESOLVED", "El caso no está resuelto: aún se está registrando.")
        requester = Actor(ActorKind.CITIZEN, case.citizen_id)
        if case.merged_into:
            case = await desk.cases.get(case.tenant, case.merged_into) or case
        at = desk.clock.now()
        if not case.is_active and not lifecycle.may_reopen(case, at):
            raise refused(
                "REOPEN_WINDOW_OVER",
                "El plazo para reabrir este caso terminó. Presente una solicitud nueva.",
            )
        release = await desk.releases.get(session.tenant)
        change = lifecycle.reopen(
            case,
            procedure_of(release, case.procedure_code),
            reason="citizen_message",
            actor=requester,
            at=at,
            note=reason,
        )
        terms = index_terms(reason, already=change.case.terms)
        found = replace(change.case, terms=terms)
        [outcome] = await desk.cases.write([SaveCase(found, change.events)])
        if outcome is not Outcome.DONE:
            raise VersionMismatch("CASE_CHANGED", "El caso cambió mientras tanto.")
        return found

    return await retry_stale(attempt)
