"""One answer to all cases of an incident: each once, whatever crashes; later ones hear it too."""

from __future__ import annotations

from datetime import timedelta

import pytest

from atiende_cases.application.desk import incidents as use_cases
from atiende_cases.application.desk import merge
from atiende_cases.application.desk.access import Desk, Staff
from atiende_cases.application.ports import SaveCitizen
from atiende_cases.application.tell_incidents import TellIncidents
from atiende_cases.contract import CONTRACT
from atiende_cases.domain import lifecycle
from atiende_cases.domain.change import procedure_of
from atiende_cases.domain.values import Status
from atiende_cases.testing import MORNING, TENANT, City, inbound
from atiende_city.testing import example_release
from atiende_kit.clock import FixedClock
from atiende_kit.errors import FailedPrecondition, VersionMismatch
from atiende_kit.store import MemoryDatabase

pytestmark = pytest.mark.unit
RELEASE = example_release()
BOSS = Staff("eva", TENANT, "Eva", frozenset({"supervisor"}), frozenset({"alumbrado"}))
OUTCOME = min(lifecycle.outcome_codes(RELEASE.procedure("alumbrado-publico")))


class Blackout:
    """A city where the light is out: an incident and cases of as many people."""

    def __init__(self) -> None:
        self.clock = FixedClock(MORNING + timedelta(hours=1))
        self.city = City(MemoryDatabase(CONTRACT, clock=self.clock))
        self.store = self.city.store
        self.ids: list[str] = []
        self.incident_id = ""

    def desk(self, **instead) -> Desk:
        ports = {
            "citizens": self.store.citizens,
            "conversations": self.store.conversations,
            "messages": self.store.messages,
            "cases": self.store.cases,
            "releases": self.city.releases,
            "clock": self.clock,
        }
        return Desk(**{**ports, **instead})

    async def begin(self, cases: int) -> Blackout:
        await self.city.indexed()
        self.ids = [await self.more(n) for n in range(1, cases + 1)]
        made = await use_cases.open_incident(
            self.desk(),
            self.store.incidents,
            BOSS,
            title="Apagón en La Merced",
            area="La Merced",
            unit_id="alumbrado",
            procedure="alumbrado-publico",
            key=None,
        )
        self.incident_id = made.incident_id
        return self

    async def more(self, number: int) -> str:
        message = inbound(
            number, address=f"57300{number:07d}", at=MORNING + timedelta(minutes=number)
        )
        await self.city.hear(message)
        return message.case_id_if_new

    async def link(self, *ids: str) -> dict:
        return await use_cases.link_cases(
            self.desk(), self.store.incidents, BOSS, self.incident_id, ids
        )

    async def answer(self, text: str, *, outcome: str = "", after: int = 0):
        return await use_cases.answer_incident(
            self.desk(),
            self.store.incidents,
            BOSS,
            self.incident_id,
            text=text,
            outcome=outcome,
            after=after,
        )

    async def tell(self, **instead) -> None:
        await TellIncidents(self.desk(**instead), self.store.incidents)()

    async def sent(self) -> list:
        return [e for e in await self.city.all("messages") if e["direction"] == "outbound"]

    async def progress(self):
        incident = await self.store.incidents.get(TENANT, self.incident_id)
        return await use_cases.progress_of(self.desk(), BOSS, incident)


async def test_all_hear_the_answer_once_and_those_who_come_later_too():
    city = await Blackout().begin(4)
    early, late = city.ids[:3], city.ids[3]
    assert set((await city.link(*early)).values()) == {None}
    await city.answer("La luz vuelve a las 18:00")
    # The same request again is the same answer.
    await city.answer("La luz vuelve a las 18:00")
    assert (await city.progress()).waiting == 3
    for _ in range(3):
        await city.tell()
    assert len(await city.sent()) == 3
    assert (await city.progress()).waiting == 0
    await city.link(late)
    assert (await city.progress()).waiting == 1
    await city.tell()
    assert sorted(e["address"] for e in await city.sent()) == [
        f"57300000000{n}" for n in range(1, 5)
    ]
    assert dict((await city.progress()).deliveries) == {"queued": 4}
    # Taken out and put in again: it has heard it.
    await use_cases.unlink_case(city.desk(), city.store.incidents, BOSS, city.incident_id, late)
    await city.link(late)
    await city.tell()
    assert len(await city.sent()) == 4
    case = await city.store.cases.get(TENANT, late)
    assert case.first_answer_time is not None
    # A second answer goes to all of them.
    await city.answer("Ya volvió la luz", outcome=OUTCOME, after=1)
    await city.tell()
    assert len(await city.sent()) == 8
    cases = await city.store.cases.get_many(TENANT, city.ids)
    assert {one.status for one in cases} == {Status.RESOLVED}
    assert (await city.city.events("cases")).count("CaseResolved") == 4


async def test_two_who_answer_at_once_do_not_both_speak():
    city = await Blackout().begin(1)
    await city.answer("Una")
    with pytest.raises(VersionMismatch):
        await city.answer("Otra")
    incident = await city.store.incidents.get(TENANT, city.incident_id)
    assert [one.text for one in incident.answers] == ["Una"]


class Dying:
    """A port that dies at a write, before or after it."""

    def __init__(self, port, at: int, *, after: bool) -> None:
        self._port, self._left, self._after = port, at, after

    def __getattr__(self, name):
        return getattr(self._port, name)

    async def write(self, saves):
        self._left -= 1
        if self._left == 0 and not self._after:
            raise RuntimeError("killed")
        outcomes = await self._port.write(saves)
        if self._left == 0:
            raise RuntimeError("killed")
        return outcomes


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("at", range(1, 7))
@pytest.mark.parametrize("port", ["cases", "messages"])
async def test_killed_at_any_write_it_goes_on_and_nobody_hears_it_twice(port, at, after):
    city = await Blackout().begin(3)
    await city.link(*city.ids)
    # Two of the three are one matter: both people hear it.
    await merge.merge(city.desk(), BOSS, city.ids[2], into=city.ids[1], reason="Igual")
    await city.answer("Ya volvió la luz", outcome=OUTCOME)
    dying = Dying(getattr(city.store, port), at, after=after)
    await city.tell(**{port: dying})
    await city.tell()
    assert sorted(e["address"] for e in await city.sent()) == [f"57300000000{n}" for n in (1, 2, 3)]
    assert (await city.city.events("messages")).count("SendMessage") == 3
    assert (await city.city.events("cases")).count("CaseResolved") == 2
    assert not any(e["case_untold"] for e in await city.sent())


async def test_who_cannot_be_reached_or_resolved_is_seen():
    city = await Blackout().begin(2)
    await city.city.hear(
        inbound(9, address="573009990000", text="Hay un hueco en la vía", at=MORNING)
    )
    [road] = [c["_id"] for c in await city.city.all("cases") if c["unit_id"] == "vias"]
    wide = Staff("eva", TENANT, "Eva", BOSS.roles, frozenset({"alumbrado", "vias"}))
    await use_cases.link_cases(
        city.desk(), city.store.incidents, wide, city.incident_id, [*city.ids, road]
    )
    case = await city.store.cases.get(TENANT, city.ids[0])
    citizen = await city.store.citizens.get(TENANT, case.citizen_id)
    consents = {citizen.points[0].channel: False}
    await city.store.citizens.write(
        [SaveCitizen(citizen.with_preferences(preferred_channel=None, consents=consents))]
    )
    foreign = min(
        lifecycle.outcome_codes(RELEASE.procedure("alumbrado-publico"))
        - lifecycle.outcome_codes(procedure_of(RELEASE, "huecos-vias"))
    )
    await city.answer("Ya volvió la luz", outcome=foreign)
    await city.tell()
    progress = await city.progress()
    assert (progress.cases, progress.active, progress.waiting) == (3, 2, 0)
    assert dict(progress.deliveries) == {"queued": 2, "permanent_failure": 1}
    assert [one.case_id for one in progress.lost] == [city.ids[0]]
    unreached = await city.store.cases.get(TENANT, city.ids[0])
    assert (unreached.undelivered, unreached.status) == (True, Status.OPEN)
    open_road = await city.store.cases.get(TENANT, road)
    assert open_road.history[-1].kind == "incident_not_resolved"
    assert open_road.history[-1].detail == "OUTCOME_UNKNOWN"


async def test_closed_incident_takes_no_case_and_finishes_telling():
    city = await Blackout().begin(2)
    await city.link(city.ids[0])
    await city.answer("Ya volvió la luz")
    await use_cases.close_incident(city.desk(), city.store.incidents, BOSS, city.incident_id)
    refused = (await city.link(city.ids[1]))[city.ids[1]]
    assert isinstance(refused, FailedPrecondition)
    assert refused.reason == "INCIDENT_CLOSED"
    await city.tell()
    assert len(await city.sent()) == 1
    await city.tell()
    assert await city.store.incidents.answering(9) == []
