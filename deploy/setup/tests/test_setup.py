"""The setup tool without servers: secrets, patience, what it refuses."""

from __future__ import annotations

import secrets
from pathlib import Path

import pytest
from pydantic import SecretStr

from atiende_setup import patience
from atiende_setup.backup import commands
from atiende_setup.contracts import SERVICES
from atiende_setup.patience import await_server
from atiende_setup.realm import RealmSettings, render_realm
from atiende_setup.secrets import secret_manifests
from atiende_setup.settings import missing

pytestmark = pytest.mark.unit


def test_every_word_is_its_own_except_the_key_that_is_shared():
    manifests = secret_manifests("city", "mongo:27017/?replicaSet=rs", secrets.token_hex)
    by_name = {one["metadata"]["name"]: one["stringData"] for one in manifests}
    assert by_name.keys() == {f"city-{name}" for name in (*SERVICES, "admin-worker", "setup")}
    keys = {
        by_name[f"city-{name}"]["ATIENDE_CITIZEN__KEY"] for name in ("channels", "cases", "surveys")
    }
    assert len(keys) == 1
    words = [
        value
        for name in SERVICES
        for key, value in by_name[f"city-{name}"].items()
        if key != "ATIENDE_CITIZEN__KEY"
    ]
    assert len(set(words)) == len(words)


def test_a_services_url_opens_its_own_database():
    manifests = secret_manifests("city", "a:27017,b:27017/?replicaSet=rs", lambda n: "f" * n)
    (cases,) = (one for one in manifests if one["metadata"]["name"] == "city-cases")
    assert cases["stringData"]["ATIENDE_MONGO__URL"] == (
        f"mongodb://cases:{'f' * 24}@a:27017,b:27017/atiende_cases?replicaSet=rs&authSource=atiende_cases"
    )


def test_the_operators_word_is_with_the_setup_and_one_process_only():
    manifests = secret_manifests("city", "mongo:27017", secrets.token_hex)
    by_name = {one["metadata"]["name"]: one["stringData"] for one in manifests}
    operator = by_name["city-setup"]["ATIENDE_SETUP_NATS_PASSWORD"]
    holders = {name for name, data in by_name.items() if operator in data.values()}
    assert holders == {"city-setup", "city-admin-worker"}


def test_a_server_is_waited_for_and_named_once(capsys, monkeypatch):
    monkeypatch.setattr(patience, "_EVERY_SECONDS", 0)
    tries = iter([OSError(), OSError(), "there"])

    def attempt() -> str:
        given = next(tries)
        if isinstance(given, OSError):
            raise given
        return given

    assert await_server("NATS", attempt, (OSError,)) == "there"
    assert capsys.readouterr().out == "waiting for NATS\n"


def test_a_server_that_never_comes_ends_the_job():
    def attempt() -> None:
        raise OSError

    with pytest.raises(SystemExit, match="NATS does not answer"):
        await_server("NATS", attempt, (OSError,), patience_seconds=-1)


def test_the_first_word_of_people_meets_the_realms_own_policy():
    policy = render_realm(RealmSettings("https://city.example", ()))["passwordPolicy"]
    assert {"length(12)", "upperCase(1)", "lowerCase(1)", "digits(1)"} >= {
        rule
        for rule in policy.split(" and ")
        if rule.startswith(("length", "upper", "lower", "dig", "spec"))
    }
    manifests = secret_manifests("city", "mongo:27017", lambda n: "f" * n)
    word = manifests[-1]["stringData"]["ATIENDE_SETUP_PERSON_PASSWORD"]
    assert len(word) >= 12
    assert any(map(str.isupper, word))
    assert any(map(str.islower, word))
    assert any(map(str.isdigit, word))


def test_a_service_without_a_word_is_named():
    given = {name: SecretStr("x") for name in SERVICES if name != "cases"}
    assert missing(given) == ["cases"]


def test_a_folder_that_is_there_is_refused_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """And not taken for a server that is away, which would be waited for."""

    def refused(*_: object, **__: object) -> None:
        raise FileExistsError("there already")

    monkeypatch.setenv("ATIENDE_SETUP_MONGO_URL", "mongodb://127.0.0.1/")
    monkeypatch.setenv("ATIENDE_SETUP_NATS_URL", "nats://127.0.0.1")
    monkeypatch.setenv("ATIENDE_SETUP_NATS_PASSWORD", "word")
    monkeypatch.setattr(commands, "connect", refused)
    with pytest.raises(FileExistsError):
        commands.take_backup(Path("/nowhere"), keep=0)
