"""A citizen is forgotten: blocked first, then deleted, as far as no law keeps the data.

While a case is open or may be reopened the city owes its answer to somebody, so nothing is
blocked before. Blocked data are used for nothing; after the grace they are deleted. What stays
names nobody: folio, procedure, unit and times of the cases (archives and public figures) and the
audit chain, which holds hashes of what was said and never the words.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from atiende_cases.domain.case import Case
from atiende_cases.domain.citizen import Citizen, Withdrawal
from atiende_cases.domain.conversation import Conversation
from atiende_cases.domain.lifecycle import may_reopen
from atiende_cases.domain.message import Message
from atiende_cases.domain.values import Actor, ActorKind

SUPPRESSED = "suppressed"
"""Kind of an entry whose words were deleted."""


def asked(citizen: Citizen, at: datetime) -> Citizen:
    """Notes the wish; asking again changes nothing."""
    if citizen.withdrawal is not None:
        return citizen
    return replace(citizen, withdrawal=Withdrawal(at))


def holds_back(case: Case, at: datetime) -> bool:
    """Whether a case still needs its citizen."""
    return case.is_active or may_reopen(case, at)


def blocked(citizen: Citizen, at: datetime) -> Citizen:
    """Takes the data out of use: nobody is found by them, nobody is signed in."""
    if citizen.withdrawal is None or citizen.is_blocked:
        return citizen
    return replace(
        citizen,
        keys=(f"withdrawn:{citizen.citizen_id}",),
        session_generation=citizen.session_generation + 1,
        withdrawal=replace(citizen.withdrawal, block_time=at),
    )


def forgotten(citizen: Citizen, at: datetime) -> Citizen:
    """What is left of the person: an id that names nobody."""
    if citizen.withdrawal is None:
        return citizen
    return replace(
        citizen,
        points=(),
        display_name="",
        preferred_channel=None,
        consents=(),
        withdrawal=replace(citizen.withdrawal, suppress_time=at),
    )


def forgotten_message(message: Message) -> Message:
    """The entry without its words; staff may have written personal data into any of them."""
    return replace(
        message,
        kind=SUPPRESSED,
        text="",
        folded_text="",
        subject="",
        address="",
        attachments=(),
        place=None,
        provider_message_id="",
        mentions_folio="",
        delivery_error="",
        actor=_nameless(message.actor),
    )


def forgotten_conversation(conversation: Conversation) -> Conversation:
    """The conversation without addresses and words; its threads are free for somebody else."""
    opening = replace(
        conversation.opening,
        text="",
        subject="",
        place=None,
        mentions_folio="",
        form_values=(),
    )
    return replace(conversation, opening=opening, threads=(), message_keys=(), given_points=())


def forgotten_case(case: Case) -> Case:
    """The case as archives and figures need it."""
    history = tuple(replace(entry, note="", actor=_nameless(entry.actor)) for entry in case.history)
    return replace(
        case,
        subject="",
        description="",
        place=None,
        media_url="",
        mentions_folio="",
        terms=(),
        duplicates=tuple(replace(one, reason="") for one in case.duplicates),
        history=history,
        transfer=None,
    )


def _nameless(actor: Actor) -> Actor:
    return replace(actor, name="") if actor.kind is ActorKind.CITIZEN else actor
