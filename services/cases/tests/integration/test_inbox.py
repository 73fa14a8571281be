"""Whatever a clerk asks the inbox for, the database walks an index and looks at few cases.

The server's own profiler tells what each query did; the time it took is nobody's business here.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
import pytest_asyncio

from atiende_cases.adapters.mongo import inbox
from atiende_cases.application.desk.access import Desk, Staff
from atiende_cases.application.desk.list_cases import (
    ANY,
    InboxFilter,
    count_cases,
    list_cases,
)
from atiende_cases.application.ports import SaveCase
from atiende_cases.contract import CONTRACT
from atiende_cases.domain.inbox import Flag, Sort
from atiende_cases.domain.values import Channel, Status
from atiende_cases.testing import MORNING, TENANT, City, inbound
from atiende_kit.clock import FixedClock
from atiende_kit.ids import derived_id
from atiende_kit.store import Database
from atiende_kit.store.mongo import MongoBackend

pytestmark = pytest.mark.integration
CASES = 1_500
EXAMINED = 100
LIMIT = 20
UNITS = ("alumbrado", "vias", "parques", "aseo", "atencion")
NOW = MORNING + timedelta(days=20)


@dataclass
class Watched:
    desk: Desk
    database: Any

    async def queries(self, run) -> list[dict[str, Any]]:
        """What the database did while something ran."""
        await self.database.command("profile", 0)
        await self.database.system.profile.drop()
        await self.database.command("profile", 2)
        await run()
        await self.database.command("profile", 0)
        done = self.database.system.profile.find(
            {"op": {"$in": ["query", "command", "getmore"]}, "ns": {"$not": {"$regex": "system"}}}
        )
        return [one async for one in done if "planSummary" in one]


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def watched(mongo_server) -> AsyncIterator[Watched]:
    from pydantic import SecretStr

    from atiende_kit.settings import MongoSettings

    settings = MongoSettings(
        url=SecretStr(mongo_server.url), database="inbox_watched", driver="pymongo"
    )
    backend = MongoBackend(settings)
    database = Database(backend, CONTRACT, clock=FixedClock(NOW))
    await database.start()
    city = await City(database).indexed()
    await city.hear(inbound(1, text="Poste sin luz en la calle"))
    [stored] = await city.all("cases")
    template = await city.store.cases.get(TENANT, stored["_id"])
    made = []
    for n in range(CASES):
        at = MORNING + timedelta(minutes=n)
        rare = n % 300 == 7
        made.append(
            replace(
                template,
                case_id=derived_id(at, "watched", n),
                folio=f"SA-2026-{n + 2:07d}-X",
                unit_id=UNITS[n % len(UNITS)],
                channel=list(Channel)[n % 4],
                procedure_code=("alumbrado-publico", "huecos-vias", "ruido-convivencia")[n % 3],
                priority=n % 5,
                assignee_id=f"agent-{n % 40}" if n % 2 else "",
                status=Status.WAITING_CITIZEN if n % 11 == 3 else Status.OPEN,
                open_time=at,
                update_time=at + timedelta(hours=n % 50),
                # Half of a day's cases are due at the same closing hour.
                due_time=MORNING + timedelta(days=n % 40),
                first_answer_due_time=MORNING + timedelta(days=n % 40),
                needs_answer=n % 3 == 0,
                undelivered=rare,
                emergency=rare,
                out_of_hours=n % 4 == 0,
                incident_id="i-1" if rare else "",
                version=0,
            )
        )
    await city.store.cases.write([SaveCase(case) for case in made])
    desk = Desk(
        citizens=city.store.citizens,
        conversations=city.store.conversations,
        messages=city.store.messages,
        cases=city.store.cases,
        releases=city.releases,
        clock=FixedClock(NOW),
    )
    yield Watched(desk, backend._database)
    await backend.drop()
    await database.stop()


def person(*units: str) -> Staff:
    return Staff("agent-1", TENANT, "Ana", frozenset({"agent"}), frozenset(units) or None)


ASKED = {
    "all": InboxFilter(),
    "one unit": InboxFilter(unit="vias"),
    "waiting": InboxFilter(status=Status.WAITING_CITIZEN),
    "over": InboxFilter(status=Status.RESOLVED),
    "mine": InboxFilter(assignee="agent-1"),
    "unassigned": InboxFilter(assignee=""),
    "overdue": InboxFilter(overdue=True),
    "needs answer": InboxFilter(flags=frozenset({Flag.NEEDS_ANSWER})),
    "two that never meet": InboxFilter(
        channel=Channel.EMAIL, flags=frozenset({Flag.UNDELIVERED, Flag.EMERGENCY}), priority=2
    ),
    "two common ones": InboxFilter(channel=Channel.EMAIL, procedure="huecos-vias"),
    "two common ones that never meet": InboxFilter(
        channel=Channel.EMAIL, flags=frozenset({Flag.MAILBOX})
    ),
    "overdue and common": InboxFilter(overdue=True, channel=Channel.WHATSAPP, assignee=""),
    "incident": InboxFilter(incident="i-1"),
    "any incident": InboxFilter(incident=ANY),
    "transfers": InboxFilter(flags=frozenset({Flag.TRANSFER_IN})),
    "mentions": InboxFilter(mentions_me=True),
    "a word that all have": InboxFilter(text="luz"),
    "words that all have": InboxFilter(text="luz poste calle"),
    "a word and a filter": InboxFilter(text="luz", channel=Channel.EMAIL, assignee="agent-1"),
    "a word and what is overdue": InboxFilter(text="poste luz", overdue=True),
    "a word that nobody wrote": InboxFilter(text="unicornio"),
    "a folio": InboxFilter(text="SA-2026-0000001-4"),
}


@pytest.mark.parametrize("name", ASKED)
async def test_every_list_walks_an_index_over_few_cases(watched, monkeypatch, name):
    monkeypatch.setattr(inbox, "MOST_EXAMINED", EXAMINED)
    people = (person("vias"), person("alumbrado", "vias", "parques", "atencion"), person())
    for staff, sort in product(people, Sort):
        wanted = replace(ASKED[name], sort=sort, limit=LIMIT)

        async def two_pages(staff=staff, wanted=wanted) -> None:
            page = await list_cases(watched.desk, staff, wanted)
            if page.next_position is not None:
                await list_cases(watched.desk, staff, replace(wanted, after=page.next_position))

        seen = await watched.queries(two_pages)
        assert seen
        for query in seen:
            _judge(query, most=EXAMINED + LIMIT + 1)


async def test_counting_stops_where_it_was_told_to(watched, monkeypatch):
    from atiende_cases.application.desk import list_cases as module

    monkeypatch.setattr(module, "COUNTED", 30)
    for staff in (person("vias"), person("alumbrado", "vias"), person()):
        seen = await watched.queries(lambda staff=staff: count_cases(watched.desk, staff))
        assert len(seen) == 13
        for query in seen:
            _judge(query, most=2 * 31)
            assert query.get("docsExamined", 0) <= 31, query


def _judge(query: dict[str, Any], *, most: int) -> None:
    told = {name: query.get(name) for name in ("ns", "planSummary", "keysExamined", "docsExamined")}
    assert "COLLSCAN" not in query["planSummary"], told
    by_id = "IDHACK" in query["planSummary"] or "{ _id: 1 }" in query["planSummary"]
    assert by_id or "IXSCAN" in query["planSummary"] or "COUNT_SCAN" in query["planSummary"], told
    # A walk over several units opens one more entry in each.
    assert query.get("keysExamined", 0) <= most + 2 * len(UNITS), told
    assert query.get("docsExamined", 0) <= most + len(UNITS), told
    assert by_id or not query.get("hasSortStage", False), told
