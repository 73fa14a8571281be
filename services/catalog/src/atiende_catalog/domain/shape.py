"""The shape of a release's content, as JSON Schema 2020-12, and its errors in Spanish.

Cross references (a unit that does not exist, a state that cannot be reached) are not shape; they
are checked in `references`.
"""

from __future__ import annotations

from typing import Any, Final

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError

from atiende_catalog.domain.problem import Problem, pointer
from atiende_city.model import CHANNELS, DEADLINE_KINDS, ROLES, STATE_KINDS, TRIGGERS, WEEKDAYS
from atiende_city.parse import SHORT

Schema = dict[str, Any]

_LANGUAGE = "^[a-z]{2}$"
_ID: Schema = {"type": "string", "pattern": "^[a-z0-9][a-z0-9_-]{0,63}$"}
_LINE: Schema = {"type": "string", "minLength": 1, "maxLength": 300}
_BLOCK: Schema = {"type": "string", "minLength": 1, "maxLength": 4000}
_MINUTES: Schema = {"type": "integer", "minimum": 1, "maximum": 100_000}
_CLOCK: Schema = {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"}
_SPAN: Schema = {
    "type": "string",
    "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]-(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$",
}
_EMAIL: Schema = {"type": "string", "pattern": "^[^@\\s]{1,64}@[^@\\s]{1,190}$"}
_PRIORITY: Schema = {"type": "integer", "minimum": 0, "maximum": 4}


def _obj(required: Schema, optional: Schema | None = None) -> Schema:
    return {
        "type": "object",
        "properties": {**required, **(optional or {})},
        "required": sorted(required),
        "additionalProperties": False,
    }


def _list(items: Schema, *, least: int = 0, most: int = 300) -> Schema:
    return {"type": "array", "items": items, "minItems": least, "maxItems": most}


def _set(items: Schema, *, least: int = 0) -> Schema:
    return {**_list(items, least=least), "uniqueItems": True}


def _map(values: Schema, *, keys: Schema | None = None, least: int = 0) -> Schema:
    return {
        "type": "object",
        "additionalProperties": values,
        "propertyNames": keys or _ID,
        "minProperties": least,
        "maxProperties": 500,
    }


def _texts(text: Schema) -> Schema:
    return _map(text, keys={"type": "string", "pattern": _LANGUAGE}, least=1)


_NAME = _texts(_LINE)
_TEXT = _texts(_BLOCK)

_CITY = _obj(
    {
        "name": _NAME,
        "short_name": _LINE,
        "country": {"type": "string", "pattern": "^[A-Z]{2}$"},
        "timezone": _LINE,
        "default_language": {"type": "string", "pattern": _LANGUAGE},
        "languages": _set({"type": "string", "pattern": _LANGUAGE}, least=1),
        "folio_prefix": {"type": "string", "pattern": "^[A-Z]{2,5}$"},
        "default_procedure": _ID,
        "jurisdiction_id": _LINE,
        "portal_url": {"type": "string", "pattern": "^https?://[^\\s]{1,200}$"},
        "contact": _obj({"email": _EMAIL, "whatsapp": _LINE, "phone": _LINE, "address": _LINE}),
        "quiet_hours": _obj({"start": _CLOCK, "end": _CLOCK}),
        "emergency": _obj(
            {
                "phrases": _set(_LINE),
                "numbers": _list(_obj({"number": _LINE, "name": _NAME}), least=1),
                "text": _TEXT,
            }
        ),
    }
)
_UNIT = _obj(
    {
        "name": _NAME,
        "email": _EMAIL,
        "phone": _LINE,
        "address": _LINE,
        "hours": {
            "type": "object",
            "properties": {day: _list(_SPAN, most=6) for day in WEEKDAYS},
            "additionalProperties": False,
        },
    },
    {"parent": _ID},
)
_CALENDAR = _obj(
    {
        "source": _LINE,
        "years": _set({"type": "integer", "minimum": 2000, "maximum": 2100}, least=1),
        "legal_weekdays": _set({"enum": list(WEEKDAYS)}, least=1),
        "holidays": _list(
            _obj({"date": {"type": "string", "format": "date"}, "name": _LINE}), most=2000
        ),
    }
)
_WORKFLOW = _obj(
    {
        "initial": _ID,
        "states": _list(
            _obj(
                {
                    "id": _ID,
                    "kind": {"enum": list(STATE_KINDS)},
                    "name": _NAME,
                    "public_text": _TEXT,
                }
            ),
            least=2,
        ),
        "transitions": _list(
            _obj(
                {
                    "id": _ID,
                    "name": _NAME,
                    "from": _set(_ID, least=1),
                    "to": _ID,
                    "roles": _set({"enum": list(ROLES)}, least=1),
                },
                {"trigger": {"enum": list(TRIGGERS)}},
            ),
            least=1,
        ),
    }
)
_PROCEDURE = _obj(
    {
        "name": _NAME,
        "description": _TEXT,
        "audience": _NAME,
        "category": _LINE,
        "unit": _ID,
        "skills": _set(_ID),
        "priority": _PRIORITY,
        "public": {"type": "boolean"},
        "online": {"type": "boolean"},
        "workflow": _ID,
        "keywords": _list(_LINE),
        "strong_keywords": _list(_LINE),
        "form": {"type": "object"},
        "requirements": _list(_TEXT, least=1),
        "cost": _TEXT,
        "legal_basis": _list(_LINE, least=1),
        "deadline": _obj(
            {
                "kind": {"enum": list(DEADLINE_KINDS)},
                "amount": {"type": "integer", "minimum": 1, "maximum": 400},
            }
        ),
        "first_answer_minutes": _MINUTES,
        "reopen_hours": {"type": "integer", "minimum": 0, "maximum": 8760},
        "outcomes": _list(
            _obj({"id": _ID, "name": _NAME, "text": _TEXT, "solved": {"type": "boolean"}}), least=1
        ),
    }
)
_PARTS = _obj({"text": _BLOCK}, {"subject": _LINE})
_TEMPLATE = _obj(
    {
        "variables": _set(_ID),
        "texts": {
            "type": "object",
            "properties": {channel: _texts(_PARTS) for channel in (SHORT, *CHANNELS)},
            "additionalProperties": False,
            "minProperties": 1,
        },
    },
    {
        "whatsapp_template": _obj(
            {"name": {"type": "string", "pattern": "^[a-z0-9_]{1,512}$"}, "parameters": _list(_ID)}
        )
    },
)
_FAQ = _obj({"question": _NAME, "answer": _TEXT}, {"procedure": _ID, "keywords": _list(_LINE)})
_SURVEY = _obj(
    {
        "minimum": {"type": "integer", "minimum": 0, "maximum": 10},
        "maximum": {"type": "integer", "minimum": 1, "maximum": 10},
        "question": _NAME,
        "comment_question": _NAME,
        "recovery_at_most": {"type": "integer", "minimum": 0, "maximum": 10},
        "expire_hours": {"type": "integer", "minimum": 1, "maximum": 720},
        "score_words": _map({"type": "integer"}, keys=_LINE),
        "solved_words": _list(_LINE),
        "not_solved_words": _list(_LINE),
    }
)
_ROUTING = _obj(
    {
        "offer_seconds": {"type": "integer", "minimum": 5, "maximum": 3600},
        "max_offers": {"type": "integer", "minimum": 1, "maximum": 20},
        "capacity_per_agent": {"type": "integer", "minimum": 1, "maximum": 100},
        "recovery_priority": _PRIORITY,
        "escalation": _list(
            _obj(
                {
                    "after_minutes": _MINUTES,
                    "role": {"enum": ["supervisor", "unit_manager", "admin"]},
                }
            ),
            least=1,
            most=5,
        ),
    }
)
SCHEMA: Final[Schema] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    **_obj(
        {
            "format": {"const": 1},
            "city": _CITY,
            "calendar": _CALENDAR,
            "units": _map(_UNIT, least=1),
            "skills": _map(_obj({"name": _NAME})),
            "workflows": _map(_WORKFLOW, least=1),
            "procedures": _map(_PROCEDURE, least=1),
            "templates": _map(_TEMPLATE, least=1),
            "faq": _map(_FAQ),
            "surveys": _map(_SURVEY),
            "routing": _ROUTING,
            "crisis": _obj(
                {
                    "active": {"type": "boolean"},
                    "text": _TEXT,
                    "procedures": _set(_ID),
                    "priority": _PRIORITY,
                }
            ),
        }
    ),
}
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
    _ID["pattern"]: "minúsculas, números, guion y guion bajo, hasta 64",
    _SPAN["pattern"]: 'horas como "07:30-12:00"',
    _CLOCK["pattern"]: 'una hora como "21:00"',
    _EMAIL["pattern"]: "un correo electrónico",
    _LANGUAGE: 'un idioma de dos letras, como "es"',
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
