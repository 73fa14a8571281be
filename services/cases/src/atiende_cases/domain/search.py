"""Search terms in Spanish.

Accents are folded before stemming, because "reparacion" and "reparación" are one word to the
person who searches. "ñ" is a letter: a word that has it is kept in both forms, so that "ano"
written on a foreign keyboard still finds "año", and a search for "año" does not find "ano".
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

import snowballstemmer

from atiende_cases.domain.text import MAX_TEXT_BYTES, fold, safe_text
from atiende_cases.domain.words import STOP

MAX_TERMS: Final = 500
MAX_QUERY_TERMS: Final = 12
_MAX_WORD: Final = 40
# One class repeated: linear. The standard library finds words five times as fast as re2's wrapper.
_WORD: Final = re.compile(r"[^\W_][\w@.+-]*")
_PARTS: Final = re.compile(r"[-@.+_]")
_STEMMER: Final = snowballstemmer.stemmer("spanish")


@lru_cache(maxsize=50_000)
def _terms_of_word(word: str) -> tuple[str, ...]:
    """Gives the exact form first, then the loose one when it differs."""
    exact = fold(word, keep_enye=True)
    loose = fold(word)
    if loose in STOP:
        return ()
    if any(character.isdigit() for character in exact):
        # A number, a folio, an address: no word that could be inflected.
        return (exact,)
    strict: str = _STEMMER.stemWord(exact)
    if exact == loose:
        return (strict,)
    return (strict, _STEMMER.stemWord(loose))


def _words(text: str) -> Iterable[str]:
    for found in _WORD.findall(text):
        word = found.strip("_.+-")
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
            parts = _PARTS.split(word)
            if len(parts) > 1:
                for part in filter(None, parts):
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
