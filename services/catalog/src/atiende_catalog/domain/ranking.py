"""Ranking of few documents by words: folded and stemmed Spanish, BM25 (Robertson and others)."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence

from atiende_city.text import stems

_K1 = 1.2
_B = 0.5
MAX_QUERY_CHARS = 300


class Ranking:
    """Scores documents for a query.

    Args:
        documents: Each as its texts with how often each of them counts.
    """

    def __init__(self, documents: Iterable[Sequence[tuple[str, int]]]) -> None:
        self._words = [_count(texts) for texts in documents]
        self._lengths = [sum(words.values()) for words in self._words]
        self._average = sum(self._lengths) / max(len(self._lengths), 1) or 1.0
        self._documents = Counter(word for words in self._words for word in words)

    def best(self, wanted: set[str]) -> list[tuple[int, float]]:
        """Returns positions and scores of the documents that hold one of the stems, best first."""
        scored = [
            (position, score)
            for position in range(len(self._words))
            if (score := self._score(position, wanted)) > 0
        ]
        return sorted(scored, key=lambda item: (-item[1], item[0]))

    def _score(self, position: int, wanted: set[str]) -> float:
        words, length = self._words[position], self._lengths[position]
        total = len(self._words)
        score = 0.0
        for word in wanted & words.keys():
            documents = self._documents[word]
            rarity = math.log(1 + (total - documents + 0.5) / (documents + 0.5))
            weight = words[word] * (_K1 + 1)
            score += rarity * weight / (words[word] + _K1 * (1 - _B + _B * length / self._average))
        return score


def query_stems(query: str) -> set[str]:
    """Returns the stems of a query, which may be as long as a stranger likes."""
    return set(stems(query[:MAX_QUERY_CHARS]))


def _count(texts: Sequence[tuple[str, int]]) -> Counter[str]:
    words: Counter[str] = Counter()
    for text, weight in texts:
        for word in stems(text):
            words[word] += weight
    return words
