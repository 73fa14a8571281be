"""A form in one language, and what its fields are to whoever shows them.

A form is plain JSON Schema in the city's default language. What JSON Schema has no word for stands
beside it: ``x-title`` and ``x-description`` hold translations, ``x-input`` tells a text of many
lines and a file from a short text.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal

Input = Literal[
    "text", "textarea", "number", "integer", "date", "choice", "choices", "yes_no", "file"
]
TRANSLATED: Final = {"x-title": "title", "x-description": "description"}
INPUTS: Final = {"textarea": "string", "file": "string"}
"""Values of ``x-input`` with the type that they stand on."""


def in_language(form: Mapping[str, Any], language: str) -> dict[str, Any]:
    """Returns a form whose titles and descriptions are in a language, without the translations.

    What is not translated stays in the default language. The result is JSON Schema 2020-12, with
    ``x-input`` kept.
    """
    return {
        name: _in_language(value, language)
        for name, value in _translated(form, language).items()
        if name not in TRANSLATED
    }


def _in_language(value: Any, language: str) -> Any:
    if isinstance(value, Mapping):
        return in_language(value, language)
    if isinstance(value, list | tuple):
        return [_in_language(one, language) for one in value]
    return value


def _translated(schema: Mapping[str, Any], language: str) -> dict[str, Any]:
    texts = {
        plain: schema[extra][language]
        for extra, plain in TRANSLATED.items()
        if isinstance(schema.get(extra), Mapping) and language in schema[extra]
    }
    return {**schema, **texts}


def input_of(field: Mapping[str, Any]) -> Input:
    """Tells how a field is filled in."""
    kind, items = field.get("type"), field.get("items", {})
    if "file" in (field.get("x-input"), items.get("x-input")):
        return "file"
    if kind == "boolean":
        return "yes_no"
    if kind == "array":
        return "choices"
    if "oneOf" in field or "enum" in field:
        return "choice"
    if kind == "integer":
        return "integer"
    if kind == "number":
        return "number"
    if field.get("format") == "date":
        return "date"
    return "textarea" if field.get("x-input") == "textarea" else "text"
