"""The commands: what they connect to, and which backups they keep."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from nats import connect
from nats.aio.client import Client as Nats
from pymongo import AsyncMongoClient

from atiende_setup.backup.archive import ArchiveDamaged, Manifest
from atiende_setup.backup.restore import NotEmpty, restore
from atiende_setup.backup.take import NeverQuiet, take
from atiende_setup.contracts import SERVICES, contracts
from atiende_setup.settings import BackupSettings

_NAME = "atiende-%Y%m%dT%H%M%SZ"
_PATTERN = "atiende-????????T??????Z"
REFUSED = (ArchiveDamaged, NotEmpty, NeverQuiet, FileExistsError)
"""What the commands say in one line, without a traceback."""

Work = Callable[[AsyncMongoClient[dict[str, Any]], Nats], Awaitable[Manifest]]


def take_backup(root: Path, keep: int) -> Path:
    """Makes `atiende-<UTC>` below a folder, then removes what is older than the newest `keep`.

    Args:
        root: Of all backups.
        keep: How many to keep; 0 keeps all. Nothing is removed unless this one was finished.
    """
    folder = root / datetime.now(UTC).strftime(_NAME)
    databases = [f"atiende_{name}" for name in SERVICES]
    _run(lambda mongo, nats: take(mongo, nats, contracts(), databases, folder, _tell))
    if keep:
        for old in sorted(root.glob(_PATTERN))[:-keep]:
            shutil.rmtree(old)
            _tell(f"removed {old}")
    for unfinished in root.glob(f"{_PATTERN}.partial"):
        shutil.rmtree(unfinished)
    return folder


def restore_backup(folder: Path) -> Manifest:
    """Puts a backup onto the servers of the environment."""
    return _run(lambda mongo, nats: restore(mongo, nats, folder, _tell))


def _run(work: Work) -> Manifest:
    settings = BackupSettings()  # type: ignore[call-arg]  # from the environment

    async def connected() -> Manifest:
        mongo = AsyncMongoClient[dict[str, Any]](
            settings.mongo_url.get_secret_value(), w="majority"
        )
        nats = await connect(
            settings.nats_url.split(","),
            user=settings.nats_user,
            password=settings.nats_password.get_secret_value(),
            name="backup",
            allow_reconnect=False,
        )
        try:
            return await work(mongo, nats)
        finally:
            await nats.close()
            await mongo.close()

    return asyncio.run(connected())


def _tell(line: str) -> None:
    print(line, flush=True)
