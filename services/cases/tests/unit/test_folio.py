from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atiende_cases.domain.folio import (
    ALPHABET,
    Folio,
    FolioError,
    check_character,
    mentioned_folios,
)

pytestmark = pytest.mark.unit
FOLIO = Folio("SA", 2026, 123)
folios = st.builds(
    Folio,
    prefix=st.text("ABCDEFGHJKMNPQRSTUVWXYZ", min_size=2, max_size=5),
    year=st.integers(0, 9999),
    number=st.integers(1, 9_999_999),
)


def payload(folio: Folio) -> str:
    return str(folio).replace("-", "")


def test_known_check_characters():
    # ISO 7064 gives "A12425GABC1234002" -> "M" as its example of MOD 37,36 (used by GRid).
    assert check_character("A12425GABC1234002") == "M"


@given(folios)
def test_printed_folio_is_read_back(folio):
    assert Folio.parse(str(folio)) == folio


@given(folios, st.data())
def test_folio_is_read_as_people_write_it(folio, data):
    text = str(folio)
    head, tail = text.split("-", 1)
    sloppy = tail[:-2].replace("0", data.draw(st.sampled_from("0oO"))).replace("1", "l")
    separator = data.draw(st.sampled_from(["-", " ", " - ", "", "."]))
    written = f"  {head.lower()}-{sloppy}-{tail[-1].lower()} ".replace("-", separator)
    assert Folio.parse(written) == folio


@given(folios, st.data())
def test_every_single_wrong_character_is_found(folio, data):
    text = payload(folio)
    place = data.draw(st.integers(0, len(text) - 1))
    wrong = data.draw(st.sampled_from([c for c in ALPHABET if c != text[place]]))
    changed = text[:place] + wrong + text[place + 1 :]
    assert check_character(changed[:-1]) != changed[-1]


def test_adjacent_transpositions_are_found_but_for_one_pair_of_each_inner_state():
    missed = 0
    for state in range(1, 37):
        for first in range(36):
            for second in range(first + 1, 36):
                missed += _after(_after(state, first), second) == _after(
                    _after(state, second), first
                )
    assert missed == 36
    assert 36 * 36 * 35 // 2 == 22_680


def _after(state: int, value: int) -> int:
    return ((state + value) % 36 or 36) * 2 % 37


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "FOLIO_MALFORMED"),
        ("hola", "FOLIO_MALFORMED"),
        ("SA-2026-123-5", "FOLIO_MALFORMED"),
        ("SA-2026-0000123", "FOLIO_MALFORMED"),
        ("SA-2026-0000132-5", "FOLIO_CHECK_MISMATCH"),
        ("SA-2026-0000123-6", "FOLIO_CHECK_MISMATCH"),
        ("x" * 10_000, "FOLIO_MALFORMED"),
    ],
)
def test_what_is_no_folio_is_refused_precisely(text, reason):
    with pytest.raises(FolioError) as refusal:
        Folio.parse(text)
    assert refusal.value.reason == reason


def test_folios_are_found_in_a_text_once_and_in_order():
    other = Folio("SA", 2026, 7)
    text = f"Sobre {str(FOLIO).lower()} y {other}, no SA-2026-0000124-Z; otra vez {FOLIO}."
    assert mentioned_folios(text) == [FOLIO, other]


@given(st.text(max_size=500))
def test_no_text_breaks_the_search_for_folios(text):
    assert all(isinstance(found, Folio) for found in mentioned_folios(text))
