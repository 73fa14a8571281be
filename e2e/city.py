"""What journeys share: the city's doors, its staff, its clock, and waiting for conditions."""

from __future__ import annotations

import asyncio
import itertools
import smtplib
import time
from collections.abc import Awaitable, Callable
from datetime import date, datetime, timedelta
from datetime import time as time_of_day
from typing import Any, TypeVar

import httpx

from dev.demo.clock import DemoClock
from dev.demo.ledger import Ledger
from dev.demo.lines.email import EmailLine
from dev.demo.lines.whatsapp import WhatsappLine
from dev.demo.play import ADMIN, addresses, desk
from dev.demo.report import arrived
from dev.demo.script import ZONE, Citizen
from dev.demo.staff import Desk
from dev.demo.world import World
from dev.stack.stack import Stack

SATURDAY = 5
NOT_YET = 404
REFUSED = 400
"""From here on an SMTP answer refuses."""
POLL_SECONDS = 0.2
CLOCK_SECONDS = 0.3
"""Processes look at the clock's file ten times a second; none shows which time it has."""
T = TypeVar("T")
_RUNS = itertools.count(1)


class City:
    """The running platform as seen from outside.

    Attributes:
        world: addresses, the clock's hand and the patient HTTP client of the demo.
        run: is part of every name that a journey makes up, so that it can be repeated.
    """

    def __init__(self, stack: Stack, http: httpx.AsyncClient) -> None:
        self.stack = stack
        self.http = http
        self.run = f"e{int(time.time())}"
        clock = DemoClock(stack.layout.run / "clock.json")
        self.world = World(addresses(stack), clock, Ledger(), http, run=self.run)
        self.clock = clock
        self.whatsapp = WhatsappLine(self.world)
        self.email = EmailLine(self.world)
        self._desks: dict[str, Desk] = {}
        self._holidays: frozenset[date] = frozenset()
        self._after = ""

    @property
    def url(self) -> str:
        """Where people reach the platform."""
        return self.world.addresses.public_url

    @property
    def admin(self) -> Desk:
        """The administrator of San Aurelio."""
        return self.desk(ADMIN)

    def desk(self, username: str) -> Desk:
        """A member of staff, signed in by Keycloak's form when first needed."""
        if username not in self._desks:
            self._desks[username] = desk(self.world, self.stack, username)
        return self._desks[username]

    async def begin(self) -> None:
        """Learns the holidays and what has arrived before; goes to a working morning."""
        release = await self.admin.get("/api/catalog/v1/release")
        days = release["content"]["calendar"]["holidays"]
        self._holidays = frozenset(date.fromisoformat(str(one["date"])) for one in days)
        rows = await arrived(self.admin, "")
        self._after = str(rows[-1]["message_id"]) if rows else ""
        await self.open_hours()

    def person(self, name: str = "Rosa Pérez") -> Citizen:
        """Somebody whom the city has never met."""
        number = int(self.run[-7:]) * 100 + next(_RUNS)
        return Citizen(
            number=number,
            name=name,
            email=f"persona.{self.run}.{number}@correo.example",
            phone=f"57{number:010d}",
        )

    async def open_hours(self) -> datetime:
        """Makes it a working morning, unless it is; virtual time never goes back."""
        local = self.clock.now().astimezone(ZONE)
        if self._works(local.date()) and 9 <= local.hour < 11:
            self.clock.set(local, rate=1.0)
            return local
        return await self.go_to(time_of_day(9, 30))

    async def go_to(self, moment: time_of_day) -> datetime:
        """Goes on to the next time that it is this hour on a working day; real pace from there."""
        local = self.clock.now().astimezone(ZONE)
        there = datetime.combine(local.date(), moment, tzinfo=ZONE)
        while there <= local or not self._works(there.date()):
            there += timedelta(days=1)
        self.clock.set(there, rate=1.0)
        await asyncio.sleep(CLOCK_SECONDS)
        return there

    def _works(self, day: date) -> bool:
        return day.weekday() < SATURDAY and day not in self._holidays

    async def eventually(
        self, what: str, ask: Callable[[], Awaitable[T | None]], within_seconds: float = 45.0
    ) -> T:
        """Asks until there is a truthy answer.

        Raises:
            AssertionError: naming what did not happen, with the last answer.
        """
        deadline = time.monotonic() + within_seconds
        while True:
            answer = await ask()
            if answer:
                return answer
            if time.monotonic() > deadline:
                raise AssertionError(f"{what}: not within {within_seconds:.0f} s; last: {answer!r}")
            await asyncio.sleep(POLL_SECONDS)

    async def rows(self) -> list[dict[str, Any]]:
        """The ledger of inbound messages since the journeys began."""
        return await arrived(self.admin, self._after)

    async def arrival(self, provider_message_id: str) -> dict[str, Any]:
        """The ledger's row of a message, when it has arrived."""

        async def look() -> dict[str, Any] | None:
            wanted = provider_message_id.strip("<>")
            found = [r for r in await self.rows() if r["provider_message_id"] == wanted]
            assert len(found) <= 1, f"arrived twice: {found}"
            return found[0] if found else None

        return await self.eventually(f"{provider_message_id} arrives", look)

    async def case(self, case_id: str, who: Desk | None = None) -> dict[str, Any]:
        """A case's detail."""
        return dict(await (who or self.admin).get(f"/api/cases/v1/cases/{case_id}"))

    async def case_when(
        self, case_id: str, what: str, holds: Callable[[dict[str, Any]], bool]
    ) -> dict[str, Any]:
        """A case's detail as soon as something holds."""

        async def look() -> dict[str, Any] | None:
            answer = await self.admin.call("GET", f"/api/cases/v1/cases/{case_id}")
            if answer.status_code == NOT_YET:
                return None
            assert answer.is_success, answer.text
            return dict(answer.json()) if holds(answer.json()) else None

        return await self.eventually(what, look)

    async def timeline(self, case_id: str, who: Desk | None = None) -> list[dict[str, Any]]:
        """A case's lines."""
        told = await (who or self.admin).get(f"/api/cases/v1/cases/{case_id}/timeline")
        return list(told["items"])

    async def take(self, username: str, case_id: str) -> dict[str, Any]:
        """An agent goes online and accepts the offer of a case; gives the accepted item."""
        agent = self.desk(username)

        async def offered() -> dict[str, Any] | None:
            # Signing again is the desk's heartbeat.
            await self.done(agent, "PUT", "/api/routing/v1/presence", json={"status": "online"})
            told = (await agent.get("/api/routing/v1/offers"))["items"]
            for other in told:
                if other["case_id"] != case_id:
                    # Left by another journey; it would fill this agent's slots.
                    path = f"/api/routing/v1/work-items/{other['work_item_id']}/decline"
                    await agent.call("POST", path)
            return next((item for item in told if item["case_id"] == case_id), None)

        item = await self.eventually(f"{username} is offered {case_id}", offered)
        taken = await self.done(
            agent, "POST", f"/api/routing/v1/work-items/{item['work_item_id']}/accept"
        )
        assert taken["status"] == "assigned"
        # Otherwise the work of the next journeys would be offered to this agent.
        await self.done(agent, "PUT", "/api/routing/v1/presence", json={"status": "away"})
        await self.case_when(case_id, "the case has its agent", lambda c: bool(c["assignee_id"]))
        return dict(taken)

    async def resolve(self, who: Desk, case_id: str) -> dict[str, Any]:
        """Resolves a case with its procedure's first outcome, which frees the agent."""
        outcome = (await self.case(case_id, who))["outcomes"][0]["id"]
        path = f"/api/cases/v1/cases/{case_id}/resolve"
        return await self.done(who, "POST", path, json={"outcome": outcome})

    async def hand_over(self, raw: bytes, sender: str, recipient: str) -> tuple[int, str]:
        """Delivers a mail as the city's mail server does; gives the answer for the recipient."""
        return await asyncio.to_thread(self._hand_over, raw, sender, recipient)

    def _hand_over(self, raw: bytes, sender: str, recipient: str) -> tuple[int, str]:
        with smtplib.LMTP("127.0.0.1", self.world.addresses.lmtp_port, timeout=60) as lmtp:
            lmtp.ehlo()
            code, said = lmtp.mail(sender, [f"size={len(raw)}"])
            if code < REFUSED:
                code, said = lmtp.rcpt(recipient)
            if code < REFUSED:
                code, said = lmtp.data(raw)
            return code, said.decode("utf-8", "replace")

    async def done(self, who: Desk, method: str, path: str, **given: Any) -> dict[str, Any]:
        """Calls an API, and shows the problem when it refuses."""
        answer = await who.call(method, path, **given)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return dict(answer.json())
