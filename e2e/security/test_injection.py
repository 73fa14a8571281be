"""Operators of the database in everything that people send (S8).

MongoDB's own profiler says which filters ran; none may hold what was sent as anything but a value.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from pymongo import MongoClient

from dev.contracts.catalogue import services
from dev.stack.servers import mongo
from dev.stack.stack import Stack
from e2e.city import City
from e2e.security.actors import Actor, actors
from e2e.security.doors import ENDLESS, Door, doors

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240, func_only=True)]
AT_ONCE = 8
MARK = "marca-7f3a"
VALUES = (
    f'{{"$ne":"{MARK}"}}',
    f'{{"$gt":"","$comment":"{MARK}"}}',
    f"{MARK}'; return true; //",
    f"[$regex]={MARK}.*",
    f"$where: '{MARK}'",
    f'{{"__proto__":{{"{MARK}":true}}}}',
    f"{MARK}\u0000",
    f"$expr:{MARK}",
)
OURS = "$all: ["
"""How the search of cases looks for words: our code wrote the operator, the words are values."""
SUFFIXES = ("[$ne]", "[$gt]", "[$regex]", "[$in][]", "[$where]", ".$ne", "[__proto__]")


@pytest.fixture(scope="module")
def profiled(stack: Stack) -> Iterator[MongoClient[dict[str, Any]]]:
    """The databases, each noting every command, as before afterwards."""
    context = stack.context()
    client: MongoClient[dict[str, Any]] = MongoClient(mongo.admin_url(context))
    names = [one.database for one in context.services]
    try:
        for name in names:
            client[name].command("profile", 2)
        yield client
    finally:
        for name in names:
            client[name].command("profile", 0)
            client[name].drop_collection("system.profile")
        client.close()


async def test_no_sent_operator_reaches_a_filter(
    city: City, stack: Stack, profiled: MongoClient[dict[str, Any]]
) -> None:
    people = actors(stack)
    boss = people["administrator"]
    supervisor = people["supervisor"]
    limit = asyncio.Semaphore(AT_ONCE)
    failures: list[str] = []
    tried = 0

    async def ask(door: Door, who: Actor, query: str, body: Any = None) -> None:
        nonlocal tried
        async with limit:
            answer = await city.http.request(
                door.method, f"{city.url}{door.path()}?{query}", headers=who.headers, json=body
            )
        tried += 1
        if answer.status_code >= 500:
            failures.append(f"{door.name}?{query}: {answer.status_code}")

    documents = {name: await _document(city, name) for name in services()}
    work = []
    for door in doors():
        if door.name == ENDLESS or door.service not in documents:
            continue
        who = boss if "admin" in getattr(door.policy, "roles", ()) else supervisor
        if door.method == "GET":
            for name in _queries(documents[door.service], door):
                work += [ask(door, who, f"{name}={quote(value)}") for value in VALUES]
                work += [ask(door, who, f"{name}{quote(suffix)}={MARK}") for suffix in SUFFIXES]
        elif door.method in {"POST", "PUT", "PATCH"}:
            work += [ask(door, who, "", body) for body in _bodies(documents[door.service], door)]
    await asyncio.gather(*work)
    assert failures == []
    assert tried >= 500, tried
    seen, wrong = _filters(profiled, stack)
    assert wrong == []
    # The profiler saw the values arrive: a filter that nobody notes proves nothing.
    assert seen > 0


async def _document(city: City, service: str) -> dict[str, Any]:
    answer = await city.http.get(f"{city.url}/api/{service}/openapi.json")
    return dict(answer.json()) if answer.status_code == 200 else {"paths": {}}


def _operation(document: dict[str, Any], door: Door) -> dict[str, Any]:
    path = door.name.split(" ", 1)[1]
    return dict(document["paths"].get(path, {}).get(door.method.lower(), {}))


def _queries(document: dict[str, Any], door: Door) -> list[str]:
    given = _operation(document, door).get("parameters", ())
    return [one["name"] for one in given if one["in"] == "query"]


def _bodies(document: dict[str, Any], door: Door) -> list[dict[str, Any]]:
    """Bodies in which each field in turn is an operator, or is named like one."""
    content = _operation(document, door).get("requestBody", {}).get("content", {})
    schema = content.get("application/json", {}).get("schema", {})
    name = str(schema.get("$ref", "")).rsplit("/", 1)[-1]
    fields = document.get("components", {}).get("schemas", {}).get(name, {}).get("properties", {})
    made: list[dict[str, Any]] = [{field: {"$ne": MARK}} for field in fields]
    return [*made, {"$where": MARK}, {"$set": {"tenant": MARK}}, {"tenant": MARK, "_id": MARK}]


def _filters(client: MongoClient[dict[str, Any]], stack: Stack) -> tuple[int, list[str]]:
    """How many noted commands held a sent value, and those that held it as an operator."""
    seen, wrong = 0, []
    for service in stack.context().services:
        for entry in client[service.database]["system.profile"].find():
            command = entry.get("command", {})
            if MARK not in str(command):
                continue
            seen += 1
            wrong += [
                f"{service.name}: {entry.get('ns')}: {found}"
                for found in _operators(command)
                if not found.startswith(OURS)
            ]
    return seen, wrong


def _operators(value: Any) -> list[str]:
    """`operator: value` wherever a sent value stands directly under a name with a dollar."""
    if isinstance(value, dict):
        found = []
        for key, inner in value.items():
            if key.startswith("$") and key != "$db" and MARK in str(inner) and _is_leaf(inner):
                found.append(f"{key}: {inner}")
            found += _operators(inner)
        return found
    if isinstance(value, list):
        return [one for inner in value for one in _operators(inner)]
    return []


def _is_leaf(value: Any) -> bool:
    return not isinstance(value, dict) and not (
        isinstance(value, list) and any(isinstance(one, dict) for one in value)
    )
