"""Use cases: a citizen sees, corrects and takes along what the city knows of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from atiende_cases.application.citizen.access import CitizenDesk, session_over
from atiende_cases.application.ports import SaveCitizen
from atiende_cases.domain.case import Case
from atiende_cases.domain.citizen import Citizen, point_key
from atiende_cases.domain.errors import refused
from atiende_cases.domain.events import CitizenUpdated
from atiende_cases.domain.message import Message
from atiende_cases.domain.plain_words import Language
from atiende_cases.domain.values import Channel, Direction
from atiende_city.citizen_access import CitizenSession
from atiende_kit.errors import NotFound, VersionMismatch
from atiende_kit.store import Outcome, retry_stale

_MOST_CASES: Final = 1_000
_MOST_ENTRIES: Final = 5_000


async def own_record(desk: CitizenDesk, session: CitizenSession) -> Citizen:
    """The person of a session.

    Raises:
        Unauthenticated: The session is over, or is of a case only.
    """
    citizen = await desk.citizen_of(session)
    if citizen is None:
        raise session_over()
    return citizen


async def change_record(
    desk: CitizenDesk, session: CitizenSession, decide: Callable[[Citizen], Citizen]
) -> Citizen:
    """Reads, decides and writes the person, again when somebody wrote in between."""

    async def attempt() -> Citizen:
        citizen = await own_record(desk, session)
        changed = decide(citizen)
        if changed == citizen:
            return citizen
        [outcome] = await desk.citizens.write([SaveCitizen(changed, (CitizenUpdated(),))])
        if outcome is not Outcome.DONE:
            raise VersionMismatch("CITIZEN_CHANGED", "Los datos cambiaron mientras tanto.")
        return replace(changed, version=changed.version + 1)

    return await retry_stale(attempt)


def corrected(
    citizen: Citizen,
    *,
    display_name: str | None,
    language: Language | None,
    removed: list[tuple[Channel, str]],
) -> Citizen:
    """The person with a corrected name and language, and without addresses that are not theirs.

    Addresses are added by proving them with a code.

    Raises:
        NotFound: One of the addresses is not known.
        FailedPrecondition: None would be left by which the person could enter again.
    """
    keys = {point_key(channel, address) for channel, address in removed}
    if keys - set(citizen.keys):
        raise NotFound("CONTACT_POINT_NOT_FOUND", "Ese dato de contacto no está registrado.")
    points = tuple(p for p in citizen.points if p.key not in keys)
    if keys and not any(p.verified for p in points):
        raise refused(
            "LAST_CONTACT_POINT",
            "Es el último dato verificado: agregue otro primero, o pida borrar sus datos.",
        )
    return replace(
        citizen,
        display_name=citizen.display_name if display_name is None else display_name,
        language=language or citizen.language,
        keys=tuple(key for key in citizen.keys if key not in keys),
        points=points,
    )


@dataclass(frozen=True, slots=True)
class Held:
    """Everything that this service holds of a person, notes of the desk aside.

    Attributes:
        notes: how many notes there are; they are the desk's own working papers.
    """

    citizen: Citizen
    cases: tuple[tuple[Case, tuple[Message, ...]], ...]
    notes: int


async def everything_held(desk: CitizenDesk, session: CitizenSession) -> Held:
    """What the person may take along (portability)."""
    citizen = await own_record(desk, session)
    listed = await desk.own_cases.page(
        session.tenant,
        citizen.citizen_id,
        given=citizen.proved_keys,
        before=None,
        limit=_MOST_CASES,
    )
    full = await desk.cases.get_many(session.tenant, (case.case_id for case in listed))
    messages = await desk.messages.of_citizen(
        session.tenant, citizen.citizen_id, limit=_MOST_ENTRIES
    )
    for case in full:
        # Of matters that go on at a proved address, the messages are kept under nobody's name.
        if case.citizen_id != citizen.citizen_id:
            messages += await desk.messages.of_conversation(
                session.tenant, case.conversation_id, limit=_MOST_ENTRIES
            )
    shown = [m for m in messages if m.direction is not Direction.NOTE]
    cases = tuple(
        (case, tuple(m for m in shown if m.case_id == case.case_id))
        for case in sorted(full, key=lambda case: case.open_time)
    )
    return Held(citizen, cases, len(messages) - len(shown))
