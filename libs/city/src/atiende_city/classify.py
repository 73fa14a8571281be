"""Which procedure a text is about, by the words that the release gives for each.

Deliberately simple and explainable: a keyword that stands in the text gives points, a strong one
more, a phrase more than a word. An agent corrects what it gets wrong (`/reclassify`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from atiende_city.text import stems

_MAX_PHRASE = 4
_STRONG = 3.0
_NORMAL = 1.0


@dataclass(frozen=True, slots=True)
class Score:
    """How well a procedure fits a text and by which of its keywords."""

    code: str
    points: float
    keywords: tuple[str, ...]


class Classifier:
    """Scores texts against the keywords of procedures.

    Args:
        keywords: Procedure code to its keywords.
        strong_keywords: Procedure code to the keywords that alone name it.
        priorities: Procedure code to priority; at equal points the more urgent one wins.
    """

    def __init__(
        self,
        keywords: Mapping[str, Iterable[str]],
        strong_keywords: Mapping[str, Iterable[str]],
        priorities: Mapping[str, int],
    ) -> None:
        self._index: dict[tuple[str, ...], list[tuple[str, float, str]]] = {}
        self._priorities = priorities
        # "apagada" and "apagado" are one stem: it counts once, with its strongest weight.
        seen: set[tuple[str, tuple[str, ...]]] = set()
        for group, weight in ((strong_keywords, _STRONG), (keywords, _NORMAL)):
            for code, words in group.items():
                for word in words:
                    key = tuple(stems(word))[:_MAX_PHRASE]
                    if key and (code, key) not in seen:
                        seen.add((code, key))
                        points = weight * (1 + (len(key) - 1) * 0.75)
                        self._index.setdefault(key, []).append((code, points, word))

    def scores(self, text: str) -> list[Score]:
        """Returns the procedures that fit at all, best first."""
        words = stems(text)
        grams = {
            tuple(words[start : start + length])
            for length in range(1, _MAX_PHRASE + 1)
            for start in range(len(words) - length + 1)
        }
        points: dict[str, float] = {}
        found: dict[str, list[str]] = {}
        for gram in grams & self._index.keys():
            for code, weight, word in self._index[gram]:
                points[code] = points.get(code, 0.0) + weight
                found.setdefault(code, []).append(word)
        ranked = sorted(points, key=lambda code: (-points[code], self._priorities[code], code))
        return [Score(code, points[code], tuple(sorted(found[code]))) for code in ranked]

    def best(self, text: str, default: str) -> str:
        """Returns the best procedure, or ``default`` when no keyword stands in the text."""
        ranked = self.scores(text)
        return ranked[0].code if ranked else default
