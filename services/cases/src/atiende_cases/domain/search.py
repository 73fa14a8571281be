"""Search terms in Spanish.

Accents are folded before stemming, because "reparacion" and "reparación" are one word to the
person who searches. "ñ" is a letter: a word that has it is kept in both forms, so that "ano"
written on a foreign keyboard still finds "año", and a search for "año" does not find "ano".
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Final

import re2
import snowballstemmer

from atiende_cases.domain.text import MAX_TEXT_BYTES, fold, safe_text
from atiende_cases.domain.words import STOP

MAX_TERMS: Final = 500
MAX_QUERY_TERMS: Final = 12
_MAX_WORD: Final = 40
_WORD: Final = re2.compile(r"[\pL\pN][\pL\pN\pM_@.+-]*")
_STEMMER: Final = snowballstemmer.stemmer("spanish")


@lru_cache(maxsize=50_000)
def _terms_of_word(word: str) -> tuple[str, ...]:
    """Gives the exact form first, then the loose one when it differs."""
    exact = fold(word, keep_enye=True)
    loose = fold(word)
    if loose in STOP:
        return ()
    strict: str = _STEMMER.stemWord(exact)
    if exact == loose:
        return (strict,)
    return (strict, _STEMMER.stemWord(loose))


def _words(text: str) -> Iterable[str]:
    for match in _WORD.finditer(text):
        word = match.group(0).strip("_.+-")
        if word and len(word) <= _MAX_WORD:
            yield word.casefold()


def index_terms(*texts: str, already: Iterable[str] = ()) -> tuple[str, ...]:
    """Computes the terms under which texts are found.

    Args:
        texts: what was written, most important first; each is cut to 64 KB.
        already: terms to keep in front.

    Returns:
        At most 500 terms, each once, in order of appearance.
    """
    terms = dict.fromkeys(already)
    for text in texts:
        for word in _words(safe_text(text, MAX_TEXT_BYTES)):
            if len(terms) >= MAX_TERMS:
                return tuple(terms)[:MAX_TERMS]
            terms.update(dict.fromkeys(_terms_of_word(word)))
            if "-" in word or "@" in word or "." in word:
                for part in re2.split(r"[-@.+_]", word):
                    if part:
                        terms.update(dict.fromkeys(_terms_of_word(part)))
    return tuple(terms)[:MAX_TERMS]


def query_terms(query: str) -> tuple[str, ...]:
    """Computes the terms that a found text must all have; at most 12.

    Nothing of the query is ever used as a pattern.
    """
    terms: dict[str, None] = {}
    for word in _words(safe_text(query, 1_000)):
        found = _terms_of_word(word)
        if found:
            terms[found[0]] = None
    return tuple(terms)[:MAX_QUERY_TERMS]
