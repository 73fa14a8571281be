"""Search of frequent questions."""

from __future__ import annotations

from atiende_catalog.domain.ranking import Ranking, query_stems
from atiende_city.model import FaqEntry
from atiende_city.release import Release

_QUESTION_WEIGHT = 3
_KEYWORD_WEIGHT = 2


def texts_of(entry: FaqEntry, language: str) -> list[tuple[str, int]]:
    """Returns what a question is found by, with how much each text counts."""
    return [
        (entry.question.to(language), _QUESTION_WEIGHT),
        (" ".join(entry.keywords), _KEYWORD_WEIGHT),
        (entry.answer.to(language), 1),
    ]


class FaqIndex:
    """Searches the questions of one release in one language.

    Args:
        release: The release.
        language: Language of questions and answers.
    """

    def __init__(self, release: Release, language: str) -> None:
        self._entries = [release.faq[key] for key in sorted(release.faq)]
        self._ranking = Ranking(texts_of(entry, language) for entry in self._entries)

    def search(self, query: str, limit: int) -> list[FaqEntry]:
        """Returns the best entries, best first; all in order of key for a query without words."""
        wanted = query_stems(query)
        if not wanted:
            return [] if query.strip() else self._entries[:limit]
        return [self._entries[position] for position, _ in self._ranking.best(wanted)[:limit]]
