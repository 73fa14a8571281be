"""Citizens who write and answer, and agents who take, answer and resolve."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass
from functools import partial
from typing import Any

from atiende_cases.application.desk.access import Staff
from atiende_cases.application.desk.move import resolve
from atiende_cases.application.desk.write import reply
from atiende_cases.domain.change import procedure_of
from atiende_cases.domain.lifecycle import outcome_codes
from atiende_channels.channels.portal.models import ConsentsBody, ContactBody, FormBody
from atiende_channels.domain.model import Channel
from atiende_city.testing import example_release
from atiende_kit.errors import AtiendeError
from atiende_routing.application.ports import ItemFilter
from atiende_routing.application.sign_presence import StaffMember
from atiende_routing.domain.agent import PresenceStatus
from atiende_routing.domain.work_item import WorkState
from dev.checker.ledger import Entry, Ledger
from dev.simulation.determined import moment
from dev.simulation.process import Gone, Process
from dev.simulation.provider import Taken
from dev.simulation.services import TENANTS, Platform

TEXTS = (
    "Hay un hueco enorme en la calle 10 con carrera 4",
    "El poste frente a mi casa está apagado hace tres días",
    "No pasó el camión de la basura",
    "Quiero pedir una cita para el certificado de residencia",
    "Hay un árbol a punto de caerse en el parque",
)
FORMS = 0.3
"""How many matters begin with the portal's form; the others with a message."""
LAST_WORD_SECONDS = 20.0
"""Until when citizens begin new matters."""


def digest(text: str) -> str:
    """What the ledger keeps of a text."""
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass
class Citizens:
    """Everybody who writes; each message is in the ledger."""

    platform: Platform
    ledger: Ledger
    count: int

    def begin(self) -> None:
        """Let them write."""
        self.platform.provider.read = self._read
        for number in range(self.count):
            self.platform.provider.run(self._live(number))

    async def _live(self, number: int) -> None:
        dice = self.platform.dice
        # Two cities share numbers of people: the same person may live in one and work in another.
        tenant = TENANTS[number % 2]
        address = f"5730011122{number // 2:02d}"
        for _ in range(dice.random.randint(1, 2)):
            await asyncio.sleep(dice.between(0.0, LAST_WORD_SECONDS / 3))
            begin = self.fill_in if dice.random.random() < FORMS else self.write
            await begin(tenant, address, f"{dice.random.choice(TEXTS)} ({tenant})")

    async def write(self, tenant: str, address: str, text: str) -> None:
        """Write one message; it is acknowledged when the provider was answered."""
        provider = self.platform.provider
        # Ids are unique within an account only: two cities see the same ones.
        key = f"wamid.in{provider.next_number(tenant)}"
        now = asyncio.get_running_loop().time()
        entry = Entry(tenant, "whatsapp", key, digest(text), sent_at=now)
        self.ledger.add(entry)
        message = {
            "from": address,
            "id": key,
            "timestamp": str(int(moment().timestamp())),
            "type": "text",
            "text": {"body": text},
        }
        contact = {"wa_id": address, "profile": {"name": f"Persona {address[-2:]}"}}
        await provider.bring(
            tenant,
            {"messages": [message], "contacts": [contact]},
            lambda: self.ledger.acknowledge(entry, asyncio.get_running_loop().time()),
        )

    async def fill_in(self, tenant: str, address: str, text: str) -> None:
        """Send the portal's form, again and again until there is a receipt; same key, same form."""
        key = f"form-{self.platform.provider.next_number(tenant)}"
        provider_id = hashlib.sha256(f"\n{key}".encode()).hexdigest()[:40]
        now = asyncio.get_running_loop().time()
        # What its entry says is made of the form's fields; the other half of it is no text.
        entry = Entry(tenant, "portal", provider_id, "", sent_at=now)
        self.ledger.add(entry)
        form = FormBody(
            procedure_code="consulta-general",
            values={"consulta": text},
            contact=ContactBody(whatsapp=address, preferred_channel="whatsapp"),
            consents=ConsentsBody(data_processing=True),
        )

        async def send(api: Any) -> None:
            await api.portal.submit(tenant, Channel.PORTAL, form, key)

        while True:
            try:
                await self.platform.processes["channels-api"].call(send)
            except (Gone, AtiendeError):
                await asyncio.sleep(self.platform.dice.between(0.5, 8.0))
            else:
                break
        self.ledger.acknowledge(entry, asyncio.get_running_loop().time())

    async def _read(self, taken: Taken) -> None:
        asks = "1" in taken.text and "5" in taken.text and "?" in taken.text
        if asks and self.platform.dice.random.random() < 0.6:
            await asyncio.sleep(self.platform.dice.between(1.0, 10.0))
            score = self.platform.dice.random.choice("13455")
            await self.write(taken.tenant, taken.to, score)


@dataclass
class Agent:
    """One agent of a city: signs presence, takes what is offered, answers and resolves it."""

    platform: Platform
    tenant: str
    name: str
    over: bool = False

    async def work(self) -> None:
        """Work until the day is over."""
        while not self.over:
            await asyncio.sleep(self.platform.dice.between(2.0, 5.0))
            try:
                await self._round()
            except (Gone, AtiendeError):
                continue

    async def _round(self) -> None:
        desk, routing = self._process("cases-api"), self._process("routing-api")
        member = StaffMember(
            tenant=self.tenant,
            agent_id=self.name,
            name=self.name,
            units=frozenset(example_release().units),
            supervisor=False,
        )
        await routing.call(lambda api: api.presence.sign(member, PresenceStatus.ONLINE))
        for item in await routing.call(lambda api: api.items.offers_to(self.tenant, self.name)):
            await routing.call(partial(self._accept, item.item_id))
        for item in await routing.call(self._mine):
            await self._finish(desk, item.case_id, item.round)

    async def _accept(self, item_id: str, api: Any) -> None:
        await api.assign.accept(self.tenant, item_id, self.name)

    async def _mine(self, api: Any) -> list[Any]:
        mine = ItemFilter(states=frozenset({WorkState.ASSIGNED}), agent_id=self.name, limit=20)
        found: list[Any] = await api.items.find(self.tenant, mine)
        return found

    async def _finish(self, desk: Process, case_id: str, turn: int) -> None:
        staff = Staff(self.name, self.tenant, self.name, frozenset({"agent"}), None)

        async def finish(api: Any) -> None:
            # A person who does not hear back presses the same button again: the same key.
            text = f"Ya lo estamos atendiendo ({self.tenant})."
            await reply(api.desk, staff, case_id, text=text, key=f"{case_id}-{turn}")
            case = await api.desk.see(staff, case_id)
            if case.is_active:
                outcome = _first_outcome(case.procedure_code)
                await resolve(api.desk, staff, case_id, outcome=outcome)

        await desk.call(finish)

    def _process(self, name: str) -> Process:
        return self.platform.processes[name]


def _first_outcome(procedure_code: str) -> str:
    return min(outcome_codes(procedure_of(example_release(), procedure_code)))
