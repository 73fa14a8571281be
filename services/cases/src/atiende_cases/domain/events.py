"""What happened, in the words of the domain; adapters write it as protobuf."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from atiende_cases.domain.case import Duplicate
from atiende_cases.domain.citizen import ContactPoint
from atiende_cases.domain.values import Actor, Attachment, Channel, Direction


class TransferStep(StrEnum):
    """Step of a transfer between units."""

    REQUESTED = "requested"
    ACCEPTED = "accepted"
    RETURNED = "returned"


@dataclass(frozen=True, slots=True)
class CaseOpened:
    """A matter became a case."""

    message_id: str
    out_of_hours: bool
    unreadable: bool


@dataclass(frozen=True, slots=True)
class CaseAssigned:
    """An agent has the case."""

    work_item_id: str


@dataclass(frozen=True, slots=True)
class CaseStateChanged:
    """Any other move of the procedure's machine."""

    previous_state: str
    actor: Actor


@dataclass(frozen=True, slots=True)
class CaseReclassified:
    """The procedure was corrected."""

    previous_procedure_code: str
    actor: Actor


@dataclass(frozen=True, slots=True)
class CaseTransferred:
    """A step of a transfer."""

    step: TransferStep
    from_unit_id: str
    to_unit_id: str
    actor: Actor


@dataclass(frozen=True, slots=True)
class CaseResolved:
    """The city considers the matter answered."""

    outcome_code: str
    resolution_number: int
    actor: Actor


@dataclass(frozen=True, slots=True)
class CaseReopened:
    """A resolved case needs work again: "citizen_message", "bad_score" or "staff"."""

    reason: str
    actor: Actor


@dataclass(frozen=True, slots=True)
class CaseAnnotated:
    """Staff noted something about the case that moves nothing.

    Attributes:
        kind: "requirement_ticked", "requirement_unticked", "incident_linked", "incident_unlinked",
            "merged", "unmerged", "duplicate_added", "duplicate_removed".
        reference: id of what it is about.
    """

    kind: str
    reference: str
    actor: Actor


@dataclass(frozen=True, slots=True)
class RequesterTold:
    """Command to notifications: tell the citizen of a duplicate what the case's own is told."""

    template_key: str
    duplicate: Duplicate
    outcome_code: str


CaseEvent = (
    CaseOpened
    | CaseAssigned
    | CaseStateChanged
    | CaseReclassified
    | CaseTransferred
    | CaseResolved
    | CaseReopened
    | CaseAnnotated
    | RequesterTold
)


@dataclass(frozen=True, slots=True)
class MessageAdded:
    """A new entry in a timeline."""

    message_id: str
    direction: Direction
    actor: Actor
    needs_answer: bool


@dataclass(frozen=True, slots=True)
class PromptAnswered:
    """A message answers something that the city asked."""

    prompt_id: str
    prompt_kind: str
    message_id: str
    text: str
    channel: Channel
    receive_time: datetime


@dataclass(frozen=True, slots=True)
class SendMessage:
    """Command to channels: send one message."""

    message_id: str
    conversation_id: str
    recipient: ContactPoint
    account_id: str
    thread_key: str
    reply_to_keys: tuple[str, ...]
    subject: str
    text: str
    last_inbound_time: datetime | None
    attachments: tuple[Attachment, ...] = ()
    template_name: str = ""
    template_language: str = ""
    template_values: tuple[str, ...] = ()


MessageEvent = MessageAdded | PromptAnswered | SendMessage


@dataclass(frozen=True, slots=True)
class CitizenUpdated:
    """Contact points, consents or preferences changed."""
