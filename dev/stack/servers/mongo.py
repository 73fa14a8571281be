"""MongoDB: a replica set of one with authentication, one user per service's database."""

from __future__ import annotations

import os
from urllib.parse import quote

from pymongo.errors import PyMongoError

from atiende_setup.mongo import ADMIN, REPLICA_SET, connect, make_replica_set, make_users
from dev.stack.context import Context, Service
from dev.stack.files import write_private
from dev.stack.jobs import stack_job
from dev.stack.process import Process, Ready
from dev.stack.programs import MONGOD, find_program

_CACHE_GB = "0.5"


def external_url() -> str | None:
    """Returns the URL of a MongoDB that the user runs: ATIENDE_MONGO_URL."""
    return os.environ.get("ATIENDE_MONGO_URL") or None


def processes(context: Context) -> list[Process]:
    """Returns the server and the job that sets up its replica set and users."""
    if external_url():
        return []
    port = context.ports.get("mongo")
    data = context.layout.data / "mongo"
    data.mkdir(mode=0o700, exist_ok=True)
    key = context.layout.config / "mongo.key"
    write_private(key, context.credentials.secret("mongo/key").replace("-", "+").replace("_", "/"))
    argv = (
        str(find_program(MONGOD, context)),
        *("--dbpath", str(data), "--port", str(port), "--bind_ip", "127.0.0.1"),
        *("--replSet", REPLICA_SET, "--auth", "--keyFile", str(key), "--nounixsocket"),
        *("--wiredTigerCacheSizeGB", _CACHE_GB, "--oplogSize", "512", "--quiet"),
    )
    return [
        Process("mongo", argv, context.system_env(), port=port, ready=Ready(port)),
        stack_job(context, "mongo-setup", "mongo", after=("mongo",)),
    ]


def service_url(context: Context, service: Service) -> str:
    """Returns the URL with which a service reaches its own database, and only that."""
    if url := external_url():
        return url
    user = quote(service.name)
    password = quote(context.credentials.secret(f"mongo/{service.name}"))
    address = f"127.0.0.1:{context.ports.get('mongo')}/{service.database}"
    return (
        f"mongodb://{user}:{password}@{address}"
        f"?replicaSet={REPLICA_SET}&authSource={service.database}"
    )


def admin_url(context: Context) -> str:
    """Returns the URL of the administrator: for measuring and judging, never a service's work."""
    if url := external_url():
        return url
    password = quote(context.credentials.secret("mongo/admin"))
    address = f"127.0.0.1:{context.ports.get('mongo')}"
    return f"mongodb://{ADMIN}:{password}@{address}/?directConnection=true"


def set_up(port: int, admin_password: str, users: dict[str, tuple[str, str]]) -> None:
    """Makes the server a replica set of one with its users. Safe to repeat.

    Args:
        port: where the server listens; when it differs from last time, the set's only member
            is moved.
        admin_password: of the administrator.
        users: database -> (user, password), each allowed to read and write that database only.
    """
    address = f"127.0.0.1:{port}"
    make_replica_set(address, address, admin_password)
    with connect(address, admin_password) as client:
        make_users(client, users)


def job(context: Context) -> None:
    """The body of the job `mongo-setup`."""
    try:
        set_up(
            context.ports.get("mongo"),
            context.credentials.secret("mongo/admin"),
            {
                service.database: (
                    service.name,
                    context.credentials.secret(f"mongo/{service.name}"),
                )
                for service in context.services
            },
        )
    except PyMongoError as error:
        raise SystemExit(f"setting up MongoDB failed: {error}") from error
