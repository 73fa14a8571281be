"""What a short message is: a courtesy, an answer to a question, or a matter.

Every rule is a closed list, so that a clerk can be told why. In doubt a message is a matter:
a person reads it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import re2

from atiende_cases.domain.text import fold
from atiende_cases.domain.words import COURTESY_CORE, COURTESY_FILLER

_TOKEN: Final = re2.compile(r"[\pL\pN]+")
_MAX_COURTESY_WORDS: Final = 10
_MAX_COURTESY_CHARACTERS: Final = 200
_MAX_ANSWER_CHARACTERS: Final = 600

_GRATEFUL_SIGNS: Final = frozenset("👍🙏❤😊🙂😀👌🤝✅💚💙🫶")
_NOT_LETTERS: Final = re2.compile(r"[\pL\pN]")


def is_courtesy(text: str) -> bool:
    """Tells whether a message only says thanks, so that it reopens nothing."""
    stripped = text.strip()
    if not stripped or "?" in stripped or "¿" in stripped:
        return False
    if _NOT_LETTERS.search(stripped) is None:
        return any(sign in stripped for sign in _GRATEFUL_SIGNS)
    if len(stripped) > _MAX_COURTESY_CHARACTERS:
        return False
    words = _TOKEN.findall(fold(stripped))
    if len(words) > _MAX_COURTESY_WORDS:
        return False
    return any(word in COURTESY_CORE for word in words) and all(
        word in COURTESY_CORE or word in COURTESY_FILLER for word in words
    )


_WORDS_MORE: Final = 2
_END: Final = r"(?:\s*$|\s*[.,;:!)\n-])"
_SCORE: Final = re2.compile(
    r"^\W*(?:[1-5]|uno|dos|tres|cuatro|cinco)(?:\s*(?:/|de|sobre)\s*5)?"
    rf"(?:{_END}|\s+(?:estrellas?|puntos?|gracias|muchas|porque|pero|y|muy|todo|excelente|buen\w*|"
    r"mal\w*|pesim\w*|regular|no|si|aunque|por|solucion\w*|resuelt\w*|resolv\w*|quedo|lo|la|me|sin|"
    r"falt\w*|sigue)\b)"
)
_SOLVED: Final = re2.compile(
    rf"^\W*(?:si|no)(?:{_END}|\s+(?:gracias|senor\w*|se|lo|me|quedo|quedaron|esta|estan|fue|fueron|"
    r"ha|han|solucion\w*|resol\w*|resuelt\w*|del todo|completamente|aun|todavia|sirvio|arregla\w*|"
    r"repara\w*)\b)"
)
_STATE: Final = re2.compile(
    r"^\W*(?:(?:ya|todo)\s+)?(?:(?:quedo|esta)\s+)?"
    r"(?:resuelt[oa]|solucionad[oa]|arreglad[oa]|reparad[oa])\b"
    r"|^\W*sin (?:resolver|solucion\w*)\b"
    r"|^\W*sigue (?:igual|sin|danad\w*|mal)\b"
)
_GRADE: Final = re2.compile(
    r"^\W*(?:excelente|muy buen[oa]?|buen[oa]?|regular|mal[oa]?|muy mal[oa]?|pesim[oa])"
    rf"(?:{_END}|\s+(?:servicio|atencion|trabajo|gestion|gracias)\b)"
)
_ANSWERS: Final = (_SCORE, _SOLVED, _STATE, _GRADE)


def is_prompt_answer(text: str, words: Iterable[str] = ()) -> bool:
    """Tells whether a message begins like an answer to a satisfaction question.

    A score of 1 to 5 or a word of a closed list at the start. "5 de mayo se cayó un árbol" or
    "No tengo luz en mi calle" are matters, not answers.

    Args:
        text: what the citizen wrote.
        words: folded words and phrases of the city's survey; one of them, with at most two
            words more, is an answer as well.
    """
    stripped = text.strip()
    if not stripped or len(stripped) > _MAX_ANSWER_CHARACTERS:
        return False
    folded = fold(stripped)
    if any(pattern.match(folded) is not None for pattern in _ANSWERS):
        return True
    tokens = _TOKEN.findall(folded[:200])
    for word in words:
        phrase = word.split()
        if phrase and not phrase[0].isdigit() and tokens[: len(phrase)] == phrase:
            return len(tokens) <= len(phrase) + _WORDS_MORE
    return False
