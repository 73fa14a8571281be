"""Search of frequent questions: folded and stemmed Spanish, ranked by BM25 over few documents."""

from __future__ import annotations

import math
from collections import Counter

from atiende_city.model import FaqEntry
from atiende_city.release import Release
from atiende_city.text import stems

_K1 = 1.2
_B = 0.5
_QUESTION_WEIGHT = 3
_KEYWORD_WEIGHT = 2
MAX_QUERY_CHARS = 300


class FaqIndex:
    """Searches the questions of one release in one language.

    Args:
        release: The release.
        language: Language of questions and answers.
    """

    def __init__(self, release: Release, language: str) -> None:
        self._entries = [release.faq[key] for key in sorted(release.faq)]
        self._words = [self._count(entry, language) for entry in self._entries]
        self._lengths = [sum(words.values()) for words in self._words]
        self._average = sum(self._lengths) / max(len(self._lengths), 1) or 1.0
        self._documents = Counter(word for words in self._words for word in words)

    @staticmethod
    def _count(entry: FaqEntry, language: str) -> Counter[str]:
        words: Counter[str] = Counter()
        for text, weight in (
            (entry.question.to(language), _QUESTION_WEIGHT),
            (" ".join(entry.keywords), _KEYWORD_WEIGHT),
            (entry.answer.to(language), 1),
        ):
            for word in stems(text):
                words[word] += weight
        return words

    def search(self, query: str, limit: int) -> list[FaqEntry]:
        """Returns the best entries, best first; all in order of key for a query without words."""
        wanted = set(stems(query[:MAX_QUERY_CHARS]))
        if not wanted:
            return [] if query.strip() else self._entries[:limit]
        scored = [
            (score, position)
            for position in range(len(self._entries))
            if (score := self._score(position, wanted)) > 0
        ]
        scored.sort(key=lambda item: (-item[0], item[1]))
        return [self._entries[position] for _, position in scored[:limit]]

    def _score(self, position: int, wanted: set[str]) -> float:
        words, length = self._words[position], self._lengths[position]
        total = len(self._entries)
        score = 0.0
        for word in wanted & words.keys():
            documents = self._documents[word]
            rarity = math.log(1 + (total - documents + 0.5) / (documents + 0.5))
            weight = words[word] * (_K1 + 1)
            score += rarity * weight / (words[word] + _K1 * (1 - _B + _B * length / self._average))
        return score
