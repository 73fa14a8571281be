"""Sending: idempotent by message id, tried again where it helps, never twice where it harms.

The intent is stored before the provider is called and the outcome after it. A document that is
found in `sending` was left by a crash: an ordinary message is sent again with the same idempotency
key, one marked at-most-once is not, and its fate is shown as a technical failure.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from prometheus_client import Counter

from atiende.channels.v1 import events_pb2
from atiende_channels.application.deliveries import Deliveries
from atiende_channels.application.inbox import real_now
from atiende_channels.application.mapping import CHANNELS_BY_KIND, outbound_from_proto
from atiende_channels.application.ports import Accounts
from atiende_channels.channels.base import ChannelAdapter
from atiende_channels.domain.delivery import DeliveryState, advance
from atiende_channels.domain.errors import (
    ChannelConfigInvalid,
    ChannelError,
    ConnectionFailed,
    ContentUnsupported,
    ResponseUnexpected,
)
from atiende_channels.domain.model import (
    Account,
    Channel,
    OutboundMessage,
    SendResult,
    StoredAttachment,
)
from atiende_kit import crash
from atiende_kit.bus.delivery import Delivery
from atiende_kit.clock import Clock
from atiende_kit.errors import AtiendeError, InvalidInput, NotFound, RateLimited
from atiende_kit.store import Insert, Outcome, Replace, retry_stale
from atiende_kit.telemetry import describe_exception, get_logger
from atiende_kit.tenants import by_tenant, side_by_side

log = get_logger()

SENT = Counter(
    "atiende_channels_sent_total", "Tries to send by their outcome.", ["channel", "outcome"]
)
ReadFile = Callable[[str, str, int, int], Awaitable[tuple[StoredAttachment, bytes]]]
_LEASE = timedelta(seconds=90)
_PARALLEL = 16


@dataclass(slots=True)
class _Job:
    """One message of a batch on its way out."""

    delivery: Delivery[events_pb2.SendMessage]
    channel: Channel
    message: OutboundMessage
    attempt: dict[str, Any]


@dataclass(slots=True)
class _Sent:
    """What became of one try; nothing of one whose lease ran out while the process slept."""

    keys: list[str]
    error: ChannelError | None = None
    delivered: bool = False
    lapsed: bool = False


class SendMessages:
    """Handler of `channels-do-send-message`.

    Args:
        deliveries: Where intent and outcome are kept.
        adapters: One per channel.
        accounts: Who sends.
        read_file: Bytes of a file to send: tenant, id, offset and limit.
        clock: Domain time.
        max_attempts: Tries before a technical failure.
        first_delay: Seconds before the second try; doubles up to `max_delay`.
        max_delay: Longest pause in seconds.
    """

    def __init__(
        self,
        deliveries: Deliveries,
        adapters: Mapping[Channel, ChannelAdapter],
        accounts: Accounts,
        read_file: ReadFile,
        clock: Clock,
        *,
        max_attempts: int = 10,
        first_delay: float = 2.0,
        max_delay: float = 300.0,
    ) -> None:
        self._deliveries = deliveries
        self._adapters = adapters
        self._accounts = accounts
        self._read_file = read_file
        self._clock = clock
        self._max_attempts = max_attempts
        self._first_delay = first_delay
        self._max_delay = max_delay
        self._slots = asyncio.Semaphore(_PARALLEL)

    async def __call__(
        self, batch: Sequence[Delivery[events_pb2.SendMessage]]
    ) -> Mapping[str, Exception]:
        """Handles a batch: store all intents, send side by side, store all outcomes."""
        errors: dict[str, Exception] = {}
        jobs = await self._reserve(await self._jobs(batch, errors), errors)
        results = await asyncio.gather(*(self._send(job) for job in jobs))
        pairs = []
        for job, sent in zip(jobs, results, strict=True):
            if sent.lapsed:
                errors[job.delivery.event_id] = _busy()
            else:
                pairs.append((job, sent))
        stored = await self._deliveries.attempts.write(
            [self._outcome(job, sent, errors) for job, sent in pairs]
        )
        for (job, sent), outcome in zip(pairs, stored, strict=True):
            if outcome is not Outcome.DONE:
                await self._note_again(job, sent, errors)
        return errors

    async def _jobs(
        self,
        batch: Sequence[Delivery[events_pb2.SendMessage]],
        errors: dict[str, Exception],
    ) -> list[_Job]:
        """The batch with what is known of each message; a repeat within it is left out."""
        known: dict[tuple[str, str], dict[str, Any]] = {}

        async def read(tenant: str, theirs: Sequence[Delivery[events_pb2.SendMessage]]) -> None:
            ids = {d.message.message_id for d in theirs} - {""}
            found = await self._deliveries.attempts.get_many(tenant, ids)
            known.update({(tenant, key): document for key, document in found.items()})

        await side_by_side(by_tenant(batch), read)
        jobs: dict[tuple[str, str], _Job] = {}
        for delivery in batch:
            key = (delivery.tenant, delivery.message.message_id)
            channel = CHANNELS_BY_KIND.get(delivery.message.recipient.channel)
            if channel is None or channel not in self._adapters or not key[1]:
                errors[delivery.event_id] = InvalidInput(
                    "SEND_MALFORMED", "Falta el canal o el identificador del mensaje."
                )
            elif key not in jobs:
                message = outbound_from_proto(delivery.message, channel)
                jobs[key] = _Job(delivery, channel, message, known.get(key, {}))
        return list(jobs.values())

    async def _reserve(self, jobs: list[_Job], errors: dict[str, Exception]) -> list[_Job]:
        """Stores the intent of all that are to be sent now; the others are settled or told off."""
        starting: list[_Job] = []
        writes: list[Insert | Replace] = []
        for job in jobs:
            write = self._begin(job, errors)
            if write is not None:
                starting.append(job)
                writes.append(write)
        outcomes = await self._deliveries.attempts.write(writes)
        ready: list[_Job] = []
        for job, outcome in zip(starting, outcomes, strict=True):
            if outcome is not Outcome.DONE:
                errors[job.delivery.event_id] = _busy()
            elif job.attempt["state"] == DeliveryState.SENDING.value:
                job.attempt["version"] = job.attempt.get("version", 0) + 1
                ready.append(job)
        return ready

    def _begin(self, job: _Job, errors: dict[str, Exception]) -> Insert | Replace | None:
        """The write that reserves one message; None when there is nothing to write."""
        tenant, command = job.delivery.tenant, job.delivery.message
        if not job.attempt:
            job.attempt = {
                "_id": command.message_id,
                "channel": job.channel.value,
                "account_id": command.account_id,
                "conversation_id": command.conversation_id,
                "purpose": command.purpose,
                "purpose_id": command.purpose_id,
                "state": DeliveryState.SENDING.value,
                "error_code": "",
                "tries": 1,
                "provider_ids": self._adapters[job.channel].provider_ids_of(job.message),
                "parts_sent": 0,
                "history": [],
                "lease_until": real_now() + _LEASE,
            }
            return Insert(tenant, dict(job.attempt))
        state = DeliveryState(job.attempt["state"])
        if state not in {DeliveryState.SENDING, DeliveryState.TEMPORARY_FAILURE}:
            return None
        if state is DeliveryState.SENDING and job.attempt["lease_until"] > real_now():
            errors[job.delivery.event_id] = _busy()
            return None
        if state is DeliveryState.SENDING and job.message.at_most_once:
            # A crash between intent and outcome: the person may have it, so it is not sent again.
            job.attempt["state"] = DeliveryState.TECHNICAL_FAILURE.value
            change = self._deliveries.change(
                job.attempt,
                DeliveryState.TECHNICAL_FAILURE,
                error_code=ConnectionFailed.code,
                cause=job.delivery,
            )
            return Replace(tenant, change.document, change.events)
        job.attempt.update(
            state=DeliveryState.SENDING.value,
            tries=job.attempt["tries"] + 1,
            lease_until=real_now() + _LEASE,
        )
        fields = ("_id", "version", "state", "tries", "lease_until")
        return Replace(tenant, {name: job.attempt[name] for name in fields})

    async def _send(self, job: _Job) -> _Sent:
        """Hands the parts that are still to go to the provider."""
        adapter = self._adapters[job.channel]
        sent = _Sent(list(job.attempt["provider_ids"])[: job.attempt["parts_sent"]])
        try:
            account = await self._account(job)
            timed = replace(job.message, send_time=self._clock.now())
            parts = adapter.parts_of(timed)
            async with self._slots:
                for number in range(len(sent.keys), len(parts)):
                    if job.attempt["lease_until"] <= real_now():
                        # This process slept; by now the message may be another's to send.
                        sent.lapsed = True
                        break
                    part = replace(
                        parts[number],
                        idempotency_key=f"{job.message.message_id}.{number}",
                        send_time=self._clock.now(),
                    )
                    if part.files and not adapter.files_by_reference:
                        part = await self._with_bytes(part, account)
                    result: SendResult = await adapter.send(part, account)
                    crash.passed(f"sent {job.channel.value}")
                    sent.keys.append(result.provider_message_id)
                    sent.delivered = result.delivered
        except ChannelError as error:
            sent.error = error
        except Exception as error:  # noqa: BLE001 - an adapter's bug must not hold up its neighbours
            log.warning("send failed", channel=job.channel.value, **describe_exception(error))
            sent.error = ResponseUnexpected(type(error).__name__, outcome_unknown=True)
        return sent

    async def _with_bytes(self, part: OutboundMessage, account: Account) -> OutboundMessage:
        files = []
        for file in part.files:
            try:
                _, data = await self._read_file(
                    account.tenant, file.attachment_id, 0, file.size_bytes
                )
            except NotFound:
                raise ContentUnsupported("a file is gone") from None
            except AtiendeError as error:
                raise ConnectionFailed(error.reason) from error
            files.append(replace(file, data=data))
        return replace(part, files=tuple(files))

    async def _account(self, job: _Job) -> Account:
        wanted = job.delivery.message.account_id
        tenant = job.delivery.tenant
        if wanted:
            account = await self._accounts.find(job.channel, wanted)
        else:
            account = await self._accounts.default(tenant, job.channel)
        if account is None or account.tenant != tenant:
            raise ChannelConfigInvalid("no such account")
        if not account.can_send:
            raise ContentUnsupported("the account cannot send")
        return account

    def _outcome(self, job: _Job, sent: _Sent, errors: dict[str, Exception]) -> Replace:
        """The write that notes what became of a try; adds the error that asks for another one."""
        fields = {"parts_sent": len(sent.keys)}
        keys = {"provider_ids": sent.keys} if sent.keys else {}
        state, code = self._verdict(job, sent)
        SENT.labels(job.channel.value, state.value).inc()
        if state is DeliveryState.TEMPORARY_FAILURE:
            errors[job.delivery.event_id] = self._again(job, sent)
        change = self._deliveries.change(
            job.attempt,
            state,
            error_code=code,
            fields={**fields, **keys, "detail": sent.error.detail if sent.error else ""},
            cause=job.delivery,
        )
        return Replace(job.delivery.tenant, change.document, change.events)

    def _verdict(self, job: _Job, sent: _Sent) -> tuple[DeliveryState, str]:
        error = sent.error
        if error is None:
            return (DeliveryState.DELIVERED if sent.delivered else DeliveryState.SENT), ""
        if error.outcome_unknown and (job.message.at_most_once or not error.retryable):
            return DeliveryState.TECHNICAL_FAILURE, error.code
        if error.retryable:
            if job.attempt["tries"] < self._max_attempts:
                return DeliveryState.TEMPORARY_FAILURE, error.code
            return DeliveryState.TECHNICAL_FAILURE, error.code
        technical = error.our_fault or isinstance(error, ResponseUnexpected)
        final = DeliveryState.TECHNICAL_FAILURE if technical else DeliveryState.PERMANENT_FAILURE
        return final, error.code

    def _again(self, job: _Job, sent: _Sent) -> RateLimited:
        delay = min(self._first_delay * 2 ** (job.attempt["tries"] - 1), self._max_delay)
        asked = sent.error.retry_after if sent.error else None
        return RateLimited(
            "SEND_AGAIN", "Se intentará de nuevo.", retry_after=max(delay, asked or 0.0)
        )

    async def _note_again(self, job: _Job, sent: _Sent, errors: dict[str, Exception]) -> None:
        """A provider's status overtook our own note: keep the better state, add the keys."""
        tenant, key = job.delivery.tenant, job.attempt["_id"]

        async def once() -> None:
            current = await self._deliveries.attempts.get(tenant, key)
            if current is None:
                return
            state, _ = self._verdict(job, sent)
            if advance(DeliveryState(current["state"]), state) is not None:
                job.attempt = current
                write = self._outcome(job, sent, errors)
                await self._deliveries.attempts.replace(tenant, write.document, write.events)
            elif sent.keys:
                fields = {"provider_ids": sent.keys, "parts_sent": len(sent.keys)}
                document = {"_id": key, "version": current["version"], **fields}
                await self._deliveries.attempts.replace(tenant, document)

        await retry_stale(once)


def _busy() -> RateLimited:
    return RateLimited("SEND_IN_PROGRESS", "Otro proceso lo está enviando.", retry_after=15)
