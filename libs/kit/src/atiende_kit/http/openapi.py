"""The OpenAPI document: what FastAPI derives, plus what the kit adds to every route."""

import re
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import iter_route_contexts

from atiende_kit.http.problems import MEDIA_TYPE, TITLES, Problem
from atiende_kit.http.security import ByCookie, Policy, Public, Require, policy_of

UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_PROBLEM = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
_KIT_SCHEMAS = ("HTTPValidationError", "ValidationError")


def common_statuses(method: str, path: str, policy: Policy | None, *, has_input: bool) -> list[int]:
    """Return the error statuses that a route can answer without saying so itself."""
    # 400: an address or a cursor can be malformed anywhere. 429/503/504: load and dependencies.
    statuses = {400, 429, 503, 504}
    if isinstance(policy, Require | ByCookie):
        statuses |= {401, 403}
    if isinstance(policy, Public) and policy.same_origin and method in UNSAFE:
        statuses.add(403)
    if "{" in path or method in UNSAFE:
        statuses.add(404)
    if has_input or method in UNSAFE:
        statuses.add(422)
    if method in UNSAFE:
        statuses |= {408, 409, 413}
    return sorted(statuses)


def make_openapi(
    app: FastAPI, *, title: str, version: str, description: str, server: str
) -> Callable[[], dict[str, Any]]:
    """Return the function that builds (once) the app's document."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _build(app, title, version, description, server)
        return app.openapi_schema

    return openapi


def _build(app: FastAPI, title: str, version: str, description: str, server: str) -> dict[str, Any]:
    document = get_openapi(
        title=title,
        version=version,
        openapi_version="3.1.0",
        description=description,
        routes=app.routes,
        servers=[{"url": server}],
    )
    tags: dict[str, None] = {}
    cookies: set[str] = set()
    for context in iter_route_contexts(app.routes):
        route: Any = context
        if context.methods is None or not getattr(route, "include_in_schema", False):
            continue
        operations = document["paths"].get(context.path_format)
        dependant = getattr(route, "dependant", None)
        if operations is None or dependant is None:
            continue
        policy = policy_of(dependant)
        if isinstance(policy, ByCookie):
            cookies.add(policy.cookie)
        for method in context.methods:
            operation = operations.get(method.lower())
            if operation is not None:
                _complete(operation, method, str(context.path_format), policy)
                tags.update(dict.fromkeys(operation.get("tags", ())))
    document["tags"] = [{"name": tag} for tag in tags]
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for name in _KIT_SCHEMAS:
        schemas.pop(name, None)
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(problem.pop("$defs"))
    schemas["Problem"] = problem
    components["securitySchemes"] = {
        "bearer": {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "JWT",
            "description": "Access token of the city's identity provider.",
        },
        **{name: {"type": "apiKey", "in": "cookie", "name": name} for name in sorted(cookies)},
    }
    return document


def _complete(operation: dict[str, Any], method: str, path: str, policy: Policy | None) -> None:
    if isinstance(policy, Require):
        operation["security"] = [{"bearer": []}]
        roles = ", ".join(f"`{role}`" for role in sorted(policy.roles))
        callers = ", ".join(sorted(policy.kinds))
        note = f"Callers: {callers}" + (f" with one of {roles}." if roles else ".")
        operation["description"] = f"{operation.get('description', '')}\n\n{note}".strip()
    elif isinstance(policy, ByCookie):
        operation["security"] = [{policy.cookie: []}]
        note = f"Callers: {policy.callers}."
        operation["description"] = f"{operation.get('description', '')}\n\n{note}".strip()
    else:
        operation["security"] = []
    for parameter in operation.get("parameters", ()):
        parameter["schema"] = _present(parameter["schema"])
    has_input = "requestBody" in operation or bool(operation.get("parameters"))
    responses: dict[str, Any] = operation.setdefault("responses", {})
    for status in common_statuses(method, path, policy, has_input=has_input):
        responses.setdefault(
            str(status), {"description": TITLES.get(status) or HTTPStatus(status).phrase}
        )
    for code, response in responses.items():
        if re.fullmatch(r"[45]\d\d", code) and _is_ours(response):
            response["content"] = _PROBLEM


def _present(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a parameter's schema without null: an address or a header cannot say it."""
    choices = [one for one in schema.get("anyOf", ()) if one != {"type": "null"}]
    if len(choices) == len(schema.get("anyOf", ())):
        return schema
    rest = {name: value for name, value in schema.items() if name != "anyOf"}
    return {**choices[0], **rest} if len(choices) == 1 else {"anyOf": choices, **rest}


def _is_ours(response: dict[str, Any]) -> bool:
    """Whether the response is a problem; a route may answer another format (Open311's XML)."""
    content = response.get("content")
    if not content:
        return True
    references = [media.get("schema", {}).get("$ref", "") for media in content.values()]
    return all(
        reference.rsplit("/", 1)[-1] in {"Problem", *_KIT_SCHEMAS} for reference in references
    )
