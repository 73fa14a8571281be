"""How a case begins."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from atiende_cases.domain.case import Case
from atiende_cases.domain.change import Change, noted, procedure_of
from atiende_cases.domain.conversation import Conversation
from atiende_cases.domain.events import CaseOpened
from atiende_cases.domain.search import index_terms
from atiende_cases.domain.values import Actor, ActorKind, Channel, Status
from atiende_city.clocks import clocks_of
from atiende_city.model import Procedure
from atiende_city.release import Release

_DESCRIPTION_CHARACTERS: Final = 2_000
FALLBACK_UNIT: Final = "atencion"


def open_case(conversation: Conversation, release: Release, *, citizen_name: str = "") -> Change:
    """Opens the case of a conversation from its opening; the same each time it is called.

    The folio is left empty: it is claimed when the conversation is durable.
    """
    opening = conversation.opening
    procedure = procedure_of(release, opening.procedure_code)
    clocks = clocks_of(procedure, release, opening.open_time)
    initial = procedure.state(procedure.initial) or procedure.states[0]
    case = Case(
        case_id=conversation.case_id,
        tenant=conversation.tenant,
        folio="",
        citizen_id=conversation.citizen_id,
        conversation_id=conversation.conversation_id,
        procedure_code=procedure.code,
        unit_id=_unit_of(procedure, release, unreadable=opening.unreadable),
        state=initial.id,
        status=Status(initial.kind),
        priority=0 if opening.emergency else procedure.priority,
        emergency=opening.emergency,
        channel=opening.channel,
        opened_channel=opening.channel,
        language=conversation.language,
        open_time=opening.open_time,
        legal_time=clocks.legal_time,
        first_answer_due_time=clocks.first_answer_due_time,
        due_time=clocks.due_time,
        calendar_missing=clocks.calendar_missing,
        update_time=opening.open_time,
        release_version=release.version,
        opened_by_message_id=opening.message_id,
        subject=opening.subject,
        description=opening.text[:_DESCRIPTION_CHARACTERS],
        out_of_hours=clocks.out_of_hours,
        unreadable=opening.unreadable,
        public=is_public(procedure, opening.channel),
        mentions_folio=opening.mentions_folio,
        linked_case_id=opening.linked_case_id,
        place=opening.place,
        media_url=dict(opening.form_values).get("media_url", "")[:2_000],
        last_inbound_time=opening.open_time,
        terms=index_terms(
            citizen_name,
            opening.subject,
            opening.text,
            opening.place.address if opening.place else "",
            " ".join(value for _, value in opening.form_values),
        ),
    )
    if opening.submitted_by:
        clerk = Actor(ActorKind.STAFF, opening.submitted_by)
        case = noted(case, "submitted", clerk, opening.open_time)
    return Change(case, (CaseOpened(opening.message_id, clocks.out_of_hours, opening.unreadable),))


def procedure_for(asked: str, written: str, release: Release, *, unreadable: bool) -> str:
    """The procedure that was asked for, else the one that the words are about."""
    if unreadable:
        return release.city.default_procedure
    return asked if release.procedure(asked) is not None else release.classify(written)


def is_public(procedure: Procedure, channel: Channel | None) -> bool:
    """Tells whether everybody may read a case: it was reported where all reports are public.

    Who writes an e-mail or a chat tells it to the city alone, whatever the matter is.
    """
    return procedure.public and channel is Channel.OPEN311


def _unit_of(procedure: Procedure, release: Release, *, unreadable: bool) -> str:
    if unreadable and FALLBACK_UNIT in release.units:
        return FALLBACK_UNIT
    return procedure.unit_id


def with_folio(case: Case, folio: str) -> Case:
    """Gives a case its number, which is also a search term."""
    return replace(case, folio=folio, terms=index_terms(folio, already=case.terms))
