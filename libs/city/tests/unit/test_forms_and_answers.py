"""Forms in a language, and approved answers."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from atiende_city import Release
from atiende_city.content import canonical_bytes
from atiende_city.form_language import in_language, input_of
from atiende_city.forms import lines
from atiende_city.model import IN_PERSON
from atiende_city.render import render_answer, standard_values
from atiende_city.testing import example_content, example_release

pytestmark = pytest.mark.unit
NOW = datetime(2026, 11, 25, 15, 0, tzinfo=UTC)


def test_form_is_told_in_a_language_and_stays_plain_json_schema():
    form = {
        "type": "object",
        "title": "Reporte",
        "x-title": {"en": "Report"},
        "properties": {
            "que": {
                "type": "string",
                "title": "Qué",
                "x-title": {"en": "What"},
                "oneOf": [{"const": "a", "title": "Uno", "x-title": {"en": "One"}}],
            },
            "nota": {"type": "string", "title": "Nota", "x-input": "textarea"},
        },
    }
    english = in_language(form, "en")
    assert english["title"] == "Report"
    assert english["properties"]["que"]["oneOf"] == [{"const": "a", "title": "One"}]
    assert english["properties"]["nota"] == {
        "type": "string",
        "title": "Nota",
        "x-input": "textarea",
    }
    assert in_language(form, "es")["properties"]["que"]["title"] == "Qué"
    assert in_language(form, "pt") == in_language(form, "es")
    assert form["x-title"] == {"en": "Report"}, "the release itself is not changed"


@pytest.mark.parametrize(
    ("field", "wanted"),
    [
        ({"type": "string"}, "text"),
        ({"type": "string", "x-input": "textarea"}, "textarea"),
        ({"type": "string", "x-input": "file"}, "file"),
        ({"type": "array", "items": {"type": "string", "x-input": "file"}}, "file"),
        ({"type": "array", "items": {"type": "string", "oneOf": []}}, "choices"),
        ({"type": "string", "oneOf": []}, "choice"),
        ({"type": "string", "enum": ["a"]}, "choice"),
        ({"type": "string", "format": "date"}, "date"),
        ({"type": "integer"}, "integer"),
        ({"type": "number"}, "number"),
        ({"type": "boolean"}, "yes_no"),
    ],
)
def test_field_is_filled_in_by_what_it_is(field, wanted):
    assert input_of(field) == wanted


def test_file_is_told_as_attached_and_not_by_its_id():
    form = {"properties": {"copia": {"type": "string", "x-input": "file", "title": "Copia"}}}
    assert lines(form, {"copia": "0197f9a2"}) == [("Copia", "adjunto")]


def test_example_city_asks_in_every_way_there_is():
    fields = [
        input_of(field)
        for procedure in example_release().procedures.values()
        for field in procedure.form["properties"].values()
    ]
    assert set(fields) == {
        *("text", "textarea", "number", "integer", "date", "choice", "choices", "yes_no", "file"),
    }


def test_every_procedure_can_be_asked_for_without_a_screen():
    for procedure in example_release().procedures.values():
        assert IN_PERSON & set(procedure.channels)
        assert procedure.offices[0] == procedure.unit_id


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("known", [True, False])
def test_every_approved_answer_can_be_filled_in_with_what_a_case_knows(language, known):
    release = example_release()
    values = standard_values(
        release,
        language=language,
        now=NOW,
        **(
            {
                "folio": "SA-2026-0000001-K",
                "citizen_name": "Marta",
                "procedure_code": "huecos-vias",
                "unit_id": "vias",
                "due_time": NOW,
            }
            if known
            else {}
        ),
    )
    assert len(release.answers) >= 20
    for answer in release.answers.values():
        text = render_answer(answer, language, values)
        assert text
        assert "{" not in text


def test_answers_of_a_procedure_come_before_the_general_ones():
    release = example_release()
    found = [answer.key for answer in release.answers_for("alumbrado-publico")]
    own = [key for key in found if "alumbrado" in key]
    assert found[: len(own)] == own
    assert "pedir-foto" in found
    assert "ruido-visita" not in found


def test_release_from_before_there_were_answers_has_none():
    content = example_content()
    del content["answers"]
    for procedure in content["procedures"].values():
        for part in ("pages", "place", "attachments", "channels", "offices", "steps", "result"):
            procedure.pop(part, None)
    release = Release.parse(canonical_bytes(content))
    assert release.answers_for("huecos-vias") == ()
    procedure = release.procedures["huecos-vias"]
    assert (procedure.pages, procedure.place, procedure.offices) == ((), "none", ("vias",))
