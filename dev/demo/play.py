"""Plays the day: everybody at once, until everything that was said is answered or waits visibly."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from datetime import time as time_of_day
from pathlib import Path
from typing import Any

import httpx

from dev.demo import broken, report
from dev.demo.citizens import Citizens
from dev.demo.clock import DemoClock, early_morning
from dev.demo.ledger import Ledger
from dev.demo.lines.base import Line
from dev.demo.lines.email import EmailLine
from dev.demo.lines.open311 import Open311Line
from dev.demo.lines.portal import PortalLine
from dev.demo.lines.webchat import WebchatLine
from dev.demo.lines.whatsapp import WhatsappLine
from dev.demo.script import ZONE, Matter, invented_day, recorded_day
from dev.demo.staff import Agent, Desk, transfer_some
from dev.demo.world import Addresses, World
from dev.stack.extras import mailbox_port, whatsapp_port
from dev.stack.login import Tokens, refresh, staff_login
from dev.stack.stack import Stack

RECORDED = Path("requests-es/madrid_avisos_muestra_3000.csv")
SENDERS = 16
SETTLE_SECONDS = 90.0
DAY_SECONDS = 10.75 * 3600
"""From six in the morning to a quarter to five."""

AGENTS = (
    "lucia.mora",
    "andres.quintero",
    "marta.velasquez",
    "jorge.benavides",
    "paola.cifuentes",
    "camilo.arango",
    "diana.nunez",
    "sebastian.rojas",
    "rosa.bermudez",
    "ivan.sarmiento",
)
SUPERVISORS = ("beatriz.londono", "hernan.pardo")
ADMIN = "nestor.acuna"


@dataclass(frozen=True)
class Plan:
    """How the day is played.

    Attributes:
        messages: how many citizens write (without recorded data).
        data: folder with recorded requests; None plays the invented day.
        real_seconds: how long the working day may last.
        seed: makes the same day again.
    """

    messages: int = 330
    data: Path | None = None
    real_seconds: float = 240.0
    seed: int = 20260301


@dataclass
class Outcome:
    """What the day gave."""

    world: World
    figures: report.Figures
    matters: int
    seconds: float


Watch = Callable[[World, int], None]


async def play(stack: Stack, plan: Plan, watch: Watch) -> Outcome:
    """Plays one day over a running stack.

    Args:
        stack: running, with the demo's providers.
        plan: how.
        watch: called twice a second with the world and the number of matters.
    """
    began = time.monotonic()
    clock = DemoClock(stack.layout.run / "clock.json")
    async with httpx.AsyncClient(
        timeout=30, limits=httpx.Limits(max_connections=64, max_keepalive_connections=64)
    ) as http:
        world = World(addresses(stack), clock, Ledger(), http, run=f"d{int(time.time())}")
        admin = desk(world, stack, ADMIN)
        before = await _last_message(admin)
        day = clock.next_working_day(await _holidays(admin))
        matters = (
            recorded_day(day, plan.data / RECORDED, plan.seed)
            if plan.data
            else invented_day(day, plan.messages, plan.seed + day.toordinal())
        )
        clock.set(early_morning(day), DAY_SECONDS / plan.real_seconds)
        watcher = asyncio.create_task(_watch(world, watch, len(matters)))
        tried = await _run_day(world, stack, matters, day, before)
        watcher.cancel()
        watch(world, len(matters))
        figures = await report.gather(world, admin, before, tried, await _dead_letters(http, stack))
        return Outcome(world, figures, len(matters), time.monotonic() - began)


def addresses(stack: Stack) -> Addresses:
    """The doors of a running stack."""
    context, endpoints = stack.context(), stack.endpoints()
    return Addresses(
        public_url=endpoints.public_url,
        lmtp_port=endpoints.lmtp_port,
        whatsapp_fake_url=f"http://127.0.0.1:{whatsapp_port(context)}",
        mailbox_url=f"http://127.0.0.1:{mailbox_port(context)}",
        whatsapp_secret=context.credentials.secret("whatsapp/app_secret"),
        open311_key=context.credentials.secret("open311/api_key"),
    )


def desk(world: World, stack: Stack, username: str) -> Desk:
    """A member of staff who signs in by the real form."""

    def sign_in(tokens: Tokens | None) -> Tokens:
        if tokens is None:
            return staff_login(stack, username)
        with httpx.Client(timeout=20) as http:
            return refresh(http, stack.endpoints().issuer, "desk", tokens)

    async def renew(tokens: Tokens | None) -> Tokens:
        return await asyncio.to_thread(sign_in, tokens)

    return Desk(world, username, renew)


async def _run_day(
    world: World, stack: Stack, matters: list[Matter], day: date, before: str
) -> list[broken.Tried]:
    whatsapp, email, webchat = WhatsappLine(world), EmailLine(world), WebchatLine(world)
    lines: dict[str, Line] = {
        "whatsapp": whatsapp,
        "email": email,
        "webchat": webchat,
        "open311": Open311Line(world, await _services(world)),
        "portal": PortalLine(world),
    }
    citizens = Citizens(world, lines)
    agents = [Agent(world, desk(world, stack, name), n) for n, name in enumerate(AGENTS)]
    opening = datetime.combine(day, time_of_day(7, 45), tzinfo=ZONE)
    async with asyncio.TaskGroup() as group:
        group.create_task(citizens.live())
        for agent in agents:
            group.create_task(_from(world, opening, agent))
        group.create_task(_transfers(world, desk(world, stack, SUPERVISORS[0]), opening))
        await _send_all(world, citizens, matters)
        tried = await broken.try_all(world, whatsapp, email)
        await world.sleep_until(datetime.combine(day, time_of_day(16, 45), tzinfo=ZONE))
        await _settle(world, desk(world, stack, ADMIN), before)
        world.clock.set(world.clock.now(), rate=1.0)
        world.over.set()
    # Citizens answered surveys until the very end; what they said last must arrive too.
    await _settle(world, desk(world, stack, ADMIN), before)
    await webchat.close()
    return tried


async def _from(world: World, instant: datetime, agent: Agent) -> None:
    await world.sleep_until(instant)
    await agent.work()


async def _transfers(world: World, supervisor: Desk, opening: datetime) -> None:
    # Before anybody works: what came at night is still nobody's.
    await world.sleep_until(opening - timedelta(minutes=10))
    await transfer_some(world, supervisor, "vias", 3)


async def _send_all(world: World, citizens: Citizens, matters: list[Matter]) -> None:
    """Lets everybody write when their time comes, at most so many at the same moment."""
    room = asyncio.Semaphore(SENDERS)

    async def write(matter: Matter) -> None:
        async with room:
            await citizens.write(matter)

    async with asyncio.TaskGroup() as group:
        for matter in matters:
            await world.sleep_until(matter.at)
            group.create_task(write(matter))


async def _settle(world: World, admin: Desk, before: str) -> None:
    """Waits until all that was acknowledged has arrived and no message is still on its way."""
    deadline = time.monotonic() + SETTLE_SECONDS
    while time.monotonic() < deadline:
        rows = await report.arrived(admin, before)
        told = (await admin.get("/api/notifications/v1/figures"))["rows"]
        moving = sum(row["count"] for row in told if row["state"] == "sending")
        unreadable = sum(row["quality"] == "unreadable" for row in rows)
        readable = (report.key_of(row) for row in rows if row["quality"] != "unreadable")
        if not world.ledger.balance(readable, unreadable).lost and not moving:
            return
        await asyncio.sleep(0.5)


async def _watch(world: World, watch: Watch, total: int) -> None:
    while True:
        watch(world, total)
        await asyncio.sleep(0.5)


async def _last_message(admin: Desk) -> str:
    rows = await report.arrived(admin, "")
    return str(rows[-1]["message_id"]) if rows else ""


async def _holidays(admin: Desk) -> frozenset[date]:
    release: dict[str, Any] = await admin.get("/api/catalog/v1/release")
    days = release["content"]["calendar"]["holidays"]
    return frozenset(date.fromisoformat(str(one["date"])) for one in days)


async def _services(world: World) -> frozenset[str]:
    answer = await world.insist("GET", f"{world.addresses.public_url}/open311/v2/services.json")
    answer.raise_for_status()
    return frozenset(one["service_code"] for one in answer.json())


async def _dead_letters(http: httpx.AsyncClient, stack: Stack) -> int:
    """Messages of the dead-letter stream, as the broker counts them."""
    port = stack.endpoints().ports["nats-monitor"]
    answer = await http.get(f"http://127.0.0.1:{port}/jsz", params={"streams": "true"})
    answer.raise_for_status()
    streams = [
        stream
        for account in answer.json().get("account_details", [])
        for stream in account.get("stream_detail", [])
    ]
    return sum(int(s["state"]["messages"]) for s in streams if s["name"] == "DLQ")
