"""How often a loop that handles batches may begin one (ADR 0035).

Handling a batch costs nearly the same for one message as for thirty. So what nobody waits for may
take its time while batches are small, and what takes longer because the machine is busy is done
less often: load makes batches larger instead of queues longer.
"""

from dataclasses import dataclass

_LONGEST = 5
"""A rest is at most this many times `seconds`: latency stays bounded when the machine is full."""


@dataclass(frozen=True, slots=True)
class Pace:
    """The rhythm of a loop. A batch that comes after a quiet moment never waits.

    Args:
        seconds: Least time between the beginnings of two batches.
        duty: Largest share of the time that is worked while batches are not full.
    """

    seconds: float = 0.0
    duty: float = 1.0

    def rest(self, busy_seconds: float, *, is_full: bool) -> float:
        """Return how long to wait after a batch.

        Args:
            busy_seconds: What it took.
            is_full: Nothing more would have fitted in: the loop is behind.
        """
        until_next = max(0.0, self.seconds - busy_seconds)
        if is_full:
            return until_next
        share = busy_seconds * (1 / self.duty - 1)
        return max(until_next, min(_LONGEST * self.seconds, share))


URGENT = Pace(0.02, duty=0.5)
"""Somebody waits for it: a case is to be opened, or to stand in its queue."""
SOON = Pace(0.1, duty=0.2)
"""Somebody will look for it: an answer on its way, a name in a list."""
UNHURRIED = Pace(0.25, duty=0.15)
"""Nobody waits: what became of a message that was sent."""
