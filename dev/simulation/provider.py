"""Meta's side of WhatsApp: takes messages, brings messages, and remembers what it took."""

from __future__ import annotations

import asyncio
import contextvars
import json
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from atiende_channels.channels.whatsapp.splitting import split
from atiende_channels.domain.errors import ConnectionFailed, RejectedRetryable
from atiende_channels.domain.model import Account, Channel, RawIntake
from atiende_kit.errors import Unavailable
from dev.simulation.determined import moment
from dev.simulation.dice import WRITING, Dice, Fault
from dev.simulation.process import Life, Process

_REPEATED = 0.15
"""How often a webhook that was answered comes again."""
_UNANSWERED = 0.05
"""How often the provider takes a message and its answer does not come back."""
_TROUBLED = 0.03
"""How often the provider refuses for the moment."""


@dataclass
class Taken:
    """One message that the provider took, and so the person has.

    Attributes:
        key: Message id and part, as the platform names them.
        unknown: It was taken once more before the platform had noted that it was taken.
    """

    wamid: str
    tenant: str
    to: str
    key: str
    text: str
    at: float
    unknown: bool = False


@dataclass
class Provider:
    """The provider's own records.

    Attributes:
        taken: In the order in which they came.
        read: Called with what a person gets.
        is_noted: Whether the platform's database knows that something was taken.
    """

    dice: Dice
    taken: list[Taken] = field(default_factory=list)
    read: Callable[[Taken], Awaitable[None]] | None = None
    is_noted: Callable[[Taken], bool] = lambda _: False
    door: Process | None = None
    errands: set[asyncio.Task[Any]] = field(default_factory=set)
    _numbers: Counter[str] = field(default_factory=Counter)

    def next_number(self, account: str) -> int:
        """A number that was not given before in an account."""
        self._numbers[account] += 1
        return self._numbers[account]

    def take(self, account: Account, payload: Mapping[str, Any]) -> str:
        """Take a message for a person; tell of its delivery later."""
        wamid = f"wamid.out{self.next_number(account.tenant)}"
        text = payload.get("text", {}).get("body", "") or json.dumps(payload.get("template", {}))
        key = str(payload["biz_opaque_callback_data"])
        now = asyncio.get_running_loop().time()
        for before in self.taken:
            if before.key == key:
                before.unknown |= not self.is_noted(before)
        taken = Taken(wamid, account.tenant, str(payload["to"]), key, text, now)
        self.taken.append(taken)
        self.run(self._tell(account, wamid, taken))
        return wamid

    def run(self, errand: Any) -> None:
        """Do something beside the platform."""
        # In nobody's context: it must not die with the process that happens to call.
        loop = asyncio.get_running_loop()
        task = loop.create_task(errand, context=contextvars.Context())
        self.errands.add(task)
        task.add_done_callback(self.errands.discard)

    async def _tell(self, account: Account, wamid: str, taken: Taken) -> None:
        await asyncio.sleep(self.dice.between(0.05, 3.0))
        states = ["sent", "delivered"]
        if self.dice.happens(0.3):
            states.reverse()
        for state in states:
            stamp = str(int(moment().timestamp()))
            status = {"id": wamid, "status": state, "recipient_id": taken.to, "timestamp": stamp}
            await self.bring(account.tenant, {"statuses": [status]})
        if self.read is not None:
            await self.read(taken)

    async def bring(
        self,
        tenant: str,
        value: Mapping[str, Any],
        answered: Callable[[], None] = lambda: None,
    ) -> None:
        """Bring a webhook until it is answered, and now and then once more."""
        account = f"number-{tenant}"
        body = json.dumps(
            {
                "object": "whatsapp_business_account",
                "entry": [
                    {
                        "id": "1",
                        "changes": [
                            {
                                "field": "messages",
                                "value": {**value, "metadata": {"phone_number_id": account}},
                            }
                        ],
                    }
                ],
            }
        ).encode()
        while not await self._hand_over(tenant, account, body):
            await asyncio.sleep(self.dice.between(0.5, 8.0))
        answered()
        while self.dice.happens(_REPEATED):
            await asyncio.sleep(self.dice.between(0.0, 20.0))
            await self._hand_over(tenant, account, body)

    async def _hand_over(self, tenant: str, account: str, body: bytes) -> bool:
        if self.door is None:
            raise RuntimeError("the provider knows no door")

        async def receive(api: Any) -> None:
            raws = [
                RawIntake(
                    tenant, Channel.WHATSAPP, account, piece.key, piece.data,
                    receive_time=api.clock.now(),
                )
                for piece in split(body)
            ]  # fmt: skip
            await api.intake.accept_all(raws)

        try:
            await self.door.call(receive)
        except Exception:  # noqa: BLE001 - whatever it is, the provider sees no 200
            return False
        return True


class GraphOfLife:
    """The Graph API as one life of a process reaches it."""

    def __init__(self, provider: Provider, life: Life) -> None:
        self._provider = provider
        self._life = life

    async def send(self, account: Account, payload: Mapping[str, Any]) -> str:
        """See `GraphApi.send`."""
        arrived = False

        async def effect(_: Fault) -> str:
            nonlocal arrived
            if self._provider.dice.happens(_TROUBLED):
                raise RejectedRetryable("busy")
            arrived = True
            wamid = self._provider.take(account, payload)
            if self._provider.dice.happens(_UNANSWERED):
                raise ConnectionFailed("no answer", outcome_unknown=True)
            return wamid

        try:
            return await self._life.step("graph.send", WRITING, effect)
        except Unavailable as error:
            raise ConnectionFailed("no connection", outcome_unknown=arrived) from error
