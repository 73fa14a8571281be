import pytest
from pydantic import ValidationError

from atiende_kit.settings import (
    ClockSettings,
    Group,
    HttpSettings,
    KitSettings,
    SettingsError,
    TelemetrySettings,
    known_variables,
)

pytestmark = pytest.mark.unit

ENVIRONMENT = {
    "ATIENDE_MONGO__URL": "mongodb://user:hunter2@db/",
    "ATIENDE_MONGO__DATABASE": "cases",
    "ATIENDE_AUTH__ISSUER": "https://id.example/realms/atiende",
    "ATIENDE_AUTH__JWKS_URL": "https://id.example/certs",
    "ATIENDE_AUTH__CLIENT_ID": "svc-cases",
    "ATIENDE_AUTH__CLIENT_SECRET": "hunter3",
    "ATIENDE_AUTH__TOKEN_URL": "https://id.example/token",
    "ATIENDE_AUTH__ALLOWED_AZP": '["desk", "svc-routing"]',
    "ATIENDE_PEERS__ROUTING": "127.0.0.1:9003",
}


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    import os

    for name in list(os.environ):
        if name.startswith("ATIENDE_"):
            monkeypatch.delenv(name)
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def test_environment_is_read_into_nested_groups(environment) -> None:
    settings = KitSettings.load()
    assert settings.mongo.url.get_secret_value() == "mongodb://user:hunter2@db/"
    assert settings.peers == {"routing": "127.0.0.1:9003"}
    assert settings.auth.allowed_azp == ("desk", "svc-routing")


def test_settings_are_frozen(environment) -> None:
    settings = KitSettings.load()
    with pytest.raises(ValidationError):
        settings.environment = "production"  # type: ignore[misc]  # the refusal is the test
    with pytest.raises(ValidationError):
        settings.http.port = 1  # type: ignore[misc]  # the refusal is the test


def test_secrets_do_not_show_in_text(environment) -> None:
    text = repr(KitSettings.load())
    assert "hunter2" not in text
    assert "hunter3" not in text


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("ATIENDE_MONGO_URL", "ATIENDE_MONGO__URL"),
        ("ATIENDE_HTTP__PROT", "ATIENDE_HTTP__PORT"),
        ("ATIENDE_ENVIROMENT", "ATIENDE_ENVIRONMENT"),
        ("ATIENDE_AUTH__ISUER", "ATIENDE_AUTH__ISSUER"),
    ],
)
def test_unknown_variable_is_named_with_the_nearest_known_one(environment, name, near) -> None:
    environment.setenv(name, "x")
    with pytest.raises(SettingsError) as caught:
        KitSettings.load()
    assert str(caught.value) == f"{name}: no such setting; did you mean {near}?"


def test_service_links_of_kubernetes_are_explained(environment) -> None:
    environment.setenv("ATIENDE_CASES_SERVICE_HOST", "10.0.0.1")
    with pytest.raises(SettingsError, match="enableServiceLinks"):
        KitSettings.load()


def test_variable_of_development_tools_is_let_pass(environment) -> None:
    without = KitSettings.load()
    environment.setenv("ATIENDE_DATA", "/data")
    assert KitSettings.load() == without


def test_missing_and_wrong_values_name_the_variable_and_never_the_value(environment) -> None:
    environment.delenv("ATIENDE_MONGO__DATABASE")
    environment.setenv("ATIENDE_HTTP__PORT", "s3cr3t")
    with pytest.raises(SettingsError) as caught:
        KitSettings.load()
    assert "ATIENDE_MONGO__DATABASE" in str(caught.value)
    assert "ATIENDE_HTTP__PORT" in str(caught.value)
    assert "s3cr3t" not in str(caught.value)


def _production(environment) -> None:
    environment.setenv("ATIENDE_ENVIRONMENT", "production")
    environment.setenv("ATIENDE_NATS__PASSWORD", "p")


def test_production_starts_when_strict(environment) -> None:
    _production(environment)
    settings = KitSettings.load()
    assert settings.docs_enabled is False


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ATIENDE_CLOCK__FILE", "/tmp/clock.json"),
        ("ATIENDE_CRASH_FILE", "/tmp/crash"),
        ("ATIENDE_HTTP__DOCS", "true"),
        ("ATIENDE_AUTH__ISSUER", "http://id.example/realms/atiende"),
        ("ATIENDE_TELEMETRY__LOG_LEVEL", "debug"),
    ],
)
def test_production_refuses_what_belongs_to_development(environment, name, value) -> None:
    _production(environment)
    environment.setenv(name, value)
    with pytest.raises(SettingsError, match=name):
        KitSettings.load()


def test_production_refuses_a_bus_without_password(environment) -> None:
    _production(environment)
    environment.delenv("ATIENDE_NATS__PASSWORD")
    with pytest.raises(SettingsError, match="ATIENDE_NATS__PASSWORD"):
        KitSettings.load()


def test_example_ignores_the_environment(environment) -> None:
    assert KitSettings.example().peers == {}
    assert KitSettings.example(http=HttpSettings(port=0)).http.port == 0


def test_docs_are_on_outside_production_unless_switched_off() -> None:
    assert KitSettings.example().docs_enabled
    assert not KitSettings.example(http=HttpSettings(docs=False)).docs_enabled


def test_groups_have_safe_defaults() -> None:
    assert ClockSettings().file is None
    assert TelemetrySettings().otlp_endpoint is None


def test_list_of_groups_is_one_variable() -> None:
    class Entry(Group):
        name: str

    class WithEntries(KitSettings):
        entries: tuple[Entry, ...] = ()

    assert "ATIENDE_ENTRIES" in known_variables(WithEntries)
    assert "ATIENDE_ENTRIES__NAME" not in known_variables(WithEntries)
