"""Changes in words, lists that keep what stayed, and search over everything."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atiende_catalog.domain.diff import diff
from atiende_catalog.domain.diff_words import in_words
from atiende_catalog.domain.search import SearchIndex, pieces, snippet_of
from atiende_city.testing import example_content, example_release
from atiende_city.text import stems

pytestmark = pytest.mark.unit
HACIENDA = "Dependencia «Secretaría de Hacienda – Oficina de Impuestos» › horario › lunes"
HUECOS = "Trámite «Huecos en la vía, andenes y sumideros»"


def told(change):
    before, after = example_content(), example_content()
    change(after)
    return [in_words(one, before, after) for one in diff(before, after)]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            lambda c: c["units"]["hacienda"]["hours"].update(mon=["08:00-12:00"]),
            [
                f"{HACIENDA} › 1: cambia de «07:30-12:00» a «08:00-12:00».",
                f"{HACIENDA} › 2: se quita «13:30-17:00».",
            ],
        ),
        (
            lambda c: c["skills"].update(braille={"name": {"es": "Braille"}}),
            ["Se agrega la habilidad «Braille»."],
        ),
        (
            lambda c: c["skills"].pop("ingles"),
            ["Se quita la habilidad «Atención en inglés»."],
        ),
        (
            lambda c: c["procedures"]["huecos-vias"].update(online=False),
            [
                f"{HUECOS} › se hace en línea: cambia de sí a no.",
            ],
        ),
        (
            lambda c: c["routing"].update(max_offers=5),
            ["Reparto del trabajo › ofertas: cambia de «3» a «5»."],
        ),
    ],
)
def test_change_is_told_in_words(change, said):
    assert told(change) == said


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["units", "name", "es", "x/y", "~"]), inner, max_size=3
            )
        ),
        max_leaves=12,
    ),
    st.dictionaries(st.sampled_from(["units", "city", "faq"]), st.integers(), max_size=3),
)
def test_whatever_a_draft_holds_can_be_told(before, after):
    for change in diff(before, after):
        assert in_words(change, before, after)


def test_what_stayed_in_a_list_is_no_change():
    before = [{"d": n} for n in range(50)]
    after = [*before[:10], {"d": "new"}, *before[10:40], *before[41:]]
    assert [(c.kind, c.path) for c in diff(before, after)] == [
        ("added", "/10"),
        ("removed", "/40"),
    ]


def test_very_long_lists_are_compared_by_position():
    before, after = list(range(500)), [-1, *range(1, 501)]
    assert len(diff(before, after)) == 2


@given(st.text(max_size=200), st.sets(st.sampled_from(["luz", "calle", "posta"]), max_size=3))
def test_pieces_joined_are_the_text(text, wanted):
    assert "".join(piece.text for piece in pieces(text, wanted)) == text


def test_word_is_marked_without_its_accents():
    found = pieces("El semáforo de la Calle, dañado.", set(stems("semaforo danado")))
    assert [piece.text for piece in found if piece.hit] == ["semáforo", "dañado"] or [
        piece.text for piece in found if piece.hit
    ] == ["semáforo"]


def test_snippet_begins_where_it_fits_and_ends_at_a_word():
    text = "Primera frase sin nada. " + "La basura pasa el martes. " + "otra palabra " * 60
    found = snippet_of(text, set(stems("basura")))
    assert found.startswith("La basura pasa")
    assert len(found) <= 221
    assert found.endswith("…")


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("paz y salvo", "predial-paz-y-salvo"),
        ("farola apagada", "alumbrado-publico"),
        ("bache en mi calle", "huecos-vias"),
        ("permiso para un concierto en el parque", "permiso-evento"),
        ("derecho de petición", "derecho-peticion"),
    ],
)
def test_matter_is_found_by_how_people_say_it(query, first):
    found = SearchIndex(example_release(), "es").search(query, 5)
    assert first in [one.key for one in found][:3], [one.key for one in found]


def test_empty_and_endless_queries_find_nothing_and_end():
    index = SearchIndex(example_release(), "es")
    assert index.search("", 5) == []
    assert index.search("de la", 5) == []
    assert index.search("x" * 1_000_000, 5) == []
