"""The shape of a release's content, with its errors in Spanish.

Cross references (a unit that does not exist, a state that cannot be reached) are not shape; they
are checked in `checks_*`.
"""

from __future__ import annotations

from typing import Any

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError

from atiende_catalog.domain.problem import Problem, pointer
from atiende_catalog.domain.schema import CLOCK, EMAIL, ID, LANGUAGE, SCHEMA, SPAN

_VALIDATOR = Draft202012Validator(SCHEMA, format_checker=FormatChecker(("date",)))
_TYPES = {
    "object": "un objeto con campos",
    "array": "una lista",
    "string": "un texto",
    "integer": "un número entero",
    "number": "un número",
    "boolean": "true o false",
}
_PATTERNS = {
    ID["pattern"]: "minúsculas, números, guion y guion bajo, hasta 64",
    SPAN["pattern"]: 'horas como "07:30-12:00"',
    CLOCK["pattern"]: 'una hora como "21:00"',
    EMAIL["pattern"]: "un correo electrónico",
    LANGUAGE: 'un idioma de dos letras, como "es"',
}


MAX_ITEMS = 2_000
MAX_NODES = 200_000
MAX_DEPTH = 40


def check_bounds(content: Any) -> list[Problem]:
    """Refuses trees whose mere size would make the checks slow; empty when it is fit to check."""
    waiting: list[tuple[tuple[str | int, ...], Any]] = [((), content)]
    nodes = 0
    while waiting:
        path, node = waiting.pop()
        if not isinstance(node, dict | list):
            continue
        nodes += len(node)
        if nodes > MAX_NODES:
            return [Problem("", "El contenido es demasiado grande.", "Quite entradas.")]
        if len(node) > MAX_ITEMS or len(path) > MAX_DEPTH:
            what = "Tiene demasiados elementos o niveles."
            return [Problem(pointer(path[:10]), what, f"Deje como máximo {MAX_ITEMS}.")]
        items = node.items() if isinstance(node, dict) else enumerate(node)
        waiting.extend(((*path, key), item) for key, item in items)
    return []


def check_shape(content: Any) -> list[Problem]:
    """Compares content with the schema; returns everything that is wrong, unordered."""
    found: list[Problem] = []
    for error in _VALIDATOR.iter_errors(content):
        found.extend(_say(error))
    return found


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 60 else text[:57] + "…"  # noqa: PLR2004 -- fits a line


def _say(error: ValidationError) -> list[Problem]:
    path = list(error.absolute_path)
    if "propertyNames" in error.absolute_schema_path:
        path.append(str(error.instance))
    wanted: Any = error.validator_value
    value: Any = error.instance
    if error.validator == "required":
        # One error arrives per missing field; only its message says which.
        name = next((n for n in wanted if error.message.startswith(repr(n))), "?")
        return [Problem(pointer([*path, name]), f"Falta el campo «{name}».", "Agregue el campo.")]
    if error.validator == "additionalProperties":
        known = error.schema.get("properties", {}) if isinstance(error.schema, dict) else {}
        return [
            Problem(
                pointer([*path, str(name)]),
                f"El campo «{_short(name)}» no existe aquí.",
                "Quítelo o revise cómo está escrito.",
            )
            for name in value
            if name not in known
        ]
    return [Problem(pointer(path), *_what_and_fix(str(error.validator), wanted, value))]


def _what_and_fix(rule: str, wanted: Any, value: Any) -> tuple[str, str]:
    match rule:
        case "type":
            return f"Debe ser {_TYPES.get(wanted, wanted)}.", "Cambie el valor."
        case "enum":
            options = ", ".join(str(option) for option in wanted)
            return f"«{_short(value)}» no es un valor conocido.", f"Use uno de estos: {options}."
        case "pattern":
            form = _PATTERNS.get(wanted, f"el patrón {wanted}")
            return f"«{_short(value)}» no tiene la forma esperada.", f"Use {form}."
        case "format":
            return f"«{_short(value)}» no es una fecha.", 'Escríbala como "2026-12-08".'
        case "minLength" | "minItems" | "minProperties":
            return "Está vacío o incompleto.", f"Agregue al menos {wanted}."
        case "maxLength" | "maxItems" | "maxProperties":
            return "Es demasiado largo.", f"Deje como máximo {wanted}."
        case "minimum":
            return f"El mínimo es {wanted}.", "Cambie el número."
        case "maximum":
            return f"El máximo es {wanted}.", "Cambie el número."
        case "uniqueItems":
            return "Hay valores repetidos.", "Deje cada valor una sola vez."
        case "const":
            return f"Debe ser {wanted}.", "Cambie el valor."
        case _:
            return f"No cumple la regla «{rule}».", "Revise el valor."
