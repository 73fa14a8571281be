"""The port `Withdrawals` over the collections of citizens and messages."""

from __future__ import annotations

from atiende_cases.adapters.mongo.citizens import read_citizen
from atiende_cases.adapters.mongo.messages import read_message
from atiende_cases.domain.citizen import Citizen
from atiende_cases.domain.message import Message
from atiende_cases.domain.withdrawal import SUPPRESSED
from atiende_kit.store import Collection


class MongoWithdrawals:
    """What is left to do."""

    def __init__(self, citizens: Collection, messages: Collection) -> None:
        self._citizens = citizens
        self._messages = messages

    async def open(self, limit: int) -> list[Citizen]:
        """Citizens who asked and are not forgotten yet."""
        found = await self._citizens.across_tenants(
            {"withdrawal_open": True}, sort=[("create_time", 1)], limit=limit
        )
        return [read_citizen(doc) for doc in found]

    async def messages(self, tenant: str, citizen_id: str, limit: int) -> list[Message]:
        """Entries that still hold words."""
        found = await self._messages.find(
            tenant, {"citizen_id": citizen_id, "kind": {"$ne": SUPPRESSED}}, limit=limit
        )
        return [read_message(doc) for doc in found]
