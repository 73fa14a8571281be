"""Each service's own credentials at the running broker, outside of what it declares (S25)."""

from __future__ import annotations

import asyncio
from typing import Any

import nats
import pytest

from atiende_kit.bus import Bus
from atiende_kit.contract import subject_of
from atiende_kit.errors import Unavailable
from atiende_kit.permissions import Permissions, nats_permissions
from atiende_kit.settings import NatsSettings
from dev.contracts.catalogue import contracts
from dev.stack.stack import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120, func_only=True)]
ADMINISTRATION = (
    *(f"$JS.API.STREAM.{verb}.EVT_CASES" for verb in ("DELETE", "PURGE", "CREATE", "UPDATE")),
    *(f"$JS.API.STREAM.{verb}.EVT_CASES" for verb in ("RESTORE", "SNAPSHOT", "MSG.GET")),
    "$JS.API.STREAM.NAMES",
    "$JS.API.CONSUMER.DELETE.EVT_CASES.routing-on-case-opened",
    "$SYS.REQ.SERVER.PING",
    "_INBOX.guess",
)
EAVESDROPPING = (">", "evt.>", "cmd.>", "dlq.>", "_INBOX.>", "$JS.>", "$SYS.>")


@pytest.mark.parametrize("service", contracts())
async def test_a_service_says_and_hears_only_what_it_declares(stack: Stack, service: str) -> None:
    allowed = nats_permissions(contracts().values())[service]
    foreign = {
        f"{subject_of(message)}.sanaurelio"
        for other in contracts().values()
        for message in other.publishes
        if f"{subject_of(message)}.*" not in allowed.publish
    }
    inboxes = {f"_INBOX_{other}.>" for other in contracts() if other != service}
    refused, client = await _connect(stack, service)
    try:
        for subject in {*foreign, *_outside(allowed)}:
            await client.publish(subject, b"{}")
        for subject in {*EAVESDROPPING, *inboxes}:
            await client.subscribe(subject)
        await client.flush()
        expected = len(foreign) + len(_outside(allowed)) + len(EAVESDROPPING) + len(inboxes)
        told = [await asyncio.wait_for(refused.get(), 10) for _ in range(expected)]
        assert all("permissions violation" in one for one in told)
        # What is its own is not refused: the flush would have brought the error.
        own = f"_INBOX_{service}.mine"
        await client.subscribe(own)
        await client.flush()
        assert refused.empty()
    finally:
        await client.close()


async def test_nobody_enters_without_a_password(stack: Stack) -> None:
    url = stack.endpoints().nats_url
    wrong = ({}, {"user": "cases", "password": "x"}, {"user": "operator", "password": " "})
    buses = [
        Bus.connect(NatsSettings.model_validate({"url": url, **given}), "cases") for given in wrong
    ]
    answers = await asyncio.gather(*(bus.start() for bus in buses), return_exceptions=True)
    assert [type(one) for one in answers] == [Unavailable] * len(wrong)


def _outside(allowed: Permissions) -> list[str]:
    return [one for one in ADMINISTRATION if one not in allowed.publish]


async def _connect(stack: Stack, service: str) -> tuple[asyncio.Queue[str], Any]:
    refused: asyncio.Queue[str] = asyncio.Queue()

    async def note(error: Exception) -> None:
        refused.put_nowait(str(error).lower())

    client = await nats.connect(
        stack.endpoints().nats_url,
        user=service,
        password=stack.context().credentials.secret(f"nats/{service}"),
        inbox_prefix=f"_INBOX_{service}",
        error_cb=note,
        allow_reconnect=False,
    )
    return refused, client
