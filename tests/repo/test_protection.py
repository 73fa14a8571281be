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
    "cases": set(),
    "routing": set(),
    "notifications": set(),
    "surveys": set(),
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
