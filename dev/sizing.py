"""`python -m dev.sizing`: what a city of a given size needs, computed from measured figures.

Demand: contacts a year by inhabitants, spread over a day as offices see them, times six in a crisis
(from 500 to 3,000 a day, as a city of the field reports had it). Supply: milliseconds of CPU that a
message costs over all services, broker and database, by how many come a second (docs/benchmarks.md,
two cores, each message a new case with receipt and reports). Change an assumption, and it changes
the table; memory follows from the number of processes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated

import typer

INHABITANTS = (5_000, 50_000, 500_000, 5_000_000)
# (messages a second, CPU milliseconds a message), measured 2026-11-27.
MEASURED = ((2.0, 295.0), (10.0, 135.0), (20.0, 84.0), (40.0, 43.0), (100.0, 21.0))
PROCESS_MB = 110
SERVERS_MB = 700
"""NATS, MongoDB and Keycloak at rest, one of each."""
_YEAR_SECONDS = 365 * 86_400
_BUSIEST_HOUR = 0.15
"""Share of a day's contacts in its busiest hour."""
_ROLES = 14


@dataclass(frozen=True)
class Need:
    """What a city needs.

    Attributes:
        mean: messages a second over a year.
        peak: messages a second in the busiest hour of a day of crisis.
        cores: busy at that peak.
        replicas: of each role of the services on the way of a message.
        memory_mb: of all processes, servers included.
        usd_million: price of the CPU of a million messages.
    """

    mean: float
    peak: float
    cores: float
    replicas: int
    memory_mb: int
    usd_million: float


def need(
    inhabitants: int, contacts: float, crisis: float, core_hour_usd: float, least: int
) -> Need:
    """Computes the need of a city.

    Args:
        inhabitants: of the city.
        contacts: of an inhabitant in a year.
        crisis: how many times a usual day's contacts come on a day of crisis.
        core_hour_usd: price of one core for an hour.
        least: replicas of a role for availability alone.
    """
    mean = inhabitants * contacts / _YEAR_SECONDS
    peak = mean * 24 * _BUSIEST_HOUR * crisis
    cores = peak * cpu_ms(peak) / 1000
    # A Python process has one core; it shall be busy for two thirds of the time at most.
    replicas = max(least, math.ceil(cores / 3 / 0.67))
    usd = cpu_ms(max(mean, MEASURED[0][0])) / 1000 * 1e6 / 3600 * core_hour_usd
    memory = _ROLES * replicas * PROCESS_MB + SERVERS_MB * (1 if least == 1 else 3)
    return Need(mean, peak, cores, replicas, memory, usd)


def cpu_ms(rate: float) -> float:
    """Returns the CPU milliseconds of a message at a rate; flat beyond the measured points."""
    if rate <= MEASURED[0][0]:
        return MEASURED[0][1]
    for (low, cost_low), (high, cost_high) in pairwise(MEASURED):
        if rate <= high:
            share = (rate - low) / (high - low)
            return cost_low + share * (cost_high - cost_low)
    return MEASURED[-1][1]


def main(
    contacts: Annotated[float, typer.Option(help="Contacts of an inhabitant in a year.")] = 1.0,
    crisis: Annotated[float, typer.Option(help="Times a usual day, on a day of crisis.")] = 6.0,
    core_hour: Annotated[float, typer.Option(help="Price of a core for an hour, USD.")] = 0.048,
) -> None:
    """Print the table."""
    print("| inhabitants | a second, mean | peak of a crisis | cores then | replicas | memory |")
    print("|---|---|---|---|---|---|")
    for inhabitants in INHABITANTS:
        least = 1 if inhabitants <= 50_000 else 2  # noqa: PLR2004 -- where values/small.yaml ends
        one = need(inhabitants, contacts, crisis, core_hour, least)
        print(
            f"| {inhabitants:,} | {one.mean:.4f} | {one.peak:.3f} | {one.cores:.2f} | "
            f"{one.replicas} | {one.memory_mb / 1000:.1f} GB |"
        )
    alone = need(INHABITANTS[0], contacts, crisis, core_hour, 1).usd_million
    busy = 21 / 1000 * 1e6 / 3600 * core_hour
    print(f"\nCPU of a million messages: {alone:.2f} USD one by one, {busy:.2f} at 100 a second.")


if __name__ == "__main__":
    typer.run(main)
