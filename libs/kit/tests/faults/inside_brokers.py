"""Three brokers, the leader of a stream cut off from the others; see `test_broker_partition`."""

from __future__ import annotations

import asyncio
import contextlib
import time

import nats
import pytest
from nats.js.api import StreamConfig

from atiende_kit.testing.servers import NatsReplicas
from dev.nemesis.network import Harm, harmed, parted

pytestmark = [pytest.mark.integration, pytest.mark.timeout(240, func_only=True)]
ROUNDS = 3
CUT_SECONDS = 15.0
WRITERS = 6
UNHEARD = 40
PAUSE_SECONDS = 0.02
BACK_WITHIN_SECONDS = 20.0


@pytest.fixture
def replicas(tmp_path):
    servers = NatsReplicas(tmp_path)
    servers.start()
    yield servers
    servers.kill()


class Writer:
    """Publishes on one connection; whoever gets no acknowledgement says the same once more."""

    def __init__(self, number: int, client: nats.NATS) -> None:
        self.number = number
        self.client = client
        self.acked: list[str] = []
        self.times: list[float] = []

    @property
    def server(self) -> int:
        """The port it talks to."""
        return self.client.connected_url.port

    async def write(self) -> None:
        stream = self.client.jetstream(timeout=2)
        while True:
            body = f"{self.number}-{len(self.acked)}"
            with contextlib.suppress(nats.errors.Error):
                await stream.publish("cut.things", body.encode(), headers={"Nats-Msg-Id": body})
                self.acked.append(body)
                self.times.append(time.monotonic())
            await asyncio.sleep(PAUSE_SECONDS)

    async def goes_on(self) -> float:
        """How long from now until the next acknowledgement."""
        began, before = time.monotonic(), len(self.acked)
        async with asyncio.timeout(60):
            while len(self.acked) == before:
                await asyncio.sleep(PAUSE_SECONDS)
        return time.monotonic() - began


async def test_what_a_broker_acknowledged_outlives_its_being_cut_off(replicas):
    async with contextlib.AsyncExitStack() as ends:
        writers = []
        for number in range(WRITERS):
            url = replicas.urls[number % len(replicas.urls)]
            client = await nats.connect(url, max_reconnect_attempts=-1)
            ends.push_async_callback(client.close)
            writers.append(Writer(number, client))
        await _stream(writers[0].client)
        tasks = [asyncio.create_task(one.write()) for one in writers]
        await asyncio.gather(*(one.goes_on() for one in writers))
        unheard: set[str] = set()
        for turn in range(ROUNDS):
            leader = await _leader(writers)
            cut_off = [one for one in writers if one.server == replicas.members[leader].port]
            others = [one for one in writers if one not in cut_off]
            with _alone(replicas, leader):
                unheard |= await _say_without_listening(cut_off[0].client, turn)
                gap = max(await asyncio.gather(*(one.goes_on() for one in others)))
                await asyncio.sleep(CUT_SECONDS - gap)
            healed = time.monotonic()
            back = max(await asyncio.gather(*(one.goes_on() for one in writers)))
            print(f"R4: {leader} led and was cut off {CUT_SECONDS:.0f} s: the others went on "  # noqa: T201 - figures for docs/reliability.md
                  f"after {gap:.1f} s, all {back:.1f} s after it healed")  # fmt: skip
            assert back <= BACK_WITHIN_SECONDS
            # A leader that does not know yet that it leads nobody acknowledges nothing.
            assert all(_silent(one, healed) for one in cut_off)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        stored = await _stored(writers[0].client)
        acked = {body for one in writers for body in one.acked}
        print(f"R4: {len(acked)} acknowledged, {len(acked - set(stored))} lost")  # noqa: T201 - as above
        assert acked - set(stored) == set()
        assert len(stored) == len(set(stored))
        # Negative control: what nobody waited for was lost, so the test can see a loss.
        assert unheard - set(stored) != set()


async def _stream(client: nats.NATS) -> None:
    """Made as soon as the brokers have agreed who leads them."""
    config = StreamConfig("CUT", subjects=["cut.>"], num_replicas=3)
    async with asyncio.timeout(60):
        while True:
            with contextlib.suppress(nats.errors.Error):
                await client.jetstream(timeout=2).add_stream(config)
                return
            await asyncio.sleep(PAUSE_SECONDS)


async def _leader(writers: list[Writer]) -> str:
    async with asyncio.timeout(60):
        while True:
            with contextlib.suppress(nats.errors.Error):
                info = await writers[0].client.jetstream(timeout=2).stream_info("CUT")
                if info.cluster and info.cluster.leader:
                    return info.cluster.leader
            await asyncio.sleep(PAUSE_SECONDS)


@contextlib.contextmanager
def _alone(replicas: NatsReplicas, name: str):
    """One broker does not hear the others; its clients it does."""
    others = (port for other, port in replicas.routes.items() if other != name)
    pid = replicas.members[name].pid
    with harmed(replicas.routes[name], Harm.CUT), parted(pid, *others):
        yield


async def _say_without_listening(client: nats.NATS, turn: int) -> set[str]:
    said = {f"unheard-{turn}-{number}" for number in range(UNHEARD)}
    for body in said:
        await client.publish("cut.things", body.encode())
    await client.flush()
    return said


def _silent(writer: Writer, until: float) -> bool:
    """Nothing was acknowledged to it from soon after the cut until it healed."""
    began = until - CUT_SECONDS + 1.0
    return not [at for at in writer.times if began <= at <= until]


async def _stored(client: nats.NATS) -> list[str]:
    stream = client.jetstream(timeout=5)
    state = (await stream.stream_info("CUT")).state
    return [
        (await stream.get_msg("CUT", sequence)).data.decode()
        for sequence in range(state.first_seq, state.last_seq + 1)
    ]
