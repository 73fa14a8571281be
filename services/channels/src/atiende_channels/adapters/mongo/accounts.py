"""Channel accounts: those of the settings, and those of the collection `accounts`.

Secrets come from the settings only. The collection holds addresses that a city added by itself; it
is read every few seconds and never on the way of a message.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

from atiende_channels.domain.model import Account, Channel
from atiende_kit.store import Collection, Database, Index

_FRESH_SECONDS = 15.0


class ConfiguredAccounts:
    """Implements `ports.Accounts`.

    Args:
        database: Holds the collection.
        configured: From the settings; they win over the collection.
    """

    def __init__(self, database: Database, configured: Sequence[Account]) -> None:
        self._rows: Collection = database.collection(
            "accounts",
            [Index([("channel", 1), ("account_id", 1)], unique=True, tenant_first=False)],
        )
        self._configured = list(configured)
        self._known: list[Account] = self._configured
        self._read_at = float("-inf")

    async def find(self, channel: Channel, account_id: str) -> Account | None:
        """The account of any tenant with that id."""
        for account in self._configured:
            if account.channel is channel and account.account_id == account_id:
                return account
        for account in await self._all():
            if account.channel is channel and account.account_id == account_id:
                return account
        return None

    async def of_tenant(self, tenant: str) -> list[Account]:
        """All accounts of one tenant."""
        return [account for account in await self._all() if account.tenant == tenant]

    async def default(self, tenant: str, channel: Channel) -> Account | None:
        """The first account of that channel that can send, or the first one."""
        found = [a for a in await self.of_tenant(tenant) if a.channel is channel]
        return next((a for a in found if a.can_send), found[0] if found else None)

    async def _all(self) -> list[Account]:
        if time.monotonic() - self._read_at < _FRESH_SECONDS:
            return self._known
        rows = await self._rows.across_tenants({}, limit=10_000)
        taken = {(a.channel, a.account_id) for a in self._configured}
        added = [
            Account(
                tenant=row["tenant"],
                channel=Channel(row["channel"]),
                account_id=row["account_id"],
                display_name=row.get("display_name") or "",
                can_send=bool(row.get("can_send", True)),
                options=dict(row.get("options") or {}),
            )
            for row in rows
            if (Channel(row["channel"]), row["account_id"]) not in taken
        ]
        self._known = [*self._configured, *added]
        self._read_at = time.monotonic()
        return self._known
