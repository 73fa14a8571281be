"""One cluster with one installed platform for all tests here; they run in the order of the file."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from dev.cluster.build import ClusterUnavailable
from dev.cluster.cluster import Cluster
from dev.cluster.release import Release
from tests.cluster.citizens import Citizens


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A fresh cluster."""
    one = Cluster()
    try:
        one.prepare()
    except ClusterUnavailable as missing:
        pytest.skip(f"no cluster on this machine: {missing}")
    one.clean()
    one.up()
    yield one
    one.clean()


@pytest.fixture(scope="session")
def release(cluster: Cluster) -> Release:
    """The platform, installed by one command with one values file."""
    made = Release(cluster)
    made.install()
    return made


@pytest.fixture(scope="session")
def citizens(release: Release) -> Iterator[Citizens]:
    """People who come in by the front door."""
    people = Citizens()
    yield people
    people.close()
