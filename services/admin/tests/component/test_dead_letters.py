"""A message that nobody can process, on a real broker: seen by its city, mended, sent again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import httpx
import pytest
import pytest_asyncio

from atiende.cases.v1.events_pb2 import CaseOpened
from atiende_admin.bootstrap import Outside, assemble
from atiende_admin.contract import CONTRACT
from atiende_admin.settings import GraveSettings, Settings
from atiende_kit.bus import Workers, each
from atiende_kit.clock import FixedClock
from atiende_kit.contract import Consume, ServiceContract
from atiende_kit.errors import InvalidInput
from atiende_kit.http import HttpServer
from atiende_kit.runtime import Runner
from atiende_kit.settings import HttpSettings, NatsSettings
from atiende_kit.store import Database, Event, OutboxEntry
from atiende_kit.testing.tokens import TokenFactory

pytestmark = [pytest.mark.component, pytest.mark.timeout(60, func_only=True)]

NOW = datetime(2026, 3, 2, tzinfo=UTC)
CITY, OTHER = "sanaurelio", "otraciudad"
CASES = ServiceContract("cases", publishes=(CaseOpened,))
ON_OPENED = Consume(CaseOpened, "routing-on-case-opened", ack_wait_seconds=2)
ROUTING = ServiceContract("routing", consumes=(ON_OPENED,))
SEEN_BY = ("supervisor", "unit_manager", "admin", "auditor")


class Bench:
    """The service with both roles, a consumer that fails until it is mended, and what it saw."""

    def __init__(self, url: str, tokens: TokenFactory, bus) -> None:
        self.http = httpx.AsyncClient(base_url=f"{url}/api/admin/v1")
        self.tokens = tokens
        self.bus = bus
        self.mended = False
        self.processed: list[str] = []

    async def handle(self, delivery) -> None:
        if not self.mended:
            raise InvalidInput("PROCEDURE_UNKNOWN", "Rosa Pérez, calle 12: no se puede.")
        self.processed.append(delivery.event_id)

    async def happens(self, event_id: str, *, tenant: str = CITY) -> None:
        body = CaseOpened()
        body.case.folio = "SA-2026-0000001-K"
        entry = OutboxEntry.of(
            Event(body, event_id, time=NOW), tenant=tenant, document_id="d", collection="c", now=NOW
        )
        assert await self.bus.publish([entry]) == [None]

    async def ask(self, method, path, body=None, *, role="admin", tenant=CITY):
        token = self.tokens.staff_token((role,), (), tenant, subject="n", name="Néstor")
        headers = {"Authorization": f"Bearer {token}"}
        return await self.http.request(method, f"/dead-letters{path}", json=body, headers=headers)

    async def listed(self, *, is_open: bool = True, tenant: str = CITY) -> list[dict]:
        answer = await self.ask("GET", f"?open={str(is_open).lower()}", tenant=tenant)
        assert answer.status_code == 200, answer.text
        return answer.json()["items"]

    async def eventually(self, check):
        async with asyncio.timeout(20):
            while not (found := await check()):
                await asyncio.sleep(0.05)
        return found


@pytest_asyncio.fixture(loop_scope="session")
async def bench(mongo_settings, nats_url, bus_for, people) -> AsyncIterator[Bench]:
    bus = await bus_for(CASES, ROUTING)
    tokens = TokenFactory()
    settings = Settings.example(
        http=HttpSettings(port=0),
        mongo=mongo_settings,
        auth=tokens.settings("svc-admin"),
        nats=NatsSettings(url=nats_url),
        grave=GraveSettings(password="x"),
    )
    database = Database.connect(mongo_settings, CONTRACT, clock=FixedClock(NOW))
    outside = Outside(
        people=people, database=database, verifier=tokens.verifier(), clock=FixedClock(NOW)
    )
    runner = Runner(assemble(settings, "all", outside))
    await runner.start()
    await database.ensure_indexes()
    [server] = [one for one in runner.components if isinstance(one, HttpServer)]
    bench = Bench(server.url, tokens, bus)
    workers = Workers(bus, ROUTING, {ON_OPENED.durable: each(bench.handle)})
    await workers.start()
    yield bench
    await workers.stop()
    await bench.http.aclose()
    await runner.unwind()


async def test_a_poisoned_message_is_seen_mended_and_processed_once(bench):
    await bench.happens("e1")
    [letter] = await bench.eventually(bench.listed)
    assert (letter["event_id"], letter["reason"], letter["attempts"], letter["state"]) == (
        "e1",
        "PROCEDURE_UNKNOWN",
        1,
        "waiting",
    )
    # Neither what a citizen wrote nor the text of the error.
    assert "SA-2026" not in str(letter)
    assert "Rosa" not in str(letter)
    assert (await bench.ask("GET", "/counts")).json() == {"waiting": 1}
    bench.mended = True
    path = f"/{letter['number']}/replay"
    asked = await bench.ask("POST", path, role="supervisor")
    assert (asked.status_code, asked.json()["state"]) == (202, "replay_asked")
    again = await bench.ask("POST", path)
    assert (again.status_code, again.json()["reason"]) == (409, "DEAD_LETTER_DECIDED")

    async def over():
        return await bench.listed(is_open=False)

    [done] = await bench.eventually(over)
    assert (done["state"], done["actor_name"]) == ("replayed", "Néstor")
    await bench.eventually(lambda: _is(bench.processed == ["e1"]))
    assert await bench.listed() == []


async def test_one_that_is_let_go_stays_visible_with_its_reason(bench):
    await bench.happens("e2")
    [letter] = await bench.eventually(bench.listed)
    path = f"/{letter['number']}/discard"
    assert (await bench.ask("POST", path, {"note": "no"})).status_code == 422
    note = "El caso se abrió a mano con otro folio."
    assert (await bench.ask("POST", path, {"note": note})).status_code == 202
    [done] = await bench.eventually(lambda: bench.listed(is_open=False))
    assert (done["state"], done["note"]) == ("discarded", note)
    assert bench.processed == []


async def test_what_an_engineer_took_up_is_noted_as_gone(bench):
    await bench.happens("e3")
    [letter] = await bench.eventually(bench.listed)
    await bench.bus.jetstream.delete_msg("DLQ", letter["number"])
    [gone] = await bench.eventually(lambda: bench.listed(is_open=False))
    assert (gone["number"], gone["state"]) == (letter["number"], "gone")


async def test_another_city_sees_and_touches_nothing(bench):
    await bench.happens("e4")
    await bench.happens("e5", tenant=OTHER)
    [letter] = await bench.eventually(bench.listed)
    [theirs] = await bench.eventually(lambda: bench.listed(tenant=OTHER))
    assert (letter["event_id"], theirs["event_id"]) == ("e4", "e5")
    for path, body in (("replay", None), ("discard", {"note": "Sin motivo."})):
        answer = await bench.ask("POST", f"/{letter['number']}/{path}", body, tenant=OTHER)
        assert (answer.status_code, answer.json()["reason"]) == (404, "DEAD_LETTER_NOT_FOUND")


async def test_who_may_do_what(bench):
    for method, path, body, allowed in (
        ("GET", "", None, SEEN_BY),
        ("GET", "/counts", None, SEEN_BY),
        ("POST", "/99/replay", None, ("supervisor", "admin")),
        ("POST", "/99/discard", {"note": "Sin motivo."}, ("admin",)),
    ):
        for role in ("agent", *SEEN_BY):
            status = (await bench.ask(method, path, body, role=role)).status_code
            assert (status != 403) is (role in allowed), f"{role}: {method} {path}: {status}"


async def test_pages_follow_one_another(bench):
    for number in range(5):
        await bench.happens(f"p{number}")

    async def all_there():
        return len(await bench.listed()) == 5

    await bench.eventually(all_there)
    first = (await bench.ask("GET", "?limit=3")).json()
    second = (await bench.ask("GET", f"?limit=3&cursor={first['next_cursor']}")).json()
    numbers = [one["number"] for one in [*first["items"], *second["items"]]]
    assert numbers == sorted(numbers, reverse=True)
    assert (len(numbers), second["next_cursor"]) == (5, None)
    assert (await bench.ask("GET", "?cursor=e30")).status_code == 400


async def _is(fact: bool) -> bool:
    return fact
