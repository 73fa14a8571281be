"""Pull workers: one loop per durable consumer, batches to handlers, verdicts back to the broker."""

import asyncio
import contextlib
import time
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from atiende_kit import crash
from atiende_kit.bus.delivery import Delivery, Handler, RawMessage, decode
from atiende_kit.bus.metrics import BATCH_SECONDS, BATCH_SIZE, DELIVERIES, EVENT_AGE
from atiende_kit.bus.outcome import Ack, Nak, Verdict, decide, is_counted
from atiende_kit.bus.port import BusPort, Source
from atiende_kit.contract import Consume, ServiceContract
from atiende_kit.errors import AtiendeError, Unavailable
from atiende_kit.telemetry import describe_exception, get_logger
from atiende_kit.tenants import by_tenant

log = get_logger("atiende_kit.bus")

# A pull that nobody answers for this long means: the messages wait and nobody takes them.
SILENCE_SECONDS = 30.0
_RETRY_SECONDS = 1.0
_REMEMBERED = 1_000


class Worker:
    """One durable consumer and its handler."""

    def __init__(self, bus: BusPort, consume: Consume, handler: Handler) -> None:
        self._bus = bus
        self._consume = consume
        self._handler = handler
        self._in_hand: list[RawMessage] = []
        self._source: Source | None = None
        self._stopping = False
        self._progress = time.monotonic()
        self._tasks: list[asyncio.Task[None]] = []
        self._failures: OrderedDict[int, int] = OrderedDict()

    async def start(self) -> None:
        """Begin to pull."""
        self._stopping = False
        self._progress = time.monotonic()
        self._source = await self._bus.pull(self._consume)
        self._tasks = [
            asyncio.create_task(self._run(self._source), name=self._consume.durable),
            asyncio.create_task(self._keep_alive(self._source)),
        ]

    async def stop(self) -> None:
        """Finish the batch in hand, give the rest back."""
        self._stopping = True
        if self._source is None:
            return
        run, keep_alive = self._tasks
        if not self._in_hand:
            run.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await run
        keep_alive.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await keep_alive
        await self._source.close()
        self._source = None

    def check(self) -> None:
        """Raise `Unavailable` when nobody pulls any more."""
        signs = [self._progress]
        if self._source is not None:
            signs.append(self._source.last_sign())
        dead = bool(self._tasks) and self._tasks[0].done() and not self._stopping
        if dead or time.monotonic() - max(signs) > SILENCE_SECONDS:
            raise Unavailable("NOT_PULLING", "No se están recibiendo mensajes.")

    async def _run(self, source: Source) -> None:
        clock = asyncio.get_running_loop().time
        while not self._stopping:
            began, size = clock(), 0
            try:
                self._in_hand = await source.next_batch()
                began, size = clock(), len(self._in_hand)
                await self._process(self._in_hand)
            except Exception:  # kit boundary: a worker never dies
                # Nothing was settled for sure: the server delivers again.
                log.exception("worker loop failed", durable=self._consume.durable)
                await asyncio.sleep(_RETRY_SECONDS)
            finally:
                self._in_hand = []
            is_full = size >= self._consume.batch_size
            await asyncio.sleep(self._consume.pace.rest(clock() - began, is_full=is_full))

    async def _keep_alive(self, source: Source) -> None:
        """Tell the server at a third of the wait that work goes on."""
        while True:
            await asyncio.sleep(self._consume.ack_wait_seconds / 3)
            for raw in [*self._in_hand, *source.buffered()]:
                with contextlib.suppress(Exception):  # the connection is being mended
                    await raw.in_progress()

    async def _process(self, batch: Sequence[RawMessage]) -> None:
        durable = self._consume.durable
        readable: list[tuple[RawMessage, Delivery[Any]]] = []
        verdicts: list[tuple[RawMessage, Exception | None]] = []
        for raw in batch:
            try:
                readable.append((raw, decode(raw, self._consume.message)))
            except AtiendeError as error:
                verdicts.append((raw, error))
        if readable:
            BATCH_SIZE.labels(durable).observe(len(readable))
            with BATCH_SECONDS.labels(durable).time():
                errors = await self._handle([delivery for _, delivery in readable])
            crash.passed(f"handled {durable}")
            _note_ages(durable, [one for _, one in readable if one.event_id not in errors])
            verdicts += [(raw, errors.get(delivery.event_id)) for raw, delivery in readable]
        await asyncio.gather(*(self._settle(raw, error) for raw, error in verdicts))
        crash.passed(f"settled {durable}")
        self._progress = time.monotonic()

    async def _handle(self, deliveries: list[Delivery[Any]]) -> Mapping[str, Exception]:
        try:
            return await self._call(deliveries)
        except Exception as error:  # noqa: BLE001 -- kit boundary: the verdict follows from the kind
            if len(deliveries) == 1:
                return {deliveries[0].event_id: error}
            log.info(
                "batch failed, in parts",
                durable=self._consume.durable,
                size=len(deliveries),
                **describe_exception(error),
            )
        # One message must never fail its neighbours, and what keeps one tenant from being served
        # must not make the others' messages go one by one. Handlers are idempotent, so what the
        # failed batch did already is done again without harm.
        errors: dict[str, Exception] = {}
        for part in _parts(deliveries):
            if self._stopping:
                stopping = Unavailable("STOPPING", "El servicio se detiene.", retry_after=0.1)
                errors |= {delivery.event_id: stopping for delivery in part}
                continue
            errors.update(await self._handle(part))
            self._progress = time.monotonic()
        return errors

    async def _call(self, deliveries: list[Delivery[Any]]) -> Mapping[str, Exception]:
        # Below the acknowledgement wait, so that a second delivery never meets the first at work.
        async with asyncio.timeout(self._consume.ack_wait_seconds * 0.8):
            if len(deliveries) > 1:
                return await self._handler(deliveries) or {}
            with deliveries[0].story():
                return await self._handler(deliveries) or {}

    async def _settle(self, raw: RawMessage, error: Exception | None) -> None:
        failures = self._note(raw, error)
        verdict = decide(error, raw.attempt, self._consume, failures=failures)
        durable = self._consume.durable
        DELIVERIES.labels(durable, type(verdict).__name__.lower()).inc()
        if error is not None and not isinstance(verdict, Ack):
            self._tell(raw, error, verdict)
        try:
            if isinstance(verdict, Ack):
                await raw.ack()
            elif isinstance(verdict, Nak):
                await raw.nak(verdict.delay_seconds)
            else:
                # Durable in the dead-letter stream first: a message is never in neither place.
                await self._bus.bury(raw, self._consume, verdict.reason, type(error).__name__)
                await raw.term()
        except Exception as failure:  # noqa: BLE001 -- kit boundary: unsettled is delivered again
            log.warning("delivery not settled", durable=durable, **describe_exception(failure))

    def _note(self, raw: RawMessage, error: Exception | None) -> int:
        """How often a message failed here in a way that counts; what succeeds is forgotten."""
        if not is_counted(error):
            if error is None:
                self._failures.pop(raw.sequence, None)
            return self._failures.get(raw.sequence, 0)
        self._failures[raw.sequence] = self._failures.pop(raw.sequence, 0) + 1
        if len(self._failures) > _REMEMBERED:
            self._failures.popitem(last=False)
        return self._failures[raw.sequence]

    def _tell(self, raw: RawMessage, error: Exception, verdict: Verdict) -> None:
        expected = isinstance(error, AtiendeError)
        quiet = expected and isinstance(verdict, Nak)
        say = log.info if quiet else log.warning if expected else log.error
        say(
            "delivery failed",
            durable=self._consume.durable,
            subject=raw.subject,
            sequence=raw.sequence,
            attempt=raw.attempt,
            event_id=raw.headers.get("ce-id"),
            verdict=type(verdict).__name__,
            **describe_exception(error),
        )


def _parts(deliveries: Sequence[Delivery[Any]]) -> list[list[Delivery[Any]]]:
    """What failed together is tried again tenant by tenant, of one tenant one by one."""
    of_tenants = list(by_tenant(deliveries).values())
    return of_tenants if len(of_tenants) > 1 else [[one] for one in deliveries]


def _note_ages(durable: str, done: Sequence[Delivery[Any]]) -> None:
    age = EVENT_AGE.labels(durable)
    now = datetime.now(UTC)
    for delivery in done:
        # Another machine's clock may be a little ahead.
        age.observe(max(0.0, (now - delivery.time).total_seconds()))


class Workers:
    """All consumers of a service, as one component.

    Args:
        bus: Started before.
        contract: What the service declares.
        handlers: One per declared durable, by name.

    Raises:
        ValueError: A durable has no handler, or a handler no durable.
    """

    name = "workers"

    def __init__(
        self, bus: BusPort, contract: ServiceContract, handlers: Mapping[str, Handler]
    ) -> None:
        declared = {consume.durable for consume in contract.consumes}
        if declared != handlers.keys():
            odd = sorted(declared ^ handlers.keys())
            raise ValueError(f"{contract.name}: declared and handled differ in {', '.join(odd)}")
        self._bus = bus
        self._contract = contract
        self._workers = [
            Worker(bus, consume, handlers[consume.durable]) for consume in contract.consumes
        ]

    async def start(self) -> None:
        """Compare the consumers with the server's, then pull.

        Raises:
            ProvisionRefused: One is missing or different.
        """
        for consume in self._contract.consumes:
            await self._bus.verify(consume)
        for worker in self._workers:
            await worker.start()

    async def stop(self) -> None:
        """Finish what is in hand, give back the rest."""
        await asyncio.gather(*(worker.stop() for worker in self._workers))

    async def check(self) -> None:
        """Raise `Unavailable` when a consumer was not pulled for 30 s."""
        for worker in self._workers:
            worker.check()
