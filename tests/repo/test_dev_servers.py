"""The real servers of the local stack: realm applied twice, sign-in, MongoDB that moves, NATS."""

from __future__ import annotations

import base64
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from pymongo import MongoClient
from pymongo.errors import OperationFailure

from atiende_setup.realm import RealmSettings, check_realm, render_realm
from atiende_setup.realm_apply import apply_realm, connect
from dev.stack.login import LoginError, Tokens, code_flow, refresh, staff_login
from dev.stack.paths import ROOT
from dev.stack.servers import keycloak, mongo
from dev.stack.stack import Stack

pytestmark = [pytest.mark.integration, pytest.mark.timeout(420)]


@pytest.fixture(scope="module")
def identity(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Keycloak with the realm, behind the edge."""
    stack = Stack(tmp_path_factory.mktemp("identity"), scatter=True)
    stack.up(within_seconds=300, only={"keycloak", "realm", "edge"})
    yield stack
    stack.down()


def claims(tokens: Tokens) -> dict[str, Any]:
    part = tokens.access_token.split(".")[1]
    decoded: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=="))
    return decoded


def run_job(stack: Stack, name: str) -> str:
    done = subprocess.run(
        (sys.executable, "-m", "dev.stack", "job", name),
        cwd=ROOT,
        env={**os.environ, "ATIENDE_VAR": str(stack.layout.var)},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def admin(stack: Stack) -> Any:
    context = stack.context()
    return connect(keycloak.direct_url(context), *keycloak.admin_login(context), keycloak.REALM)


def authorization(stack: Stack, **changes: str | None) -> httpx.Response:
    endpoints = stack.endpoints()
    values: dict[str, str | None] = {
        "client_id": "desk",
        "redirect_uri": f"{endpoints.public_url}/desk/callback",
        "response_type": "code",
        "scope": "openid",
        "code_challenge": "x" * 43,
        "code_challenge_method": "S256",
        **changes,
    }
    return httpx.get(
        f"{endpoints.issuer}/protocol/openid-connect/auth",
        params={name: value for name, value in values.items() if value is not None},
    )


def token_request(stack: Stack, **data: str) -> httpx.Response:
    return httpx.post(f"{stack.endpoints().issuer}/protocol/openid-connect/token", data=data)


def test_realm_applied_again_makes_no_difference(identity: Stack) -> None:
    assert run_job(identity, "realm").strip() == "the realm is as it should be"


def test_difference_made_by_hand_is_found_and_mended(identity: Stack) -> None:
    client = admin(identity)
    desk = client.get_client_id("desk")
    client.update_client(desk, {"directAccessGrantsEnabled": True})
    scope = client.get_client_scope_by_name("atiende-api")
    client.delete_mapper_from_client_scope(scope["id"], scope["protocolMappers"][0]["id"])
    told = run_job(identity, "realm")
    assert "client desk: directAccessGrantsEnabled" in told
    assert "mapper atiende-api/atiende-api-audience created" in told
    assert run_job(identity, "realm").strip() == "the realm is as it should be"


def test_exported_realm_keeps_the_rules(identity: Stack) -> None:
    exported = admin(identity).export_realm(export_clients=True, export_groups_and_role=True)
    assert check_realm(exported, production=False) == []


def test_production_realm_can_be_applied_and_demands_https(identity: Stack) -> None:
    context = identity.context()
    name = "second"
    client = connect(keycloak.direct_url(context), *keycloak.admin_login(context), name)
    realm = {
        **render_realm(RealmSettings("https://sanaurelio.example", ("svc-cases",))),
        "realm": name,
    }
    secrets = {"svc-cases": "x" * 32}

    def apply() -> list[str]:
        return apply_realm(client, realm, secrets=secrets, people=[], passwords={})

    assert apply()
    assert apply() == []
    assert client.get_realm(name)["sslRequired"] == "all"
    answer = httpx.post(
        f"{keycloak.direct_url(context)}/realms/{name}/protocol/openid-connect/token",
        data={"grant_type": "client_credentials", "client_id": "svc-cases", "client_secret": "x"},
    )
    assert answer.status_code == 403
    assert "HTTPS" in answer.json()["error_description"]


def test_staff_sign_in_and_their_token_says_who_they_are(identity: Stack) -> None:
    tokens = staff_login(identity, "lucia.mora")
    found = claims(tokens)
    assert found["aud"] == "atiende-api"
    assert found["azp"] == "desk"
    assert found["typ"] == "Bearer"
    assert found["iss"] == identity.endpoints().issuer
    assert found["tenant"] == "sanaurelio"
    assert found["realm_access"] == {"roles": ["agent"]}
    assert sorted(found["units"]) == ["alumbrado", "vias"]
    assert found["name"] == "Lucía Mora Restrepo"
    # Keycloak reads its clock in whole seconds, once for each of the two.
    assert found["exp"] - found["iat"] in {300, 301}
    assert claims(staff_login(identity, "oscar.medina"))["tenant"] == "otraciudad"


def test_session_is_renewed_and_a_used_refresh_token_is_refused(identity: Stack) -> None:
    first = staff_login(identity, "camilo.arango")
    issuer = identity.endpoints().issuer
    with httpx.Client() as http:
        assert refresh(http, issuer, "desk", first).access_token != first.access_token
        with pytest.raises(LoginError, match="invalid_grant"):
            refresh(http, issuer, "desk", first)


def test_portal_token_carries_no_role_of_staff(identity: Stack) -> None:
    tokens = staff_login(identity, "nestor.acuna", client_id="portal", redirect_path="/callback")
    found = claims(tokens)
    assert "realm_access" not in found
    assert "units" not in found
    assert found["aud"] == "atiende-api"


def test_service_gets_a_token_with_its_secret_only(identity: Stack) -> None:
    secret = identity.context().credentials.secret("keycloak/svc-cases")
    answer = token_request(
        identity, grant_type="client_credentials", client_id="svc-cases", client_secret=secret
    )
    found = claims(Tokens(answer.json()["access_token"], "", "", 0))
    assert (found["azp"], found["aud"]) == ("svc-cases", "atiende-api")
    assert "realm_access" not in found
    assert "refresh_token" not in answer.json()
    wrong = token_request(
        identity, grant_type="client_credentials", client_id="svc-cases", client_secret="wrong"
    )
    assert wrong.status_code == 401


def test_sign_in_page_is_spanish_and_english_on_request(identity: Stack) -> None:
    page = authorization(identity)
    assert re.search(r'<html[^>]*lang="es"', page.text)
    assert "Inicia sesión" in page.text
    assert re.search(r'<html[^>]*lang="en"', authorization(identity, ui_locales="en").text)


@pytest.mark.parametrize("client_id", ["desk", "portal", "admin-cli", "svc-cases"])
def test_password_grant_is_refused(identity: Stack, client_id: str) -> None:
    password = identity.context().credentials.staff()["lucia.mora"]
    answer = token_request(
        identity, grant_type="password", client_id=client_id, username="lucia.mora",
        password=password,
    )  # fmt: skip
    assert answer.status_code in {400, 401}
    assert "access_token" not in answer.json()


@pytest.mark.parametrize(
    "changes",
    [
        {"code_challenge": None, "code_challenge_method": None},
        {"code_challenge_method": "plain"},
        {"response_type": "token"},
    ],
    ids=["without PKCE", "plain PKCE", "implicit"],
)
def test_weaker_flow_is_refused(identity: Stack, changes: dict[str, str | None]) -> None:
    answer = authorization(identity, **changes)
    assert "kc-form-login" not in answer.text
    assert "error=" in answer.headers.get("location", "") or answer.status_code == 400


@pytest.mark.parametrize("path", ["/desk/callback/x", "/desk/callback?x=1", "/desk", "//evil"])
def test_redirect_address_must_be_exact(identity: Stack, path: str) -> None:
    url = identity.endpoints().public_url
    answer = authorization(identity, redirect_uri=url + path)
    assert answer.status_code == 400
    assert "location" not in answer.headers


def test_account_is_locked_for_a_while_after_wrong_passwords(identity: Stack) -> None:
    endpoints = identity.endpoints()
    password = identity.context().credentials.staff()["rosa.bermudez"]

    def sign_in(secret: str) -> Tokens:
        with httpx.Client() as http:
            return code_flow(
                http,
                issuer=endpoints.issuer,
                client_id="desk",
                redirect_uri=f"{endpoints.public_url}/desk/callback",
                username="rosa.bermudez",
                password=secret,
            )

    assert sign_in(password)
    for _ in range(6):
        with pytest.raises(LoginError):
            sign_in("Wrong-password-1")
    with pytest.raises(LoginError):
        sign_in(password)


def test_edge_hides_administration(identity: Stack) -> None:
    url = identity.endpoints().public_url
    for path in ("/auth/admin/", "/auth/realms/master", "/auth/admin/realms/atiende/users"):
        assert httpx.get(url + path).status_code == 404


def test_mongo_serves_each_service_its_own_database_and_moves_to_another_port(
    tmp_path: Path,
) -> None:
    stack = Stack(tmp_path / "var", scatter=True)
    stack.up(only={"mongo", "mongo-setup"})
    try:
        before = stack.endpoints().ports["mongo"]
        with service_client(stack, "cases") as client:
            client["atiende_cases"]["things"].insert_one({"_id": "kept"})
            with pytest.raises(OperationFailure):
                client["atiende_channels"]["things"].find_one()
        with MongoClient("127.0.0.1", before) as anonymous, pytest.raises(OperationFailure):
            anonymous["atiende_cases"]["things"].find_one()
    finally:
        stack.down()
    kept = json.loads(stack.layout.ports.read_text())
    del kept["mongo"]
    stack.layout.ports.write_text(json.dumps(kept))
    stack.up(only={"mongo", "mongo-setup"})
    try:
        assert stack.endpoints().ports["mongo"] != before
        assert what_is_kept(stack) == {"_id": "kept"}
        stack.kill("mongo")
        assert what_is_kept(stack) == {"_id": "kept"}
    finally:
        stack.down()


def service_client(stack: Stack, name: str) -> MongoClient[dict[str, Any]]:
    context = stack.context()
    service = next(one for one in context.services if one.name == name)
    return MongoClient(mongo.service_url(context, service), serverSelectionTimeoutMS=30_000)


def what_is_kept(stack: Stack) -> dict[str, Any] | None:
    with service_client(stack, "cases") as client:
        return client["atiende_cases"]["things"].find_one()


def test_nats_is_provisioned_and_a_second_time_nothing_is_made(tmp_path: Path) -> None:
    stack = Stack(tmp_path / "var", scatter=True)
    stack.up(only={"nats", "nats-setup"})
    try:
        told = (stack.layout.logs / "nats-setup.log").read_text()
        assert "created EVT_CHANNELS" in told
        assert "created" not in run_job(stack, "nats")
    finally:
        stack.down()
