"""Putting a backup onto empty servers, before the services start."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import bson
from nats.aio.client import Client as Nats
from pymongo import AsyncMongoClient

from atiende_setup.backup.archive import Manifest, read_part

_BATCH_BYTES = 8 * 1024 * 1024


class NotEmpty(Exception):  # noqa: N818 -- it says what happened
    """The servers hold data already; a restore never mixes two pasts."""


async def restore(
    mongo: AsyncMongoClient[dict[str, Any]], nats: Nats, folder: Path, tell: Callable[[str], None]
) -> Manifest:
    """Write a backup back.

    Users and streams must have been made (`mongo`, `streams`), and no service may run yet; indexes
    may be there.

    Args:
        mongo: Connected as administrator.
        nats: Connected as operator.
        folder: Of the backup.
        tell: Is told what was written.

    Returns:
        What was written.

    Raises:
        ArchiveDamaged: The folder is incomplete or was changed; nothing was written.
        NotEmpty: A collection or stream holds something; nothing was written.
    """
    manifest = Manifest.load(folder)
    manifest.check(folder)
    await _check_empty(mongo, nats, manifest)
    for name in manifest.collections:
        database, collection = name.split(".", 1)
        target = mongo[database][collection]
        for batch in read_part(folder, name, _BATCH_BYTES):
            await target.insert_many(batch, ordered=False)
    tell(f"{manifest.documents} documents")
    js = nats.jetstream()
    for stream in manifest.streams:
        for batch in read_part(folder, stream, _BATCH_BYTES):
            for raw in batch:
                one = bson.decode(raw.raw)
                await js.publish(
                    one["subject"], bytes(one["data"]), headers=one["headers"], stream=stream
                )
    tell(f"{manifest.events} events that somebody had not heard")
    return manifest


async def _check_empty(
    mongo: AsyncMongoClient[dict[str, Any]], nats: Nats, manifest: Manifest
) -> None:
    for name in manifest.collections:
        database, collection = name.split(".", 1)
        if await mongo[database][collection].find_one({}, {"_id": 1}) is not None:
            raise NotEmpty(f"{name} is not empty: restore onto a new database")
    js = nats.jetstream()
    for stream in manifest.streams:
        if (await js.stream_info(stream)).state.messages:
            raise NotEmpty(f"stream {stream} is not empty: restore onto a new bus")
