"""Bodies of the public pages and of turns."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from atiende_routing.application.oversee_queues import PublicWait
from atiende_routing.application.take_turns import Board, TurnOutlook
from atiende_routing.domain.turn import Turn
from atiende_routing.entrypoints.http.models import Body

UNIT_PATTERN = r"^[a-z0-9][a-z0-9_-]{0,63}$"
TurnStatus = Literal["waiting", "called", "attending", "absent", "finished", "expired"]
Topic = Annotated[
    str,
    Field(
        pattern=UNIT_PATTERN,
        description="Code of a procedure, or the kiosk's own.",
        examples=["certificado-residencia"],
    ),
]
UnitId = Annotated[str, Field(pattern=UNIT_PATTERN, examples=["atencion"])]


def _seen(text: str) -> str:
    if not text.strip() or not text.isprintable():
        raise ValueError("el puesto necesita un nombre que se pueda mostrar")
    return text.strip()


DeskName = Annotated[
    str,
    Field(max_length=40, description="Where people go, as the board shows it.",
          examples=["Ventanilla 3"]),
    AfterValidator(_seen),
]  # fmt: skip


class View(BaseModel):
    """A response."""

    model_config = ConfigDict(frozen=True)


class WaitView(View):
    """What somebody may expect who writes now.

    `expected_wait_seconds` is 0 while somebody has a free slot, otherwise the mean time that
    matters took lately, times those who wait, shared among the slots of those who are there. It is
    null when the office is closed or nobody is there.
    """

    unit_id: str = Field(examples=["atencion"])
    unit_name: str
    open_now: bool
    next_opening: datetime | None = Field(description="Null while it is open.")
    queued: int = Field(description="Matters that wait for a person.")
    expected_wait_seconds: int | None

    @classmethod
    def of(cls, wait: PublicWait) -> Self:
        """Renders a wait."""
        return cls(
            unit_id=wait.unit_id,
            unit_name=wait.unit_name,
            open_now=wait.open_now,
            next_opening=wait.next_opening,
            queued=wait.queued,
            expected_wait_seconds=(
                None if wait.expected_wait is None else int(wait.expected_wait.total_seconds())
            ),
        )


class NewTurn(Body):
    """What a kiosk asks for."""

    unit_id: UnitId
    topic: Topic | None = Field(default=None, description="What it is about.")
    preferential: bool = Field(
        default=False, description="Whoever the law puts first: age, pregnancy, disability."
    )


class TurnView(View):
    """A ticket, as its holder sees it."""

    turn_id: str
    ticket: str = Field(examples=["A-012"])
    unit_id: str
    unit_name: str
    topic: str | None
    preferential: bool
    status: TurnStatus
    position: int | None = Field(description="1 is next; null when it does not wait.")
    expected_wait_seconds: int | None = Field(description="Null when unknown.")
    desk: str | None = Field(description="Where to go, once called.")
    create_time: datetime
    call_time: datetime | None

    @classmethod
    def of(cls, outlook: TurnOutlook) -> Self:
        """Renders a turn."""
        turn, wait = outlook.turn, outlook.expected_wait
        return cls(
            turn_id=turn.turn_id,
            ticket=turn.ticket,
            unit_id=turn.unit_id,
            unit_name=outlook.unit_name,
            topic=turn.topic or None,
            preferential=turn.preferential,
            status=turn.state.value,
            position=None if outlook.before is None else outlook.before + 1,
            expected_wait_seconds=None if wait is None else int(wait.total_seconds()),
            desk=turn.desk or None,
            create_time=turn.create_time,
            call_time=turn.call_time,
        )


class CalledView(View):
    """A line of the board."""

    ticket: str = Field(examples=["A-012"])
    desk: str = Field(examples=["Ventanilla 3"])
    status: TurnStatus
    calls: int
    call_time: datetime | None


class BoardView(View):
    """What hangs in the hall: numbers and desks, never names."""

    unit_id: str
    unit_name: str
    called: list[CalledView] = Field(description="Newest first.")
    upcoming: list[str] = Field(description="The next tickets in order.", examples=[["A-013"]])
    waiting: int
    expected_wait_seconds: int | None = Field(description="Of a new ticket; null when unknown.")

    @classmethod
    def of(cls, board: Board) -> Self:
        """Renders a board."""
        wait = board.expected_wait
        return cls(
            unit_id=board.unit_id,
            unit_name=board.unit_name,
            called=[
                CalledView(
                    ticket=turn.ticket,
                    desk=turn.desk,
                    status=turn.state.value,
                    calls=turn.calls,
                    call_time=turn.call_time,
                )
                for turn in board.called
            ],
            upcoming=[turn.ticket for turn in board.upcoming],
            waiting=board.waiting,
            expected_wait_seconds=None if wait is None else int(wait.total_seconds()),
        )


class StaffTurnView(View):
    """A turn, as staff sees it."""

    turn_id: str
    ticket: str
    unit_id: str
    topic: str | None
    preferential: bool
    status: TurnStatus
    create_time: datetime
    agent_id: str | None
    desk: str | None
    calls: int
    call_time: datetime | None
    attend_time: datetime | None
    end_time: datetime | None
    case_id: str | None

    @classmethod
    def of(cls, turn: Turn) -> Self:
        """Renders a turn."""
        return cls(
            turn_id=turn.turn_id,
            ticket=turn.ticket,
            unit_id=turn.unit_id,
            topic=turn.topic or None,
            preferential=turn.preferential,
            status=turn.state.value,
            create_time=turn.create_time,
            agent_id=turn.agent_id,
            desk=turn.desk or None,
            calls=turn.calls,
            call_time=turn.call_time,
            attend_time=turn.attend_time,
            end_time=turn.end_time,
            case_id=turn.case_id,
        )


class TurnList(View):
    """Today's turns of a unit by number; there are at most 999."""

    items: list[StaffTurnView]
    waiting: int


class NextBody(Body):
    """Who is free, and where."""

    unit_id: UnitId
    desk: DeskName


class RecallBody(Body):
    """Where to; the desk of the call before when absent."""

    desk: DeskName | None = None


class FinishBody(Body):
    """With the case that was opened, when one was."""

    case_id: UUID | None = Field(default=None, strict=False)
