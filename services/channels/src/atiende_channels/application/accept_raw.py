"""Acknowledged means durable: one journaled write for all items that wait at the same moment."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from operator import itemgetter
from typing import Any

from atiende_channels.application.inbox import CONFLICT, InboxStore
from atiende_channels.application.ports import Accepted
from atiende_channels.domain.model import Channel, RawIntake
from atiende_kit.store import GroupCommit, Insert, Outcome
from atiende_kit.telemetry import get_logger
from atiende_kit.tenants import grouped, side_by_side

Fingerprint = Callable[[bytes], str]
Listener = Callable[[Sequence[Mapping[str, Any]]], None]
_log = get_logger()


def whole_body(body: bytes) -> str:
    """The fingerprint of channels whose redeliveries are equal byte for byte."""
    return hashlib.sha256(body).hexdigest()


class AcceptRaw:
    """Takes raw items of any channel.

    Args:
        inbox: Where they are kept.
        on_stored: Hears of rows as soon as they are durable; must not block.
        fingerprints: How channels tell the same item from another with its id.
    """

    def __init__(
        self,
        inbox: InboxStore,
        on_stored: Listener,
        fingerprints: Mapping[Channel, Fingerprint] | None = None,
    ) -> None:
        self._inbox = inbox
        self._on_stored = on_stored
        self._fingerprints = dict(fingerprints or {})
        self._group: GroupCommit[tuple[str, dict[str, Any]], Accepted] = GroupCommit(self._flush)

    async def accept(self, raw: RawIntake) -> Accepted:
        """Stores one raw item; see `ports.Intake`."""
        fingerprint = self._fingerprints.get(raw.channel, whole_body)(raw.body)
        row = await self._inbox.new_row(raw, fingerprint)
        return await self._group.submit((raw.tenant, row))

    async def accept_all(self, raws: Sequence[RawIntake]) -> list[Accepted]:
        """Stores the items of one call; raises if one of them is not durable."""
        return list(await asyncio.gather(*(self.accept(raw) for raw in raws)))

    async def _flush(self, batch: list[tuple[str, dict[str, Any]]]) -> list[Accepted | Exception]:
        outcomes = await self._inbox.rows.write([Insert(tenant, row) for tenant, row in batch])
        fresh = [
            {**row, "tenant": tenant, "version": 1}
            for (tenant, row), outcome in zip(batch, outcomes, strict=True)
            if outcome is Outcome.DONE
        ]
        if fresh:
            self._on_stored(fresh)
        repeated = [
            item
            for item, outcome in zip(batch, outcomes, strict=True)
            if outcome is not Outcome.DONE
        ]
        known = await self._known(repeated)
        results: list[Accepted | Exception] = []
        for (tenant, row), outcome in zip(batch, outcomes, strict=True):
            if outcome is Outcome.DONE:
                results.append(_accepted(row))
            else:
                results.append(await self._repeat(tenant, row, known))
        return results

    async def _known(
        self, repeated: list[tuple[str, dict[str, Any]]]
    ) -> dict[tuple[str, str], Mapping[str, Any]]:
        found: dict[tuple[str, str], Mapping[str, Any]] = {}

        async def read(tenant: str, theirs: Sequence[tuple[str, dict[str, Any]]]) -> None:
            rows = await self._inbox.rows.get_many(tenant, [row["_id"] for _, row in theirs])
            found.update({(tenant, key): row for key, row in rows.items()})

        await side_by_side(grouped(repeated, itemgetter(0)), read)
        return found

    async def _repeat(
        self,
        tenant: str,
        row: dict[str, Any],
        known: Mapping[tuple[str, str], Mapping[str, Any]],
    ) -> Accepted:
        """A provider id that was there before: the same item again, or another one."""
        first = known[tenant, row["_id"]]
        if first["fingerprint"] == row["fingerprint"]:
            return replace(_accepted(first), duplicate=True)
        aside = {
            **row,
            "_id": f"{row['_id']}~{row['fingerprint'][:16]}",
            "state": CONFLICT,
            "reason": "SAME_ID_OTHER_BODY",
            "conflicts_with": first["_id"],
            # The ids belong to the first one: nothing may find this row as that message.
            "message_id": "",
            "case_id_if_new": "",
            "is_pending": False,
        }
        # A repeated conflict meets its own row; either way it is durable.
        await self._inbox.rows.write([Insert(tenant, aside)])
        _log.warning("intake_conflict", channel=row["channel"], inbox_id=aside["_id"])
        return replace(_accepted(first), conflict=True)


def _accepted(row: Mapping[str, Any]) -> Accepted:
    return Accepted(
        inbox_id=row["_id"],
        message_id=row["message_id"],
        case_id_if_new=row["case_id_if_new"],
        receive_time=row["receive_time"],
    )
