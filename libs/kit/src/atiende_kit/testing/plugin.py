"""Pytest plugin of the project: one level marker per test, and real servers as fixtures.

Fixtures: `mongo_server`, `nats_server` (handles that can be killed and started), `mongo_url`,
`nats_url`, `mongo_settings`, `database` (fresh, on the real server), `bus_for` (bus on the real
server with the streams of the given contracts).
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Protocol

import hypothesis
import pytest
import pytest_asyncio
import pytest_socket

from atiende_kit.ids import new_id

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from atiende_kit.bus import Bus
    from atiende_kit.contract import ServiceContract
    from atiende_kit.settings import MongoSettings
    from atiende_kit.store import Database
    from atiende_kit.testing.servers import MongoServer, NatsServer


class BusMaker(Protocol):
    """What the fixture `bus_for` is."""

    async def __call__(self, *contracts: ServiceContract) -> Bus:
        """Provision the contracts and connect as the first one's service."""
        ...


# How fast inputs come says how busy the machine is and nothing of the code; deadlines likewise.
hypothesis.settings.register_profile(
    "atiende", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("atiende")

LEVELS = frozenset({"unit", "contract", "integration", "component", "e2e", "cluster", "repo"})


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Refuses a test without exactly one level marker.

    Raises:
        pytest.UsageError: a test has none or several levels.
    """
    for item in items:
        levels = {mark.name for mark in item.iter_markers()} & LEVELS
        if len(levels) != 1:
            raise pytest.UsageError(
                f"{item.nodeid}: one level marker wanted, found {levels or 'none'}"
            )


@pytest.hookimpl(trylast=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Switch the network off for unit tests."""
    if item.get_closest_marker("unit"):
        # The event loop wakes itself through a pair of Unix sockets.
        pytest_socket.disable_socket(allow_unix_socket=True)


def pytest_runtest_teardown(item: pytest.Item) -> None:
    """Switch the network on again."""
    if item.get_closest_marker("unit"):
        pytest_socket.enable_socket()


@pytest.fixture(scope="session")
def mongo_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MongoServer]:
    """A real mongod, replica set of one, for the whole run."""
    from atiende_kit.testing.servers import MongoServer

    server = MongoServer(tmp_path_factory.mktemp("mongo"))
    server.start()
    yield server
    server.kill()


@pytest.fixture(scope="session")
def nats_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NatsServer]:
    """A real nats-server with JetStream, for the whole run."""
    from atiende_kit.testing.servers import NatsServer

    server = NatsServer(tmp_path_factory.mktemp("nats"))
    server.start()
    yield server
    server.kill()


@pytest.fixture(scope="session")
def mongo_url(mongo_server: MongoServer) -> str:
    """Connection string of the real mongod."""
    return mongo_server.url


@pytest.fixture(scope="session")
def nats_url(nats_server: NatsServer) -> str:
    """Address of the real nats-server."""
    return nats_server.url


@pytest.fixture
def mongo_settings(mongo_url: str) -> MongoSettings:
    """Settings of a database that no other test uses; the driver follows ATIENDE_MONGO__DRIVER."""
    from atiende_kit.settings import MongoSettings

    return MongoSettings.model_validate(
        {
            "url": mongo_url,
            "database": f"test-{new_id()}",
            "driver": os.environ.get("ATIENDE_MONGO__DRIVER", "motor"),
        }
    )


@pytest_asyncio.fixture(loop_scope="session")
async def database(mongo_settings: MongoSettings) -> AsyncIterator[Database]:
    """A fresh Database on the real mongod; dropped afterwards."""
    from atiende_kit.store import Database
    from atiende_kit.store.mongo import MongoBackend

    backend = MongoBackend(mongo_settings)
    fresh = Database(backend)
    await fresh.start()
    yield fresh
    await backend.drop()
    await fresh.close()


@pytest_asyncio.fixture(loop_scope="session")
async def bus_for(nats_url: str) -> AsyncIterator[BusMaker]:
    """A maker of started buses on the real server: await it with one or more contracts.

    The streams and consumers of the given contracts are made new; the bus belongs to the first.
    Streams of earlier tests are gone.
    """
    from atiende_kit.bus import Bus
    from atiende_kit.provision import provision
    from atiende_kit.settings import NatsSettings

    buses: list[Bus] = []

    async def clean(bus: Bus) -> None:
        for stream in await bus.jetstream.streams_info():
            await bus.jetstream.delete_stream(str(stream.config.name))

    async def make(*contracts: ServiceContract) -> Bus:
        bus = Bus.connect(NatsSettings(url=nats_url), contracts[0].name)
        await bus.start()
        if not buses:
            await clean(bus)
        buses.append(bus)
        await provision(bus.jetstream, contracts)
        return bus

    yield make
    if buses:
        await clean(buses[0])
    for bus in buses:
        await bus.stop()
