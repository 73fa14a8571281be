"""From durable bytes to `MessageReceived`.

Parsing is a pure function of the raw bytes, so the row itself is the pending work: the process that
took it handles it at once, and whatever a crash leaves behind is found by the sweeper. The row's
new state and the event are one write. Nothing that was acknowledged is dropped: what cannot be read
is published as unreadable, what is refused stays visible with its reason.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import asdict, replace
from typing import Any

from prometheus_client import Counter

from atiende_channels.application.deliveries import Deliveries
from atiende_channels.application.inbox import (
    HANDLED,
    PUBLISHED,
    RECEIVED,
    REFUSED,
    InboxStore,
    real_now,
)
from atiende_channels.application.intake_rows import Key, Reading, Result, ids_of, wait, write_of
from atiende_channels.application.mapping import message_received
from atiende_channels.application.ports import Accounts
from atiende_channels.application.store_attachments import store_attachments
from atiende_channels.channels.base import ChannelAdapter, Unreadable
from atiende_channels.domain.errors import ChannelError
from atiende_channels.domain.model import (
    Attachment,
    Channel,
    Contact,
    ParsedItem,
    ParsedMessage,
    Quality,
    RawIntake,
    Refusal,
    RemoteMedia,
)
from atiende_kit.errors import AtiendeError, Unavailable
from atiende_kit.ids import derived_id
from atiende_kit.pace import UNHURRIED, URGENT, Pace
from atiende_kit.store import Event, Outcome
from atiende_kit.telemetry import describe_exception, get_logger
from atiende_kit.tenants import grouped, side_by_side

log = get_logger()

PROCESSED = Counter(
    "atiende_channels_intake_total", "Raw items by what became of them.", ["channel", "state"]
)
_BATCH = 100
_QUEUE_LIMIT = 10_000
_MAX_TRIES = 8
_AFTER_CRASHES = 3

OnPublished = Callable[[Sequence[tuple[Mapping[str, Any], ParsedMessage]]], Awaitable[None]]


class ProcessIntake:
    """Handles rows of the inbox. A component.

    For each channel there is a queue and loop for what people say and one for reports, which wait
    a little so that many are one write.

    Args:
        inbox: The rows.
        adapters: One per channel.
        accounts: For fetching media that lies at a provider.
        deliveries: Where statuses go.
        before_publish: Per channel, awaited with a batch of messages before it is published; must
            be idempotent (web chat keeps its own history there).
    """

    name = "intake"

    def __init__(
        self,
        inbox: InboxStore,
        adapters: Mapping[Channel, ChannelAdapter],
        accounts: Accounts,
        deliveries: Deliveries,
        before_publish: Mapping[Channel, OnPublished] | None = None,
    ) -> None:
        self._inbox = inbox
        self._adapters = adapters
        self._accounts = accounts
        self._deliveries = deliveries
        self._before_publish = dict(before_publish or {})
        self._queues: dict[tuple[str, bool], asyncio.Queue[Mapping[str, Any]]] = {
            (channel.value, is_report): asyncio.Queue(_QUEUE_LIMIT)
            for channel in adapters
            for is_report in (False, True)
        }
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Begins the loops: several, so that a slow mail holds up no chat."""
        self._tasks = [
            asyncio.create_task(
                self._loop(queue, UNHURRIED if is_report else URGENT),
                name=f"intake-{channel}{'-reports' if is_report else ''}",
            )
            for (channel, is_report), queue in self._queues.items()
        ]

    async def stop(self) -> None:
        """Finishes what is queued if that is quick; the sweeper has the rest."""
        try:
            async with asyncio.timeout(5):
                for queue in self._queues.values():
                    await queue.join()
        except TimeoutError:
            log.warning("intake not drained")
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []

    async def check(self) -> None:
        """Unready when a loop has ended."""
        if any(task.done() for task in self._tasks):
            raise Unavailable("INTAKE_LOOP_ENDED", "Un proceso interno no está activo.")

    def offer(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Takes rows that are durable; never waits. A full queue leaves them to the sweeper."""
        for row in rows:
            queue = self._queues.get((row["channel"], row.get("is_report", False)))
            if queue is not None and not queue.full():
                queue.put_nowait(row)

    async def idle(self) -> None:
        """Returns when everything offered so far is handled; for tests and draining."""
        for queue in self._queues.values():
            await queue.join()

    async def sweep(self) -> int:
        """Handles rows that are due: left behind by a crash, or waiting for something.

        Returns:
            How many there were.
        """
        found = 0
        # In pages, because a burst may have left more than one; each row is met once, since
        # handling it moves its time.
        while rows := await self._due():
            await self.handle(rows)
            found += len(rows)
            if len(rows) < _BATCH:
                break
        return found

    async def _due(self) -> list[Mapping[str, Any]]:
        rows = await self._inbox.rows.across_tenants(
            {
                "is_pending": True,
                "due_at": {"$lt": real_now()},
                "channel": {"$in": [channel.value for channel in self._adapters]},
            },
            sort=[("due_at", 1)],
            limit=_BATCH,
        )
        return list(rows)

    async def _loop(self, queue: asyncio.Queue[Mapping[str, Any]], pace: Pace) -> None:
        clock = asyncio.get_running_loop().time
        while True:
            batch = [await queue.get()]
            began = clock()
            while len(batch) < _BATCH and not queue.empty():
                batch.append(queue.get_nowait())
            try:
                await self.handle(batch)
            except AtiendeError as error:
                # The rows stay pending in the database and the sweeper comes back to them.
                log.warning("intake batch failed", size=len(batch), reason=error.reason)
            finally:
                for _ in batch:
                    queue.task_done()
            is_full = len(batch) >= _BATCH
            await asyncio.sleep(pace.rest(clock() - began, is_full=is_full))

    async def handle(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Handles a batch: parse all, store files, one write.

        Raises:
            AtiendeError: The database does not answer; everything may be repeated.
        """
        readings = await asyncio.gather(*(self._reading(row) for row in rows))
        strangers = await self._apply(readings)
        results = await asyncio.gather(*(self._result(one, strangers) for one in readings))
        for channel, hook in self._before_publish.items():
            told = [
                (result.row, message)
                for result in results
                for message in result.messages
                if result.row["channel"] == channel.value
            ]
            if told:
                await hook(told)
        for durable in (True, False):
            some = [result for result in results if result.must_last is durable]
            writes = [write_of(result) for result in some]
            outcomes = await self._inbox.rows.write(writes, durable=durable)
            for result, outcome in zip(some, outcomes, strict=True):
                if outcome is Outcome.DONE:
                    PROCESSED.labels(result.row["channel"], result.state).inc()

    async def _reading(self, row: Mapping[str, Any]) -> Reading:
        raw = await self._inbox.raw_of(row)
        try:
            return Reading(row, raw, await self._read(raw, row))
        except Unreadable as error:
            return Reading(row, raw, unreadable=error)

    async def _result(self, reading: Reading, strangers: AbstractSet[Key]) -> Result:
        if reading.unreadable is not None:
            return await self._unreadable(reading.row, reading.raw, reading.unreadable)
        try:
            return await self._settle(reading, strangers)
        except ChannelError as error:
            return wait(reading.row, error.code)

    async def _read(self, raw: RawIntake, row: Mapping[str, Any]) -> Sequence[ParsedItem]:
        if row["tries"] >= _AFTER_CRASHES and row["state"] == RECEIVED:
            # It was begun several times and never finished: whatever it does, it stops here.
            raise Unreadable("GIVEN_UP")
        try:
            return await self._adapters[raw.channel].read(raw)
        except Unreadable:
            raise
        except AtiendeError:
            raise
        except Exception as error:
            log.warning("parser failed", channel=raw.channel.value, **describe_exception(error))
            raise Unreadable("PARSER_ERROR") from error

    async def _settle(self, reading: Reading, strangers: AbstractSet[Key]) -> Result:
        row, items = reading.row, reading.items
        messages = [item for item in items if isinstance(item, ParsedMessage)]
        refusals = [item for item in items if isinstance(item, Refusal)]
        unknown = not strangers.isdisjoint(reading.keys())
        if messages:
            return await self._publish(row, messages)
        if unknown and row["tries"] < _MAX_TRIES:
            return wait(row, "STATUS_BEFORE_MESSAGE")
        if refusals:
            return Result(row, REFUSED, refusals[0].reason, refusals[0].detail)
        if unknown:
            return Result(row, REFUSED, "STATUS_OF_UNKNOWN_MESSAGE")
        if not items:
            return Result(row, REFUSED, "NOTHING_INSIDE")
        return Result(row, HANDLED)

    async def _apply(self, readings: Sequence[Reading]) -> AbstractSet[Key]:
        """Applies the statuses of a batch; returns those that belong to no known message."""

        async def apply(
            account: tuple[str, Channel], theirs: Sequence[Reading]
        ) -> AbstractSet[Key]:
            statuses = [status for one in theirs for status in one.statuses()]
            unknown = await self._deliveries.apply(*account, statuses)
            return {(*account, key) for key in unknown}

        accounts = grouped(readings, lambda one: (one.raw.tenant, one.raw.channel))
        return frozenset().union(*await side_by_side(accounts, apply))

    async def _publish(self, row: Mapping[str, Any], messages: list[ParsedMessage]) -> Result:
        result = Result(row, PUBLISHED, messages=messages)
        result.fields["attachments"] = []
        for number, message in enumerate(messages):
            files, missing = await self._files(row, message)
            stored, left_out = await store_attachments(
                self._inbox.attachments, row["tenant"], row["_id"], files
            )
            if number:
                stored = [
                    replace(file, attachment_id=f"{row['_id']}-{number}.{index}")
                    for index, file in enumerate(stored)
                ]
            if missing or left_out:
                message = replace(message, quality=Quality.PARTIAL)  # noqa: PLW2901 - the noted one
            message_id, case_id = ids_of(row, number)
            body = message_received(row, message, stored, message_id=message_id, case_id=case_id)
            event_id = derived_id(row["receive_time"], "message.received", message_id)
            result.events.append(Event(body, event_id=event_id, time=row["receive_time"]))
            result.fields["attachments"] += [
                {**asdict(file), "flags": list(file.flags)} for file in stored
            ]
            result.fields["quality"] = message.quality.value
            result.reason = missing or ("ATTACHMENT_TOO_LARGE" if left_out else "")
        return result

    async def _files(
        self, row: Mapping[str, Any], message: ParsedMessage
    ) -> tuple[list[Attachment], str]:
        """The message's files; what lies at the provider is fetched.

        Returns:
            The files, and the code of the error that kept one away for good.

        Raises:
            ChannelError: A retryable one while there are tries left.
        """
        files: list[Attachment] = []
        missing = ""
        account = None
        for file in message.attachments:
            if not isinstance(file, RemoteMedia):
                files.append(file)
                continue
            channel = Channel(row["channel"])
            account = account or await self._accounts.find(channel, row["account_id"])
            try:
                if account is None:
                    missing = "ACCOUNT_UNKNOWN"
                    continue
                files.append(await self._adapters[channel].fetch(file, account))
            except ChannelError as error:
                if error.retryable and row["tries"] < _MAX_TRIES:
                    raise
                # The words of the person go on without the file; the reason stays with the row.
                missing = f"MEDIA_{error.code}"
        return files, missing

    async def _unreadable(
        self, row: Mapping[str, Any], raw: RawIntake, error: Unreadable
    ) -> Result:
        address = error.sender_address or raw.headers.get("envelope-from", "")
        key = error.provider_message_id or raw.provider_id
        message = ParsedMessage(
            provider_message_id=key,
            sender=Contact(raw.channel, address or f"desconocido-{row['_id'][:16]}"),
            thread_key=key,
            text="",
            quality=Quality.UNREADABLE,
        )
        result = await self._publish(row, [message])
        result.reason = error.reason
        return result
