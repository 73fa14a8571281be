"""What everybody in the demo shares: addresses, secrets, time and the ledger."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

import httpx

from dev.demo.clock import DemoClock
from dev.demo.ledger import Ledger

TENANT = "sanaurelio"
EMAIL_ACCOUNT = "atencion@sanaurelio.example"
WHATSAPP_ACCOUNT = "100200300400500"
WHATSAPP_NUMBER = "576015550101"
JURISDICTION = "sanaurelio.example"
RETRIES = 60


@dataclass(frozen=True)
class Addresses:
    """Where the city's doors are, and the providers that the demo plays.

    Attributes:
        whatsapp_secret: app secret with which Meta signs.
        open311_key: API key of the demo's reporting app.
    """

    public_url: str
    lmtp_port: int
    whatsapp_fake_url: str
    mailbox_url: str
    whatsapp_secret: str
    open311_key: str


_LATER = frozenset({429, 502, 503, 504})
_MOST_TOLD_SECONDS = 5.0
"""A limit may ask for a minute; the day is over sooner."""


@dataclass
class World:
    """One played day."""

    addresses: Addresses
    clock: DemoClock
    ledger: Ledger
    http: httpx.AsyncClient
    run: str
    over: asyncio.Event = field(default_factory=asyncio.Event)
    counts: Counter[str] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)

    async def sleep_until(self, instant: datetime) -> None:
        """Waits for a virtual instant, or for the end of the day."""
        seconds = self.clock.real_seconds_until(instant)
        if seconds > 0:
            await self.pause(seconds)

    async def pause(self, real_seconds: float) -> None:
        """Waits, but not beyond the end of the day."""
        try:
            await asyncio.wait_for(self.over.wait(), real_seconds)
        except TimeoutError:
            return

    async def insist(self, method: str, url: str, **given: object) -> httpx.Response:
        """Asks as a patient client does: tries again while the city cannot answer.

        A killed process is restarted in seconds; what providers and browsers do meanwhile is to
        try again, with the same id, and not before they were told to.
        """
        for attempt in range(RETRIES):
            told = 0.0
            try:
                answer = await self.http.request(method, url, **given)  # type: ignore[arg-type]  # passed through
            except httpx.TransportError:
                if attempt == RETRIES - 1:
                    raise
            else:
                # Open311 knows no 5xx: it says 400, and when to come back.
                is_later = answer.status_code in _LATER or "Retry-After" in answer.headers
                if not is_later or attempt == RETRIES - 1:
                    return answer
                told = min(float(answer.headers.get("Retry-After", 0)), _MOST_TOLD_SECONDS)
            self.counts["tried again"] += 1
            await asyncio.sleep(max(told, min(0.2 * (attempt + 1), 2.0)))
        raise AssertionError("unreachable")
