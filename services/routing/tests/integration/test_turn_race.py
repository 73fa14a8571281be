"""Many kiosks and many desks at once, on the real database."""

import asyncio
from collections import Counter

import pytest

from atiende_kit.errors import NotFound
from atiende_routing.application.take_turns import TicketRequest
from atiende_routing.domain.turn import TurnState, finish

pytestmark = [pytest.mark.integration, pytest.mark.timeout(110)]
TENANT = "sanaurelio"


async def test_numbers_have_no_gap_and_no_twin_and_each_is_called_once(database, make):
    desk = make.desk(database)
    await database.ensure_indexes()

    async def give(number):
        # Every request arrives twice, as from a kiosk that did not see the answer.
        wanted = TicketRequest(
            tenant=TENANT, unit_id="alumbrado", topic="", preferential=False, key=f"key-{number}"
        )
        first, second = await asyncio.gather(desk.counter.give(wanted), desk.counter.give(wanted))
        assert first.turn.turn_id == second.turn.turn_id
        return first.turn

    given = [
        turn
        for start in range(0, 60, 12)
        for turn in await asyncio.gather(*(give(n) for n in range(start, start + 12)))
    ]
    assert sorted(turn.number for turn in given) == list(range(1, 61))

    served = Counter()
    met = 0

    async def work(agent):
        nonlocal met
        while True:
            try:
                # Pressed twice at once: still one person.
                first, second = await asyncio.gather(
                    *(desk.counter.call_next(TENANT, "alumbrado", agent, agent) for _ in range(2))
                )
            except NotFound:
                return
            assert first.turn_id == second.turn_id
            served[first.number] += 1
            met += first.agent_id == agent
            await desk.counter.change(
                TENANT, first.turn_id, lambda turn, now: finish(turn, None, now)
            )

    await asyncio.gather(*(work(f"agent-{n}") for n in range(8)))
    assert served == Counter(dict.fromkeys(range(1, 61), 1))
    assert met == 60
    today = await desk.counter.today(TENANT, "alumbrado")
    assert {turn.state for turn in today} == {TurnState.FINISHED}
