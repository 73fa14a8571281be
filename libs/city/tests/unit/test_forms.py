"""Filled-in forms: what is wrong with them, and how they read."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atiende_city.content import canonical_bytes
from atiende_city.forms import MAX_CHARACTERS, MAX_FAULTS, faults, lines, plain_values
from atiende_city.testing import example_release

pytestmark = pytest.mark.unit

LIGHT = example_release().procedures["alumbrado-publico"].form
GOOD = {"direccion": "Calle 12 # 4-30", "tipo_dano": "apagada", "luminarias": 2}


def form(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": False, "properties": properties}


def wrong(schema: dict[str, Any], values: Any, language: str = "es") -> dict[str, str]:
    return {fault.pointer: fault.text for fault in faults(schema, values, language)}


def test_good_form_has_no_fault() -> None:
    assert wrong(LIGHT, GOOD) == {}


def test_each_fault_names_its_field_in_the_order_of_the_form() -> None:
    values = {
        "sobra": 1,
        "luminarias": 900,
        "numero_poste": "sin número",
        "direccion": "Cl 1",
        "barrio": 7,
    }
    found = faults(LIGHT, values)
    assert [(fault.pointer, fault.text) for fault in found] == [
        ("/direccion", "Escriba al menos 5 caracteres."),
        ("/barrio", "Debe ser un texto."),
        ("/numero_poste", "No tiene la forma esperada."),
        ("/tipo_dano", "Falta este dato."),
        ("/luminarias", "Debe ser 200 o menos."),
        ("/sobra", "El formulario no tiene este campo."),
    ]


def test_questions_keep_the_order_in_which_the_city_wrote_them() -> None:
    assert list(LIGHT["properties"])[:3] == ["direccion", "barrio", "numero_poste"]
    one = {"b": {"form": {"properties": {"z": {"y": 1, "x": 2}, "properties": {}}}}, "a": 1}
    assert canonical_bytes(one) == (
        b'{"a":1,"b":{"form":{"properties":{"z":{"x":2,"y":1},"properties":{}}}}}'
    )
    other = {"b": {"form": {"properties": {"properties": {}, "z": {}}}}}
    assert canonical_bytes(other).index(b'properties":{},') < canonical_bytes(other).index(b'"z"')
    assert canonical_bytes({"properties": {"b": 1, "a": 2}}) == b'{"properties":{"a":2,"b":1}}'


def test_faults_speak_english_to_who_asked_for_it_and_spanish_to_all_others() -> None:
    values = {"direccion": "Calle 12", "tipo_dano": "rota"}
    assert wrong(LIGHT, values, "en") == {"/tipo_dano": "Choose one of the options."}
    assert wrong(LIGHT, values, "fr") == {"/tipo_dano": "Elija una de las opciones."}


@pytest.mark.parametrize(
    ("field", "value", "text"),
    [
        ({"type": "boolean"}, "sí", "Debe ser sí o no."),
        ({"type": "integer"}, True, "Debe ser un número entero."),
        ({"type": "integer"}, 1.5, "Debe ser un número entero."),
        ({"type": "number", "exclusiveMinimum": 0}, 0, "Debe ser más de 0."),
        ({"type": "array", "maxItems": 1}, ["a", "b"], "Elija máximo 1."),
        ({"type": "string", "format": "email"}, "rosa@", "No es un correo válido."),
        ({"type": "string", "format": "date"}, "2026-02-30", "No es una fecha válida."),
        ({"type": "string", "format": "time"}, "25:00", "No es una hora válida."),
        (
            {"type": "string", "format": "date-time"},
            "2026-02-03T10:00",
            "No es una fecha y hora válida.",
        ),
        ({"type": "string"}, "x" * (MAX_CHARACTERS + 1), f"Escriba máximo {MAX_CHARACTERS} c"),
        ({"type": "string", "not": {"const": "a"}}, "a", "No es válido."),
    ],
)
def test_fault_says_what_is_expected(field: dict[str, Any], value: Any, text: str) -> None:
    assert wrong(form(x=field), {"x": value})["/x"].startswith(text)


def test_place_inside_a_list_is_pointed_at_and_odd_names_are_escaped() -> None:
    schema = form(**{"a/b~c": {"type": "array", "items": {"type": "string"}}})
    assert wrong(schema, {"a/b~c": ["uno", 2]}) == {"/a~1b~0c/1": "Debe ser un texto."}


def test_field_that_another_makes_necessary_is_asked_for() -> None:
    schema = form(a={"type": "string"}, b={"type": "string"})
    schema |= {"dependentRequired": {"a": ["b"]}}
    assert wrong(schema, {"a": "x"}) == {"/b": "Falta este dato."}
    conditional = form(a={"type": "string"}, b={"type": "string"})
    conditional |= {"if": {"properties": {"a": {"const": "si"}}}, "then": {"required": ["b"]}}
    assert wrong(conditional, {"a": "si"}) == {"/b": "Falta este dato."}
    assert wrong(conditional, {"a": "no"}) == {}


def test_flood_of_faults_is_cut() -> None:
    assert len(faults(form(), {f"f{n}": 1 for n in range(1_000)})) == MAX_FAULTS


def test_pattern_of_a_city_takes_linear_time() -> None:
    schema = form(x={"type": "string", "pattern": "^(a+)+$"})
    schema |= {"patternProperties": {"^(b+)+$": {"type": "string"}}}
    began = time.thread_time()
    assert set(wrong(schema, {"x": "a" * 5_000 + "!", "b" * 500 + "!": 1})) == {
        "/x",
        "/" + "b" * 500 + "!",
    }
    assert time.thread_time() - began < 1


def test_pattern_that_cannot_be_run_blames_nobody() -> None:
    assert wrong(form(x={"type": "string", "pattern": "(?=a)"}), {"x": "b"}) == {}


def test_reference_to_another_place_is_never_fetched() -> None:
    with pytest.raises(Exception, match="Unresolvable"):
        faults(form(x={"$ref": "http://127.0.0.1:9/form.json"}), {"x": 1})


def test_form_reads_like_what_was_chosen() -> None:
    values = {"toca_redes": True, "solicitud": "poda", "direccion": "Parque central"}
    trees = example_release().procedures["arboles-zonas-verdes"].form
    assert lines(trees, values) == [
        ("Dirección o nombre del parque", "Parque central"),
        ("Qué solicita", "Poda"),
        ("Las ramas tocan cables o una edificación", "Sí"),
    ]
    many = form(x={"type": "array", "title": "Días", "items": {"oneOf": [{"const": "l"}]}})
    assert lines(many, {"x": ["l", "m"]}) == [("Días", "l, m")]


def test_values_travel_as_texts() -> None:
    assert plain_values({"a": "x", "b": 2, "c": True, "d": ["m", "n"], "e": [1], "f": None}) == {
        "a": "x",
        "b": "2",
        "c": "true",
        "d": "m; n",
        "e": "[1]",
        "f": "null",
    }


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from(["", *LIGHT["properties"]]) | st.text(max_size=8), _JSON))
def test_any_json_is_judged_and_read_without_an_error(values: dict[str, Any]) -> None:
    for procedure in example_release().procedures.values():
        for fault in faults(procedure.form, values):
            assert fault.pointer.startswith("/")
            assert fault.text
        lines(procedure.form, values)
    assert all(isinstance(text, str) for text in plain_values(values).values())
