"""Bodies of the HTTP API."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from atiende_surveys.application.ports import Score
from atiende_surveys.domain.invitation import Comment, Invitation, Response, Task

DispositionName = Literal["contacted", "case_reopened", "forwarded", "noted", "no_action"]


class DispositionBody(BaseModel):
    """What was done about an answer."""

    model_config = ConfigDict(extra="forbid", strict=True)

    disposition: DispositionName = Field(examples=["contacted"])
    note: str = Field(
        default="",
        max_length=2000,
        pattern=r"^[^\x00]*$",
        examples=["Se llamó al ciudadano y se programó una nueva visita."],
    )


class ScoreView(BaseModel):
    """One group's figures."""

    key: str = Field(description="Unit, channel or agent; empty for all.", examples=["alumbrado"])
    invitations: int = Field(description="Invitations issued.")
    answered: int = Field(description="Invitations answered in any way.")
    n: int = Field(description="Answers with a score; what CSAT and mean are over.")
    response_rate: float | None = Field(description="answered / invitations, 0 to 1.")
    csat: float | None = Field(description="Share of scores 4 and 5, 0 to 1.")
    mean_score: float | None = Field(description="1 to 5.")

    @classmethod
    def of(cls, score: Score) -> ScoreView:
        """Renders figures."""
        return cls(
            key=score.key,
            invitations=score.invitations,
            answered=score.answered,
            n=score.responses,
            response_rate=score.response_rate,
            csat=score.csat,
            mean_score=score.mean_score,
        )


class ScoreList(BaseModel):
    """Figures by one dimension."""

    by: Literal["all", "unit", "channel", "agent"]
    items: list[ScoreView]


class CommentView(BaseModel):
    """Words that came after the first answer."""

    message_id: str
    text: str
    receive_time: datetime

    @classmethod
    def of(cls, comment: Comment) -> CommentView:
        """Renders a comment."""
        return cls(
            message_id=comment.message_id, text=comment.text, receive_time=comment.receive_time
        )


class TaskView(BaseModel):
    """What somebody must dispose of."""

    kind: Literal["recovery", "comment"]
    status: Literal["open", "settled"]
    overdue: bool
    create_time: datetime
    due_time: datetime
    disposition: DispositionName | None
    note: str
    settled_by: str
    settle_time: datetime | None

    @classmethod
    def of(cls, task: Task, now: datetime) -> TaskView:
        """Renders a task."""
        return cls(
            kind=task.kind.value,
            status="open" if task.is_open else "settled",
            overdue=task.is_overdue(now),
            create_time=task.create_time,
            due_time=task.due_time,
            disposition=task.disposition.value if task.disposition else None,
            note=task.note,
            settled_by=task.settled_by,
            settle_time=task.settle_time,
        )


class ResponseView(BaseModel):
    """An answer, with what comes of it."""

    invitation_id: str
    case_id: str
    folio: str = Field(examples=["SA-2026-0000123-K"])
    resolution_number: int
    procedure_code: str
    unit_id: str = Field(examples=["alumbrado"])
    agent_id: str
    channel: str = Field(examples=["whatsapp"])
    score: int | None = Field(description="1 to 5; absent when the answer was words only.")
    solved: bool | None = Field(description="What the citizen says; absent when they do not.")
    comment: str
    needs_recovery: bool
    receive_time: datetime
    later_comments: list[CommentView]
    task: TaskView | None

    @classmethod
    def of(cls, invitation: Invitation, response: Response, now: datetime) -> ResponseView:
        """Renders an answered invitation."""
        return cls(
            invitation_id=invitation.invitation_id,
            case_id=invitation.case_id,
            folio=invitation.folio,
            resolution_number=invitation.resolution_number,
            procedure_code=invitation.procedure_code,
            unit_id=invitation.unit_id,
            agent_id=invitation.agent_id,
            channel=response.channel,
            score=response.score or None,
            solved=response.solved,
            comment=response.comment,
            needs_recovery=response.needs_recovery,
            receive_time=response.receive_time,
            later_comments=[CommentView.of(comment) for comment in invitation.comments],
            task=TaskView.of(invitation.task, now) if invitation.task else None,
        )


class TaskCounts(BaseModel):
    """How many tasks wait; "overdue" wants to be 0."""

    open: int
    overdue: int
