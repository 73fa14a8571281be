"""Nobody in where they don't belong: every route, RPC and subject has a stated policy."""

from __future__ import annotations

import importlib
import json
from dataclasses import asdict
from typing import Any

import pytest

from atiende_kit.contract import subject_of
from atiende_kit.grpc_ import unprotected_methods
from atiende_kit.http import policies, public_routes, unprotected_routes
from atiende_kit.provision import nats_permissions
from atiende_kit.runtime import HasApp
from dev.contracts.catalogue import contracts, services

pytestmark = pytest.mark.repo

# Everything that needs no token, by service. A new line here is a decision; say it in review.
PUBLIC = {
    "cases": {
        # A citizen proves with these who they are; nothing is told before it is proved.
        "POST /api/cases/v1/citizen/sessions",
        "POST /api/cases/v1/citizen/codes",
        # What the city owes everybody; nobody can be recognised in it.
        "GET /api/cases/v1/public/figures",
        "GET /api/cases/v1/public/figures/cases.csv",
        "POST /api/cases/v1/citizen/codes/{challenge_id}/verification",
    },
    "routing": {
        "GET /api/routing/v1/public/wait",
        "POST /api/routing/v1/public/turns",
        "GET /api/routing/v1/public/turns/board",
        "GET /api/routing/v1/public/turns/{turn_id}",
    },
    "notifications": set(),
    "surveys": {
        # The link's token proves who was asked.
        "GET /api/surveys/v1/public/invitation",
        "POST /api/surveys/v1/public/response",
    },
}


def app_of(service: str) -> Any:
    settings = importlib.import_module(f"atiende_{service}.settings").Settings
    build = importlib.import_module(f"atiende_{service}.bootstrap").build
    [server] = [c for c in build(settings.example(), "api") if isinstance(c, HasApp)]
    return server.app


@pytest.mark.parametrize("service", services())
def test_every_route_is_protected_or_public_with_a_reason(service: str):
    app = app_of(service)
    assert unprotected_routes(app) == []
    assert len(list(policies(app))) >= 3
    if service in PUBLIC:
        assert set(public_routes(app)) == PUBLIC[service]
    assert all(why.strip() for why in public_routes(app).values())


@pytest.mark.parametrize("service", services())
def test_every_rpc_names_its_callers_and_they_declare_the_call(service: str):
    contract = contracts()[service]
    assert unprotected_methods(*contract.rpc_services) == []


@pytest.mark.parametrize("service", services())
def test_a_service_may_use_only_the_subjects_it_declares(service: str):
    contract = contracts()[service]
    permissions = json.dumps(asdict(nats_permissions(list(contracts().values()))[service]))
    declared = {subject_of(message) for message in contract.publishes}
    for name, other in contracts().items():
        if name == service:
            continue
        for message in other.publishes:
            if subject_of(message) not in declared:
                assert f'"{subject_of(message)}.' not in permissions
    for subject in declared:
        assert subject in permissions
    assert '">"' not in permissions
    assert '"$JS.API.>"' not in permissions


@pytest.mark.parametrize("service", services())
def test_every_openapi_document_is_complete(service: str):
    document = app_of(service).openapi()
    assert document["openapi"].startswith("3.1")
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            name = f"{method} {path}"
            assert operation.get("operationId"), name
            assert operation.get("description") or operation.get("summary"), name
            assert operation["responses"], name


@pytest.mark.parametrize("service", services())
def test_no_body_takes_a_field_that_it_does_not_name(service: str):
    """Mass assignment (S6): `tenant`, `role`, `_id`, `$set` are refused, not ignored."""
    document = app_of(service).openapi()
    schemas = document["components"]["schemas"]
    asked = [
        (f"{method} {path}", content["schema"])
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        for kind, content in operation.get("requestBody", {}).get("content", {}).items()
        if kind == "application/json"
    ]
    open_to_more = [
        f"{name}: {shape.get('title', shape)}"
        for name, schema in asked
        for shape in _objects_in(schema, schemas)
        if shape.get("additionalProperties", True) is True
    ]
    assert open_to_more == []


def _objects_in(schema: dict[str, Any], schemas: dict[str, Any]) -> list[dict[str, Any]]:
    """Every object with named fields that a body's schema reaches."""
    found: dict[str, dict[str, Any]] = {}

    def visit(part: Any) -> None:
        if isinstance(part, list):
            for one in part:
                visit(one)
        elif isinstance(part, dict):
            name = str(part.get("$ref", "")).rsplit("/", 1)[-1]
            if name and name not in found:
                found[name] = schemas[name]
                visit(schemas[name])
            for value in part.values():
                visit(value)

    visit(schema)
    return [shape for shape in found.values() if "properties" in shape]
