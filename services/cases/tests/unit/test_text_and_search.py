from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atiende_cases.domain.search import MAX_TERMS, index_terms, query_terms
from atiende_cases.domain.text import MAX_TEXT_BYTES, fold, safe_text

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("query", "text", "found"),
    [
        ("FAROLAS reparacion", "La reparación de la farola", True),
        ("año", "el año pasado", True),
        ("ano", "el año pasado", True),
        ("año", "el ano pasado", False),
        ("niño", "dos niños jugando", True),
        ("hueco", "hay huecos en la vía", True),
        ("hueco semaforo", "hay huecos en la vía", False),
        ("sa-2026-0000001-k", "SA-2026-0000001-K", True),
        ("0000001", "SA-2026-0000001-K", True),
        ("rosa@example.org", "escriba a Rosa@Example.org", True),
    ],
)
def test_search_in_spanish(query, text, found):
    assert (set(query_terms(query)) <= set(index_terms(text))) is found


def test_terms_are_bounded():
    assert len(index_terms(" ".join(f"palabra{n}" for n in range(5_000)))) == MAX_TERMS


@given(st.text(max_size=200))
def test_nothing_of_a_query_is_an_operator(query):
    assert all(isinstance(t, str) and not t.startswith("$") for t in query_terms(query))


@given(st.text(max_size=300))
def test_safe_text_is_stable_and_storable(text):
    safe = safe_text(text)
    assert safe_text(safe) == safe
    safe.encode("utf-8")
    assert not any(unicodedata.category(c) == "Cc" and c not in "\n\t" for c in safe)


def test_two_forms_of_one_text_are_one():
    assert safe_text("pe\u0301simo") == safe_text("pésimo")


def test_flood_of_combining_marks_is_cut_before_it_is_normalised():
    flood = "a" + "\u0301\u0323" * 80_000
    began = time.thread_time()
    safe = safe_text(flood)
    assert time.thread_time() - began < 0.5
    assert len(safe) <= 40


def test_long_text_is_cut_at_64_kb_without_splitting_a_character():
    assert len(safe_text("ñ" * 100_000).encode()) <= MAX_TEXT_BYTES


def test_lone_surrogates_and_nul_go():
    assert safe_text("a\ud800b\x00c") == "abc"


def test_folding_keeps_the_letter_enye_when_asked():
    assert fold("AÑO Él", keep_enye=True) == "año el"
    assert fold("AÑO Él") == "ano el"
