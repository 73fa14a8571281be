"""A message that a service could not process: what is known of it, and what people decide."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from atiende_kit.errors import FailedPrecondition


class State(Enum):
    """Where a dead letter stands."""

    WAITING = "waiting"
    REPLAY_ASKED = "replay_asked"
    DISCARD_ASKED = "discard_asked"
    REPLAYED = "replayed"
    DISCARDED = "discarded"
    GONE = "gone"
    """Taken up by other means: an engineer at the command line, or the stream's age limit."""


OPEN = (State.WAITING, State.REPLAY_ASKED, State.DISCARD_ASKED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """What the bus tells of a dead letter; nothing of its content.

    Attributes:
        number: its place in the stream of dead letters.
        consumer: durable that gave up: `cases-on-message-received`.
        type: of the event, `atiende.channels.v1.MessageReceived`.
        reason: from the closed lists of the services, or MAX_DELIVERIES.
        attempts: how often it was delivered.
    """

    number: int
    tenant: str
    time: datetime
    service: str
    consumer: str
    type: str
    event_id: str
    reason: str
    attempts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """A fact and its fate.

    Attributes:
        actor: who decided; empty before, and when nobody of the city did.
        note: why it is discarded.
    """

    fact: Fact
    state: State = State.WAITING
    actor: str = ""
    actor_name: str = ""
    note: str = ""
    decide_time: datetime | None = None
    version: int = 0

    def ask_replay(self, actor: str, name: str, now: datetime) -> DeadLetter:
        """It shall be processed once more.

        Raises:
            FailedPrecondition: somebody has decided already.
        """
        return self._decided(State.REPLAY_ASKED, actor, name, "", now)

    def ask_discard(self, actor: str, name: str, note: str, now: datetime) -> DeadLetter:
        """It shall be removed for good; what it was and why stay.

        Raises:
            FailedPrecondition: somebody has decided already.
        """
        return self._decided(State.DISCARD_ASKED, actor, name, note, now)

    def done(self) -> DeadLetter:
        """What was asked for has happened."""
        ends = {State.REPLAY_ASKED: State.REPLAYED, State.DISCARD_ASKED: State.DISCARDED}
        return dataclasses.replace(self, state=ends[self.state])

    def gone(self) -> DeadLetter:
        """It is not among the dead letters any more, and not through us."""
        return dataclasses.replace(self, state=State.GONE)

    def _decided(self, state: State, actor: str, name: str, note: str, now: datetime) -> DeadLetter:
        if self.state is not State.WAITING:
            raise FailedPrecondition(
                "DEAD_LETTER_DECIDED", "Otra persona ya decidió qué hacer con este mensaje."
            )
        return dataclasses.replace(
            self, state=state, actor=actor, actor_name=name, note=note, decide_time=now
        )
