"""Turns at the counter: given by a kiosk, called by desks, shown on a board."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from atiende_kit.errors import Unavailable, VersionMismatch
from atiende_routing.application.moments import Clocks
from atiende_routing.application.ports import Cities, CityRouting, Turns
from atiende_routing.domain.errors import (
    NobodyWaits,
    NotTheTurnsDesk,
    TicketRequestReused,
    TurnInProgress,
    TurnNotFound,
    TurnsClosed,
    TurnsExhausted,
    UnitNotFound,
)
from atiende_routing.domain.turn import (
    EARLY,
    HELD,
    LAST_NUMBER,
    Turn,
    TurnState,
    call,
    expected_wait,
    people_before,
    recall,
)

MAX_ATTEMPTS = 50
# 128 random bits: nobody finds another person's ticket by trying.
_ID_BYTES = 16
_SHOWN = 12


@dataclass(frozen=True, slots=True)
class TurnOutlook:
    """A turn with what its holder wants to know.

    Attributes:
        before: people who are called first; None when the turn does not wait.
        expected_wait: None when unknown.
    """

    turn: Turn
    unit_name: str
    before: int | None
    expected_wait: timedelta | None


@dataclass(frozen=True, slots=True)
class Board:
    """What hangs in the hall: numbers and desks, never names.

    Attributes:
        called: those called or being attended, and who was called lately, newest first.
        upcoming: the next ones, in order.
    """

    unit_id: str
    unit_name: str
    called: tuple[Turn, ...]
    upcoming: tuple[Turn, ...]
    waiting: int
    expected_wait: timedelta | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketRequest:
    """What a kiosk asks for.

    Attributes:
        key: idempotency key; the same key gives the same ticket.
    """

    tenant: str
    unit_id: str
    topic: str
    preferential: bool
    key: str


@dataclass(frozen=True, slots=True)
class TakeTurns:
    """Use cases of turns."""

    turns: Turns
    cities: Cities
    clocks: Clocks

    async def give(self, wanted: TicketRequest) -> TurnOutlook:
        """Gives a ticket; a repeated request gets the one it got before.

        Raises:
            UnitNotFound: the city has no such unit.
            TurnsClosed: the office is not open and does not open within the hour.
            TurnsExhausted: all numbers of the day are given.
            TicketRequestReused: the key came before with something else.
        """
        city = await self._city(wanted.tenant, wanted.unit_id)
        request = _request_of(wanted)
        if known := await self.turns.of_request(wanted.tenant, request):
            return await self._repeated(city, known, wanted)
        now = self.clocks.now()
        schedule = city.schedule(wanted.unit_id)
        if not schedule.is_open(now) and schedule.next_opening(now) - now > EARLY:
            raise TurnsClosed
        day = city.local_day(now)
        for _ in range(MAX_ATTEMPTS):
            today = await self.turns.of_day(wanted.tenant, wanted.unit_id, day)
            number = today[-1].number + 1 if today else 1
            if number > LAST_NUMBER:
                raise TurnsExhausted
            turn = Turn(
                turn_id=secrets.token_urlsafe(_ID_BYTES),
                tenant=wanted.tenant,
                unit_id=wanted.unit_id,
                day=day,
                number=number,
                # A new release in the middle of the day must not change the letter.
                prefix=today[0].prefix if today else city.unit_letter(wanted.unit_id),
                topic=wanted.topic,
                preferential=wanted.preferential,
                create_time=now,
            )
            added = await self.turns.add(turn, request, self.clocks.real_now())
            if added == "added":
                return self._outlook(city, turn, [*today, turn])
            if added == "repeated":
                known = await self.turns.of_request(wanted.tenant, request)
                return await self._repeated(city, known or turn, wanted)
        raise Unavailable("TURNS_CONTENDED", "Muchas personas piden turno; intente otra vez.")

    async def outlook(self, tenant: str, turn_id: str) -> TurnOutlook:
        """Tells the holder of a ticket how it stands.

        Raises:
            TurnNotFound: there is none.
        """
        turn = await self.turns.get(tenant, turn_id)
        if turn is None:
            raise TurnNotFound
        return await self._seen(await self.cities.get(tenant), turn)

    async def board(self, tenant: str, unit_id: str) -> Board:
        """Shows the numbers called in a unit today.

        Raises:
            UnitNotFound: the city has no such unit.
        """
        city = await self._city(tenant, unit_id)
        today = await self.today(tenant, unit_id)
        waiting = sorted(_waiting(today), key=lambda turn: turn.place)
        called = [turn for turn in today if turn.call_time is not None]
        called.sort(key=lambda turn: turn.call_time or turn.create_time, reverse=True)
        # Those who are at a desk stay on the board however many were called since.
        shown = [turn for place, turn in enumerate(called) if place < _SHOWN or turn.state in HELD]
        wait = expected_wait(len(waiting), today, self.clocks.now(), city.rules.default_service)
        return Board(
            unit_id,
            city.unit_name(unit_id, "es"),
            tuple(shown),
            tuple(waiting[:_SHOWN]),
            len(waiting),
            wait,
        )

    async def today(self, tenant: str, unit_id: str) -> list[Turn]:
        """Lists today's turns of a unit by number."""
        return await self.turns.of_day(tenant, unit_id, await self._day(tenant))

    async def call_next(self, tenant: str, unit_id: str, agent_id: str, desk: str) -> Turn:
        """Calls who waits longest to a desk; no two desks ever get the same person.

        Pressed again before anybody came, it answers with the turn that was called.

        Raises:
            NobodyWaits: nobody waits.
            TurnInProgress: the agent is attending to somebody, here or in another unit.
        """
        day = await self._day(tenant)
        for _ in range(MAX_ATTEMPTS):
            # The queue first: whoever takes its last turn in between is seen to hold it.
            waiting = _waiting(await self.turns.of_day(tenant, unit_id, day))
            mine = await self.turns.held_by(tenant, agent_id, day)
            if mine is not None:
                if mine.state is TurnState.CALLED and mine.unit_id == unit_id:
                    return mine
                raise TurnInProgress
            if not waiting:
                raise NobodyWaits
            first = min(waiting, key=lambda turn: turn.place)
            called = call(first, agent_id, desk, self.clocks.now())
            if await self.turns.save(called):
                return replace(called, version=called.version + 1)
        raise _contended()

    async def call_again(self, tenant: str, turn: Turn, agent_id: str, desk: str) -> Turn:
        """Calls a turn again, or one that was absent and came after all.

        Raises:
            TurnInProgress: the agent has another person.
        """
        held = await self.turns.held_by(tenant, agent_id, await self._day(tenant))
        if held is not None and held.turn_id != turn.turn_id:
            raise TurnInProgress
        return await self.change(
            tenant, turn.turn_id, lambda one, now: recall(one, agent_id, desk or one.desk, now)
        )

    async def change(
        self, tenant: str, turn_id: str, step: Callable[[Turn, datetime], Turn]
    ) -> Turn:
        """Takes one step of a turn of today.

        Raises:
            TurnNotFound: there is none.
            TurnNotAllowed: the step does not fit its state; an older turn has expired.
        """
        today = await self._day(tenant)
        for _ in range(MAX_ATTEMPTS):
            turn = await self.turns.get(tenant, turn_id)
            if turn is None:
                raise TurnNotFound
            changed = step(turn.on(today), self.clocks.now())
            if changed == turn:
                return turn
            if await self.turns.save(changed):
                return replace(changed, version=changed.version + 1)
        raise _contended()

    async def _repeated(self, city: CityRouting, known: Turn, wanted: TicketRequest) -> TurnOutlook:
        if (known.unit_id, known.topic, known.preferential) != (
            wanted.unit_id,
            wanted.topic,
            wanted.preferential,
        ):
            raise TicketRequestReused
        return await self._seen(city, known)

    async def _seen(self, city: CityRouting, turn: Turn) -> TurnOutlook:
        day = city.local_day(self.clocks.now())
        today = await self.turns.of_day(turn.tenant, turn.unit_id, turn.day)
        return self._outlook(city, turn.on(day), today)

    def _outlook(self, city: CityRouting, turn: Turn, today: list[Turn]) -> TurnOutlook:
        before, wait = None, None
        if turn.state is TurnState.WAITING:
            before = people_before(turn, today)
            wait = expected_wait(before, today, self.clocks.now(), city.rules.default_service)
        return TurnOutlook(turn, city.unit_name(turn.unit_id, "es"), before, wait)

    async def _city(self, tenant: str, unit_id: str) -> CityRouting:
        city = await self.cities.get(tenant)
        if not city.has_unit(unit_id):
            raise UnitNotFound
        return city

    async def _day(self, tenant: str) -> date:
        return (await self.cities.get(tenant)).local_day(self.clocks.now())


def own(turn: Turn, agent_id: str, *, manages: bool) -> None:
    """Demands that the caller called the turn, or manages the unit.

    Raises:
        NotTheTurnsDesk: neither.
    """
    if turn.agent_id not in {None, agent_id} and not manages:
        raise NotTheTurnsDesk


def _waiting(today: list[Turn]) -> list[Turn]:
    return [turn for turn in today if turn.state is TurnState.WAITING]


def _request_of(wanted: TicketRequest) -> str:
    return hashlib.sha256(f"{wanted.tenant}/{wanted.key}".encode()).hexdigest()


def _contended() -> VersionMismatch:
    return VersionMismatch("TURN_CONTENDED", "El turno cambió muchas veces; intente otra vez.")
