"""Everything that a run would take from the machine: time, chance and threads."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
import secrets
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from types import ModuleType, SimpleNamespace
from typing import Any
from unittest import mock
from uuid import UUID

import structlog

import atiende_kit.ids as kit_ids

BEGINNING = datetime(2026, 3, 10, 15, 0, tzinfo=UTC)
"""A Tuesday, 10:00 in Bogotá."""


def moment() -> datetime:
    """The virtual instant, in whole milliseconds as the database keeps them."""
    return BEGINNING + timedelta(milliseconds=int(asyncio.get_running_loop().time() * 1000))


class VirtualClock:
    """Domain time of a process.

    Args:
        skew: How far it is off, as clocks of machines are.
    """

    def __init__(self, skew: timedelta = timedelta()) -> None:
        self.skew = skew

    def now(self) -> datetime:
        """See the port `Clock`."""
        return moment() + self.skew


class _AnyDatetime(type):
    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, datetime)


class _VirtualDatetime(datetime, metaclass=_AnyDatetime):
    """Stands for `datetime` in the product's modules; what it makes is a plain one."""

    def __new__(cls, *args: Any, **more: Any) -> Any:
        return datetime(*args, **more)  # noqa: DTZ001 - as the caller wants it

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Any:
        return moment().astimezone(tz)


async def _inline(fn: Callable[..., Any], /, *args: Any, **more: Any) -> Any:
    return fn(*args, **more)


def _reading_the_clock() -> list[ModuleType]:
    """Every module of the product that could ask the machine for the date."""
    return [
        module
        for name, module in sorted(sys.modules.items())
        if name.startswith("atiende_") and vars(module).get("datetime") is datetime
    ]


@contextlib.contextmanager
def determined(seed: int) -> Iterator[None]:
    """Let product code take time and chance from the run."""
    chance = random.Random(seed)  # noqa: S311 - chance that can be repeated

    def uuid7() -> UUID:
        milliseconds = int(moment().timestamp() * 1000)
        value = milliseconds << 80 | 0x7 << 76 | chance.getrandbits(12) << 64
        return UUID(int=value | 0x2 << 62 | chance.getrandbits(62))

    def token(count: int | None = None) -> str:
        return f"{chance.getrandbits(8 * (count or 32)):0{2 * (count or 32)}x}"

    random.seed(seed)
    quiet = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    with contextlib.ExitStack() as stack:
        for module in _reading_the_clock():
            stack.enter_context(mock.patch.object(module, "datetime", _VirtualDatetime))
        for target, name, value in (
            (kit_ids, "uuid_utils", SimpleNamespace(uuid7=uuid7)),
            (secrets, "token_hex", token),
            (secrets, "token_urlsafe", token),
            (asyncio, "to_thread", _inline),
            (time, "monotonic", lambda: asyncio.get_running_loop().time()),
            (time, "time", lambda: moment().timestamp()),
        ):
            stack.enter_context(mock.patch.object(target, name, value))
        try:
            yield
        finally:
            structlog.configure(**quiet)
