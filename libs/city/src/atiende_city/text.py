"""Words of a city's texts: translations, folding and stems.

Folding takes accents away, because citizens write "semaforo" as often as "semáforo"; stems join
"farola", "farolas" and "farolitas". Both are bounded: Unicode normalisation is quadratic in runs
of combining marks, so a text is cut before it is normalised.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Self

import snowballstemmer

MAX_CHARS = 4_000
"""Characters of a text that are looked at; a matter is named in its beginning."""

_SHORTEST_STEM = 4
_WORD = re.compile(r"[a-z0-9ñ]+")
_stemmer = snowballstemmer.stemmer("spanish")

_STOPWORD_LINES = (
    "a al algo ante aqui asi aun bajo cada como con contra cual cuando de del desde donde dos "
    "e el ella ellas ellos en entre era es esa esas ese eso esos esta estaba estan estar "
    "estas este esto estos fue ha hace hacia han hasta hay he la las le les lo los mas me mi "
    "mis muy nada ni no nos o os otra otro para pero por porque pues que quien se sea ser si "
    "sido sin sobre solo son su sus tal tambien te tener tengo ti tiene tienen todo todos tu "
    "tus u un una uno unos usted ustedes va varios vez y ya yo hola buenos buenas dias tardes "
    "noches gracias favor saludo saludos cordial senor senora senores "
)
STOPWORDS = frozenset(_STOPWORD_LINES.split())
"""Words that say nothing about the matter."""


class Text(str):
    """A text in the city's default language that knows its translations.

    It is a plain ``str`` to everyone who does not care about languages.
    """

    __slots__ = ("_by_language",)
    _by_language: Mapping[str, str]

    def __new__(cls, by_language: Mapping[str, str], default_language: str = "es") -> Self:
        """Makes a text.

        Args:
            by_language: Language code to text; must hold ``default_language`` and not change.
            default_language: Language that the object shows as a string.
        """
        made = super().__new__(cls, by_language[default_language])
        made._by_language = by_language  # not a copy: a city has a thousand texts
        return made

    def to(self, language: str) -> str:
        """Returns the text in a language, or in the default language when it is not translated."""
        return self._by_language.get(language, str(self))

    @property
    def by_language(self) -> Mapping[str, str]:
        """All translations."""
        return MappingProxyType(self._by_language)


def fold(text: str) -> str:
    """Lower-cases a text and takes its accents away; "ñ" stays a letter of its own."""
    kept = text[:MAX_CHARS].lower().replace("ñ", "\0")
    marks = unicodedata.normalize("NFD", kept)
    return "".join(c for c in marks if not unicodedata.combining(c)).replace("\0", "ñ")


@lru_cache(maxsize=50_000)
def _stem(word: str) -> str:
    # The stemmer costs 30 µs a word in pure Python and a city's vocabulary is small.
    stem = str(_stemmer.stemWord(word))
    # Short stems join what has nothing in common: "poda" and "podía", "mesa" and "meses".
    return stem if len(stem) >= _SHORTEST_STEM else word.removesuffix("s")


def stems(text: str, *, keep_stopwords: bool = False) -> list[str]:
    """Cuts a text into the stems of its words, in order.

    Args:
        text: Any text.
        keep_stopwords: Keep "de", "la" and their like.

    Returns:
        Folded stems; numbers are kept as they are.
    """
    words = _WORD.findall(fold(text))
    return [
        # The stemmer expects accents; what folding took away is stable for both sides.
        word if word.isdigit() else _stem(word)
        for word in words
        if keep_stopwords or word not in STOPWORDS
    ]
