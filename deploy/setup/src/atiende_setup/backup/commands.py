"""The commands: what they connect to, and which backups they keep."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from socket import gaierror
from typing import Any

from nats import connect
from nats.aio.client import Client as Nats
from nats.errors import NoServersError
from nats.js.errors import NotFoundError
from pymongo import AsyncMongoClient
from pymongo.errors import OperationFailure, ServerSelectionTimeoutError

from atiende_setup.backup.archive import ArchiveDamaged, Manifest
from atiende_setup.backup.restore import NotEmpty, restore
from atiende_setup.backup.take import NothingThere, TookTooLong, TooSlow, take
from atiende_setup.contracts import SERVICES, contracts
from atiende_setup.patience import await_server
from atiende_setup.settings import BackupSettings

_NAME = "atiende-%Y%m%dT%H%M%SZ"
_PATTERN = "atiende-????????T??????Z"
REFUSED = (ArchiveDamaged, NotEmpty, TooSlow, TookTooLong, FileExistsError)
"""What the commands say in one line, without a traceback."""
_AWAY = (NoServersError, ConnectionError, gaierror, TimeoutError, ServerSelectionTimeoutError)
"""What is seen while servers start. Not every `OSError`: a folder may refuse to be written to."""
_NOT_YET = (*_AWAY, OperationFailure, NotFoundError, NothingThere)
"""What is seen while a new install makes its users, streams and collections."""

Work = Callable[[AsyncMongoClient[dict[str, Any]], Nats], Awaitable[Manifest]]


def take_backup(root: Path, keep: int) -> Path:
    """Makes `atiende-<UTC>` below a folder, then removes what is older than the newest `keep`.

    Args:
        root: Of all backups.
        keep: How many to keep; 0 keeps all. Nothing is removed unless this one was finished.

    Returns:
        The new folder.

    Raises:
        One of `REFUSED`: Nothing was written that counts.
    """
    folder = root / datetime.now(UTC).strftime(_NAME)
    databases = [f"atiende_{name}" for name in SERVICES]
    _run(lambda mongo, nats: take(mongo, nats, contracts(), databases, folder, _tell), _NOT_YET)
    if keep:
        for old in sorted(root.glob(_PATTERN))[:-keep]:
            shutil.rmtree(old)
            _tell(f"removed {old}")
    # Another one may be under way; what is older than a day never ended.
    yesterday = (datetime.now(UTC) - timedelta(days=1)).strftime(_NAME)
    for unfinished in root.glob(f"{_PATTERN}.partial"):
        if unfinished.name < yesterday:
            shutil.rmtree(unfinished)
    return folder


def restore_backup(folder: Path) -> Manifest:
    """Puts a backup onto the servers of the environment."""
    return _run(lambda mongo, nats: restore(mongo, nats, folder, _tell), _AWAY)


def _run(work: Work, away: tuple[type[Exception], ...]) -> Manifest:
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

    return await_server("the city", lambda: asyncio.run(connected()), away)


def _tell(line: str) -> None:
    print(line, flush=True)
