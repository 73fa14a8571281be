"""WhatsApp as Meta delivers it: signed webhooks in, the Graph API's fake for what comes back."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

from dev.demo.lines.base import Heard
from dev.demo.script import Citizen, Matter
from dev.demo.world import WHATSAPP_ACCOUNT, WHATSAPP_NUMBER, World


class WhatsappLine:
    """Every citizen's phone."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._said = 0
        self._seen = 0

    async def open(self, matter: Matter, *, twice: bool = False) -> None:
        """Writes the first message."""
        key = await self._text(matter.citizen, matter.text)
        if twice:
            await self._text(matter.citizen, matter.text, key)

    async def say(self, citizen: Citizen, text: str, answer_to: Heard | None = None) -> None:
        """Writes in the same chat; WhatsApp needs no reference."""
        del answer_to
        await self._text(citizen, text)

    async def news(self) -> list[tuple[str, Heard]]:
        """What the phones show since the last look."""
        url = f"{self._world.addresses.whatsapp_fake_url}/admin/messages"
        answer = await self._world.insist("GET", url, params={"after": self._seen})
        answer.raise_for_status()
        told = answer.json()
        self._seen = told["next"]
        return [(one["to"], Heard(one["wamid"], one["text"])) for one in told["messages"]]

    async def deliver(self, body: bytes, *, secret: str | None = None) -> int:
        """Posts a webhook body, signed by the given secret or the right one."""
        key = (secret or self._world.addresses.whatsapp_secret).encode()
        signature = hmac.new(key, body, hashlib.sha256).hexdigest()
        answer = await self._world.insist(
            "POST",
            f"{self._world.addresses.public_url}/webhooks/whatsapp/{WHATSAPP_ACCOUNT}",
            content=body,
            headers={
                "X-Hub-Signature-256": f"sha256={signature}",
                "Content-Type": "application/json",
            },
        )
        return answer.status_code

    async def _text(self, citizen: Citizen, text: str, key: str = "") -> str:
        if not key:
            self._said += 1
            key = f"wamid.{self._world.run}{self._said:06d}"
        status = await self.deliver(self.webhook(citizen, text, key))
        taken = status == 200  # noqa: PLR2004
        self._world.ledger.note("whatsapp", key, acknowledged=taken, refusal=_said(status))
        return key

    def webhook(self, citizen: Citizen, text: str, key: str) -> bytes:
        """The body that Meta posts for one text message."""
        value: dict[str, Any] = {
            "messaging_product": "whatsapp",
            "metadata": {
                "display_phone_number": WHATSAPP_NUMBER,
                "phone_number_id": WHATSAPP_ACCOUNT,
            },
            "contacts": [{"profile": {"name": citizen.name}, "wa_id": citizen.phone}],
            "messages": [
                {
                    "from": citizen.phone,
                    "id": key,
                    "timestamp": str(int(self._world.clock.now().timestamp())),
                    "type": "text",
                    "text": {"body": text},
                }
            ],
        }
        entry = {"id": "900800700600", "changes": [{"value": value, "field": "messages"}]}
        return json.dumps(
            {"object": "whatsapp_business_account", "entry": [entry]}, ensure_ascii=False
        ).encode()


def _said(status: int) -> str:
    return "" if status == 200 else f"HTTP {status}"  # noqa: PLR2004
