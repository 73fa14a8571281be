"""Errors as HTTP: RFC 9457 problem details, one rendering for everything that can go wrong."""

import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, cast

from fastapi import FastAPI, Request, WebSocket
from fastapi.exceptions import RequestValidationError, WebSocketRequestValidationError
from fastapi.routing import iter_route_contexts
from pydantic import BaseModel, ConfigDict
from starlette.exceptions import HTTPException
from starlette.responses import Response

from atiende_kit import errors, telemetry

log = telemetry.get_logger()

_AGAIN_SECONDS = "2"
"""Who is told "not now" is told when to ask again."""
MEDIA_TYPE = "application/problem+json"

# Most specific first: the first kind that matches decides.
STATUS: tuple[tuple[type[errors.AtiendeError], int], ...] = (
    (errors.Unprocessable, 422),
    (errors.InvalidInput, 400),
    (errors.Unauthenticated, 401),
    (errors.PermissionDenied, 403),
    (errors.NotFound, 404),
    (errors.Conflict, 409),
    (errors.FailedPrecondition, 409),
    (errors.RateLimited, 429),
    (errors.Unavailable, 503),
    (errors.DeadlineExceeded, 504),
)

TITLES = {
    400: "Solicitud no válida",
    401: "Identificación necesaria",
    403: "Sin permiso",
    404: "No encontrado",
    405: "Método no permitido",
    406: "Formato no disponible",
    408: "Tiempo de espera agotado",
    409: "Conflicto con el estado actual",
    413: "Contenido demasiado grande",
    415: "Tipo de contenido no admitido",
    422: "Datos no aceptables",
    429: "Demasiadas solicitudes",
    500: "Error interno",
    503: "Servicio no disponible",
    504: "Tiempo de respuesta agotado",
}

# Pydantic's texts are English; these are the kinds people meet.
_FIELD_TEXTS = {
    "missing": "es obligatorio",
    "extra_forbidden": "no es un campo conocido",
    "string_too_short": "es demasiado corto",
    "string_too_long": "es demasiado largo",
    "string_pattern_mismatch": "no tiene el formato esperado",
    "string_type": "debe ser un texto",
    "string_unicode": "tiene caracteres no válidos",
    "int_type": "debe ser un número entero",
    "int_parsing": "debe ser un número entero",
    "int_from_float": "debe ser un número entero",
    "float_parsing": "debe ser un número",
    "bool_parsing": "debe ser verdadero o falso",
    "bool_type": "debe ser verdadero o falso",
    "list_type": "debe ser una lista",
    "dict_type": "debe ser un objeto",
    "model_attributes_type": "debe ser un objeto",
    "model_type": "debe ser un objeto",
    "too_short": "tiene muy pocos elementos",
    "too_long": "tiene demasiados elementos",
    "enum": "no es uno de los valores admitidos",
    "literal_error": "no es uno de los valores admitidos",
    "greater_than": "es demasiado pequeño",
    "greater_than_equal": "es demasiado pequeño",
    "less_than": "es demasiado grande",
    "less_than_equal": "es demasiado grande",
    "uuid_parsing": "no es un identificador válido",
    "datetime_from_date_parsing": "no es una fecha válida",
    "datetime_parsing": "no es una fecha válida",
    "date_from_datetime_parsing": "no es una fecha válida",
    "value_error": "no es válido",
}


class ProblemError(BaseModel):
    """One wrong input."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"pointer": "/text"}]})

    pointer: str
    detail: str


class Problem(BaseModel):
    """An error, after RFC 9457. `reason` is for programs, `detail` for people (Spanish)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "type": "urn:atiende:problem:case-already-closed",
                    "title": "Conflicto con el estado actual",
                    "status": 409,
                    "detail": "El caso ya está cerrado.",
                    "reason": "CASE_ALREADY_CLOSED",
                    "trace_id": "0af7651916cd43dd8448eb211c80319c",
                    "errors": [],
                }
            ]
        }
    )

    type: str
    title: str
    status: int
    detail: str
    reason: str
    trace_id: str | None = None
    errors: list[ProblemError] = []


def problem_body(
    status: int, reason: str, detail: str, wrong: Sequence[Mapping[str, str]] = ()
) -> bytes:
    """Return the JSON of a problem."""
    document = {
        "type": f"urn:atiende:problem:{reason.lower().replace('_', '-')}",
        "title": TITLES.get(status) or HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "reason": reason,
        "trace_id": telemetry.current_trace_id(),
        "errors": list(wrong),
    }
    # "replace": a lone surrogate quoted back must not make the answer fail.
    return json.dumps(document, ensure_ascii=False).encode("utf-8", "replace")


def problem_response(
    status: int,
    reason: str,
    detail: str,
    *,
    wrong: Sequence[Mapping[str, str]] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return the response of a problem."""
    body = problem_body(status, reason, detail, wrong)
    return Response(body, status, headers=dict(headers or {}), media_type=MEDIA_TYPE)


def status_of(error: errors.AtiendeError) -> int:
    """Return the HTTP status of an error's kind."""
    return next((status for kind, status in STATUS if isinstance(error, kind)), 500)


def render(error: errors.AtiendeError) -> Response:
    """Render one of our errors."""
    status = status_of(error)
    headers: dict[str, str] = {}
    if status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    if error.retry_after is not None:
        headers["Retry-After"] = str(max(1, round(error.retry_after)))
    elif status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers["Retry-After"] = _AGAIN_SECONDS
    wrong = [
        {"pointer": name if name.startswith("/") else f"/{name}", "detail": text}
        for name, text in error.fields.items()
    ]
    return problem_response(status, error.reason, error.message, wrong=wrong, headers=headers)


def _pointer(location: Sequence[Any]) -> str:
    # ("body", "items", 0, "name") -> "/items/0/name"; ("query", "limit") -> "/query/limit".
    parts = location[1:] if location and location[0] == "body" else location
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


async def _on_atiende_error(connection: Request | WebSocket, error: Exception) -> Response | None:
    mine = cast("errors.AtiendeError", error)
    status = status_of(mine)
    level = log.warning if status in {400, 401, 403, 422, 503, 504} else log.info
    cause = mine.__cause__
    level(
        "request refused",
        status=status,
        reason=mine.reason,
        cause_type=type(cause).__name__ if cause is not None else None,
        pii_message=mine.message,
    )
    if isinstance(connection, WebSocket):
        await _close(connection, error)
        return None
    return render(mine)


async def _on_invalid(connection: Request | WebSocket, error: Exception) -> Response | None:
    if isinstance(connection, WebSocket):
        await _close(connection, error)
        return None
    found = cast("RequestValidationError", error).errors()
    wrong = [
        {
            "pointer": _pointer(item.get("loc", ())),
            "detail": _FIELD_TEXTS.get(item.get("type", ""), "no es válido"),
        }
        for item in found[:50]  # enough to mend a form; a flood of errors is not echoed
    ]
    return problem_response(422, "INPUT_INVALID", "Revise los datos enviados.", wrong=wrong)


async def _on_http_exception(connection: Request | WebSocket, error: Exception) -> Response | None:
    if isinstance(connection, WebSocket):
        await _close(connection, error)
        return None
    found = cast("HTTPException", error)
    status = found.status_code
    detail = {
        404: "No existe esa dirección.",
        405: "Esa operación no existe en esta dirección.",
    }.get(status, TITLES.get(status, "La solicitud no se puede atender."))
    reasons = {404: "ROUTE_NOT_FOUND", 400: "BODY_MALFORMED"}
    reason = reasons.get(status) or HTTPStatus(status).name
    headers = dict(found.headers or {})
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        headers["Allow"] = ", ".join(_methods(connection))
    return problem_response(status, reason, detail, headers=headers)


def _methods(request: Request) -> list[str]:
    """Return every method of an address; the router names those of its first route only."""
    documented: set[str] = set()
    hidden: set[str] = set()
    for context in iter_route_contexts(request.app.routes):
        pattern = getattr(context, "path_regex", None)
        if pattern is not None and pattern.match(request.url.path):
            shown = getattr(context, "include_in_schema", False)
            (documented if shown else hidden).update(context.methods or ())
    # Beside documented ones, a hidden route is there to refuse.
    return sorted(documented or hidden)


async def _close(socket: WebSocket, error: Exception) -> None:
    # Before accept this becomes HTTP 403; after it a close frame. 1008 is "policy violation".
    unavailable = isinstance(error, errors.Unavailable | errors.DeadlineExceeded)
    await socket.close(1013 if unavailable else 1008)


def install(app: FastAPI) -> None:
    """Make the app answer every error as a problem."""
    handlers: dict[Any, Any] = {
        errors.AtiendeError: _on_atiende_error,
        RequestValidationError: _on_invalid,
        WebSocketRequestValidationError: _on_invalid,
        HTTPException: _on_http_exception,
    }
    for kind, handler in handlers.items():
        app.add_exception_handler(kind, handler)
