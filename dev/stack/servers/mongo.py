"""MongoDB: a replica set of one with authentication, one user per service's database."""

from __future__ import annotations

import os
import time
from urllib.parse import quote

from pymongo import MongoClient
from pymongo.errors import OperationFailure, PyMongoError

from dev.stack.context import Context, Service
from dev.stack.files import write_private
from dev.stack.jobs import stack_job
from dev.stack.process import Process, Ready
from dev.stack.programs import MONGOD, find_program

REPLICA_SET = "atiende"
_ADMIN = "atiende-admin"
_ELECTION_SECONDS = 60
_NOT_YET_INITIALIZED = 94
_USER_NOT_FOUND = 11
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
    return f"mongodb://{_ADMIN}:{password}@{address}/?directConnection=true"


def set_up(port: int, admin_password: str, users: dict[str, tuple[str, str]]) -> None:
    """Makes the server a replica set of one with its users. Safe to repeat.

    Args:
        port: where the server listens; when it differs from last time, the set's only member
            is moved.
        admin_password: of the administrator, made through the exception for the first local user.
        users: database -> (user, password), each allowed to read and write that database only.
    """
    _initiate(port, admin_password)
    address = f"127.0.0.1:{port}"
    with _connect(port) as client:
        _await_primary(client)
        try:
            client.admin.command(
                "createUser",
                _ADMIN,
                pwd=admin_password,
                roles=[{"role": "root", "db": "admin"}],
            )
        except OperationFailure:
            # The exception ends with the first user, so this is any start but the first.
            print(f"administrator of {address} exists")
    with _connect(port, admin_password) as client:
        for database, (user, password) in users.items():
            roles = [{"role": "readWrite", "db": database}]
            try:
                client[database].command("updateUser", user, pwd=password, roles=roles)
            except OperationFailure as error:
                if error.code != _USER_NOT_FOUND:
                    raise
                client[database].command("createUser", user, pwd=password, roles=roles)
            print(f"user {user} of {database} is in place")


def _initiate(port: int, admin_password: str) -> None:
    member = {"_id": 0, "host": f"127.0.0.1:{port}"}
    with _connect(port) as client:
        try:
            client.admin.command("replSetInitiate", {"_id": REPLICA_SET, "members": [member]})
        except OperationFailure as error:
            print(f"replica set: {error.details and error.details.get('codeName')}")
        else:
            return
    with _connect(port, admin_password) as client:
        config = client.admin.command("replSetGetConfig")["config"]
        if config["members"][0]["host"] != member["host"]:
            config["members"][0]["host"] = member["host"]
            config["version"] += 1
            # Forced, because a server that does not find itself in its set has no primary to ask.
            client.admin.command("replSetReconfig", config, force=True)
            print(f"the member of the replica set moved to port {port}")


def _await_primary(client: MongoClient[dict[str, object]]) -> None:
    deadline = time.monotonic() + _ELECTION_SECONDS
    while not client.admin.command("hello").get("isWritablePrimary"):
        if time.monotonic() > deadline:
            raise TimeoutError("mongod did not become primary")
        time.sleep(0.1)


def _connect(port: int, password: str | None = None) -> MongoClient[dict[str, object]]:
    return MongoClient(
        "127.0.0.1",
        port,
        directConnection=True,
        serverSelectionTimeoutMS=30_000,
        username=_ADMIN if password else None,
        password=password,
    )


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
