"""The demo's own record of what was sent and what the city answered; kept outside the platform.

At the end it is held against what the services' APIs say: every acknowledged message must be in
exactly one timeline, a refused one in none (invariants I1 and I2 of a message's life).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass
class Sent:
    """One message of a citizen, however often its channel delivered it.

    Attributes:
        channel: "whatsapp", "email", "webchat", "open311" or "portal".
        key: the channel's own id of the message.
        times: how often it was delivered.
        acknowledged: the city took it over at least once.
        refusals: answers that refused it.
        broken: it cannot be read; it must be visible nevertheless, or clearly refused.
    """

    channel: str
    key: str
    times: int = 0
    acknowledged: bool = False
    refusals: list[str] = field(default_factory=list)
    broken: bool = False


@dataclass(frozen=True)
class Balance:
    """What the comparison found. All lists are empty when nothing was lost or doubled."""

    sent: int
    acknowledged: int
    delivered_twice: int
    refused: int
    arrived: int
    unreadable: int
    lost: list[Sent]
    doubled: list[tuple[str, str]]
    out_of_nowhere: list[tuple[str, str]]

    @property
    def is_even(self) -> bool:
        """True when what arrived is what was sent."""
        return not (self.lost or self.doubled or self.out_of_nowhere)


class Ledger:
    """Append-only while the day is played."""

    def __init__(self) -> None:
        self._entries: dict[tuple[str, str], Sent] = {}

    def __len__(self) -> int:
        return len(self._entries)

    def note(
        self, channel: str, key: str, *, acknowledged: bool, refusal: str = "", broken: bool = False
    ) -> Sent:
        """Writes down one delivery and the city's answer to it."""
        entry = self._entries.setdefault((channel, key), Sent(channel, key, broken=broken))
        entry.times += 1
        entry.acknowledged |= acknowledged
        if refusal:
            entry.refusals.append(refusal)
        return entry

    def entries(self) -> Iterable[Sent]:
        """Everything, in the order in which it was first sent."""
        return self._entries.values()

    def by_channel(self) -> Counter[str]:
        """Acknowledged messages per channel."""
        return Counter(e.channel for e in self._entries.values() if e.acknowledged)

    def refused(self) -> list[Sent]:
        """What the city refused and never took."""
        return [e for e in self._entries.values() if not e.acknowledged]

    def missing(self, arrived: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
        """Acknowledged keys that are not among those that arrived (so far)."""
        taken = {key for key, entry in self._entries.items() if entry.acknowledged}
        return taken - set(arrived)

    def balance(self, arrived: Iterable[tuple[str, str]], unreadable: int = 0) -> Balance:
        """Compares with the (channel, key) of every inbound message that the city shows.

        Args:
            arrived: one pair for each readable message.
            unreadable: how many messages the city shows as unreadable; their keys may be
                unreadable too, so they are matched by number with what was sent broken.
        """
        counts = Counter(arrived)
        entries = self._entries
        missing = [e for key, e in entries.items() if e.acknowledged and not counts[key]]
        broken = [e for e in missing if e.broken]
        return Balance(
            sent=len(entries),
            acknowledged=sum(e.acknowledged for e in entries.values()),
            delivered_twice=sum(e.times > 1 for e in entries.values()),
            refused=sum(not e.acknowledged for e in entries.values()),
            arrived=sum(counts.values()),
            unreadable=unreadable,
            lost=[e for e in missing if not e.broken] + broken[unreadable:],
            doubled=[key for key, count in counts.items() if count > 1],
            out_of_nowhere=[
                key for key in counts if key not in entries or not entries[key].acknowledged
            ],
        )
