"""Asking a process whether it is ready, and the system what it uses."""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
from pathlib import Path

from dev.stack.process import Ready

_PROC = Path("/proc")
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


async def is_ready(ready: Ready, within_seconds: float = 3.0) -> bool:
    """Connects to the port and, when a path is given, expects a status below 400."""
    try:
        async with asyncio.timeout(within_seconds):
            return await _ask(ready)
    except (OSError, TimeoutError, ValueError):
        return False


async def _ask(ready: Ready) -> bool:
    reader, writer = await asyncio.open_connection("127.0.0.1", ready.port)
    try:
        if ready.path is None:
            return True
        writer.write(f"GET {ready.path} HTTP/1.0\r\nHost: localhost\r\n\r\n".encode())
        await writer.drain()
        status = (await reader.readline()).split()
        return len(status) > 1 and int(status[1]) < 400  # noqa: PLR2004 -- HTTP's own line
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


def birth(pid: int) -> str | None:
    """Returns a mark of when the process began, so that a reused pid is not taken for it."""
    if _PROC.joinpath("self").exists():
        stat = _stat(pid)
        return stat[19] if stat and stat[0] != "Z" else None
    found = subprocess.run(
        ["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return found.stdout.strip() or None


def group_memory_bytes(leader: int) -> int:
    """Returns the resident memory of a process group: Keycloak's script and Java are one."""
    if not _PROC.joinpath("self").exists():
        found = subprocess.run(
            ["ps", "-o", "rss=", "-g", str(leader)], capture_output=True, text=True, check=False
        )
        return sum(int(line) * 1024 for line in found.stdout.split())
    total = 0
    for entry in _PROC.iterdir():
        if entry.name.isdigit():
            stat = _stat(int(entry.name))
            if stat and stat[2] == str(leader):
                total += int(stat[21]) * _PAGE_BYTES
    return total


def _stat(pid: int) -> list[str] | None:
    """Returns the fields of /proc/<pid>/stat from the third (state) on."""
    try:
        text = (_PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    return text.rpartition(")")[2].split()
