"""The ports over the store behave the same in memory and on the real database."""

from dataclasses import replace
from datetime import timedelta

import pytest
import pytest_asyncio

from atiende_kit.store import Database, MemoryDatabase
from atiende_kit.store.mongo import MongoBackend
from atiende_routing.application.ports import ItemFilter, ItemWrite, QueueGroup
from atiende_routing.contract import CONTRACT
from atiende_routing.domain.agent import PresenceStatus
from atiende_routing.domain.work_item import WorkState, offer, take

pytestmark = pytest.mark.contract
TENANT = "sanaurelio"


@pytest_asyncio.fixture(loop_scope="session", params=["memory", "mongo"])
async def desk(request, make):
    if request.param == "memory":
        database, backend = MemoryDatabase(CONTRACT), None
    else:
        backend = MongoBackend(request.getfixturevalue("mongo_settings"))
        database = Database(backend, CONTRACT)
    found = make.desk(database)
    await database.ensure_indexes()
    yield found
    if backend is not None:
        await backend.drop()
    await database.close()


async def test_item_comes_back_as_it_was_written(desk, make):
    offered, facts = offer(
        make.item(skills=("b", "a")), "ana", ("only_agent",), make.now, make.rules
    )
    taken, more = take(offered, "ana", "token", make.now)
    item = replace(taken, prefer_until=make.now, effects=("e1", "e2"))
    assert await desk.items.save([ItemWrite(item, (*facts, *more))]) == [True]
    assert await desk.items.get(TENANT, item.item_id) == replace(item, version=1)
    assert await desk.items.of_case(TENANT, item.case_id) == replace(item, version=1)
    assert desk.facts() == ["WorkOffered", "WorkAssigned"]


async def test_item_of_another_city_is_not_found(desk, make):
    item = make.item()
    await desk.items.save([ItemWrite(item)])
    assert await desk.items.get("otraciudad", item.item_id) is None
    assert await desk.items.of_case("otraciudad", item.case_id) is None
    assert await desk.items.find("otraciudad", ItemFilter()) == []


async def test_second_item_of_a_case_is_refused(desk, make):
    await desk.items.save([ItemWrite(make.item(1))])
    twin = make.item(2, case_id=make.item(1).case_id)
    assert await desk.items.save([ItemWrite(twin)]) == [False]


async def test_of_two_writes_at_one_version_one_wins_and_only_it_speaks(desk, make):
    await desk.items.save([ItemWrite(make.item())])
    item = await desk.items.get(TENANT, make.item().item_id)
    first, second = (take(item, who, who, make.now) for who in ("ana", "luis"))
    assert await desk.items.save([ItemWrite(*first)]) == [True]
    assert await desk.items.save([ItemWrite(*second)]) == [False]
    assert desk.facts() == ["WorkAssigned"]


async def test_batch_says_for_each_write_whether_it_was_done(desk, make):
    await desk.items.save([ItemWrite(make.item(n)) for n in range(4)])
    fresh = [await desk.items.get(TENANT, make.item(n).item_id) for n in range(4)]
    stale = replace(fresh[2], version=9)
    writes = [ItemWrite(fresh[0]), ItemWrite(stale), ItemWrite(fresh[3]), ItemWrite(make.item(7))]
    assert await desk.items.save(writes) == [True, False, True, True]


async def test_queue_is_grouped_and_read_in_order(desk, make):
    items = [
        make.item(n, queue_time=make.now - timedelta(minutes=n), skills=("x",) if n % 2 else ())
        for n in range(6)
    ]
    await desk.items.save([ItemWrite(item) for item in items])
    groups = {(g.unit_id, g.skills): g.count for g in await desk.items.queue_groups(TENANT)}
    assert groups == {("alumbrado", ()): 3, ("alumbrado", ("x",)): 3}
    queue = await desk.items.queued(TENANT, QueueGroup("alumbrado", ("x",), 3), 2)
    assert [item.item_id for item in queue] == ["i005", "i003"]


async def test_sweeps_find_what_is_due(desk, make):
    held = make.item(1, state=WorkState.HELD, available_time=make.now)
    later = make.item(2, state=WorkState.HELD, available_time=make.now + timedelta(hours=1))
    climbing = make.item(3, escalate_time=make.now)
    offered, _ = offer(make.item(4), "ana", (), make.now, make.rules)
    await desk.items.save([ItemWrite(item) for item in (held, later, climbing, offered)])
    assert [i.item_id for i in await desk.items.mailbox_due(make.now, 10)] == ["i001"]
    assert [i.item_id for i in await desk.items.escalation_due(make.now, 10)] == ["i003"]
    assert [i.item_id for i in await desk.items.open_offers(10)] == ["i004"]
    assert {i.item_id for i in await desk.items.held(TENANT, 10)} == {"i001", "i002"}


async def test_listing_filters_by_unit_state_kind_and_person(desk, make):
    mine, _ = take(make.item(1), "ana", "t", make.now)
    offered, _ = offer(make.item(2), "ana", (), make.now, make.rules)
    other = make.item(3, unit_id="aseo")
    await desk.items.save([ItemWrite(item) for item in (mine, offered, other)])

    async def ids(**wanted):
        return {item.item_id for item in await desk.items.find(TENANT, ItemFilter(**wanted))}

    assert await ids() == {"i001", "i002", "i003"}
    assert await ids(agent_id="ana") == {"i001", "i002"}
    assert await ids(units=frozenset({"aseo"})) == {"i003"}
    assert await ids(units=frozenset()) == set()
    assert await ids(states=frozenset({WorkState.ASSIGNED})) == {"i001"}
    assert await ids(kind="transfer") == set()
    assert await ids(after=(offered.rank_time, "i002")) == {"i003"}


async def test_agent_comes_back_and_is_found_by_presence(desk, make):
    ana = make.agent("ana", skills=frozenset({"x"})).reserve("i1", "t", make.now, make.now)
    away = make.agent("eva", status=PresenceStatus.AWAY)
    gone = make.agent("luis", status=PresenceStatus.OFFLINE)
    foreign = make.agent("ana", tenant="otraciudad")
    assert await desk.agents.save([ana, away, gone, foreign]) == [True] * 4
    assert await desk.agents.get(TENANT, "ana") == replace(ana, version=1)
    assert {a.tenant for a in await desk.agents.online()} == {TENANT, "otraciudad"}
    assert {a.agent_id for a in await desk.agents.not_offline()} == {"ana", "eva"}
    assert [a.agent_id for a in await desk.agents.holding()] == ["ana"]
    assert [a.agent_id for a in await desk.agents.of_tenant(TENANT)] == ["ana", "eva", "luis"]
    assert await desk.agents.save([ana]) == [False]
