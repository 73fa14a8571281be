"""One search over procedures and questions, with what fits marked as data."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from atiende_catalog.domain.faq_search import texts_of
from atiende_catalog.domain.ranking import Ranking, query_stems
from atiende_city.model import FaqEntry, Procedure
from atiende_city.release import Release
from atiende_city.text import stems

SNIPPET_CHARS = 220
_NAME_WEIGHT = 4
_STRONG_WEIGHT = 3
_KEYWORD_WEIGHT = 2
# Of two that fit alike, people want the page where they can act.
_PROCEDURES_FIRST = 1.4
_WORD = re.compile(r"\w+")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a text; ``hit`` when it is one of the words that were looked for."""

    text: str
    hit: bool


@dataclass(frozen=True, slots=True)
class Found:
    """A procedure or a question that fits.

    ``title`` and ``snippet`` are the texts in pieces: joined they are the text itself.
    """

    kind: Literal["procedure", "faq"]
    key: str
    title: tuple[Piece, ...]
    snippet: tuple[Piece, ...]
    procedure: str | None
    score: float


class SearchIndex:
    """Searches one release in one language.

    Args:
        release: The release.
        language: Language of the texts.
    """

    def __init__(self, release: Release, language: str) -> None:
        self._language = language
        self._entries: list[Procedure | FaqEntry] = [
            *(release.procedures[code] for code in sorted(release.procedures)),
            *(release.faq[key] for key in sorted(release.faq)),
        ]
        self._ranking = Ranking(self._texts(entry) for entry in self._entries)

    def _texts(self, entry: Procedure | FaqEntry) -> list[tuple[str, int]]:
        if isinstance(entry, FaqEntry):
            return texts_of(entry, self._language)
        return [
            (entry.name.to(self._language), _NAME_WEIGHT),
            (" ".join(entry.strong_keywords), _STRONG_WEIGHT),
            (" ".join(entry.keywords), _KEYWORD_WEIGHT),
            (entry.description.to(self._language), 1),
        ]

    def search(self, query: str, limit: int) -> list[Found]:
        """Returns what fits best, best first; nothing for a query without words."""
        wanted = query_stems(query)
        found = [
            (score * (1 if isinstance(entry, FaqEntry) else _PROCEDURES_FIRST), position, entry)
            for position, score in self._ranking.best(wanted)
            if (entry := self._entries[position])
        ]
        found.sort(key=lambda one: (-one[0], one[1]))
        return [self._found(entry, wanted, score) for score, _, entry in found[:limit]]

    def _found(self, entry: Procedure | FaqEntry, wanted: set[str], score: float) -> Found:
        if isinstance(entry, FaqEntry):
            title, text = entry.question.to(self._language), entry.answer.to(self._language)
            kind: Literal["procedure", "faq"] = "faq"
            key, procedure = entry.key, entry.procedure
        else:
            title, text = entry.name.to(self._language), entry.description.to(self._language)
            kind, key, procedure = "procedure", entry.code, entry.code
        snippet = pieces(snippet_of(text, wanted), wanted)
        return Found(kind, key, pieces(title, wanted), snippet, procedure, round(score, 4))


def pieces(text: str, wanted: set[str]) -> tuple[Piece, ...]:
    """Cuts a text at the words whose stem was looked for; joined, the pieces are the text."""
    return tuple(_pieces(text, wanted))


def _pieces(text: str, wanted: set[str]) -> Iterator[Piece]:
    start = 0
    for match in _WORD.finditer(text):
        if wanted.isdisjoint(stems(match.group(), keep_stopwords=True)):
            continue
        if match.start() > start:
            yield Piece(text[start : match.start()], hit=False)
        yield Piece(match.group(), hit=True)
        start = match.end()
    if start < len(text):
        yield Piece(text[start:], hit=False)


def snippet_of(text: str, wanted: set[str]) -> str:
    """Returns the sentences of a text from the first that fits on, cut at a word."""
    sentences = _SENTENCE_END.split(text)
    first = next((n for n, one in enumerate(sentences) if wanted & set(stems(one))), 0)
    shown = " ".join(sentences[first:])
    if len(shown) <= SNIPPET_CHARS:
        return shown
    return shown[:SNIPPET_CHARS].rsplit(" ", 1)[0] + "…"
