"""What was sent, kept by the sender outside the platform; it only ever grows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass
class Entry:
    """One message of a person, however often its channel delivered it.

    Attributes:
        key: The channel's own id of the message.
        text_sha256: Of the text as it was written; empty when the text may not be kept as it is.
        sent_at: Seconds of the sender's clock.
        acknowledged_at: When the platform first said that it has it; None while it never did.
    """

    tenant: str
    channel: str
    key: str
    text_sha256: str
    sent_at: float
    acknowledged_at: float | None = None


class Ledger:
    """All entries, in the order in which they were sent."""

    def __init__(self) -> None:
        self._entries: list[Entry] = []

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries)

    def add(self, entry: Entry) -> None:
        """Write down a message before it is sent."""
        self._entries.append(entry)

    def acknowledge(self, entry: Entry, at: float) -> None:
        """Write down that it was taken; the first time counts."""
        if entry.acknowledged_at is None:
            entry.acknowledged_at = at
