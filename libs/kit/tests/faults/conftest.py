"""What tests of faults share: disks of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dev.nemesis.disk import DiskUnavailable, LoopDisk


@pytest.fixture
def new_disk(tmp_path: Path) -> Iterator[Callable[[int], LoopDisk]]:
    """Makes a disk of so many megabytes; where none can be made the test is skipped, by name."""
    made: list[LoopDisk] = []

    def make(megabytes: int) -> LoopDisk:
        try:
            disk = LoopDisk(tmp_path / f"disk-{len(made)}", megabytes)
        except DiskUnavailable as error:
            pytest.skip(f"no disk of our own here ({error}): this fault was not tested")
        made.append(disk)
        return disk

    yield make
    for disk in made:
        disk.unmount()
