"""Settings every service shares: one frozen object, built once at start and passed down.

Environment variables are `ATIENDE_<GROUP>__<FIELD>`, e.g. `ATIENDE_MONGO__URL`. A service
subclasses `KitSettings` and adds its own groups. `load()` is what a process calls: it also refuses
variables that nobody reads, because a misspelt variable is otherwise a default in production.
"""

import difflib
import os
import types
import typing
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "ATIENDE_"
# Read by test and development tools, never by a service.
TOOL_VARIABLES = frozenset({"ATIENDE_DATA"})


class SettingsError(Exception):
    """The process cannot start with this environment; the text names the variable."""


class Group(BaseModel):
    """Base of a nested group of settings."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class HttpSettings(Group):
    """The HTTP listener.

    `docs=None` means: on, except in production. `max_connections` caps what one process accepts
    (a further connection is answered 503), `header_seconds` closes connections that do not finish
    their request head. When one process answers `shed_can_wait` requests at once, reports, exports
    and searches are refused with 503, at `shed_staff` also what staff reads; never a citizen.
    """

    host: str = "127.0.0.1"
    port: int = Field(default=8100, ge=0, le=65535)
    public_url: str = "http://localhost:8080"
    docs: bool | None = None
    max_body_bytes: int = Field(default=1_048_576, ge=1)
    max_connections: int = Field(default=4000, ge=1)
    header_seconds: float = Field(default=10.0, gt=0)
    body_seconds: float = Field(default=30.0, gt=0)
    trusted_proxies: tuple[str, ...] = ()
    shed_can_wait: int = Field(default=32, ge=1)
    shed_staff: int = Field(default=96, ge=1)


class GrpcSettings(Group):
    """The gRPC listener."""

    host: str = "127.0.0.1"
    port: int = Field(default=9000, ge=0, le=65535)


class MongoSettings(Group):
    """The service's own database. The URL may hold a password, so it is a secret."""

    url: SecretStr
    database: str = Field(pattern=r"^[A-Za-z0-9_-]{1,63}$")
    driver: Literal["motor", "pymongo"] = "motor"


class NatsSettings(Group):
    """The JetStream servers, comma separated.

    `patience_seconds` is how long a starting worker waits for consumers that nobody made yet:
    for clusters, where the job that makes them starts at the same time.
    """

    url: str = "nats://127.0.0.1:4222"
    user: str | None = None
    password: SecretStr | None = None
    patience_seconds: float = Field(default=0.0, ge=0)


class AuthSettings(Group):
    """The identity provider and who this service is to it.

    Args:
        issuer: Exact `iss` of the realm.
        jwks_url: Where the realm's public keys are.
        audience: What `aud` must contain.
        client_id: Ours for client credentials, `svc-<service>`.
        client_secret: Its secret.
        token_url: The token endpoint.
        allowed_azp: Clients whose tokens are accepted; anything else is refused.
    """

    issuer: str
    jwks_url: str
    audience: str = "atiende-api"
    client_id: str
    client_secret: SecretStr
    token_url: str
    allowed_azp: tuple[str, ...] = Field(min_length=1)


class TelemetrySettings(Group):
    """Logs, metrics and traces.

    Without an endpoint (of a Collector, OTLP over HTTP) nothing leaves the process but lines on
    stdout; `otlp_signals` are what goes there, for platforms that fetch some of it otherwise.
    """

    otlp_endpoint: str | None = None
    otlp_signals: frozenset[Literal["traces", "metrics", "logs"]] = frozenset(
        {"traces", "metrics", "logs"}
    )
    log_level: Literal["debug", "info", "warning", "error"] = "info"


class ClockSettings(Group):
    """Virtual time for the demo; never in production."""

    file: Path | None = None


class KitSettings(BaseSettings):
    """What every service reads; subclass it as `Settings`.

    Args:
        hosts: Host name of a portal (without port) to its tenant, for public pages.
        default_tenant: Tenant of every other host; empty refuses them. One install for one city
            needs only this.
    """

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_nested_delimiter="__",
        frozen=True,
        extra="forbid",
        case_sensitive=False,
    )

    environment: Literal["development", "test", "production"] = "development"
    http: HttpSettings = HttpSettings()
    grpc: GrpcSettings = GrpcSettings()
    mongo: MongoSettings
    nats: NatsSettings = NatsSettings()
    auth: AuthSettings
    peers: dict[str, str] = {}
    telemetry: TelemetrySettings = TelemetrySettings()
    clock: ClockSettings = ClockSettings()
    hosts: dict[str, str] = {}
    default_tenant: str = ""
    crash_file: Path | None = None

    @property
    def docs_enabled(self) -> bool:
        """Whether the API documentation pages are served."""
        return self.environment != "production" if self.http.docs is None else self.http.docs

    @model_validator(mode="after")
    def _production_is_strict(self) -> Self:
        if self.environment != "production":
            return self
        refused = {
            "ATIENDE_CLOCK__FILE: virtual time is not allowed": self.clock.file is not None,
            "ATIENDE_CRASH_FILE: nobody may end a process from outside": (
                self.crash_file is not None
            ),
            "ATIENDE_HTTP__DOCS: documentation pages must be off": bool(self.http.docs),
            "ATIENDE_AUTH__ISSUER: must be https": not self.auth.issuer.startswith("https://"),
            "ATIENDE_TELEMETRY__LOG_LEVEL: debug may show personal data": (
                self.telemetry.log_level == "debug"
            ),
            "ATIENDE_NATS__PASSWORD: the bus must ask for credentials": self.nats.password is None,
        }
        wrong = [text for text, found in refused.items() if found]
        if wrong:
            raise ValueError("in production: " + "; ".join(wrong))
        return self

    @classmethod
    def load(cls, environ: Mapping[str, str] | None = None) -> Self:
        """Build from the process environment, refusing what nobody reads.

        Args:
            environ: Looked at for unknown variables; the process environment when absent.

        Raises:
            SettingsError: With the variable's name and the nearest known one.
        """
        names = os.environ if environ is None else environ
        problems = [_unknown(name, cls) for name in sorted(names) if not _is_known(name, cls)]
        if problems:
            raise SettingsError("\n".join(problems))
        nothing: dict[str, Any] = {}  # everything comes from the environment
        try:
            return cls(**nothing)
        except ValidationError as error:
            # Not str(error): pydantic prints the values it refused, and they may be secrets.
            lines = [
                f"{PREFIX}{'__'.join(str(part) for part in item['loc']).upper()}: {item['msg']}"
                if item["loc"]
                else item["msg"]
                for item in error.errors(include_input=False, include_url=False)
            ]
            raise SettingsError("\n".join(lines)) from None

    @classmethod
    def example(cls, **overrides: Any) -> Self:
        """Settings that need no environment and reach nothing: for tests and the `openapi` command.

        Args:
            overrides: Top-level fields to replace, e.g. `mongo=MongoSettings(...)`.
        """
        values: dict[str, Any] = {
            "environment": "test",
            "mongo": MongoSettings(url=SecretStr("mongodb://127.0.0.1:1"), database="example"),
            "nats": NatsSettings(url="nats://127.0.0.1:1"),
            "auth": AuthSettings(
                issuer="https://id.example/realms/atiende",
                jwks_url="https://id.example/realms/atiende/protocol/openid-connect/certs",
                client_id="svc-example",
                client_secret=SecretStr("example"),
                token_url="https://id.example/realms/atiende/protocol/openid-connect/token",  # noqa: S106 -- an address, not a secret
                allowed_azp=("desk", "portal", "svc-example"),
            ),
        }
        # A prefix that nobody uses: the real environment must not shine through.
        return cls(**{**values, **overrides, "_env_prefix": "_NOT_READ_"})


def known_variables(settings: type[BaseSettings]) -> list[str]:
    """Every variable that the settings class reads; a trailing `*` stands for free keys."""
    return sorted(_names(settings, PREFIX))


def _names(model: type[BaseModel], prefix: str) -> Iterator[str]:
    for name, field in model.model_fields.items():
        variable = f"{prefix}{name.upper()}"
        nested = _nested_model(field.annotation)
        if typing.get_origin(field.annotation) is dict:
            yield f"{variable}__*"
        elif nested is not None:
            yield from _names(nested, f"{variable}__")
            continue
        yield variable


def _nested_model(annotation: Any) -> type[BaseModel] | None:
    # A tuple or list of groups is one variable, written as JSON; only `Group | None` is entered.
    optional = typing.get_origin(annotation) in {typing.Union, types.UnionType}
    for candidate in [annotation, *(typing.get_args(annotation) if optional else ())]:
        if isinstance(candidate, type) and issubclass(candidate, BaseModel):
            return candidate
    return None


def _is_known(name: str, settings: type[BaseSettings]) -> bool:
    upper = name.upper()
    if not upper.startswith(PREFIX) or upper in TOOL_VARIABLES:
        return True
    return any(
        upper == known or (known.endswith("*") and upper.startswith(known[:-1]))
        for known in known_variables(settings)
    )


def _unknown(name: str, settings: type[BaseSettings]) -> str:
    text = f"{name}: no such setting"
    near = difflib.get_close_matches(name.upper(), known_variables(settings), n=1, cutoff=0.5)
    if near:
        text += f"; did you mean {near[0]}?"
    if name.upper().endswith(("_SERVICE_HOST", "_SERVICE_PORT", "_TCP")):
        text += " (Kubernetes service links: set enableServiceLinks to false)"
    return text
