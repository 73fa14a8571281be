"""Every mistake an administrator can make is told by place, cause and remedy."""

from __future__ import annotations

import copy
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from atiende_catalog.domain.problem import MAX_PROBLEMS
from atiende_catalog.domain.validation import validate
from atiende_city import Release
from atiende_city.content import canonical_bytes
from atiende_city.testing import example_content

pytestmark = pytest.mark.unit
TODAY = date(2026, 11, 22)
GONE = object()


def changed(path: str, value):
    content = example_content()
    *parts, last = path.strip("/").split("/")
    node = content
    for part in parts:
        node = node[int(part)] if isinstance(node, list) else node[part]
    if isinstance(node, list):
        last = len(node) if last == "-" else int(last)
    if value is GONE:
        del node[last]
    elif isinstance(node, list) and last == len(node):
        node.append(value)
    else:
        node[last] = value(node[last]) if callable(value) else value
    return content


def test_example_city_is_valid():
    assert validate(example_content(), today=TODAY) == []


MISTAKES = [
    # forms, pages and approved answers
    (
        "/procedures/huecos-vias/pages/0/fields/-",
        "elemento",
        "/procedures/huecos-vias/pages/1/fields/0",
        "ya está en la página",
    ),
    (
        "/procedures/huecos-vias/pages/0/fields/-",
        "nada",
        "/procedures/huecos-vias/pages/0/fields/3",
        "no pregunta «nada»",
    ),
    (
        "/procedures/huecos-vias/pages/0/fields/0",
        GONE,
        "/procedures/huecos-vias/pages",
        "«direccion» no está en ninguna página",
    ),
    (
        "/procedures/huecos-vias/place",
        "none",
        "/procedures/huecos-vias/pages/0/fields/2",
        "no pregunta «@place»",
    ),
    (
        "/procedures/huecos-vias/pages/1/id",
        "lugar",
        "/procedures/huecos-vias/pages/1/id",
        "está repetida",
    ),
    (
        "/procedures/huecos-vias/channels",
        ["portal"],
        "/procedures/huecos-vias/channels",
        "pantalla",
    ),
    ("/procedures/huecos-vias/channels/-", "fax", "/procedures/huecos-vias/channels/8", "conocido"),
    (
        "/procedures/huecos-vias/offices",
        ["x"],
        "/procedures/huecos-vias/offices/0",
        "«x» no existe",
    ),
    (
        "/procedures/huecos-vias/form/properties/direccion/x-title",
        "Address",
        "/procedures/huecos-vias/form/properties/direccion/x-title",
        "forma esperada",
    ),
    (
        "/procedures/huecos-vias/form/properties/direccion/x-title/pt",
        "Endereço",
        "/procedures/huecos-vias/form/properties/direccion/x-title/pt",
        "no es un idioma",
    ),
    (
        "/procedures/huecos-vias/form/properties/riesgo/x-input",
        "file",
        "/procedures/huecos-vias/form/properties/riesgo/x-input",
        "no es una forma de llenar",
    ),
    (
        "/procedures/huecos-vias/form/properties/elemento/oneOf/0/title",
        GONE,
        "/procedures/huecos-vias/form/properties/elemento/oneOf/0",
        "no tiene título",
    ),
    ("/answers/pedir-foto/procedures", ["x"], "/answers/pedir-foto/procedures/0", "no existe"),
    (
        "/answers/pedir-foto/text/es",
        "Hola {{ cedula }}",
        "/answers/pedir-foto/text/es",
        "«cedula»",
    ),
    (
        "/answers/pedir-foto/text/es",
        "{% for x in y %}{% endfor %}",
        "/answers/pedir-foto/text/es",
        "tiene un error",
    ),
    ("/answers/pedir-foto/title", {"en": "x"}, "/answers/pedir-foto/title", "idioma por defecto"),
    # shape
    ("/city/name", GONE, "/city/name", "Falta el campo"),
    ("/city/nombre", 1, "/city/nombre", "no existe aquí"),
    ("/units/vias/email", "x", "/units/vias/email", "forma esperada"),
    ("/units/VIAS", {}, "/units/VIAS", "forma esperada"),
    ("/procedures/huecos-vias/priority", 9, "/procedures/huecos-vias/priority", "máximo es 4"),
    ("/procedures/huecos-vias/public", "sí", "/procedures/huecos-vias/public", "true o false"),
    ("/calendar/holidays/0/date", "2026-02-30", "/calendar/holidays/0/date", "no es una fecha"),
    ("/workflows/calle/states/0/kind", "x", "/workflows/calle/states/0/kind", "conocido"),
    ("/units/vias/hours/mon", ["7-12"], "/units/vias/hours/mon/0", "forma esperada"),
    ("/city/languages", [], "/city/languages", "vacío"),
    ("/format", 2, "/format", "Debe ser 1"),
    # references
    ("/procedures/huecos-vias/unit", "obras", "/procedures/huecos-vias/unit", "«obras» no existe"),
    ("/procedures/huecos-vias/skills/-", "x", "/procedures/huecos-vias/skills/1", "«x» no existe"),
    ("/procedures/huecos-vias/workflow", "x", "/procedures/huecos-vias/workflow", "«x» no existe"),
    ("/city/default_procedure", "x", "/city/default_procedure", "«x» no existe"),
    ("/city/timezone", "America/Bogotá", "/city/timezone", "no existe"),
    ("/city/default_language", "pt", "/city/default_language", "idioma por defecto"),
    ("/units/vias/parent", "vias", "/units/vias/parent", "no existe o es ella misma"),
    ("/faq/sisben/procedure", "x", "/faq/sisben/procedure", "«x» no existe"),
    ("/crisis/procedures/-", "x", "/crisis/procedures/4", "«x» no existe"),
    # hours and calendar
    (
        "/units/vias/hours/mon",
        ["07:00-12:00", "11:00-17:00"],
        "/units/vias/hours/mon/1",
        "se cruza",
    ),
    ("/units/vias/hours/mon", ["12:00-07:00"], "/units/vias/hours/mon/0", "antes de empezar"),
    ("/units/vias/hours", {}, "/units/vias/hours", "no abre"),
    ("/calendar/years", [2026], "/calendar/years", "Faltan los festivos del año 2027"),
    ("/calendar/years", [2026, 2027, 2028, 2029], "/calendar/years", "2029 no tiene ningún"),
    (
        "/calendar/holidays/1",
        {"date": "2026-01-01", "name": "x"},
        "/calendar/holidays/1/date",
        "repetido",
    ),
    (
        "/calendar/holidays/-",
        {"date": "2031-01-01", "name": "x"},
        "/calendar/holidays/60/date",
        "no declara",
    ),
    # state machine
    ("/workflows/calle/initial", "x", "/workflows/calle/initial", "no existe"),
    ("/workflows/calle/initial", "resuelto", "/workflows/calle/initial", "clase «open»"),
    ("/workflows/calle/transitions/0/to", "x", "/workflows/calle/transitions/0/to", "no existe"),
    (
        "/workflows/calle/transitions/0/from/0",
        "x",
        "/workflows/calle/transitions/0/from/0",
        "no existe",
    ),
    (
        "/workflows/calle/transitions/5/from",
        ["cerrado"],
        "/workflows/calle/states/0",
        "no se puede llegar a resolver",
    ),
    ("/workflows/calle/states/4/kind", "open", "/workflows/calle/states", "clase «resolved»"),
    ("/workflows/calle/states/5/kind", "open", "/workflows/calle/states", "clase «closed»"),
    (
        "/workflows/calle/states/-",
        {
            "id": "isla",
            "kind": "open",
            "name": {"es": "Isla"},
            "public_text": {"es": "Isla"},
        },
        "/workflows/calle/states/6",
        "no se puede llegar",
    ),
    ("/workflows/calle/states/1/id", "recibido", "/workflows/calle/states/0", "2 veces"),
    (
        "/workflows/calle/transitions/5/to",
        "cerrado",
        "/workflows/calle/transitions/5/to",
        "disparador",
    ),
    (
        "/workflows/calle/transitions/1/trigger",
        "resolve",
        "/workflows/calle/transitions/5/from/0",
        "dos transiciones",
    ),
    # templates
    ("/templates/case_received", GONE, "/templates/case_received", "Falta la plantilla"),
    ("/templates/case_received/texts/email", GONE, "/templates/case_received/texts/email", "Falta"),
    (
        "/templates/case_received/texts/short/es/text",
        "Folio {{ folio",
        "/templates/case_received/texts/short/es/text",
        "tiene un error",
    ),
    (
        "/templates/case_received/texts/short/es/text",
        "{{ radicado }}",
        "/templates/case_received/texts/short/es/text",
        "«radicado»",
    ),
    (
        "/templates/case_received/texts/short/es/text",
        "{% for a in folio %}{{ a }}{% endfor %}",
        "/templates/case_received/texts/short/es/text",
        "no está permitido",
    ),
    (
        "/templates/case_received/variables/-",
        "x",
        "/templates/case_received/variables/8",
        "no existe",
    ),
    (
        "/templates/case_received/whatsapp_template/parameters/-",
        "score",
        "/templates/case_received/whatsapp_template/parameters/3",
        "no está en",
    ),
    (
        "/templates/case_received/texts/email/es/subject",
        GONE,
        "/templates/case_received/texts/email/es",
        "asunto",
    ),
    # translations
    ("/units/vias/name", {"en": "Roads"}, "/units/vias/name", "idioma por defecto"),
    ("/units/vias/name", {"es": "a", "pt": "b"}, "/units/vias/name/pt", "no es un idioma"),
    (
        "/templates/case_update/texts/short",
        {"en": {"text": "x"}},
        "/templates/case_update/texts/short",
        "idioma por defecto",
    ),
    # forms
    ("/procedures/huecos-vias/form/type", "x", "/procedures/huecos-vias/form/type", "2020-12"),
    (
        "/procedures/huecos-vias/form/required/-",
        "x",
        "/procedures/huecos-vias/form/required/2",
        "obligatorio «x»",
    ),
    (
        "/procedures/huecos-vias/form/properties/riesgo",
        {"type": "object"},
        "/procedures/huecos-vias/form/properties/riesgo",
        "tipo",
    ),
    (
        "/procedures/huecos-vias/form/properties/riesgo",
        {"type": "string", "title": "x", "pattern": "(a+)+$"},
        "/procedures/huecos-vias/form/properties/riesgo/pattern",
        "repite un grupo",
    ),
    ("/procedures/huecos-vias/form", {"type": "object"}, "/procedures/huecos-vias/form", "campos"),
    # keywords
    (
        "/procedures/huecos-vias/keywords/0",
        "BACHÉ",
        "/procedures/huecos-vias/keywords/0",
        "repetida",
    ),
    (
        "/procedures/huecos-vias/strong_keywords/-",
        "basura",
        "/procedures/recoleccion-basuras/strong_keywords/0",
        "ya es del trámite «huecos-vias»",
    ),
    (
        "/procedures/huecos-vias/keywords/0",
        "de la",
        "/procedures/huecos-vias/keywords/0",
        "distingue",
    ),
    # the rest
    ("/surveys/csat/recovery_at_most", 5, "/surveys/csat/recovery_at_most", "fuera de la escala"),
    ("/surveys/csat/score_words/uno", 7, "/surveys/csat/score_words/uno", "fuera de la escala"),
    ("/surveys/csat", GONE, "/surveys/csat", "Falta la encuesta"),
    (
        "/routing/escalation/1/after_minutes",
        30,
        "/routing/escalation/1/after_minutes",
        "posterior",
    ),
    (
        "/procedures/huecos-vias/outcomes/1/id",
        "reparado",
        "/procedures/huecos-vias/outcomes/0",
        "2 veces",
    ),
    ("/city/quiet_hours/end", "21:00", "/city/quiet_hours", "misma hora"),
]


@pytest.mark.parametrize(("path", "value", "where", "what"), MISTAKES)
def test_mistake_is_told_by_place(path, value, where, what):
    problems = validate(changed(path, value), today=TODAY)
    found = [problem for problem in problems if problem.path == where]
    assert any(what in problem.what for problem in found), problems
    assert all(problem.fix for problem in problems)


def test_all_mistakes_are_told_at_once():
    content = example_content()
    del content["city"]["name"]
    content["procedures"]["huecos-vias"]["unit"] = "obras"
    content["units"]["vias"]["hours"]["mon"] = ["07:00-12:00", "11:00-17:00"]
    content["calendar"]["years"] = [2026, 2027]
    content["templates"]["case_update"]["texts"]["short"]["es"]["text"] = "{{ nada }}"
    places = {problem.path for problem in validate(content, today=TODAY)}
    assert {
        "/city/name",
        "/procedures/huecos-vias/unit",
        "/units/vias/hours/mon/1",
        "/templates/case_update/texts/short/es/text",
    } <= places
    assert any(place.startswith("/calendar/holidays/") for place in places)


def test_calendar_must_reach_beyond_the_longest_term():
    content = example_content()
    content["calendar"]["years"] = [2026]
    content["calendar"]["holidays"] = [
        holiday for holiday in content["calendar"]["holidays"] if holiday["date"] < "2027"
    ]
    assert validate(content, today=date(2026, 3, 1)) == []
    assert [p.path for p in validate(content, today=date(2026, 11, 1))] == ["/calendar/years"]


@pytest.mark.parametrize("content", [None, 3, "x", [], {}, {"city": []}, {"procedures": {"a": 1}}])
def test_anything_else_is_refused_without_a_crash(content):
    assert validate(content, today=TODAY)


def test_number_of_problems_is_bounded():
    content = example_content()
    content["skills"] = {f"s{n}": 1 for n in range(499)}
    content["faq"] = {f"f{n}": 1 for n in range(499)}
    assert len(validate(content, today=TODAY)) == MAX_PROBLEMS


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)
EXAMPLE = example_content()


@st.composite
def spoiled(draw):
    """The example with junk at a random place."""
    content = copy.deepcopy(EXAMPLE)
    node = content
    for _ in range(draw(st.integers(0, 5))):
        keys = list(node) if isinstance(node, dict) else list(range(len(node)))
        inner = [key for key in keys if isinstance(node[key], dict | list) and node[key]]
        if not inner:
            break
        node = node[draw(st.sampled_from(inner))]
    keys = list(node) if isinstance(node, dict) else list(range(len(node)))
    node[draw(st.sampled_from(keys))] = draw(JUNK)
    return content


@settings(max_examples=120, deadline=None)
@given(spoiled())
def test_what_passes_validation_can_be_read(content):
    if not validate(content, today=TODAY):
        Release.parse(canonical_bytes(content))
