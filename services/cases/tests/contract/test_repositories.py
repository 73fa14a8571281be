"""One suite for the store in memory and on the real server."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
import pytest_asyncio

from atiende_cases.adapters.mongo import inbox
from atiende_cases.adapters.mongo.citizens import read_citizen
from atiende_cases.adapters.mongo.store import Store
from atiende_cases.application.ports import CaseQuery, PublicQuery, SaveCase, SaveCitizen
from atiende_cases.application.receive_messages import Arrival
from atiende_cases.application.verify import verify_audit, verify_folios
from atiende_cases.domain import merging
from atiende_cases.domain.conversation import Prompt
from atiende_cases.domain.folio import Folio
from atiende_cases.domain.inbox import CITY, Drawer, Flag, Sort, position
from atiende_cases.domain.search import query_terms
from atiende_cases.domain.transfer import request_transfer
from atiende_cases.domain.values import Actor, ActorKind, Channel
from atiende_cases.testing import MORNING, OTHER_TENANT, TENANT, City, inbound
from atiende_kit.store import Database, MemoryDatabase, Outcome
from atiende_kit.store.mongo import MongoBackend

pytestmark = pytest.mark.contract


@pytest_asyncio.fixture(loop_scope="session", params=["memory", "real"])
async def town(request) -> AsyncIterator[City]:
    if request.param == "memory":
        yield await City(MemoryDatabase()).indexed()
        return
    backend = MongoBackend(request.getfixturevalue("mongo_settings"))
    database = Database(backend)
    await database.start()
    yield await City(database).indexed()
    await backend.drop()
    await database.stop()


async def many(town: City, count: int, **more) -> list:
    messages = [
        inbound(n, address=f"57300{n:07d}", at=MORNING + timedelta(minutes=n), **more)
        for n in range(1, count + 1)
    ]
    await town.hear(*messages)
    return messages


async def test_what_is_written_is_read_back(town):
    [message] = await many(town, 1)
    [citizen] = await town.store.citizens.by_keys(TENANT, [message.sender_key])
    assert citizen == await town.store.citizens.get(TENANT, citizen.citizen_id)
    [conversation] = await town.store.conversations.by_keys(TENANT, message.lookup_keys)
    asked = conversation.with_prompt(Prompt("p", "survey", MORNING, MORNING))
    assert await town.store.conversations.write([asked]) == [Outcome.DONE]
    stored = await town.store.conversations.get(TENANT, conversation.conversation_id)
    assert stored.prompts == asked.prompts
    assert stored.threads == conversation.threads
    assert stored.opening == conversation.opening
    assert [
        c.conversation_id
        for c in await town.store.conversations.with_expired_prompts(MORNING + timedelta(1), 9)
    ] == [stored.conversation_id]
    case = await town.store.cases.get(TENANT, message.case_id_if_new)
    assert [case] == await town.store.cases.by_folios(TENANT, [case.folio])
    entry = await town.store.messages.get(TENANT, message.message_id)
    assert entry.order_time == message.order_time
    assert [entry] == await town.store.messages.of_citizen(TENANT, citizen.citizen_id, limit=10)


async def test_stale_write_is_refused(town):
    [message] = await many(town, 1)
    case = await town.store.cases.get(TENANT, message.case_id_if_new)
    assert await town.store.cases.write([SaveCase(case)]) == [Outcome.DONE]
    assert await town.store.cases.write([SaveCase(case)]) == [Outcome.STALE]


async def test_contact_point_has_one_owner(town):
    messages = await many(town, 2)
    first, second = [
        (await town.store.citizens.by_keys(TENANT, [m.sender_key]))[0] for m in messages
    ]
    stolen = second.with_point(first.points[0])
    assert await town.store.citizens.write([SaveCitizen(stolen)]) == [Outcome.DUPLICATE]
    assert (
        read_citizen(await town.store.citizens.collection.get(TENANT, second.citizen_id)) == second
    )


async def test_thread_has_one_conversation(town):
    [message] = await many(town, 1)
    [conversation] = await town.store.conversations.by_keys(TENANT, message.lookup_keys)
    twin = replace(conversation, conversation_id="twin", version=0)
    assert await town.store.conversations.write([twin]) == [Outcome.DUPLICATE]
    after = replace(twin, threads=(replace(twin.threads[0], generation=1),))
    assert await town.store.conversations.write([after]) == [Outcome.DONE]


@pytest.mark.parametrize("sort", list(Sort))
async def test_inbox_gives_every_case_once_in_order(town, sort):
    await many(town, 25)
    seen = []
    after = None
    while True:
        query = CaseQuery(scopes=("alumbrado", "vias"), sort=sort, after=after, limit=7)
        page = await town.store.cases.page(TENANT, query)
        seen += page.cases
        after = page.next_position
        if after is None:
            break
    assert len({case.case_id for case in seen}) == 25
    places = [position(sort, case) for case in seen]
    assert places == sorted(places, reverse=sort.descends)


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({}, 3),
        ({"scopes": ("vias",)}, 0),
        ({"scopes": ("vias", "alumbrado")}, 3),
        ({"scopes": ()}, 0),
        ({"facets": ("assignee:",)}, 3),
        ({"facets": ("assignee:agent",)}, 0),
        ({"facets": ("channel:whatsapp",)}, 3),
        ({"facets": ("channel:whatsapp", "procedure:alumbrado-publico")}, 3),
        ({"facets": ("channel:whatsapp", "procedure:huecos-vias")}, 0),
        ({"facets": ("channel:email",)}, 0),
        ({"facets": (Flag.NEEDS_ANSWER, "status:open")}, 3),
        ({"facets": (Flag.TRANSFER_IN,)}, 0),
        ({"terms": query_terms("postes sin LUZ")}, 3),
        ({"terms": query_terms("postes sin LUZ"), "scopes": ("vias",)}, 0),
        ({"terms": query_terms("poste"), "scopes": ("alumbrado",), "drawer": None}, 3),
        ({"terms": query_terms("poste"), "drawer": Drawer.OVER}, 0),
        ({"terms": query_terms("hueco")}, 0),
        ({"drawer": Drawer.OVER}, 0),
        ({"case_ids": ()}, 0),
        ({"case_ids": ("nothing",)}, 0),
        ({"overdue_at": MORNING}, 0),
        ({"overdue_at": MORNING + timedelta(days=90)}, 3),
        ({"overdue_at": MORNING + timedelta(days=90), "sort": Sort.NEWEST}, 3),
        ({"overdue_at": MORNING, "sort": Sort.UPDATED}, 0),
    ],
)
async def test_filters(town, query, count):
    await many(town, 3, text="Hay un poste sin luz")
    wanted = CaseQuery(**{"scopes": (CITY,), **query})
    found = await town.store.cases.page(TENANT, wanted)
    assert len(found.cases) == count
    assert found.next_position is None
    elsewhere = CaseQuery(scopes=(CITY,), drawer=None, terms=query_terms("poste"))
    assert (await town.store.cases.page(OTHER_TENANT, elsewhere)).cases == []
    if len(wanted.facets) < 2 and not wanted.terms and wanted.case_ids is None:
        for at_most in (1, 10):
            counted = await town.store.cases.count(TENANT, wanted, at_most=at_most)
            assert counted == min(count, at_most)


async def test_page_that_is_narrowed_much_says_where_to_go_on(town, monkeypatch):
    """Nothing is passed over when what is wanted lies behind what one page looks at."""
    monkeypatch.setattr(inbox, "MOST_EXAMINED", 4)
    messages = await many(town, 20)
    wanted = {messages[n].case_id_if_new for n in (9, 11, 19)}
    for case in await town.store.cases.get_many(TENANT, wanted):
        await town.store.cases.write([SaveCase(replace(case, undelivered=True, emergency=True))])
    query = CaseQuery(
        scopes=("alumbrado",),
        facets=(Flag.NEEDS_ANSWER, "channel:whatsapp", Flag.EMERGENCY),
        limit=2,
    )
    page = await town.store.cases.page(TENANT, query)
    rest = await town.store.cases.page(TENANT, replace(query, after=page.next_position))
    assert {c.case_id for c in [*page.cases, *rest.cases]} == wanted
    assert rest.next_position is None
    # Two facets that both hold of all: the page ends after what it looked at and goes on there.
    found, pages, after = [], 0, None
    wide = replace(query, facets=("channel:whatsapp", "status:open"), sort=Sort.NEWEST, limit=50)
    while True:
        page = await town.store.cases.page(TENANT, replace(wide, after=after))
        found += page.cases
        pages += 1
        after = page.next_position
        if after is None:
            break
    assert [c.folio for c in found] == [str(Folio("SA", 2026, n)) for n in range(20, 0, -1)]
    assert pages == 5


async def test_transfer_is_listed_for_who_gives_and_for_who_is_asked(town):
    [message] = await many(town, 1)
    case = await town.store.cases.get(TENANT, message.case_id_if_new)
    actor = Actor(ActorKind.STAFF, "agent")
    offered = request_transfer(
        case, to_unit_id="vias", reason="Es de vías", actor=actor, at=MORNING
    ).case
    await town.store.cases.write([SaveCase(offered)])
    found = {
        (scope, way): len(
            (await town.store.cases.page(TENANT, CaseQuery(scopes=(scope,), facets=(way,)))).cases
        )
        for scope in ("alumbrado", "vias", "parques", CITY)
        for way in (Flag.TRANSFER_IN, Flag.TRANSFER_OUT)
    }
    assert {pair for pair, count in found.items() if count} == {
        ("alumbrado", Flag.TRANSFER_OUT),
        ("vias", Flag.TRANSFER_IN),
        (CITY, Flag.TRANSFER_IN),
        (CITY, Flag.TRANSFER_OUT),
    }
    both = CaseQuery(scopes=("vias",), terms=query_terms("poste"), facets=(Flag.TRANSFER_OUT,))
    assert (await town.store.cases.page(TENANT, both)).cases == []
    # A person of both units sees it once.
    wide = CaseQuery(scopes=("alumbrado", "vias"), limit=10)
    assert len((await town.store.cases.page(TENANT, wide)).cases) == 1
    assert await town.store.cases.count(TENANT, wide, at_most=10) == 1


async def test_public_list_pages_newest_first(town):
    await many(town, 5, channel=Channel.OPEN311)
    # What somebody wrote to the city alone is not there, though the matter is the same.
    await town.hear(inbound(6, address="573009999999"))
    first = await town.store.cases.public_page(TENANT, PublicQuery(limit=3))
    rest = await town.store.cases.public_page(
        TENANT, PublicQuery(limit=3, before=(first[-1].open_time, first[-1].case_id))
    )
    numbers = [case.folio for case in [*first, *rest]]
    assert numbers == [str(Folio("SA", 2026, n)) for n in (5, 4, 3, 2, 1)]
    none = PublicQuery(procedure_codes=("huecos-vias",))
    assert await town.store.cases.public_page(TENANT, none) == []


async def test_folio_claims_that_overlap_give_each_case_one_number(town):
    ledger = [Store.__new__(Store) for _ in range(3)]
    for one in ledger:
        one.folios = type(town.store.folios).__new__(type(town.store.folios))
        one.folios.collection = town.store.folios.collection
        one.folios._next = {}
    names = [f"case-{n:02d}" for n in range(40)]
    chance = random.Random(5)

    async def claim(which: int) -> dict:
        wanted = chance.sample(names, 12)
        return await ledger[which % 3].folios.claim(TENANT, prefix="SA", year=2026, case_ids=wanted)

    given = await asyncio.gather(*(claim(n) for n in range(20)))
    by_case: dict = {}
    for numbers in given:
        for case_id, folio in numbers.items():
            assert by_case.setdefault(case_id, folio) == folio
    assert sorted(f.number for f in by_case.values()) == list(range(1, len(by_case) + 1))
    report = await verify_folios(town.store.folios, town.store.cases, TENANT)
    assert report.wrong == ()
    assert report.numbers == len(by_case)


async def test_two_workers_on_the_same_batch_make_one_of_everything(town):
    batch = [
        inbound(
            n, address=f"5730000000{n % 4}", at=MORNING + timedelta(seconds=n), text=f"Poste {n}"
        )
        for n in range(24)
    ]
    chance = random.Random(11)
    workers = [town.worker() for _ in range(3)]

    async def work(worker) -> None:
        order = chance.sample(batch, len(batch))
        for start in range(0, len(order), 8):
            part = [Arrival(m) for m in order[start : start + 8]]
            failed = await worker(part)
            while failed:
                failed = await worker([a for a in part if a.inbound.message_id in failed])

    await asyncio.gather(*(work(worker) for worker in workers))
    assert len(await town.all("citizens")) == 4
    assert len(await town.all("conversations")) == 4
    assert len(await town.all("cases")) == 4
    assert len(await town.all("messages")) == 24
    report = await verify_folios(town.store.folios, town.store.cases, TENANT)
    assert (report.numbers, report.wrong, report.pending) == (4, (), ())
    opened = [event for event in await town.events("cases") if event == "CaseOpened"]
    assert len(opened) == 4


async def test_audit_of_two_relays_at_once_is_one_chain(town):
    await many(town, 12)
    pending = await town.store.cases.collection.pending(MORNING + timedelta(days=90_000), 100)
    audits = [town.store.audit, type(town.store.audit).__new__(type(town.store.audit))]
    audits[1].__dict__.update(town.store.audit.__dict__, _heads={})
    await asyncio.gather(
        *(audits[n % 2].append(pending[n : n + 5]) for n in range(0, len(pending), 3))
    )
    await town.store.audit.append(pending)
    report = await verify_audit(town.store.audit, TENANT)
    assert (report.entries, report.broken) == (len(pending), None)


async def test_tampered_audit_is_found(town):
    await many(town, 6)
    pending = await town.store.cases.collection.pending(MORNING + timedelta(days=90_000), 100)
    for entry in pending:
        await town.store.audit.append([entry])
    await town.store.audit.checkpoint(TENANT)
    audit = town.store.audit.collection
    blocks = await audit.find(TENANT, {}, sort=[("first_seq", 1)])
    changed = blocks[2]
    entries = [{**changed["entries"][0], "document_id": "another"}]
    await audit.replace(TENANT, {**changed, "entries": entries})
    report = await verify_audit(town.store.audit, TENANT)
    assert report.broken is not None
    assert report.broken.seq == 3
    await audit.replace(TENANT, {**changed, "version": 2})
    assert (await verify_audit(town.store.audit, TENANT)).broken is None
    await audit.delete(TENANT, blocks[-1]["_id"])
    cut = (await verify_audit(town.store.audit, TENANT)).broken
    assert cut is not None
    assert cut.seq == 6


async def test_figures_count_and_rank(town):
    await many(town, 4)
    figures = await town.store.cases.figures(TENANT, None)
    assert (figures["cases"], figures["answered"]) == (4, 0)
    assert figures["first_answer_seconds_p95"] is None
    assert figures["units"] == {"alumbrado": 4}
    messages = await town.store.messages.counts_by_channel(TENANT)
    assert messages == [{"channel": "whatsapp", "direction": "inbound", "count": 4}]


async def test_half_done_merge_is_found_until_it_is_settled(town):
    first, second = await many(town, 2)
    survivor = await town.store.cases.get(TENANT, first.case_id_if_new)
    duplicate = await town.store.cases.get(TENANT, second.case_id_if_new)
    clerk = Actor(ActorKind.STAFF, "ana", "Ana")
    at = MORNING + timedelta(hours=1)
    record = merging.record_of(duplicate, reason="Igual", actor=clerk, at=at)
    await town.store.cases.write([SaveCase(merging.adopted(survivor, duplicate, record).case)])
    stored = await town.store.cases.get(TENANT, survivor.case_id)
    assert stored.duplicates == (record,)
    assert await town.store.cases.unsettled(at, 9) == []
    later = at + timedelta(minutes=1)
    assert await town.store.cases.unsettled(later, 9) == [stored]
    pointers = {duplicate.case_id: survivor.case_id}
    done = merging.settled(stored, pointers, at=at)
    await town.store.cases.write([SaveCase(done.case, done.events)])
    assert await town.store.cases.unsettled(later, 9) == []
    pointing = merging.merged(duplicate, done.case, record)
    await town.store.cases.write([SaveCase(pointing.case, pointing.events)])
    [listed] = await town.store.cases.merged_into(TENANT, [survivor.case_id])
    assert listed.case_id == duplicate.case_id
