"""How much two requests look like one matter: near each other, or told in the same words."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from atiende_cases.domain.case import Case
from atiende_cases.domain.search import index_terms
from atiende_cases.domain.values import Place

NEAR_METRES: Final = 200.0
"""Two reports of one lamp post, with the error of a phone's position among houses."""
_EARTH_METRES: Final = 6_371_000.0
_ALIKE: Final = 0.3


@dataclass(frozen=True, slots=True)
class Likeness:
    """Why a case may be a duplicate.

    Attributes:
        score: 0 to 1.
        metres: between the two places; None when one of them is not known.
        words: share of the words of the shorter text that both have, 0 to 1.
        same_citizen: one person asked twice.
    """

    score: float
    metres: float | None
    words: float
    same_citizen: bool

    @property
    def is_likely(self) -> bool:
        """Whether it is worth a look."""
        return self.score >= _ALIKE


def likeness(one: Case, other: Case) -> Likeness:
    """Compares two cases; both ways it is the same."""
    metres = distance(one.place, other.place)
    near = 0.0 if metres is None else max(0.0, 1.0 - metres / NEAR_METRES)
    words = shared(_words(one), _words(other))
    same = one.citizen_id == other.citizen_id
    # Where both places are known and apart, the same words tell of another lamp post.
    apart = metres is not None and metres > NEAR_METRES
    told = 0.0 if apart else words
    score = min(1.0, 0.6 * near + 0.7 * told + (0.2 if same else 0.0))
    return Likeness(round(score, 3), metres, round(words, 3), same)


def distance(one: Place | None, other: Place | None) -> float | None:
    """Metres between two positions along a great circle (haversine)."""
    if one is None or other is None:
        return None
    if one.latitude is None or one.longitude is None:
        return None
    if other.latitude is None or other.longitude is None:
        return None
    first, second = math.radians(one.latitude), math.radians(other.latitude)
    across = math.radians(other.longitude - one.longitude)
    half = (
        math.sin((second - first) / 2) ** 2
        + math.cos(first) * math.cos(second) * math.sin(across / 2) ** 2
    )
    return 2 * _EARTH_METRES * math.asin(min(1.0, math.sqrt(half)))


def shared(one: frozenset[str], other: frozenset[str]) -> float:
    """Share of the smaller set that both have; a text of one word says too little."""
    least = min(len(one), len(other))
    if least < 2:  # noqa: PLR2004 - one word
        return 0.0
    return len(one & other) / least


def most_alike(case: Case, others: Iterable[Case], *, limit: int) -> list[tuple[Case, Likeness]]:
    """The likely duplicates, the likeliest first, then the oldest."""
    compared = [(other, likeness(case, other)) for other in others if other != case]
    likely = [pair for pair in compared if pair[1].is_likely]
    likely.sort(key=lambda pair: (-pair[1].score, pair[0].open_time, pair[0].case_id))
    return likely[:limit]


def _words(case: Case) -> frozenset[str]:
    address = case.place.address if case.place else ""
    return frozenset(index_terms(case.subject, case.description[:1_000], address))
