"""The services as processes: `api` and `worker` of each, and the one-off commands before them."""

from __future__ import annotations

import json
import os
from pathlib import Path

from atiende_kit.permissions import OPERATOR
from dev.stack.context import Context, Service
from dev.stack.extras import extra_env
from dev.stack.process import Process, Ready
from dev.stack.servers import keycloak, mongo, nats

SMALL = "ATIENDE_SMALL"
"""Set, each service is one process that does the work of both its roles, for a small machine."""
_WORKER_OFFSET = 1


def roles() -> tuple[str, ...]:
    """Returns the roles that run as processes of their own."""
    return ("all",) if os.environ.get(SMALL) else ("api", "worker")


def http_port(context: Context, service: Service, role: str) -> int:
    """Returns the HTTP port of a role: 81x0 of the api, 81x1 of the worker (health, metrics)."""
    usual = 8100 + 10 * service.number + (_WORKER_OFFSET if role == "worker" else 0)
    door = "worker" if role == "worker" else "api"
    return context.ports.get(f"{service.name}-{door}", usual)


def grpc_port(context: Context, service: Service, role: str = "api") -> int:
    """Returns the gRPC port: 90x0 of the api, which the peers call; 90x1 of the worker."""
    usual = 9000 + 10 * service.number + (_WORKER_OFFSET if role == "worker" else 0)
    suffix = "-worker" if role == "worker" else ""
    return context.ports.get(f"{service.name}-grpc{suffix}", usual)


def environment(context: Context, service: Service, role: str) -> dict[str, str]:
    """Returns the whole environment of a process of a service."""
    issuer = keycloak.issuer(context)
    realm = f"{keycloak.direct_url(context)}/realms/{keycloak.REALM}/protocol/openid-connect"
    secret = context.credentials.secret
    clients = ["desk", "portal", *(other.client_id for other in context.services)]
    peers = {
        f"ATIENDE_PEERS__{other.name.upper()}": f"127.0.0.1:{grpc_port(context, other)}"
        for other in context.services
    }
    return {
        **context.system_env(),
        "ATIENDE_ENVIRONMENT": "development",
        "ATIENDE_HTTP__HOST": "127.0.0.1",
        "ATIENDE_HTTP__PORT": str(http_port(context, service, role)),
        "ATIENDE_HTTP__PUBLIC_URL": context.public_url,
        "ATIENDE_HTTP__TRUSTED_PROXIES": json.dumps(["127.0.0.1"]),
        "ATIENDE_GRPC__HOST": "127.0.0.1",
        "ATIENDE_GRPC__PORT": str(grpc_port(context, service, role)),
        "ATIENDE_MONGO__URL": mongo.service_url(context, service),
        "ATIENDE_MONGO__DATABASE": service.database,
        "ATIENDE_NATS__URL": nats.url(context),
        "ATIENDE_NATS__USER": service.name,
        "ATIENDE_NATS__PASSWORD": secret(f"nats/{service.name}"),
        "ATIENDE_AUTH__ISSUER": issuer,
        "ATIENDE_AUTH__JWKS_URL": f"{realm}/certs",
        "ATIENDE_AUTH__TOKEN_URL": f"{realm}/token",
        "ATIENDE_AUTH__AUDIENCE": "atiende-api",
        "ATIENDE_AUTH__CLIENT_ID": service.client_id,
        "ATIENDE_AUTH__CLIENT_SECRET": secret(f"keycloak/{service.client_id}"),
        "ATIENDE_AUTH__ALLOWED_AZP": json.dumps(clients),
        # Pages without a token speak for the example city.
        "ATIENDE_DEFAULT_TENANT": "sanaurelio",
        "ATIENDE_CLOCK__FILE": str(clock_file(context, service.name)),
        "ATIENDE_CRASH_FILE": str(crash_file(context, service.name, role)),
        **peers,
        **_rights_env(context, service, role),
        **extra_env(context, service.name),
    }


def clock_file(context: Context, service: str) -> Path:
    """Where a service looks for the time: a link to the one hand that all follow (ADR 0008).

    A test puts a file of its own in its place to make that service's clock wrong.
    """
    link = context.layout.run / f"clock-{service}.json"
    if not link.is_symlink() and not link.exists():
        link.symlink_to("clock.json")
    return link


def crash_file(context: Context, service: str, role: str) -> Path:
    """Where a test says at which mark that process shall end (`atiende_kit.crash`)."""
    return context.layout.run / f"crash-{service}-{role}"


def _rights_env(context: Context, service: Service, role: str) -> dict[str, str]:
    """Returns what administration alone may: Keycloak's own, and for its worker the bus's."""
    if service.name != "admin":
        return {}
    url = f"{keycloak.direct_url(context)}/admin/realms/{keycloak.REALM}"
    rights = {"ATIENDE_KEYCLOAK__URL": url}
    if role != "api":
        # The process that the edge reaches never holds them, where there are two.
        rights["ATIENDE_GRAVE__USER"] = OPERATOR
        rights["ATIENDE_GRAVE__PASSWORD"] = context.credentials.secret(f"nats/{OPERATOR}")
    return rights


def processes(context: Context) -> list[Process]:
    """Returns every process of every service."""
    return [
        process
        for service in context.services
        if service.can_run
        for process in _of(context, service)
    ]


def _of(context: Context, service: Service) -> list[Process]:
    python = str(context.layout.python)
    databases_ready = () if mongo.external_url() else ("mongo-setup",)
    indexes = f"{service.name}-indexes"
    result = [
        Process(
            indexes,
            (python, "-m", service.package, "indexes"),
            environment(context, service, "worker"),
            kind="job",
            after=databases_ready,
        )
    ]
    for role in roles():
        port = http_port(context, service, role)
        result.append(
            Process(
                f"{service.name}-{role}",
                (python, "-m", service.package, role),
                environment(context, service, role),
                # Not after Keycloak: services start while it still does, and check tokens when
                # asked.
                after=(indexes, "nats-setup"),
                port=port,
                ready=Ready(port, "/readyz"),
                start_seconds=120,
            )
        )
    if (service.source / "example_city").exists():
        result.append(
            Process(
                f"{service.name}-example",
                (python, "-m", service.package, "publish-example"),
                environment(context, service, "worker"),
                kind="job",
                after=(f"{service.name}-{roles()[0]}",),
            )
        )
    return result
