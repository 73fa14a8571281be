"""Processes that die at any call to the outside, and come back without their memory."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, TypeVar

from atiende_kit.errors import Unavailable
from atiende_kit.runtime import Component, Periodic
from dev.simulation.dice import Dice, Fault
from dev.simulation.trace import Trace

T = TypeVar("T")
_SLOWEST_BEAT = 4.0
"""Loops that beat more often than this only make a run longer."""

_life: ContextVar[Life | None] = ContextVar("life", default=None)


class Gone(Exception):  # noqa: N818 - it says what happened
    """The process was not there, or died before it answered."""


def make_task(
    loop: asyncio.AbstractEventLoop, coro: Coroutine[Any, Any, Any], **more: Any
) -> asyncio.Task[Any]:
    """A task factory that remembers which life a task belongs to."""
    task: asyncio.Task[Any] = asyncio.Task(coro, loop=loop, **more)
    context = more.get("context")
    life = _life.get() if context is None else context.get(_life)
    if life is not None:
        life.tasks.add(task)
        task.add_done_callback(life.tasks.discard)
    return task


@dataclass(eq=False)
class Life:
    """One incarnation of a process: all that it does to the world goes through `step`."""

    name: str
    dice: Dice
    trace: Trace
    alive: bool = True
    paused_until: float = 0.0
    tasks: set[asyncio.Task[Any]] = field(default_factory=set)
    died: asyncio.Event = field(default_factory=asyncio.Event)

    async def step(
        self, point: str, possible: tuple[Fault, ...], effect: Callable[[Fault], Awaitable[T]]
    ) -> T:
        """One call to the outside.

        Args:
            point: Names the call.
            possible: What may go wrong with it.
            effect: Does it, at one instant; is told of `PARTIAL` and must then do a part.

        Raises:
            Unavailable: It was refused, or its reply was lost.
            CancelledError: The process died.
        """
        where = f"{self.name} {point}"
        fault = self.dice.strike(where, possible)
        await self._pass_time()
        if fault is Fault.PAUSE:
            self.paused_until = self._now() + self.dice.between(1.0, 45.0)
            await self._pass_time()
        self.trace.note(self._now(), where, fault)
        if fault is Fault.CRASH_BEFORE:
            self.die()
        if fault is Fault.REFUSED:
            raise Unavailable("SIMULATED", "No responde.")
        result = await effect(fault)
        if fault is Fault.CRASH_AFTER:
            self.die()
        if fault in {Fault.LOST_REPLY, Fault.PARTIAL}:
            raise Unavailable("SIMULATED", "La respuesta se perdió.")
        await self._pass_time()
        return result

    def die(self) -> None:
        """Kill the process from within: nothing of it runs on.

        Raises:
            CancelledError: Always.
        """
        self.kill()
        raise asyncio.CancelledError

    def kill(self) -> None:
        """Kill the process from outside."""
        if self.alive:
            self.alive = False
            self.died.set()
            self.trace.note(self._now(), f"{self.name} dies", Fault.NONE)
            for task in sorted(self.tasks, key=lambda one: one.get_name()):
                task.cancel()

    async def _pass_time(self) -> None:
        await asyncio.sleep(self.dice.latency())
        while self.alive and self.paused_until > self._now():
            await asyncio.sleep(self.paused_until - self._now())
        if not self.alive:
            raise asyncio.CancelledError

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()


Build = Callable[[Life], tuple[Sequence[Component], Any]]


class Process:
    """A process under a supervisor that starts it again.

    Args:
        name: `cases-worker`.
        build: Makes its components, and what others call, for a life.
        dice: Chance.
        trace: Where everything is noted.
    """

    def __init__(self, name: str, build: Build, dice: Dice, trace: Trace) -> None:
        self.name = name
        self.deaths = 0
        self._build = build
        self._dice = dice
        self._trace = trace
        self._life: Life | None = None
        self._api: Any = None
        self._supervisor: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to live."""
        self._supervisor = asyncio.create_task(self._supervise(), name=f"{self.name} supervisor")

    def stop(self) -> None:
        """End for good."""
        if self._supervisor is not None:
            self._supervisor.cancel()
        if self._life is not None:
            self._life.kill()

    def kill(self) -> None:
        """Kill this life; the supervisor begins another one."""
        if self._life is not None:
            self._life.kill()

    def heal(self) -> None:
        """Wake up from a pause."""
        if self._life is not None:
            self._life.paused_until = 0.0

    async def call(self, request: Callable[[Any], Awaitable[T]]) -> T:
        """Ask the process something, as a client over the network does.

        Raises:
            Gone: It was not there, or died before it answered.
        """
        life, api = self._life, self._api
        if life is None or api is None or not life.alive:
            await asyncio.sleep(0.01)
            raise Gone

        async def answer() -> T:
            return await request(api)

        token = _life.set(life)
        try:
            task = asyncio.create_task(answer())
        finally:
            _life.reset(token)
        try:
            result = await asyncio.shield(task)
        except asyncio.CancelledError:
            if life.alive:
                raise
            raise Gone from None
        if not life.alive:
            raise Gone
        return result

    async def _supervise(self) -> None:
        while True:
            life = self._life = Life(self.name, self._dice, self._trace)
            self._api = None
            token = _life.set(life)
            try:
                beginning = asyncio.create_task(self._begin(life))
            finally:
                _life.reset(token)
            await asyncio.wait([beginning])
            if not beginning.cancelled() and beginning.exception() is None:
                await life.died.wait()
            life.kill()
            self.deaths += 1
            await asyncio.sleep(self._dice.between(0.2, 5.0))

    async def _begin(self, life: Life) -> None:
        components, api = self._build(life)
        for component in components:
            if isinstance(component, Periodic):
                component.every_seconds = max(component.every_seconds, _SLOWEST_BEAT)
            await component.start()
        self._api = api
