"""What a citizen's free answer says: a score, whether it was solved, and the rest.

People answer "5", "le doy un 4", "⭐⭐⭐", "pésimo, sigue igual" or only "no". A number that counts
something else ("2 semanas sin luz") is no score. In doubt nothing is read into the words: the
whole text stays as a comment that a person looks at.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import ceil

from atiende_surveys.domain.words import (
    AFTER_WORD,
    COUNTED,
    DECLINES,
    FACES,
    GRADES,
    LEADS,
    NEGATIONS,
    NO,
    NOT_SOLVED,
    NUMBER_WORDS,
    SOFTENERS,
    SOLVED,
    THUMBS,
    YES,
    fold,
)

LOWEST, HIGHEST = 1, 5
_GOOD, _POOR, _MIDDLE = 4, 2, 3
_LAST_START = 5
_KEYCAP = re.compile("([0-9])\N{VARIATION SELECTOR-16}?\N{COMBINING ENCLOSING KEYCAP}")
_OUT_OF = re.compile(r"(?<![\w.,])(\d{1,2})(?:[.,]\d)?\s*(?:/|de|sobre|out of)\s*(5|10)(?![\w])")
_STARRED = re.compile(r"(?<!\w)([1-5])\s*(?:estrell\w*|puntos?|stars?|points?)\b")
_NUMBERS = "|".join(NUMBER_WORDS)
_LEADING = re.compile(
    rf"^(?:[^\w]|{LEADS}\b)*?(?<!\w)(?P<n>[1-5]|(?:{_NUMBERS})(?={AFTER_WORD}))(?:[.,]\d)?(?![\d\w])(?!\s*[/:]\s*\d)"
    rf"(?!\s+{COUNTED}(?!\w))(?!\s+de\s+(?!5|10|puntaje|calificacion|nota)\w)"
)
_TRAILING = re.compile(
    r"(?<![\w#.,/:-])(?<!calle )(?<!carrera )(?<!numero )(?<!cra )([1-5])\s*[!.)]*\s*$"
)
_WORD = re.compile(r"\w+")
_FULL, _EMPTY = "⭐🌟★", "☆"
_TRIM = " \t\r\n.,;:!¡-–—()/*"


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The words of one city's survey, folded; they win over the general ones."""

    score_words: Mapping[str, int] = field(default_factory=dict)
    solved_words: tuple[str, ...] = ()
    not_solved_words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What was understood.

    Attributes:
        score: 1 to 5; 0 when there is none.
        solved: What the citizen says of the solution; None when they do not say.
        comment: What is left of the text.
    """

    score: int
    solved: bool | None
    comment: str

    @property
    def understood(self) -> bool:
        """Whether there is a score or a word on the solution."""
        return self.score > 0 or self.solved is not None

    def needs_recovery(self, recovery_at_most: int) -> bool:
        """Tells whether the citizen has to be won back."""
        return LOWEST <= self.score <= recovery_at_most or self.solved is False


def parse_answer(text: str, lexicon: Lexicon) -> Answer:
    """Reads an answer.

    Args:
        text: As the citizen wrote it.
        lexicon: The city's own words.
    """
    raw = _KEYCAP.sub(r"\1", text).strip()
    folded = fold(raw)
    score, span = _score(raw, folded, lexicon)
    return Answer(score, _solved(raw, folded, score, lexicon), _comment(raw, span))


_Found = tuple[int, tuple[int, int]]


def _score(raw: str, folded: str, lexicon: Lexicon) -> _Found:
    """Returns the score and where it stands; (0, (0, 0)) when there is none."""
    readings = (_numbers(folded), _stars(raw), _grades(folded, lexicon), _faces(raw))
    return next((found for found in readings if found is not None), (0, (0, 0)))


def _numbers(folded: str) -> _Found | None:
    out_of = _OUT_OF.search(folded)
    if out_of and (score := _scaled(int(out_of[1]), int(out_of[2]))):
        return score, out_of.span()
    starred = _STARRED.search(folded)
    if starred:
        return int(starred[1]), starred.span()
    leading = _LEADING.match(folded)
    if leading:
        word = leading["n"]
        return int(word) if word.isdigit() else NUMBER_WORDS[word], leading.span()
    trailing = _TRAILING.search(folded)
    if trailing:
        return int(trailing[1]), trailing.span()
    return None


def _scaled(value: int, scale: int) -> int:
    """Brings "9 de 10" to the scale of five; 0 when the value is not on its scale."""
    if not 0 < value <= scale:
        return 0
    return value if scale == HIGHEST else ceil(value / 2)


def _stars(raw: str) -> _Found | None:
    full = sum(raw.count(star) for star in _FULL)
    if not full:
        return None
    places = [index for index, char in enumerate(raw) if char in _FULL + _EMPTY]
    return min(full, HIGHEST), (places[0], places[-1] + 1)


def _faces(raw: str) -> _Found | None:
    found = [(index, FACES[char]) for index, char in enumerate(raw) if char in FACES]
    if not found:
        return None
    # Of mixed faces the worst counts: nobody smiles by mistake at what made them angry.
    return min(score for _, score in found), (found[0][0], found[-1][0] + 1)


def _grades(folded: str, lexicon: Lexicon) -> _Found | None:
    """Finds the longest grade near the beginning, turned round by a negation before it."""
    words = list(_WORD.finditer(folded))
    tokens = [word.group() for word in words]
    phrases = {tuple(p.split()): s for p, s in {**GRADES, **dict(lexicon.score_words)}.items()}
    longest = max((len(phrase) for phrase in phrases), default=0)
    for start in range(min(len(tokens), _LAST_START + 1)):
        for length in range(min(longest, len(tokens) - start), 0, -1):
            score = phrases.get(tuple(tokens[start : start + length]))
            # "uno" and its like are numbers and belong to `_numbers`, with its care.
            if score is None or tokens[start] in NUMBER_WORDS:
                continue
            span = (words[start].start(), words[start + length - 1].end())
            return (_turned(score) if _negated(tokens, start) else score), span
    return None


def _negated(tokens: list[str], start: int) -> bool:
    before = start - 1
    while before >= 0 and tokens[before] in SOFTENERS:
        before -= 1
    return before >= 0 and tokens[before] in NEGATIONS


def _turned(score: int) -> int:
    """Turns a grade round: what is not very good is poor, what is not bad is middling."""
    return _POOR if score >= _GOOD else _MIDDLE


def _solved(raw: str, folded: str, score: int, lexicon: Lexicon) -> bool | None:
    if _has(folded, lexicon.not_solved_words) or NOT_SOLVED.search(folded):
        return False
    if _has(folded, lexicon.solved_words) or SOLVED.search(folded):
        return True
    if DECLINES.search(folded):
        return None
    if NO.match(folded):
        # "5, no tengo nada que decir" is no complaint; a bare "no" is.
        return None if score >= _GOOD else False
    if YES.match(folded):
        return True
    return next((solved for sign, solved in THUMBS.items() if sign in raw), None)


def _has(folded: str, phrases: tuple[str, ...]) -> bool:
    return any(re.search(rf"\b{re.escape(phrase)}\b", folded) for phrase in phrases)


def _comment(raw: str, span: tuple[int, int]) -> str:
    """Returns what says more than the score itself."""
    begin, end = span
    if begin == end:
        return raw
    # Folding keeps the length of what people type; if not, the whole text is the safe choice.
    if len(fold(raw)) != len(raw):
        return raw if len(raw) > end - begin else ""
    before, after = raw[:begin].strip(_TRIM), raw[end:].strip(_TRIM)
    if not any(char.isalnum() for char in before + after):
        return ""
    return after if not before else raw
