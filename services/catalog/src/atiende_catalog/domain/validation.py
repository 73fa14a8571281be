"""Validation of a draft: everything that is wrong with it, not only the first thing.

Shape comes first. Parts whose shape is right are then checked for what they point to, even when
other parts are broken, so that an administrator sees all there is to do in one go.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from atiende_catalog.domain import checks_calendar, checks_forms, checks_procedures, checks_texts
from atiende_catalog.domain.problem import MAX_PROBLEMS, Problem, pointer
from atiende_catalog.domain.schema import SCHEMA
from atiende_catalog.domain.shape import check_bounds, check_shape
from atiende_city.content import MAX_CONTENT_BYTES, canonical_bytes, compress

MAX_COMPRESSED_BYTES = 900_000
"""One gRPC message of 1 MB carries a whole release."""


def validate(content: Any, *, today: date) -> list[Problem]:
    """Returns what keeps content from being published, ordered by place; empty when nothing does.

    Args:
        content: The document tree.
        today: Date in the city; the calendar must reach some way beyond it.
    """
    if too_large := check_bounds(content):
        return too_large
    shape = check_shape(content)
    found = set(shape)
    if isinstance(content, dict):
        found.update(_references(content, {problem.path for problem in shape}, today))
    if not found:
        found.update(_size(content))
    return sorted(found)[:MAX_PROBLEMS]


def _references(content: dict[str, Any], broken: set[str], today: date) -> Iterator[Problem]:
    def good(*parts: str) -> bool:
        here = pointer(parts)
        return not any(
            path == here or path.startswith(here + "/") or here.startswith(path + "/")
            for path in broken
        )

    def entries(part: str) -> dict[str, Any]:
        value = content.get(part)
        if not isinstance(value, dict):
            return {}
        return {key: item for key, item in value.items() if good(part, key)}

    # Broken entries still exist for those that point to them: their names are known.
    names = {
        part: value if isinstance(value := content.get(part), dict) else {}
        for part in SCHEMA["properties"]
    }
    known: dict[str, Any] = {**names, "faq": entries("faq")}
    city = good("city") and "city" in content
    if city:
        yield from checks_calendar.check_city(known)
        yield from checks_texts.check_faq(known)
        if not broken:
            language = content["city"]["default_language"]
            yield from checks_texts.check_translations(content, language)
    yield from checks_calendar.check_units(entries("units"), set(names["units"]))
    if good("calendar") and "calendar" in content:
        yield from checks_calendar.check_calendar(content, today)
    for workflow_id, workflow in entries("workflows").items():
        yield from checks_procedures.check_workflow(workflow_id, workflow)
    procedures = entries("procedures")
    for code, procedure in procedures.items():
        yield from checks_procedures.check_procedure(code, procedure, known)
        yield from checks_forms.check_form(code, procedure, _languages(content, city=city))
    yield from checks_procedures.check_keywords(procedures)
    if isinstance(content.get("templates"), dict):
        yield from checks_texts.check_templates(content["templates"])
    for key, template in entries("templates").items():
        yield from checks_texts.check_template(key, template)
    for key, answer in entries("answers").items():
        yield from checks_texts.check_answer(key, answer, names["procedures"])
    if isinstance(content.get("surveys"), dict) and good("surveys"):
        yield from checks_texts.check_surveys(content["surveys"])
    if good("crisis") and "crisis" in content:
        yield from checks_texts.check_crisis(known)
    if good("routing") and "routing" in content:
        yield from checks_texts.check_routing(content["routing"])


def _languages(content: dict[str, Any], *, city: bool) -> frozenset[str] | None:
    """Returns the city's languages; None when the city itself is broken."""
    return frozenset(content["city"]["languages"]) if city else None


def _size(content: Any) -> Iterator[Problem]:
    data = canonical_bytes(content)
    if len(data) > MAX_CONTENT_BYTES // 2 or len(compress(data)) > MAX_COMPRESSED_BYTES:
        yield Problem("", "El contenido es demasiado grande.", "Acorte textos o quite entradas.")
