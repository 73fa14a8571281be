"""Messages that no service could process: seen by the city, sent again, or let go."""

from __future__ import annotations

from collections.abc import Sequence

from atiende_admin.application.ports import DeadLetters, Grave
from atiende_admin.domain.dead_letter import OPEN, DeadLetter, State
from atiende_admin.domain.person import Administrator
from atiende_kit.clock import Clock
from atiende_kit.errors import NotFound, VersionMismatch


class MendDeadLetters:
    """What people do: they see and decide; the bus is not theirs."""

    def __init__(self, letters: DeadLetters, clock: Clock) -> None:
        self._letters = letters
        self._clock = clock

    async def listing(
        self, tenant: str, *, is_open: bool, before: int | None, limit: int
    ) -> Sequence[DeadLetter]:
        """Those that wait, or those that are over; newest first."""
        states = OPEN if is_open else tuple(one for one in State if one not in OPEN)
        return await self._letters.listing(tenant, states, before, limit)

    async def count(self, tenant: str) -> int:
        """How many wait for somebody's decision."""
        return await self._letters.count(tenant, [State.WAITING])

    async def replay(self, asker: Administrator, number: int) -> DeadLetter:
        """Asks for one to be processed again.

        Raises:
            NotFound: the city has none of that number.
            FailedPrecondition: somebody has decided already.
        """
        letter = await self._get(asker.tenant, number)
        return await self._save(letter.ask_replay(asker.subject, asker.name, self._clock.now()))

    async def discard(self, asker: Administrator, number: int, note: str) -> DeadLetter:
        """Asks for one to be removed for good.

        Raises:
            NotFound: the city has none of that number.
            FailedPrecondition: somebody has decided already.
        """
        letter = await self._get(asker.tenant, number)
        return await self._save(
            letter.ask_discard(asker.subject, asker.name, note, self._clock.now())
        )

    async def _get(self, tenant: str, number: int) -> DeadLetter:
        letter = await self._letters.get(tenant, number)
        if letter is None:
            raise NotFound("DEAD_LETTER_NOT_FOUND", "No hay un mensaje con ese número.")
        return letter

    async def _save(self, letter: DeadLetter) -> DeadLetter:
        if not await self._letters.save(letter):
            raise VersionMismatch("DEAD_LETTER_CHANGED", "Otra persona acaba de decidir.")
        return letter


class TendDeadLetters:
    """What the worker does: it alone holds the rights of the bus's operator."""

    def __init__(self, letters: DeadLetters, grave: Grave) -> None:
        self._letters = letters
        self._grave = grave

    async def collect(self) -> None:
        """Makes visible what the server stopped to deliver and no consumer could bury."""
        await self._grave.collect()

    async def tend(self) -> None:
        """Does what was asked for, then shows what is new and notes what is gone."""
        known = {letter.fact.number: letter for letter in await self._letters.undone()}
        for letter in known.values():
            if letter.state is not State.WAITING:
                await self._obey(letter)
        facts = {fact.number: fact for fact in await self._grave.read()}
        new = [fact for number, fact in facts.items() if number not in known]
        await self._letters.add([DeadLetter(fact=fact) for fact in new])
        for number, letter in known.items():
            if letter.state is State.WAITING and number not in facts:
                await self._letters.save(letter.gone())

    async def _obey(self, letter: DeadLetter) -> None:
        # A crash after this and before the note repeats it: a second replay is the same event id
        # to consumers that know it, a second removal finds nothing.
        if letter.state is State.REPLAY_ASKED:
            await self._grave.replay(letter.fact.number)
        else:
            await self._grave.discard(letter.fact.number)
        await self._letters.save(letter.done())
