"""An invitation and everything that comes of it: one document, one survey.

It is reserved by a unique insert before anything is sent, so a resolution is never asked about
twice; the first answer counts, what comes later is kept as a comment; whatever is bad or has words
becomes a task that somebody must dispose of.

    issued ──answer──▶ answered ──(low score, not solved, or a comment)──▶ task open ──▶ settled
      └──expiry──▶ lapsed ──late answer──▶ answered
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from atiende_city.channels import FORM_CHANNELS
from atiende_surveys.domain.answer import Answer
from atiende_surveys.domain.errors import TaskAlreadySettled, TaskNotFound

PROMPT_KIND = "survey"
"""What the question is called where its answer is recognised."""

MAX_COMMENTS = 20
TOP_BOX = 4
# A detractor hears from the city within two days (domain time), or the task shows as overdue.
TASK_LIMIT = timedelta(hours=48)
CAN_ANSWER = frozenset({"webchat", "email", "whatsapp", *FORM_CHANNELS})
"""Channels whose citizens can answer a question; an Open311 report has no way back."""


class InvitationState(StrEnum):
    """Where the invitation stands."""

    ISSUED = "issued"
    ANSWERED = "answered"
    LAPSED = "lapsed"


class TaskKind(StrEnum):
    """Why somebody must look at it."""

    RECOVERY = "recovery"
    COMMENT = "comment"


class Disposition(StrEnum):
    """What was done about it."""

    CONTACTED = "contacted"
    CASE_REOPENED = "case_reopened"
    FORWARDED = "forwarded"
    NOTED = "noted"
    NO_ACTION = "no_action"


@dataclass(frozen=True, slots=True)
class Comment:
    """Words of the citizen after the first answer."""

    message_id: str
    text: str
    receive_time: datetime


@dataclass(frozen=True, slots=True)
class Response:
    """The first answer."""

    score: int
    solved: bool | None
    comment: str
    channel: str
    message_id: str
    receive_time: datetime
    needs_recovery: bool


@dataclass(frozen=True, slots=True)
class Task:
    """Something a supervisor must dispose of."""

    kind: TaskKind
    create_time: datetime
    due_time: datetime
    disposition: Disposition | None = None
    note: str = ""
    settled_by: str = ""
    settle_time: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether nobody has settled it."""
        return self.disposition is None

    def is_overdue(self, now: datetime) -> bool:
        """Whether it waits for longer than the city allows itself."""
        return self.is_open and self.due_time <= now


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """A survey about one resolution of one case.

    Attributes:
        token_hash: of the token in the link; whoever reads the database cannot answer with it.
    """

    invitation_id: str
    tenant: str
    case_id: str
    resolution_number: int
    folio: str
    citizen_id: str
    conversation_id: str
    procedure_code: str
    unit_id: str
    agent_id: str
    channel: str
    language: str
    issue_time: datetime
    expire_time: datetime
    state: InvitationState = InvitationState.ISSUED
    response: Response | None = None
    comments: tuple[Comment, ...] = ()
    task: Task | None = None
    token_hash: str = ""
    version: int = 0

    def has_message(self, message_id: str) -> bool:
        """Whether this message was taken in before."""
        first = self.response is not None and self.response.message_id == message_id
        return first or any(comment.message_id == message_id for comment in self.comments)


def answer(
    invitation: Invitation,
    given: Answer,
    *,
    text: str,
    message_id: str,
    channel: str,
    receive_time: datetime,
    recovery_at_most: int,
) -> Invitation:
    """Takes in an answer; a message that was taken in before changes nothing.

    A late answer counts as well: the citizen took the trouble.
    """
    if invitation.has_message(message_id):
        return invitation
    if invitation.response is not None:
        later = Comment(message_id, text, receive_time)
        return replace(
            invitation,
            comments=(*invitation.comments, later)[-MAX_COMMENTS:],
            task=invitation.task or _task(TaskKind.COMMENT, receive_time),
        )
    recovery = given.needs_recovery(recovery_at_most)
    task = None
    if recovery:
        task = _task(TaskKind.RECOVERY, receive_time)
    elif given.comment and any(char.isalpha() for char in given.comment):
        task = _task(TaskKind.COMMENT, receive_time)
    response = Response(
        score=given.score,
        solved=given.solved,
        comment=given.comment,
        channel=channel,
        message_id=message_id,
        receive_time=receive_time,
        needs_recovery=recovery,
    )
    return replace(invitation, state=InvitationState.ANSWERED, response=response, task=task)


def hash_of(token: str) -> str:
    """What is kept of a link's token: it is random, so a plain hash cannot be undone."""
    return hashlib.sha256(token.encode()).hexdigest()


def _task(kind: TaskKind, now: datetime) -> Task:
    return Task(kind, now, now + TASK_LIMIT)


def lapse(invitation: Invitation) -> Invitation:
    """Ends the wait for an answer."""
    return replace(invitation, state=InvitationState.LAPSED)


def settle(
    invitation: Invitation, disposition: Disposition, note: str, by: str, now: datetime
) -> Invitation:
    """Disposes of the task.

    Raises:
        TaskNotFound: there is nothing to dispose of.
        TaskAlreadySettled: it was disposed of otherwise before.
    """
    task = invitation.task
    if task is None:
        raise TaskNotFound
    if not task.is_open:
        if (task.disposition, task.note, task.settled_by) == (disposition, note, by):
            return invitation
        raise TaskAlreadySettled
    done = replace(task, disposition=disposition, note=note, settled_by=by, settle_time=now)
    return replace(invitation, task=done)
