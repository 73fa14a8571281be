"""Taking a backup of a city at work; nothing is stopped or locked for it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bson.codec_options import CodecOptions
from bson.raw_bson import RawBSONDocument
from nats.aio.client import Client as Nats
from nats.js import JetStreamContext
from nats.js.errors import NotFoundError
from pymongo import AsyncMongoClient
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.errors import OperationFailure

from atiende_kit.contract import DLQ_STREAM, ServiceContract
from atiende_kit.outbox import KEPT_SECONDS
from atiende_setup.backup.archive import Manifest, Parts

Mongo = AsyncMongoClient[dict[str, Any]]
Tell = Callable[[str], None]

_RAW = CodecOptions(document_class=RawBSONDocument)
_TRIES = 50
_LONGEST_LOOK_SECONDS = 0.8 * KEPT_SECONDS
_TOO_OLD = 239
_PARTIAL = ".partial"


class TooSlow(Exception):  # noqa: N818 -- it says what happened
    """Bus or database answered too slowly to fix one moment of both: come back at a calmer time."""


class TookTooLong(Exception):  # noqa: N818 -- it says what happened
    """The database keeps its past for a shorter time than reading it took."""


class NothingThere(Exception):  # noqa: N818 -- it says what happened
    """The databases are empty: no service has started yet."""


@dataclass(frozen=True)
class Cut:
    """One moment of databases and bus.

    Attributes:
        session: Reads the databases as they were.
        sequences: By stream, the last message that was published before.
    """

    session: AsyncClientSession
    sequences: dict[str, int]


async def take(
    mongo: Mongo,
    nats: Nats,
    contracts: Sequence[ServiceContract],
    databases: Sequence[str],
    folder: Path,
    tell: Tell,
) -> Manifest:
    """Write a backup into a new folder.

    Args:
        mongo: Connected as administrator, to a replica set.
        nats: Connected as operator.
        contracts: Of all services: whose consumers must hear again what they had not heard.
        databases: To be kept.
        folder: Made here; until it is complete its name ends in `.partial`.
        tell: Is told what was written.

    Returns:
        What the folder holds.

    Raises:
        FileExistsError: The folder is there already.
        NothingThere: No service has made its collections yet.
        nats.js.errors.NotFoundError: Streams or consumers were not made yet.
        TooSlow: No moment could be fixed.
        TookTooLong: The snapshot was gone before all was read.
    """
    js = nats.jetstream()
    names = await _collections(mongo, databases)
    heard = await _heard(js, contracts)
    partial = _begin(folder)
    collections, streams = Parts(partial), Parts(partial)
    async with _cut(mongo, js, [*heard], names[0]) as cut:
        taken = datetime.now(UTC)
        try:
            for database, name in names:
                await _write_collection(mongo, cut, database, name, collections)
        except OperationFailure as error:
            if error.code == _TOO_OLD:
                raise TookTooLong(
                    "reading took longer than the database keeps its past: raise its "
                    "minSnapshotHistoryWindowInSeconds (default 300) and take the backup again"
                ) from error
            raise
        for stream, after in heard.items():
            await _write_stream(js, stream, after + 1, cut.sequences[stream], streams)
    manifest = Manifest(
        taken.isoformat(timespec="milliseconds"), collections.done, streams.done, cut.sequences
    )
    manifest.save(partial)
    partial.rename(folder)
    tell(f"{manifest.documents} documents and {manifest.events} unheard events in {folder}")
    return manifest


def _begin(folder: Path) -> Path:
    if folder.exists():
        raise FileExistsError(f"{folder} is there already")
    partial = folder.with_name(folder.name + _PARTIAL)
    partial.mkdir(parents=True, mode=0o700)
    return partial


async def _collections(mongo: Mongo, databases: Sequence[str]) -> list[tuple[str, str]]:
    found = [
        (database, name)
        for database in databases
        for name in sorted(await mongo[database].list_collection_names())
        if not name.startswith("system.")
    ]
    if not found:
        raise NothingThere(f"no collection in {', '.join(databases)}")
    return found


async def _heard(js: JetStreamContext, contracts: Sequence[ServiceContract]) -> dict[str, int]:
    """Up to where each stream was heard by all; read before the moment, so it is never too far.

    Dead letters are kept whole: nobody hears them, people work them off.
    """
    floors: dict[str, int] = {DLQ_STREAM: 0}
    for contract in contracts:
        for consume in contract.consumes:
            info = await js.consumer_info(consume.stream, consume.durable)
            floor = info.ack_floor.stream_seq if info.ack_floor else 0
            floors[consume.stream] = min(floors.get(consume.stream, floor), floor)
    return floors


@asynccontextmanager
async def _cut(
    mongo: Mongo, js: JetStreamContext, streams: Sequence[str], first: tuple[str, str]
) -> AsyncIterator[Cut]:
    """Fixes one moment of the databases, right after a look at where the bus stands.

    What was on the bus at the look was written before the snapshot. What was published between the
    look and the snapshot is still in its outbox, where relays leave it for `KEPT_SECONDS`, so it is
    not taken from the bus as well. No two clocks are compared.
    """
    database, name = first
    for _ in range(_TRIES):
        began = time.monotonic()
        sequences = await _sequences(js, streams)
        async with mongo.start_session(snapshot=True) as session:
            await mongo[database][name].find_one({}, {"_id": 1}, session=session)
            if time.monotonic() - began < _LONGEST_LOOK_SECONDS:
                yield Cut(session, sequences)
                return
    raise TooSlow(
        f"looking at the bus took longer than {_LONGEST_LOOK_SECONDS} s in {_TRIES} tries; "
        "take the backup at a calmer time"
    )


async def _sequences(js: JetStreamContext, streams: Sequence[str]) -> dict[str, int]:
    found = await asyncio.gather(*(js.stream_info(name) for name in streams))
    return {name: info.state.last_seq for name, info in zip(streams, found, strict=True)}


async def _write_collection(mongo: Mongo, cut: Cut, database: str, name: str, parts: Parts) -> None:
    collection = mongo[database].get_collection(name, codec_options=_RAW)
    with parts.part(f"{database}.{name}") as part:
        async for document in collection.find({}, session=cut.session):
            part.write(document)


async def _write_stream(
    js: JetStreamContext, stream: str, start: int, end: int, parts: Parts
) -> None:
    with parts.part(stream) as part:
        sequence = start
        while sequence <= end:
            try:
                message = await js.get_msg(stream, sequence, subject=">", next=True)
            except NotFoundError:
                return
            if message.seq is None or message.seq > end:
                return
            part.write(
                {
                    "subject": message.subject,
                    "headers": dict(message.headers or {}),
                    "data": message.data or b"",
                }
            )
            sequence = message.seq + 1
