"""What the OpenAPI document says of GeoReport v2: schemas of answers and the form of a report."""

from typing import Any, Final

from atiende_channels.channels.open311.form import MAX_FILES

Schema = dict[str, Any]
Responses = dict[int | str, dict[str, Any]]

_TEXT: Schema = {"type": "string"}

# What parameters may look like; the routes check them themselves, because a failure must be told in
# the specification's words. An empty parameter is as good as none.
PRINTABLE: Final[Schema] = {"type": "string", "pattern": "^[^\\u0000-\\u001f\\u007f]*$"}
STATUSES: Final[Schema] = {
    "type": "string",
    "pattern": "^((open|closed)(,(open|closed))*)?$",
}
INSTANT: Final[Schema] = {
    "anyOf": [{"type": "string", "format": "date-time"}, {"type": "string", "maxLength": 0}],
    "examples": ["2026-01-01T00:00:00-05:00"],
}
NUMBER: Final[Schema] = {"pattern": "^([1-9][0-9]{0,2}|1000)?$", "examples": ["1"]}

_OPTIONAL_TEXT: Schema = {"type": ["string", "null"]}
_OPTIONAL_TIME: Schema = {"type": ["string", "null"], "format": "date-time"}
_OPTIONAL_NUMBER: Schema = {"type": ["number", "null"]}


def _object(required: dict[str, Schema], optional: dict[str, Schema] | None = None) -> Schema:
    return {
        "type": "object",
        "required": list(required),
        "properties": {**required, **(optional or {})},
        "additionalProperties": False,
    }


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


ERRORS: Final = _list(_object({"code": {"type": "integer"}, "description": _TEXT}))
SERVICE: Final = _object(
    {
        "service_code": _TEXT,
        "service_name": _TEXT,
        "description": _OPTIONAL_TEXT,
        "metadata": {"type": "boolean"},
        "type": {"enum": ["realtime"]},
        "keywords": _OPTIONAL_TEXT,
        "group": _OPTIONAL_TEXT,
    }
)
ATTRIBUTE: Final = _object(
    {
        "variable": {"type": "boolean"},
        "code": _TEXT,
        "datatype": {
            "enum": ["string", "number", "datetime", "text", "singlevaluelist", "multivaluelist"]
        },
        "required": {"type": "boolean"},
        "datatype_description": _OPTIONAL_TEXT,
        "order": {"type": "integer", "minimum": 1},
        "description": _TEXT,
    },
    {"values": _list(_object({"key": _TEXT, "name": _TEXT}))},
)
SERVICE_DEFINITION: Final = _object({"service_code": _TEXT, "attributes": _list(ATTRIBUTE)})
SERVICE_REQUEST: Final = _object(
    {
        "service_request_id": _TEXT,
        "status": {"enum": ["open", "closed"]},
        "status_notes": _OPTIONAL_TEXT,
        "service_name": _OPTIONAL_TEXT,
        "service_code": _TEXT,
        "description": {"type": ["string", "null"], "maxLength": 4000},
        "agency_responsible": _OPTIONAL_TEXT,
        "service_notice": _OPTIONAL_TEXT,
        "requested_datetime": {"type": "string", "format": "date-time"},
        "updated_datetime": _OPTIONAL_TIME,
        "expected_datetime": _OPTIONAL_TIME,
        "address": _OPTIONAL_TEXT,
        "address_id": _OPTIONAL_TEXT,
        "zipcode": _OPTIONAL_TEXT,
        "lat": _OPTIONAL_NUMBER,
        "long": _OPTIONAL_NUMBER,
        "media_url": _OPTIONAL_TEXT,
    }
)
CREATED_REQUEST: Final = _object(
    {"service_request_id": _TEXT, "service_notice": _OPTIONAL_TEXT, "account_id": _OPTIONAL_TEXT}
)
TOKEN_REQUEST: Final = _object({"service_request_id": _TEXT, "token": _TEXT})
ENDPOINT: Final = _object(
    {
        "specification": _TEXT,
        "url": _TEXT,
        "changeset": _TEXT,
        "type": {"enum": ["production", "test"]},
        "formats": _list(_TEXT),
    }
)
DISCOVERY_DOCUMENT: Final = _object(
    {"changeset": _TEXT, "contact": _TEXT, "key_service": _TEXT, "endpoints": _list(ENDPOINT)}
)

_FAILURES: Final = {
    400: "The request is invalid, or the service is not reachable (code 503).",
    403: "The API key is missing or invalid.",
    404: "What the request names was not found.",
}


def _responses(schema: Schema, *failures: int) -> Responses:
    answers: Responses = {200: _answer("Found.", schema)}
    for status in (400, 404, *failures):
        answers[status] = _answer(_FAILURES[status], ERRORS)
    # What never reaches these routes, such as a malformed address, is told as everywhere else.
    problem = {"schema": {"$ref": "#/components/schemas/Problem"}}
    answers[400]["content"]["application/problem+json"] = problem
    return answers


def _answer(description: str, schema: Schema) -> dict[str, Any]:
    content = {"application/json": {"schema": schema}, "text/xml": {"schema": _TEXT}}
    return {"description": description, "content": content}


DISCOVERY: Final = _responses(DISCOVERY_DOCUMENT)
SERVICES: Final = _responses(_list(SERVICE))
DEFINITION: Final = _responses(SERVICE_DEFINITION)
CREATED: Final = _responses(_list(CREATED_REQUEST), 403)
REQUESTS: Final = _responses(_list(SERVICE_REQUEST))
REQUEST: Final = _responses(_list(SERVICE_REQUEST))
TOKEN: Final = _responses(_list(TOKEN_REQUEST))

_REPORT: Final[Schema] = {
    "type": "object",
    "required": ["api_key", "service_code"],
    "properties": {
        "api_key": _TEXT,
        "jurisdiction_id": _TEXT,
        "service_code": _TEXT,
        "lat": {"type": "number", "minimum": -90, "maximum": 90},
        "long": {"type": "number", "minimum": -180, "maximum": 180},
        "address_string": {"type": "string", "maxLength": 500},
        "address_id": {"type": "string", "maxLength": 500},
        "email": {"type": "string", "maxLength": 255},
        "device_id": {"type": "string", "maxLength": 500},
        "account_id": {"type": "string", "maxLength": 500},
        "first_name": {"type": "string", "maxLength": 500},
        "last_name": {"type": "string", "maxLength": 500},
        "phone": {"type": "string", "maxLength": 500},
        "description": {"type": "string", "maxLength": 4000},
        "media_url": {"type": "string", "maxLength": 2000},
    },
    "additionalProperties": {"type": "string"},
    "examples": [
        {
            "api_key": "clave-de-la-app",
            "jurisdiction_id": "sanaurelio.example",
            "service_code": "alumbrado-publico",
            "address_string": "Calle 12 # 4-30",
            "description": "El poste no prende hace tres noches.",
            "attribute[tipo_dano]": "apagada",
        }
    ],
}
REPORT_BODY: Final = {
    "requestBody": {
        "required": True,
        "description": f"Attributes as attribute[CODE]; up to {MAX_FILES} files as multipart.",
        "content": {
            "application/x-www-form-urlencoded": {"schema": _REPORT},
            "multipart/form-data": {"schema": _REPORT},
        },
    }
}
