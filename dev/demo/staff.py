"""The people of the city: they sign in as anybody would and work over the desk's API."""

from __future__ import annotations

import asyncio
import random
import re
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any

import httpx

from dev.demo.script import texts
from dev.demo.world import World
from dev.stack.login import Tokens

ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
HEARTBEAT_SECONDS = 10.0
LOOK_SECONDS = 0.5
NOT_FOUND = 404

SignIn = Callable[[Tokens | None], Coroutine[Any, Any, Tokens]]
"""Signs in by the form, or renews the given tokens."""


class Desk:
    """One member of staff at the desk: a token that is renewed, and calls with it."""

    def __init__(self, world: World, name: str, sign_in: SignIn) -> None:
        self._world = world
        self._sign_in = sign_in
        self._tokens: Tokens | None = None
        self._until = 0.0
        self._renewing = asyncio.Lock()
        self.name = name

    async def call(self, method: str, path: str, **given: Any) -> httpx.Response:
        """Calls an API as this person; the token is renewed before it lapses."""
        headers = {**(await self._current()).header, **given.pop("headers", {})}
        url = f"{self._world.addresses.public_url}{path}"
        return await self._world.insist(method, url, headers=headers, **given)

    async def _current(self) -> Tokens:
        # One at a time: a person signs in once, however many calls the desk makes at that moment.
        async with self._renewing:
            now = asyncio.get_running_loop().time()
            if self._tokens is None or now > self._until:
                self._tokens = await self._sign_in(self._tokens)
                self._until = now + self._tokens.expires_in * 0.7
            return self._tokens

    async def get(self, path: str, **params: Any) -> Any:
        """Reads JSON; an error is an error."""
        answer = await self.call("GET", path, params=params)
        answer.raise_for_status()
        return answer.json()

    async def pages(self, path: str, cursor_name: str = "cursor", **params: Any) -> list[Any]:
        """Reads all pages of a list."""
        items: list[Any] = []
        cursor = None
        while True:
            page = await self.get(path, **params, **({cursor_name: cursor} if cursor else {}))
            items += page["items"]
            cursor = page["next_cursor"]
            if cursor is None:
                return items


class Agent:
    """An operator: takes what is offered, answers, and resolves."""

    def __init__(self, world: World, desk: Desk, seed: int) -> None:
        self._world = world
        self._desk = desk
        self._chance = random.Random(seed)  # noqa: S311 - a play, not a secret
        self._busy: set[asyncio.Task[None]] = set()

    async def work(self) -> None:
        """The working day, until the world is over."""
        await self._desk.call("PUT", "/api/routing/v1/presence", json={"status": "online"})
        await self._go_on()
        beat = asyncio.create_task(self._beat())
        while not self._world.over.is_set():
            await self._take_offers()
            await self._world.pause(LOOK_SECONDS)
        beat.cancel()
        await asyncio.gather(*self._busy, return_exceptions=True)
        await self._desk.call("PUT", "/api/routing/v1/presence", json={"status": "offline"})

    async def _beat(self) -> None:
        while True:
            await self._desk.call("POST", "/api/routing/v1/presence/heartbeat")
            await asyncio.sleep(HEARTBEAT_SECONDS)

    async def _go_on(self) -> None:
        """Goes on with what earlier days left: whose hands are full is offered nothing."""
        for item in await self._desk.pages(
            "/api/routing/v1/work-items", mine="true", status="assigned"
        ):
            self._begin(item, "gone on with")

    async def _take_offers(self) -> None:
        offers = (await self._desk.get("/api/routing/v1/offers"))["items"]
        for item in offers:
            answer = await self._desk.call(
                "POST", f"/api/routing/v1/work-items/{item['work_item_id']}/accept"
            )
            if answer.is_success:
                self._begin(item, "accepted")

    def _begin(self, item: dict[str, Any], counted: str) -> None:
        self._world.counts[counted] += 1
        task = asyncio.create_task(self._handle(item))
        self._busy.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._busy.discard(task)
        if not task.cancelled() and task.exception() is not None:
            self._world.counts["agent errors"] += 1
            self._world.errors.append(f"{self._desk.name}: {task.exception()!r}")

    async def _handle(self, item: dict[str, Any]) -> None:
        case = f"/api/cases/v1/cases/{item['case_id']}"
        if item["kind"] == "transfer":
            await self._desk.call("POST", f"{case}/transfers/accept")
            self._world.counts["transfers accepted"] += 1
        await self._minutes(1, 6)
        answer = await self._desk.call("GET", f"{case}/timeline")
        if answer.status_code == NOT_FOUND:
            # A supervisor gave it to another unit meanwhile.
            self._world.counts["left for another unit"] += 1
            return
        answer.raise_for_status()
        timeline = answer.json()["items"]
        channel = await self._other_channel(case, timeline)
        reply = {"text": self._chance.choice(texts()["respuestas"])} | channel
        answer = await self._desk.call("POST", f"{case}/replies", json=reply)
        if answer.is_success:
            self._world.counts["answered"] += 1
        if self._chance.random() < 0.2:  # noqa: PLR2004
            await self._desk.call(
                "POST", f"{case}/notes", json={"text": "Verificado por teléfono."}
            )
        # Whoever was asked to go on by e-mail needs the time to do so.
        await self._minutes(25, 40) if channel else await self._minutes(4, 18)
        await self._resolve(case)

    async def _other_channel(self, case: str, timeline: list[Any]) -> dict[str, str]:
        """A citizen who names an e-mail address goes on there, in the same case."""
        said = " ".join(line["text"] for line in timeline if line["direction"] == "inbound")
        named = ADDRESS.search(said)
        if named is None or "correo" not in said:
            return {}
        citizen = (await self._desk.get(case))["citizen_id"]
        point = {"channel": "email", "address": named.group().rstrip(".")}
        added = await self._desk.call(
            "POST", f"/api/cases/v1/citizens/{citizen}/contact-points", json=point
        )
        return {"channel": "email"} if added.is_success else {}

    async def _resolve(self, case: str) -> None:
        seen = await self._desk.call("GET", case)
        outcomes = seen.json()["outcomes"] if seen.is_success else []
        if not outcomes:
            return
        outcome = outcomes[0]["id"]
        answer = await self._desk.call("POST", f"{case}/resolve", json={"outcome": outcome})
        if answer.is_success:
            self._world.counts["resolved"] += 1

    async def _minutes(self, least: float, most: float) -> None:
        wait = timedelta(minutes=self._chance.uniform(least, most))
        await self._world.sleep_until(self._world.clock.now() + wait)


async def transfer_some(world: World, supervisor: Desk, unit: str, count: int) -> None:
    """A supervisor gives a few cases to another unit, which must accept them."""
    page = await supervisor.get("/api/cases/v1/cases", assignee="none", limit=50)
    others = [case for case in page["items"] if case["unit_id"] != unit]
    for case in others[:count]:
        answer = await supervisor.call(
            "POST",
            f"/api/cases/v1/cases/{case['case_id']}/transfers",
            json={"unit_id": unit, "reason": "Corresponde a esa dependencia."},
        )
        if answer.is_success:
            world.counts["transfers"] += 1
