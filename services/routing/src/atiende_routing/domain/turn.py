"""A turn at the counter: a ticket that a kiosk gives and a desk calls.

    waiting ──call──▶ called ──attend──▶ attending ──finish──▶ finished
                       │  ▲ │                                     ▲
                       │  └recall                                 │
                       ▼    └───────────────finish────────────────┘
                     absent ──recall──▶ called

Turns end with the day: one of another day can only be read, and reads as expired.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from math import ceil

from atiende_routing.domain.errors import NotTheTurnsDesk, TurnNotAllowed

LAST_NUMBER = 999
# People queue at the door before it opens.
EARLY = timedelta(hours=1)
# A desk that has called nobody for so long does not shorten the wait.
ACTIVE = timedelta(hours=1)


class TurnState(StrEnum):
    """Where the turn stands."""

    WAITING = "waiting"
    CALLED = "called"
    ATTENDING = "attending"
    ABSENT = "absent"
    FINISHED = "finished"
    EXPIRED = "expired"


HELD = frozenset({TurnState.CALLED, TurnState.ATTENDING})


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One ticket of one unit and day; it holds nothing about the person.

    Attributes:
        turn_id: random, so that only who holds the ticket can ask for it.
        day: day in the city's time zone.
        number: counts from 1 for each unit and day.
        prefix: letter of the unit at that day.
        preferential: for people whom the law puts first.
        agent_id: who called it last.
        desk: where they called it to, as the board shows it.
        calls: how often it was called.
        case_id: the case that was opened at the counter.
    """

    turn_id: str
    tenant: str
    unit_id: str
    day: date
    number: int
    prefix: str
    topic: str = ""
    preferential: bool = False
    state: TurnState = TurnState.WAITING
    create_time: datetime
    agent_id: str | None = None
    desk: str = ""
    calls: int = 0
    call_time: datetime | None = None
    attend_time: datetime | None = None
    end_time: datetime | None = None
    case_id: str | None = None
    version: int = 0

    @property
    def ticket(self) -> str:
        """What is printed and called: ``A-012``."""
        return f"{self.prefix}-{self.number:03}"

    @property
    def place(self) -> tuple[bool, int]:
        """Sort key of the queue: preferential attention first, then by number.

        Ley 1171 de 2007, art. 9, and Decreto 019 de 2012, art. 13, oblige offices of the state to
        attend to older people, children, pregnant women and people with disabilities first.
        """
        return (not self.preferential, self.number)

    def on(self, today: date) -> Turn:
        """Returns the turn as it is on a day: what did not end with its own day has expired."""
        over = self.state in {TurnState.FINISHED, TurnState.ABSENT}
        if self.day == today or over:
            return self
        return replace(self, state=TurnState.EXPIRED)


def call(turn: Turn, agent_id: str, desk: str, now: datetime) -> Turn:
    """Calls a waiting turn to a desk.

    Raises:
        TurnNotAllowed: it does not wait.
    """
    _demand(turn, TurnState.WAITING)
    return replace(
        turn, state=TurnState.CALLED, agent_id=agent_id, desk=desk, calls=1, call_time=now
    )


def recall(turn: Turn, agent_id: str, desk: str, now: datetime) -> Turn:
    """Calls again: whoever does not come at once, or comes back after being absent.

    Raises:
        TurnNotAllowed: it was never called, or is past that.
        NotTheTurnsDesk: another desk called it.
    """
    _demand(turn, TurnState.CALLED, TurnState.ABSENT)
    if turn.state is TurnState.CALLED and turn.agent_id != agent_id:
        raise NotTheTurnsDesk
    return replace(
        turn,
        state=TurnState.CALLED,
        agent_id=agent_id,
        desk=desk,
        calls=turn.calls + 1,
        call_time=now,
        end_time=None,
    )


def attend(turn: Turn, now: datetime) -> Turn:
    """Notes that the person is at the desk; saying it again changes nothing.

    Raises:
        TurnNotAllowed: it is not called.
    """
    if turn.state is TurnState.ATTENDING:
        return turn
    _demand(turn, TurnState.CALLED)
    return replace(turn, state=TurnState.ATTENDING, attend_time=now)


def miss(turn: Turn, now: datetime) -> Turn:
    """Notes that nobody came; saying it again changes nothing.

    Raises:
        TurnNotAllowed: it is not called.
    """
    if turn.state is TurnState.ABSENT:
        return turn
    _demand(turn, TurnState.CALLED)
    return replace(turn, state=TurnState.ABSENT, end_time=now)


def finish(turn: Turn, case_id: str | None, now: datetime) -> Turn:
    """Ends a turn, with the case that was opened; saying the same again changes nothing.

    Raises:
        TurnNotAllowed: nobody called it, or it ended with another case.
    """
    if turn.state is TurnState.FINISHED and turn.case_id == case_id:
        return turn
    _demand(turn, TurnState.CALLED, TurnState.ATTENDING)
    return replace(
        turn,
        state=TurnState.FINISHED,
        attend_time=turn.attend_time or turn.call_time,
        end_time=now,
        case_id=case_id,
    )


def _demand(turn: Turn, *states: TurnState) -> None:
    if turn.state not in states:
        raise TurnNotAllowed(turn.state.value)


def people_before(turn: Turn, today: Sequence[Turn]) -> int:
    """Counts who is called before a waiting turn."""
    return sum(1 for one in today if one.state is TurnState.WAITING and one.place < turn.place)


def expected_wait(
    before: int, today: Sequence[Turn], now: datetime, default_service: timedelta
) -> timedelta | None:
    """Estimates the wait of somebody with so many people before them.

    The mean time at the counter today (a default before the first one ended) times the people
    before, shared among the desks that called somebody within the last hour. None when no desk
    did, since then any figure would be a guess.
    """
    desks = {
        one.agent_id
        for one in today
        if one.agent_id and one.call_time and now - one.call_time <= ACTIVE
    }
    if not desks:
        return None
    served = [
        one.end_time - one.attend_time
        for one in today
        if one.state is TurnState.FINISHED and one.end_time and one.attend_time
    ]
    mean = sum(served, timedelta(0)) / len(served) if served else default_service
    return timedelta(seconds=ceil((mean * before / len(desks)).total_seconds()))
