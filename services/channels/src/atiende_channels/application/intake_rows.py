"""Rows of the inbox on their way: what one says, and what becomes of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from atiende_channels.application.inbox import RECEIVED, WAITING, real_now
from atiende_channels.channels.base import Unreadable
from atiende_channels.domain.model import (
    Channel,
    ParsedItem,
    ParsedMessage,
    ParsedStatus,
    RawIntake,
)
from atiende_kit.ids import derived_id
from atiende_kit.store import Event, Replace

_FIRST_WAIT = timedelta(seconds=2)
_LONGEST_WAIT = timedelta(minutes=5)

Key = tuple[str, Channel, str]
"""City, channel and the provider's key of a message that the city sent."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What one row says."""

    row: Mapping[str, Any]
    raw: RawIntake
    items: Sequence[ParsedItem] = ()
    unreadable: Unreadable | None = None

    def statuses(self) -> list[ParsedStatus]:
        """What it says of messages that the city sent, each with a time."""
        time = self.raw.receive_time
        return [
            item if item.update_time else replace(item, update_time=time)
            for item in self.items
            if isinstance(item, ParsedStatus)
        ]

    def keys(self) -> list[Key]:
        """Which messages that is said of."""
        tenant, channel = self.raw.tenant, self.raw.channel
        return [(tenant, channel, status.provider_message_id) for status in self.statuses()]


@dataclass(slots=True)
class Result:
    """What one row becomes."""

    row: Mapping[str, Any]
    state: str
    reason: str = ""
    detail: str = ""
    messages: list[ParsedMessage] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    fields: dict[str, Any] = field(default_factory=dict)

    @property
    def must_last(self) -> bool:
        """False for a report without news: a lost note of it only makes it be applied again."""
        return bool(self.events) or not self.row.get("is_report", False)


def ids_of(row: Mapping[str, Any], number: int) -> tuple[str, str]:
    """Ids of the message with that number in a row; the first has those the provider was told."""
    if number == 0:
        return row["message_id"], row["case_id_if_new"]
    message_id = derived_id(row["receive_time"], "message", row["_id"], number)
    return message_id, derived_id(row["receive_time"], "case", message_id)


def wait(row: Mapping[str, Any], reason: str) -> Result:
    """The row is looked at again after a while that doubles with each try."""
    due = real_now() + min(_FIRST_WAIT * 2 ** row["tries"], _LONGEST_WAIT)
    return Result(row, WAITING, reason, fields={"due_at": due})


def write_of(result: Result) -> Replace:
    """The row's new state, with its events."""
    pending = result.state in {RECEIVED, WAITING}
    document = {
        "_id": result.row["_id"],
        "version": result.row["version"],
        "state": result.state,
        "reason": result.reason,
        "detail": result.detail,
        "tries": result.row["tries"] + 1,
        "is_pending": pending,
        **result.fields,
    }
    return Replace(result.row["tenant"], document, result.events)
