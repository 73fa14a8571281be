"""A disk of its own for a server under test: its power can be cut, and it can be filled.

A cut copies the image as it stands, without letting the file system write what it still holds in
memory, and mounts the copy in its place: what a host loses when it goes dark. It needs root and
loop devices; torn sectors and disks that lie about their cache are not modelled.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path


class DiskUnavailable(Exception):  # noqa: N818 -- it says what is not there
    """This machine does not let us make a disk."""


class LoopDisk:
    """An ext4 file system in a file, mounted.

    Args:
        folder: Where image and mount point are made.
        megabytes: Size of the image.

    Raises:
        DiskUnavailable: No root, no loop devices or no tools.
    """

    def __init__(self, folder: Path, megabytes: int = 1024) -> None:
        self.root = folder / "disk"
        self._folder = folder
        self._image = folder / "disk-0.img"
        self._cuts = 0
        if os.geteuid() != 0 or shutil.which("mkfs.ext4", path=_PATH) is None:
            raise DiskUnavailable("root and mkfs.ext4 are needed")
        folder.mkdir(parents=True, exist_ok=True)
        self.root.mkdir()
        with self._image.open("wb") as image:
            image.truncate(megabytes * 2**20)
        try:
            _run("mkfs.ext4", "-q", "-F", os.fspath(self._image))
            self._mount()
        except subprocess.CalledProcessError as error:
            raise DiskUnavailable(error.stderr.decode(errors="replace").strip()) from error

    def cut(self) -> None:
        """Lose everything that was not on the disk; whoever wrote to it must be dead already."""
        self._cuts += 1
        copy = self._folder / f"disk-{self._cuts}.img"
        _run("cp", "--sparse=always", os.fspath(self._image), os.fspath(copy))
        self.unmount()
        self._image.unlink()
        self._image = copy
        self._mount()

    def sync(self) -> None:
        """Write to the disk what the file system still holds, as minutes of quiet would."""
        _run("sync", "-f", os.fspath(self.root))

    def fill(self) -> None:
        """Use all room that is left."""
        with (self.root / "filler").open("ab", buffering=0) as filler:
            for size in (2**20, 2**12):
                try:
                    while True:
                        filler.write(b"\0" * size)
                except OSError:
                    continue

    def free(self) -> None:
        """Give the room back."""
        (self.root / "filler").unlink(missing_ok=True)

    def unmount(self) -> None:
        """Take it away; safe to call twice."""
        if self.root.is_mount():
            _run("umount", os.fspath(self.root))

    def _mount(self) -> None:
        _run("mount", "-o", "loop", os.fspath(self._image), os.fspath(self.root))


_PATH = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"


def _run(*command: str) -> None:
    program = shutil.which(command[0], path=_PATH) or command[0]
    subprocess.run((program, *command[1:]), check=True, capture_output=True)
