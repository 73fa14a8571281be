"""MongoDB: a replica set of one where there is none yet, and one user per service's database."""

from __future__ import annotations

import time
from collections.abc import Mapping

from pymongo import MongoClient
from pymongo.errors import OperationFailure

REPLICA_SET = "atiende"
ADMIN = "atiende-admin"
_ELECTION_SECONDS = 60
_USER_NOT_FOUND = 11

Client = MongoClient[dict[str, object]]


def make_replica_set(address: str, member: str, admin_password: str) -> None:
    """Makes the server a replica set of one with an administrator. Safe to repeat.

    Args:
        address: `host:port` at which the server is reached. The administrator is made through the
            exception for the first local user, so for a new set it must be of this machine or pod.
        member: `host:port` by which the set knows it; when that differs from last time, the only
            member is moved.
        admin_password: of the administrator.
    """
    with connect(address) as client:
        _initiate(client, address, member, admin_password)
        _await_primary(client)
        try:
            client.admin.command(
                "createUser",
                ADMIN,
                pwd=admin_password,
                roles=[{"role": "root", "db": "admin"}],
            )
        except OperationFailure:
            # The exception ends with the first user, so this is any start but the first.
            print(f"administrator of {address} exists")


def make_users(client: Client, users: Mapping[str, tuple[str, str]]) -> None:
    """Makes users, or gives those that exist their word and rights again.

    Args:
        client: of the administrator.
        users: database -> (user, password), each allowed to read and write that database only.
    """
    for database, (user, password) in users.items():
        roles = [{"role": "readWrite", "db": database}]
        try:
            client[database].command("updateUser", user, pwd=password, roles=roles)
        except OperationFailure as error:
            if error.code != _USER_NOT_FOUND:
                raise
            client[database].command("createUser", user, pwd=password, roles=roles)
        print(f"user {user} of {database} is in place")


def connect(address: str, password: str | None = None) -> Client:
    """Opens a server itself, whatever its set: as the administrator, or as nobody yet."""
    return MongoClient(
        f"mongodb://{address}/",
        directConnection=True,
        serverSelectionTimeoutMS=30_000,
        username=ADMIN if password else None,
        password=password,
    )


def open_url(url: str) -> Client:
    """Opens a deployment that somebody else keeps, as its administrator."""
    return MongoClient(url, serverSelectionTimeoutMS=30_000)


def _initiate(client: Client, address: str, member: str, admin_password: str) -> None:
    wanted = {"_id": 0, "host": member}
    try:
        client.admin.command("replSetInitiate", {"_id": REPLICA_SET, "members": [wanted]})
    except OperationFailure as error:
        print(f"replica set: {error.details and error.details.get('codeName')}")
    else:
        return
    with connect(address, admin_password) as admin:
        config = admin.admin.command("replSetGetConfig")["config"]
        if config["members"][0]["host"] != member:
            config["members"][0]["host"] = member
            config["version"] += 1
            # Forced, because a server that does not find itself in its set has no primary to ask.
            admin.admin.command("replSetReconfig", config, force=True)
            print(f"the member of the replica set moved to {member}")


def _await_primary(client: Client) -> None:
    deadline = time.monotonic() + _ELECTION_SECONDS
    while not client.admin.command("hello").get("isWritablePrimary"):
        if time.monotonic() > deadline:
            raise TimeoutError("mongod did not become primary")
        time.sleep(0.1)
