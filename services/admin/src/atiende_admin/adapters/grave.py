"""The stream of dead letters, as administration sees it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from atiende_admin.domain.dead_letter import Fact
from atiende_kit.dead_letters import DeadLetterStream
from atiende_kit.dlq import DeadLetter
from atiende_kit.errors import InvalidInput, NotFound
from atiende_kit.ids import check_tenant


class BusGrave:
    """`atiende_admin.application.ports.Grave` over the kit's stream."""

    def __init__(self, stream: DeadLetterStream) -> None:
        self._stream = stream

    async def read(self) -> Sequence[Fact]:
        """See the port."""
        # What belongs to no city stays for the engineers.
        return [_fact(letter) for letter in await self._stream.read() if _is_of_a_city(letter)]

    async def replay(self, number: int) -> bool:
        """See the port."""
        try:
            await self._stream.replay(number)
        except NotFound:
            return False
        return True

    async def discard(self, number: int) -> bool:
        """See the port."""
        try:
            # What a clerk wrote stays in the database and out of the log.
            await self._stream.discard(number, "decided by the city")
        except NotFound:
            return False
        return True

    async def collect(self) -> int:
        """See the port."""
        return await self._stream.collect()


def _is_of_a_city(letter: DeadLetter) -> bool:
    try:
        check_tenant(letter.tenant)
    except InvalidInput:
        return False
    return True


def _fact(letter: DeadLetter) -> Fact:
    try:
        time = datetime.fromisoformat(letter.time)
    except ValueError:
        time = datetime.fromtimestamp(0, UTC)
    return Fact(
        number=letter.sequence,
        tenant=letter.tenant,
        time=time if time.tzinfo else time.replace(tzinfo=UTC),
        service=letter.durable.split("-", 1)[0],
        consumer=letter.durable,
        type=letter.type,
        event_id=letter.event_id,
        reason=letter.reason,
        attempts=letter.attempts,
    )
