"""The schema of a release's content, as JSON Schema 2020-12."""

from __future__ import annotations

from typing import Any, Final

from atiende_city.channels import CHANNELS
from atiende_city.model import (
    ASKED,
    CONTACT_WAYS,
    DEADLINE_KINDS,
    ROLES,
    STATE_KINDS,
    TRIGGERS,
    WEEKDAYS,
)
from atiende_city.parse import SHORT

Schema = dict[str, Any]

LANGUAGE = "^[a-z]{2}$"
ID: Schema = {"type": "string", "pattern": "^[a-z0-9][a-z0-9_-]{0,63}$"}
_LINE: Schema = {"type": "string", "minLength": 1, "maxLength": 300}
_BLOCK: Schema = {"type": "string", "minLength": 1, "maxLength": 4000}
_MINUTES: Schema = {"type": "integer", "minimum": 1, "maximum": 100_000}
CLOCK: Schema = {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"}
SPAN: Schema = {
    "type": "string",
    "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]-(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$",
}
EMAIL: Schema = {"type": "string", "pattern": "^[^@\\s]{1,64}@[^@\\s]{1,190}$"}
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
        "propertyNames": keys or ID,
        "minProperties": least,
        "maxProperties": 500,
    }


def _texts(text: Schema) -> Schema:
    return _map(text, keys={"type": "string", "pattern": LANGUAGE}, least=1)


_NAME = _texts(_LINE)
_TEXT = _texts(_BLOCK)

_CITY = _obj(
    {
        "name": _NAME,
        "short_name": _LINE,
        "country": {"type": "string", "pattern": "^[A-Z]{2}$"},
        "timezone": _LINE,
        "default_language": {"type": "string", "pattern": LANGUAGE},
        "languages": _set({"type": "string", "pattern": LANGUAGE}, least=1),
        "folio_prefix": {"type": "string", "pattern": "^[A-Z]{2,5}$"},
        "default_procedure": ID,
        "jurisdiction_id": _LINE,
        "portal_url": {"type": "string", "pattern": "^https?://[^\\s]{1,200}$"},
        "contact": _obj({"email": EMAIL, "whatsapp": _LINE, "phone": _LINE, "address": _LINE}),
        "quiet_hours": _obj({"start": CLOCK, "end": CLOCK}),
        "emergency": _obj(
            {
                "phrases": _set(_LINE),
                "numbers": _list(_obj({"number": _LINE, "name": _NAME}), least=1),
                "text": _TEXT,
            }
        ),
    },
    {"categories": _map(_NAME, keys=_LINE)},
)
_UNIT = _obj(
    {
        "name": _NAME,
        "email": EMAIL,
        "phone": _LINE,
        "address": _LINE,
        "hours": {
            "type": "object",
            "properties": {day: _list(SPAN, most=6) for day in WEEKDAYS},
            "additionalProperties": False,
        },
    },
    {"parent": ID},
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
        "initial": ID,
        "states": _list(
            _obj(
                {
                    "id": ID,
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
                    "id": ID,
                    "name": _NAME,
                    "from": _set(ID, least=1),
                    "to": ID,
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
        "unit": ID,
        "skills": _set(ID),
        "priority": _PRIORITY,
        "public": {"type": "boolean"},
        "online": {"type": "boolean"},
        "workflow": ID,
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
            _obj({"id": ID, "name": _NAME, "text": _TEXT, "solved": {"type": "boolean"}}), least=1
        ),
    },
    {
        "pages": _list(
            _obj(
                {"id": ID, "title": _NAME, "fields": _set(_LINE, least=1)},
                {"help": _TEXT},
            ),
            least=1,
            most=20,
        ),
        "place": {"enum": list(ASKED)},
        "attachments": {"enum": list(ASKED)},
        "channels": _set({"enum": list(CONTACT_WAYS)}, least=1),
        "offices": _set(ID),
        "steps": _list(_TEXT, most=20),
        "result": _TEXT,
    },
)
_PARTS = _obj({"text": _BLOCK}, {"subject": _LINE})
_TEMPLATE = _obj(
    {
        "variables": _set(ID),
        "texts": {
            "type": "object",
            "properties": {channel: _texts(_PARTS) for channel in (SHORT, *CHANNELS)},
            "additionalProperties": False,
            "minProperties": 1,
        },
    },
    {
        "whatsapp_template": _obj(
            {"name": {"type": "string", "pattern": "^[a-z0-9_]{1,512}$"}, "parameters": _list(ID)}
        )
    },
)
_FAQ = _obj({"question": _NAME, "answer": _TEXT}, {"procedure": ID, "keywords": _list(_LINE)})
_ANSWER = _obj(
    {"topic": _LINE, "title": _NAME, "text": _TEXT},
    {"procedures": _set(ID), "keywords": _list(_LINE)},
)
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
                    "procedures": _set(ID),
                    "priority": _PRIORITY,
                }
            ),
        },
        {"answers": _map(_ANSWER)},
    ),
}
