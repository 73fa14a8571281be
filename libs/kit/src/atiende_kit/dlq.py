"""Dead letters: see them, send them again, discard them.

`python -m atiende_kit.dlq list|replay|discard|collect` as the bus's operator. Bodies are never
shown: they may hold what a citizen wrote.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Annotated, TypeVar

import typer
from nats import connect
from nats.errors import TimeoutError as NatsTimeoutError
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy, RawStreamMsg
from nats.js.errors import NotFoundError
from rich.console import Console
from rich.table import Table

from atiende_kit.bus.delivery import MESSAGE_ID, TENANT_HEADER
from atiende_kit.contract import ADVISORY_STREAM, DLQ_STREAM
from atiende_kit.errors import NotFound
from atiende_kit.ids import new_id
from atiende_kit.telemetry import get_logger

log = get_logger("atiende_kit.dlq")
R = TypeVar("R")

_PREFIX = "atiende-dlq-"
_BATCH = 200
_WAIT_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """What is told of a dead letter; nothing of its content."""

    sequence: int
    time: str
    durable: str
    tenant: str
    subject: str
    type: str
    event_id: str
    reason: str
    error: str
    attempts: int

    @classmethod
    def of(cls, sequence: int, subject: str, headers: Mapping[str, str]) -> "DeadLetter":
        """Read the headers that the worker wrote."""
        return cls(
            sequence=sequence,
            time=headers.get(f"{_PREFIX}time", ""),
            durable=headers.get(f"{_PREFIX}durable", ""),
            tenant=headers.get(TENANT_HEADER) or subject.rsplit(".", 1)[-1],
            subject=headers.get(f"{_PREFIX}subject", ""),
            type=headers.get("ce-type", ""),
            event_id=headers.get("ce-id", ""),
            reason=headers.get(f"{_PREFIX}reason", ""),
            error=headers.get(f"{_PREFIX}error", ""),
            attempts=int(headers.get(f"{_PREFIX}attempts", "0")),
        )


async def list_dead_letters(
    js: JetStreamContext, *, service: str = "*", durable: str = "*", tenant: str = "*"
) -> list[DeadLetter]:
    """Return the dead letters, oldest first; only headers are read."""
    subject = f"dlq.{service}.{durable}.{tenant}"
    return [
        DeadLetter.of(sequence, found, headers)
        for sequence, found, headers, _ in await _read(js, DLQ_STREAM, subject, headers_only=True)
    ]


async def replay(js: JetStreamContext, sequence: int) -> DeadLetter:
    """Publish a dead letter to its subject once more, then remove it.

    Every consumer of that subject sees it; they are idempotent by the event id, which stays.

    Raises:
        NotFound: There is none of that number.
    """
    raw = await _get(js, DLQ_STREAM, sequence)
    headers = dict(raw.headers or {})
    letter = DeadLetter.of(sequence, raw.subject or "", headers)
    kept = {k: v for k, v in headers.items() if not k.startswith(_PREFIX)}
    # A new id: within the window the stream would drop the old one as a duplicate.
    kept[MESSAGE_ID] = f"replay/{sequence}/{new_id()}"
    await js.publish(letter.subject, raw.data or b"", headers=kept)
    await js.delete_msg(DLQ_STREAM, sequence)
    log.info("dead letter replayed", sequence=sequence, event_id=letter.event_id)
    return letter


async def discard(js: JetStreamContext, sequence: int, reason: str) -> DeadLetter:
    """Remove a dead letter for good; who reads the log learns why.

    Raises:
        NotFound: There is none of that number.
    """
    raw = await _get(js, DLQ_STREAM, sequence)
    letter = DeadLetter.of(sequence, raw.subject or "", raw.headers or {})
    log.warning(
        "dead letter discarded",
        sequence=sequence,
        event_id=letter.event_id,
        type=letter.type,
        durable=letter.durable,
        reason=reason,
    )
    await js.delete_msg(DLQ_STREAM, sequence)
    return letter


async def collect(js: JetStreamContext) -> int:
    """Move messages that the server gave up on into the dead letters; return how many.

    A message that kills its worker on every attempt never reaches a verdict. The server stops
    delivering it and says so in an advisory, which this reads.
    """
    moved = 0
    for sequence, _, _, body in await _read(js, ADVISORY_STREAM, ">", headers_only=False):
        advisory = json.loads(body)
        stream, place = advisory["stream"], int(advisory["stream_seq"])
        durable = advisory["consumer"]
        # Gone means: aged out, or a command that was obeyed after all.
        with suppress(NotFound):
            raw = await _get(js, stream, place)
            subject = raw.subject or ""
            headers = {
                **(raw.headers or {}),
                MESSAGE_ID: f"dlq/{durable}/{place}/exhausted",
                f"{_PREFIX}subject": subject,
                f"{_PREFIX}stream": stream,
                f"{_PREFIX}sequence": str(place),
                f"{_PREFIX}durable": durable,
                f"{_PREFIX}attempts": str(advisory["deliveries"]),
                f"{_PREFIX}reason": "MAX_DELIVERIES",
                f"{_PREFIX}error": "",
                f"{_PREFIX}time": str(advisory["timestamp"]),
            }
            service, tenant = durable.split("-", 1)[0], subject.rsplit(".", 1)[-1]
            await js.publish(f"dlq.{service}.{durable}.{tenant}", raw.data or b"", headers=headers)
            if stream.startswith("CMD_"):
                await js.delete_msg(stream, place)
            moved += 1
        await js.delete_msg(ADVISORY_STREAM, sequence)
    return moved


async def _get(js: JetStreamContext, stream: str, sequence: int) -> RawStreamMsg:
    try:
        return await js.get_msg(stream, sequence)
    except NotFoundError as error:
        raise NotFound("DEAD_LETTER_NOT_FOUND", f"No hay mensaje {sequence}.") from error


async def _read(
    js: JetStreamContext, stream: str, subject: str, *, headers_only: bool
) -> list[tuple[int, str, Mapping[str, str], bytes]]:
    """Read a stream once, in batches, leaving no trace on it."""
    config = ConsumerConfig(
        ack_policy=AckPolicy.NONE,
        deliver_policy=DeliverPolicy.ALL,
        headers_only=headers_only,
        filter_subject=subject,
        inactive_threshold=30.0,
        mem_storage=True,
    )
    name = f"read-{new_id()}"
    config.name = name
    info = await js.add_consumer(stream, config)
    left = info.num_pending or 0
    found: list[tuple[int, str, Mapping[str, str], bytes]] = []
    subscription = await js.pull_subscribe_bind(name, stream=stream)
    try:
        while left > 0:
            try:
                batch = await subscription.fetch(min(left, _BATCH), timeout=_WAIT_SECONDS)
            except NatsTimeoutError:
                break  # removed by somebody else meanwhile
            left -= len(batch)
            found += [
                (one.metadata.sequence.stream, one.subject, one.headers or {}, one.data)
                for one in batch
            ]
    finally:
        await subscription.unsubscribe()
        with suppress(NotFoundError):
            await js.delete_consumer(stream, name)
    return found


app = typer.Typer(
    name="dlq", help="Dead letters of the bus: list, replay, discard.", no_args_is_help=True
)
Url = Annotated[str, typer.Option(envvar="ATIENDE_NATS__URL", help="Servers.")]
User = Annotated[str, typer.Option(envvar="ATIENDE_NATS__USER", help="The bus's operator.")]
Password = Annotated[str, typer.Option(envvar="ATIENDE_NATS__PASSWORD", help="Its password.")]
Sequences = Annotated[list[int], typer.Argument(help="Numbers as `list` shows them.")]
_URL = "nats://127.0.0.1:4222"


def _with_bus(
    url: str, user: str, password: str, work: Callable[[JetStreamContext], Awaitable[R]]
) -> R:
    async def run() -> R:
        client = await connect(
            url.split(","), user=user or None, password=password or None, name="atiende-dlq"
        )
        try:
            return await work(client.jetstream())
        finally:
            await client.close()

    return asyncio.run(run())


@app.command("list")
def list_command(
    url: Url = _URL,
    user: User = "",
    password: Password = "",
    service: str = "*",
    durable: str = "*",
    tenant: str = "*",
) -> None:
    """Show what waits; tab-separated when the output is no terminal."""
    letters = _with_bus(
        url,
        user,
        password,
        lambda js: list_dead_letters(js, service=service, durable=durable, tenant=tenant),
    )
    show(letters, Console())


def show(letters: list[DeadLetter], console: Console) -> None:
    """Print dead letters as a table, or plainly when nobody looks at it."""
    columns = [
        "sequence",
        "time",
        "durable",
        "tenant",
        "type",
        "event_id",
        "reason",
        "error",
        "attempts",
    ]
    rows = [[str(getattr(letter, name)) for name in columns] for letter in letters]
    if not console.is_terminal:
        for row in [columns, *rows]:
            typer.echo("\t".join(row))
        return
    table = Table(*columns, title=f"{len(letters)} dead letters")
    for row in rows:
        table.add_row(*row)
    console.print(table)


@app.command("replay")
def replay_command(
    sequences: Sequences, url: Url = _URL, user: User = "", password: Password = ""
) -> None:
    """Send dead letters to their subject again."""
    _each(url, user, password, sequences, replay, "replayed")


@app.command("discard")
def discard_command(
    sequences: Sequences,
    reason: Annotated[str, typer.Option(help="Why; goes to the log.")],
    url: Url = _URL,
    user: User = "",
    password: Password = "",
) -> None:
    """Remove dead letters for good."""
    _each(url, user, password, sequences, lambda js, one: discard(js, one, reason), "discarded")


@app.command("collect")
def collect_command(url: Url = _URL, user: User = "", password: Password = "") -> None:
    """Take up what the server itself gave up on."""
    typer.echo(f"{_with_bus(url, user, password, collect)} collected")


def _each(
    url: str,
    user: str,
    password: str,
    sequences: list[int],
    act: Callable[[JetStreamContext, int], Awaitable[DeadLetter]],
    done: str,
) -> None:
    async def work(js: JetStreamContext) -> list[int]:
        missing: list[int] = []
        for sequence in sequences:
            try:
                letter = await act(js, sequence)
            except NotFound:
                missing.append(sequence)
                continue
            typer.echo(f"{done} {sequence} {letter.type} {letter.event_id}")
        return missing

    missing = _with_bus(url, user, password, work)
    if missing:
        typer.echo(f"not there: {', '.join(map(str, missing))}", err=True)
        raise typer.Exit(1)


if __name__ == "__main__":
    app()
