"""Differences of contents and search of questions."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atiende_catalog.domain.diff import diff
from atiende_catalog.domain.faq_search import FaqIndex
from atiende_city.testing import example_release

pytestmark = pytest.mark.unit
TREES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(TREES, TREES)
def test_no_difference_means_equal(before, after):
    same = json.dumps(before, sort_keys=True) == json.dumps(after, sort_keys=True)
    assert (diff(before, after) == []) == same
    assert diff(before, before) == []


def test_changes_are_told_by_pointer():
    found = diff({"a": 1, "b/c": [1, 2], "d": 0}, {"a": 2, "b/c": [1], "e": True})
    assert [(c.path, c.kind, c.before, c.after) for c in found] == [
        ("/a", "changed", 1, 2),
        ("/b~1c/1", "removed", 2, None),
        ("/d", "removed", 0, None),
        ("/e", "added", None, True),
    ]


@pytest.mark.parametrize(
    ("query", "key"),
    [
        ("cuando pasa la basura", "dias-basura"),
        ("¿Qué día recogen las BASURAS?", "dias-basura"),
        ("como saco el paz y salvo", "paz-y-salvo-predial"),
        ("arbol podar", "poda-arbol"),
        ("me mordio un perro", "perro-mordedura"),
        ("horarios de atencion", "horario-atencion"),
        ("vecino con musica a todo volumen", "ruido-vecino"),
        ("pagar predial en cuotas", "acuerdo-de-pago"),
        ("anónima", "peticion-anonima"),
        ("semaforos", "semaforo-danado"),
    ],
)
def test_question_is_found_first(query, key):
    found = FaqIndex(example_release(), "es").search(query, 5)
    assert found[0].key == key, [entry.key for entry in found]


def test_nothing_fits_gives_nothing_and_empty_lists_all():
    index = FaqIndex(example_release(), "es")
    assert index.search("xyzzy", 5) == []
    assert index.search("de la", 5) == []
    assert len(index.search("", 5)) == 5
    assert FaqIndex(example_release(), "en").search("rubble", 5)[0].key == "escombros"
