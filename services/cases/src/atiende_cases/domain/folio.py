"""The public reference number of a case: `SA-2026-0000123-K`.

Prefix of the city, year of entry, number without gaps within tenant and year, and a check
character by ISO 7064:2003 hybrid system MOD 37,36 (section 8 of the standard), computed over
prefix, year and number without hyphens. The system finds every single wrong character. Of
adjacent transpositions it misses one pair of neighbours of its alphabet for each of its 36
inner states (36 of 22,680, 0.16 %); `tests/unit/test_folio.py` holds both figures.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import re2

ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_M: Final = len(ALPHABET)
_NUMBER_DIGITS: Final = 7
_YEAR_DIGITS: Final = 4
_MAX_LENGTH: Final = 40
# What people write for a digit, and for a letter, when they read a folio from paper.
_AS_DIGIT: Final = str.maketrans("OIL", "011")
_AS_LETTER: Final = str.maketrans("01", "OI")
_SHAPE: Final = re2.compile(
    r"^([0-9A-Z]{2,5})[-/. ]{1,3}([0-9OIL]{4})[-/. ]{1,3}([0-9OIL]{7,10})[-/. ]{0,3}([0-9A-Z])$"
)
_COMPACT: Final = re2.compile(r"^([A-Z][0-9A-Z]{1,4}?)([0-9OIL]{4})([0-9OIL]{7})([0-9A-Z])$")
_MENTION: Final = re2.compile(
    r"(?i)\b[A-Z][0-9A-Z]{1,4}[-/. ]{1,3}[0-9OIL]{4}[-/. ]{1,3}[0-9OIL]{7,10}[-/. ]{0,3}[0-9A-Z]\b"
)


class FolioError(ValueError):
    """A text is not a folio.

    Attributes:
        reason: `FOLIO_MALFORMED` when the shape is wrong, `FOLIO_CHECK_MISMATCH` when one
            character or the order of two is.
    """

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


def check_character(payload: str) -> str:
    """Computes the ISO 7064 MOD 37,36 check character.

    Args:
        payload: digits and capital letters.

    Raises:
        ValueError: a character outside of the alphabet.
    """
    state = _M
    for character in payload:
        state = (state + ALPHABET.index(character)) % _M or _M
        state = state * 2 % (_M + 1)
    return ALPHABET[(_M + 1 - state) % _M]


@dataclass(frozen=True, slots=True, order=True)
class Folio:
    """A folio of one city."""

    prefix: str
    year: int
    number: int

    def __str__(self) -> str:
        """Writes it the way it is printed."""
        year = f"{self.year:0{_YEAR_DIGITS}d}"
        number = f"{self.number:0{_NUMBER_DIGITS}d}"
        check = check_character(f"{self.prefix}{year}{number}")
        return f"{self.prefix}-{year}-{number}-{check}"

    @classmethod
    def parse(cls, text: str) -> Folio:
        """Reads a folio as people write it.

        Case, spaces, missing hyphens, O for 0 and I or L for 1 are forgiven.

        Raises:
            FolioError: it is no folio, or the check character says that something is wrong.
        """
        cleaned = " ".join(text[:_MAX_LENGTH].upper().split())
        cleaned = cleaned.replace("–", "-").replace("—", "-").replace(" -", "-").replace("- ", "-")
        found = _SHAPE.match(cleaned) or _COMPACT.match(cleaned.replace("-", "").replace(" ", ""))
        if found is None:
            raise FolioError(
                "FOLIO_MALFORMED",
                "Un folio se escribe como SA-2026-0000123-K: letras de la ciudad, año, número y "
                "carácter de control.",
            )
        prefix, year, number, check = found.groups()
        folio = cls(
            prefix.translate(_AS_LETTER),
            int(year.translate(_AS_DIGIT)),
            int(number.translate(_AS_DIGIT)),
        )
        right = str(folio)[-1]
        if check not in {right, right.translate(_AS_LETTER), right.translate(_LOOKALIKES)}:
            raise FolioError(
                "FOLIO_CHECK_MISMATCH",
                "El carácter de control no corresponde: revise si cambió o invirtió algún "
                "carácter del folio.",
            )
        return folio


_LOOKALIKES: Final = str.maketrans("OI", "01")


def mentioned_folios(text: str, *, at_most: int = 5) -> list[Folio]:
    """Finds the well-formed folios in what a citizen wrote, in order, each once.

    Args:
        text: subject or body; linear time whatever it holds.
        at_most: stop after so many.
    """
    found: list[Folio] = []
    for match in _MENTION.finditer(text):
        try:
            folio = Folio.parse(match.group(0))
        except FolioError:
            continue
        if folio not in found:
            found.append(folio)
        if len(found) == at_most:
            break
    return found
