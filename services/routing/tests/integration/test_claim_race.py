"""The race of U16: many agents, one queue, the real database."""

import asyncio
import random
from collections import Counter

import pytest

from atiende_kit.errors import Conflict, FailedPrecondition
from atiende_routing.application.ports import ItemFilter, QueueGroup
from atiende_routing.domain.work_item import WorkState

pytestmark = [pytest.mark.integration, pytest.mark.timeout(110)]
TENANT = "sanaurelio"
AGENTS, ITEMS, CAPACITY = 160, 800, 4
GROUP = QueueGroup("alumbrado", (), 0)


async def fill(desk, make, agents, items, capacity):
    names = [f"a{number}" for number in range(agents)]
    await asyncio.gather(*(desk.online(name, capacity=capacity) for name in names))
    for start in range(0, items, 200):
        batch = [make.change(case_id=f"c{n}") for n in range(start, min(items, start + 200))]
        assert await desk.apply(batch) == {}
    return names


async def check_no_double_ownership(desk, names, capacity):
    """Every assigned item has one owner who holds its slot; nobody holds more than they may."""
    assigned = await desk.items.find(
        TENANT, ItemFilter(states=frozenset({WorkState.ASSIGNED}), limit=10_000)
    )
    agents = {name: await desk.agent(name) for name in names}
    for agent in agents.values():
        assert len(agent.held) <= capacity
    owners = Counter(item.agent_id for item in assigned)
    assert all(count <= capacity for count in owners.values())
    for item in assigned:
        tokens = {slot.token for slot in agents[item.agent_id].slots}
        assert item.slot_token in tokens
    # One assignment said for every assigned item: nobody was ever told of an item twice.
    said = Counter(doc for name, doc in desk.published if name == "WorkAssigned")
    assert set(said) == {item.item_id for item in assigned}
    assert set(said.values()) <= {1}
    return assigned


async def test_many_agents_pulling_one_queue_never_share_an_item(database, make):
    """160 agents and 800 items: as many claims as there are slots, none of them double."""
    desk = make.desk(database)
    await database.ensure_indexes()
    names = await fill(desk, make, AGENTS, ITEMS, CAPACITY)
    refused = Counter()

    async def pull(name):
        seeded = random.Random(name)
        for _ in range(60):
            queue = await desk.items.queued(TENANT, GROUP, 40)
            if not queue:
                return
            try:
                await desk.assign.claim(TENANT, seeded.choice(queue).item_id, name)
            except FailedPrecondition as error:
                refused[error.reason] += 1
                return  # the agent is full
            except Conflict as error:
                refused[error.reason] += 1

    await asyncio.gather(*(pull(name) for name in names))
    assigned = await check_no_double_ownership(desk, names, CAPACITY)
    assert len(assigned) == AGENTS * CAPACITY
    assert refused["WORK_ALREADY_ASSIGNED"] > 0, "nobody met anybody: this was no race"


async def test_claims_offers_releases_and_resolutions_may_all_meet(database, make):
    """Two dispatchers, claims, releases and resolutions at once leave a consistent desk."""
    desk = make.desk(database)
    other = desk.twin()
    await database.ensure_indexes()
    names = await fill(desk, make, 20, 80, 3)

    async def work(name):
        seeded = random.Random(name)
        for _ in range(12):
            mine = await desk.items.find(TENANT, ItemFilter(agent_id=name, limit=20))
            try:
                item = seeded.choice(mine or await desk.items.queued(TENANT, GROUP, 10))
                if item.state is WorkState.ASSIGNED and item.agent_id == name:
                    await desk.assign.release(TENANT, item.item_id, name, "agent")
                elif item.state is WorkState.OFFERED:
                    await desk.assign.accept(TENANT, item.item_id, name)
                else:
                    await desk.assign.claim(TENANT, item.item_id, name)
            except (Conflict, FailedPrecondition, IndexError):
                continue

    async def resolve():
        for number in range(0, 80, 4):
            change = make.change(
                case_id=f"c{number}", happening="resolved", state_kind="resolved", case_version=2
            )
            assert await desk.apply([change]) == {}

    async def beat(which):
        for _ in range(10):
            await which.dispatch()
            await which.reconcile()

    await asyncio.gather(*(work(name) for name in names), resolve(), beat(desk), beat(other))
    desk.advance(seconds=20)
    await desk.beat(*names)
    await desk.reconcile()
    assigned = await desk.items.find(
        TENANT, ItemFilter(states=frozenset({WorkState.ASSIGNED}), limit=500)
    )
    agents = {name: await desk.agent(name) for name in names}
    for name, agent in agents.items():
        assert len(agent.held) <= 3
        # After the sweeper slots and items say the same.
        assert {s.token for s in agent.slots} == {
            i.slot_token for i in assigned if i.agent_id == name
        }
    done = await desk.items.find(
        TENANT, ItemFilter(states=frozenset({WorkState.COMPLETED}), limit=500)
    )
    assert len(done) == 20


async def test_one_item_and_everybody_has_one_winner(database, make):
    desk = make.desk(database)
    await database.ensure_indexes()
    names = await fill(desk, make, 40, 1, 1)
    item = await desk.item("c0")
    results = await asyncio.gather(
        *(desk.assign.claim(TENANT, item.item_id, name) for name in names), return_exceptions=True
    )
    winners = [name for name, r in zip(names, results, strict=True) if not isinstance(r, Exception)]
    assert len(winners) == 1
    assert all(isinstance(r, Conflict) for r in results if isinstance(r, Exception))
    for name in names:
        assert len((await desk.agent(name)).held) == (1 if name == winners[0] else 0)
