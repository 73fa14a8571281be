"""A procedure's form: what is wrong with what somebody filled in, and how it reads to a person.

The form is the JSON Schema (draft 2020-12) of the release. Whatever stands in it comes from a city
and whatever is filled in from a stranger, so patterns run in RE2, which takes linear time, and no
reference is ever fetched.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Final

import re2
from jsonschema import Draft202012Validator, FormatChecker, ValidationError
from jsonschema.validators import extend
from referencing import Registry

from atiende_city.form_language import input_of

MAX_FAULTS: Final = 50
MAX_CHARACTERS: Final = 8_000
"""Longest text of one field, whatever its form says."""

_MAIL: Final = re2.compile(r"[^@\s<>,;\"]{1,64}@[^@\s<>,;\"]+\.[^@\s<>,;\".]{2,}")
_EMPTY: Final[Registry[Any]] = Registry()
_CHOICE: Final = {"es": "Elija una de las opciones.", "en": "Choose one of the options."}
_SHAPE: Final = {"es": "No tiene la forma esperada.", "en": "It does not have the expected form."}
_TEXTS: Final[Mapping[str, Mapping[str, str]]] = {
    "required": {"es": "Falta este dato.", "en": "This is needed."},
    "dependentRequired": {"es": "Falta este dato.", "en": "This is needed."},
    "additionalProperties": {
        "es": "El formulario no tiene este campo.",
        "en": "The form has no such field.",
    },
    "minLength": {"es": "Escriba al menos {} caracteres.", "en": "Write at least {} characters."},
    "maxLength": {"es": "Escriba máximo {} caracteres.", "en": "Write at most {} characters."},
    "minimum": {"es": "Debe ser {} o más.", "en": "It must be {} or more."},
    "maximum": {"es": "Debe ser {} o menos.", "en": "It must be {} or less."},
    "exclusiveMinimum": {"es": "Debe ser más de {}.", "en": "It must be more than {}."},
    "exclusiveMaximum": {"es": "Debe ser menos de {}.", "en": "It must be less than {}."},
    "multipleOf": {"es": "Debe ser múltiplo de {}.", "en": "It must be a multiple of {}."},
    "minItems": {"es": "Elija al menos {}.", "en": "Choose at least {}."},
    "maxItems": {"es": "Elija máximo {}.", "en": "Choose at most {}."},
    "uniqueItems": {"es": "Hay valores repetidos.", "en": "There are repeated values."},
    "enum": _CHOICE,
    "const": _CHOICE,
    "oneOf": _CHOICE,
    "anyOf": _CHOICE,
    "pattern": _SHAPE,
}
_TYPES: Final[Mapping[str, Mapping[str, str]]] = {
    "string": {"es": "Debe ser un texto.", "en": "It must be a text."},
    "integer": {"es": "Debe ser un número entero.", "en": "It must be a whole number."},
    "number": {"es": "Debe ser un número.", "en": "It must be a number."},
    "boolean": {"es": "Debe ser sí o no.", "en": "It must be yes or no."},
    "array": {"es": "Debe ser una lista.", "en": "It must be a list."},
}
_FORMATS: Final[Mapping[str, Mapping[str, str]]] = {
    "email": {"es": "No es un correo válido.", "en": "It is no valid e-mail address."},
    "date": {"es": "No es una fecha válida.", "en": "It is no valid date."},
    "time": {"es": "No es una hora válida.", "en": "It is no valid time."},
    "date-time": {"es": "No es una fecha y hora válida.", "en": "It is no valid date and time."},
}
_OTHER: Final = {"es": "No es válido.", "en": "It is not valid."}
_ATTACHED: Final = {"es": "adjunto", "en": "attached"}
_YES_NO: Final = {"es": ("Sí", "No"), "en": ("Yes", "No")}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong.

    Attributes:
        pointer: JSON pointer (RFC 6901) into the values, e.g. `/direccion`.
        text: for the person who fills in the form.
    """

    pointer: str
    text: str


def faults(form: Mapping[str, Any], values: Mapping[str, Any], language: str = "es") -> list[Fault]:
    """Lists what is wrong with a filled-in form, one for each place, in the form's order.

    Args:
        form: JSON Schema of the procedure.
        values: what was filled in, as parsed JSON.
        language: "es" or "en".

    Returns:
        At most 50; empty when it may be submitted.
    """
    found: dict[str, Fault] = {}
    validator = _Validator(form, registry=_EMPTY, format_checker=_CHECKER)
    for error in validator.iter_errors(values):
        place = _pointer(error.absolute_path)
        found.setdefault(place, Fault(place, _text(error, language)))
        if len(found) >= MAX_FAULTS:
            break
    for path, text in _texts_in(values, ()):
        place = _pointer(path)
        if len(text) > MAX_CHARACTERS and len(found) < MAX_FAULTS:
            too_long = _TEXTS["maxLength"].get(language, _TEXTS["maxLength"]["es"])
            found.setdefault(place, Fault(place, too_long.format(MAX_CHARACTERS)))
    order = {_pointer([name]): place for place, name in enumerate(form.get("properties", {}))}
    return sorted(
        found.values(),
        key=lambda fault: order.get("/" + fault.pointer[1:].split("/", 1)[0], len(order)),
    )


def lines(
    form: Mapping[str, Any], values: Mapping[str, Any], language: str = "es"
) -> list[tuple[str, str]]:
    """Gives a filled-in form as a person reads it: title and value of each field that has one."""
    shown = []
    for name, field in form.get("properties", {}).items():
        if name in values and values[name] not in ("", [], None):
            title = str(field.get("title") or name)
            shown.append((title, _shown(field, values[name], language)))
    return shown


def plain_values(values: Mapping[str, Any]) -> dict[str, str]:
    """Gives the values as the texts that events carry; lists are joined by "; "."""
    return {name: _plain(value) for name, value in values.items()}


def pattern_problem(pattern: str) -> str:
    """Says why a pattern cannot be run here; empty when it can."""
    try:
        re2.compile(pattern, _OPTIONS)
    except re2.error as error:
        return str(error)
    return ""


def _shown(field: Mapping[str, Any], value: Any, language: str) -> str:
    if input_of(field) == "file":
        # The value is an id; the file itself stands beside the message.
        return _ATTACHED.get(language, _ATTACHED["es"])
    options = [*field.get("oneOf", ()), *field.get("anyOf", ())]
    for option in options:
        if isinstance(option, Mapping) and "const" in option and option["const"] == value:
            return str(option.get("title") or value)
    if isinstance(value, bool):
        return _YES_NO.get(language, _YES_NO["es"])[0 if value else 1]
    if isinstance(value, list):
        items = field.get("items")
        inner = items if isinstance(items, Mapping) else {}
        return ", ".join(_shown(inner, one, language) for one in value)
    return _plain(value)


def _plain(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return "; ".join(value)
    return json.dumps(value, ensure_ascii=False)


def _texts_in(
    value: Any, path: tuple[str | int, ...]
) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _texts_in(inner, (*path, name))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _texts_in(inner, (*path, number))


def _pointer(path: Sequence[str | int]) -> str:
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)


def _text(error: ValidationError, language: str) -> str:
    table: Mapping[str, str] = _TEXTS.get(str(error.validator), _OTHER)
    if error.validator == "type":
        table = _TYPES.get(str(error.validator_value), _OTHER)
    elif error.validator == "format":
        table = _FORMATS.get(str(error.validator_value), _OTHER)
    return table.get(language, table["es"]).format(error.validator_value)


# -- keywords that must be ours: where the fault is, and which engine runs a pattern ----------

_OPTIONS: Final = re2.Options()
_OPTIONS.log_errors = False


def _matches(pattern: str, text: str) -> bool:
    try:
        return re2.search(pattern, text, _OPTIONS) is not None
    except re2.error:
        # The catalog refuses such a pattern; of an old release it is no citizen's fault.
        return True


def _required(_: Any, names: Any, instance: Any, __: Any) -> Iterator[ValidationError]:
    if isinstance(instance, dict):
        for name in names:
            if name not in instance:
                yield ValidationError("required", path=[name])


def _dependent_required(_: Any, names: Any, instance: Any, __: Any) -> Iterator[ValidationError]:
    if isinstance(instance, dict):
        for name, needed in names.items():
            missing = [one for one in needed if name in instance and one not in instance]
            for one in missing:
                yield ValidationError("required", path=[one])


def _pattern(_: Any, pattern: Any, instance: Any, __: Any) -> Iterator[ValidationError]:
    if isinstance(instance, str) and not _matches(pattern, instance):
        yield ValidationError("pattern")


def _pattern_properties(
    validator: Any, patterns: Any, instance: Any, _: Any
) -> Iterator[ValidationError]:
    if isinstance(instance, dict):
        for pattern, schema in patterns.items():
            for name, value in instance.items():
                if _matches(pattern, name):
                    yield from validator.descend(value, schema, path=name, schema_path=pattern)


def _additional_properties(
    validator: Any, allowed: Any, instance: Any, schema: Any
) -> Iterator[ValidationError]:
    if not isinstance(instance, dict):
        return
    patterns = schema.get("patternProperties", {})
    for name, value in instance.items():
        if name in schema.get("properties", {}) or any(_matches(p, name) for p in patterns):
            continue
        if allowed is False:
            yield ValidationError("additionalProperties", path=[name])
        else:
            yield from validator.descend(value, allowed, path=name)


_Validator: Final = extend(  # type: ignore[no-untyped-call]  # its stub has no types
    Draft202012Validator,
    {
        "required": _required,
        "dependentRequired": _dependent_required,
        "pattern": _pattern,
        "patternProperties": _pattern_properties,
        "additionalProperties": _additional_properties,
    },
)
_CHECKER: Final = FormatChecker(formats=())


@_CHECKER.checks("email")
def _is_mail(value: Any) -> bool:
    return not isinstance(value, str) or _MAIL.fullmatch(value) is not None


@_CHECKER.checks("date", raises=ValueError)
def _is_date(value: Any) -> bool:
    return not isinstance(value, str) or bool(date.fromisoformat(value))


@_CHECKER.checks("time", raises=ValueError)
def _is_time(value: Any) -> bool:
    return not isinstance(value, str) or time.fromisoformat(value) is not None


@_CHECKER.checks("date-time", raises=ValueError)
def _is_instant(value: Any) -> bool:
    return not isinstance(value, str) or datetime.fromisoformat(value).tzinfo is not None
