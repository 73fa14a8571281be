"""Who may do what, tried at every route by every kind of caller (S5, S7).

The oracle is the policy that each route's code states; the platform is asked from outside.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

import httpx
import pytest

from atiende_kit.http.security import ByCookie, Require
from dev.stack.stack import Stack
from e2e.city import City
from e2e.security.actors import Actor, actors
from e2e.security.doors import ENDLESS, Door, doors

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240, func_only=True)]
AT_ONCE = 8
OWN_TRACE = {"trace_id", "instance"}
MISSING = 404


@pytest.fixture(scope="module")
def people(stack: Stack) -> dict[str, Actor]:
    """Everybody, signed in once."""
    return actors(stack)


def admitted(door: Door, actor: Actor) -> bool:
    """What the policy says of a caller."""
    if isinstance(door.policy, Require):
        named = not door.policy.roles or bool(door.policy.roles & actor.roles)
        return actor.kind in door.policy.kinds and named
    # Without the cookie nobody is known to a route that a cookie opens.
    return not isinstance(door.policy, ByCookie)


async def knock(city: City, door: Door, actor: Actor, path: str) -> httpx.Response:
    body = {} if door.method in {"POST", "PUT", "PATCH"} else None
    # The journeys' client keeps the cookies of citizens who entered; here nobody has any.
    city.http.cookies.clear()
    url = f"{city.url}{path}"
    return await city.http.request(door.method, url, headers=actor.headers, json=body)


async def test_whoever_is_not_named_is_refused_everywhere(
    city: City, people: dict[str, Actor]
) -> None:
    limit = asyncio.Semaphore(AT_ONCE)
    wrong: list[str] = []
    tried: Counter[str] = Counter()

    async def ask(door: Door, actor: Actor) -> None:
        async with limit:
            answer = await knock(city, door, actor, door.path())
        tried[actor.name] += 1
        # A cookie that is not there is "who are you", whatever token comes instead.
        is_unknown = not actor.token or isinstance(door.policy, ByCookie)
        expected = 401 if is_unknown else 403
        if answer.status_code != expected:
            wrong.append(f"{actor.name}: {door.name}: {answer.status_code} {answer.text[:120]}")

    closed = [
        (door, actor) for door in doors() for actor in people.values() if not admitted(door, actor)
    ]
    await asyncio.gather(*(ask(door, actor) for door, actor in closed))
    assert wrong == []
    assert {"nobody", "citizen", "service", "agent of the unit", "auditor"} <= set(tried)
    assert sum(tried.values()) >= 500, tried


async def test_whoever_is_named_gets_past_the_door(city: City, people: dict[str, Actor]) -> None:
    """Else everything could be shut and the test above would be glad."""
    wrong = []
    for door in doors():
        if door.method != "GET" or door.name == ENDLESS or not isinstance(door.policy, Require):
            continue
        for actor in people.values():
            if admitted(door, actor) and actor.tenant == "sanaurelio":
                answer = await knock(city, door, actor, door.path())
                if answer.status_code in {401, 403} or answer.status_code >= 500:
                    wrong.append(f"{actor.name}: {door.name}: {answer.status_code}")
    assert wrong == []


async def test_what_belongs_to_others_reads_like_what_is_nowhere(
    city: City, people: dict[str, Actor]
) -> None:
    """Another city's administrator and another unit's agent learn nothing, not even existence."""
    real = await _objects(city)
    wrong: list[str] = []
    tried: Counter[str] = Counter()
    strangers = {
        "administrator of another city": set(real),
        # Folders of a city's staff are everybody's; cases and what hangs on them are the unit's.
        "agent of another unit": {"case_id", "citizen_id", "item_id", "notification_id"},
    }
    for name, kinds in strangers.items():
        for door in doors():
            given = {key: real[key] for key in door.parameters & kinds}
            if not given or not admitted(door, people[name]):
                continue
            theirs = await knock(city, door, people[name], door.path(**given))
            nowhere = await knock(city, door, people[name], door.path())
            tried[name] += 1
            if _told(theirs) != _told(nowhere):
                wrong.append(
                    f"{name}: {door.name}: {theirs.status_code} {theirs.text[:100]}"
                    f" / {nowhere.status_code} {nowhere.text[:100]}"
                )
    assert wrong == []
    assert tried["administrator of another city"] >= 40, tried
    assert tried["agent of another unit"] >= 20, tried


async def test_tricks_with_methods_and_paths_open_nothing(
    city: City, people: dict[str, Actor]
) -> None:
    """What proxies and frameworks have mistaken for something else (S7)."""
    agent = people["agent of another unit"].headers
    people_url = "/api/admin/v1/people"
    attempts: list[tuple[str, str, dict[str, str]]] = [
        ("GET", people_url, {"X-HTTP-Method-Override": "GET", "X-Original-URL": "/healthz"}),
        ("GET", people_url, {"X-Rewrite-URL": "/api/catalog/v1/city"}),
        ("GET", people_url, {"X-Forwarded-Host": "localhost", "X-Forwarded-User": "nestor.acuna"}),
        ("POST", people_url, {"X-HTTP-Method-Override": "GET"}),
        *(("GET", path, {}) for path in _twisted(people_url)),
        *((method, people_url, {}) for method in ("HEAD", "OPTIONS", "TRACE", "PROPFIND")),
    ]
    opened = []
    for method, path, more in attempts:
        answer = await city.http.request(method, f"{city.url}{path}", headers={**agent, **more})
        if answer.status_code < 300 and "username" in answer.text:
            opened.append(f"{method} {path}")
        assert answer.status_code < 500, f"{method} {path}: {answer.status_code}"
    assert opened == []


def _twisted(path: str) -> list[str]:
    head, tail = path.rsplit("/", 1)
    return [
        f"/{path}",
        f"{head}//{tail}",
        f"{head}/./{tail}",
        f"{head}/x/../{tail}",
        f"{head}/%2e/{tail}",
        f"{head}%2f{tail}",
        f"{head}/..;/v1/{tail}",
        f"{path}/",
        f"{path}%00",
        f"{path};admin=true",
        path.upper(),
        f"/api/catalog/v1/city/../../../admin/v1/{tail}",
        f"/api/catalog/v1/city%2f..%2f..%2f..%2fadmin%2fv1%2f{tail}",
    ]


def _told(answer: httpx.Response) -> Any:
    try:
        body = answer.json()
    except ValueError:
        return answer.status_code, answer.text
    if isinstance(body, dict):
        body = {key: value for key, value in body.items() if key not in OWN_TRACE}
    return answer.status_code, body


async def _objects(city: City) -> dict[str, str]:
    """Something real of San Aurelio for each kind of id that addresses carry."""
    await city.open_hours()
    who = city.person()
    key = f"wamid.{city.run}.{who.number}"
    text = f"Poste de alumbrado público sin luz. Soy {city.run}"
    assert await city.whatsapp.deliver(city.whatsapp.webhook(who, text, key)) == 200
    arrived = await city.arrival(key)
    case = await city.case(arrived["case_id"])
    admin = city.admin

    async def told_of_it() -> dict[str, Any] | None:
        told = await admin.get("/api/notifications/v1/notifications", case_id=case["case_id"])
        return dict(told["items"][0]) if told["items"] else None

    async def work() -> dict[str, Any] | None:
        items = await admin.pages("/api/routing/v1/work-items")
        return next((one for one in items if one["case_id"] == case["case_id"]), None)

    draft = await city.done(
        admin, "POST", "/api/catalog/v1/drafts", json={"title": "Para la matriz"}
    )
    return {
        "case_id": case["case_id"],
        "citizen_id": case["citizen_id"],
        "item_id": (await city.eventually("work for it", work))["work_item_id"],
        "notification_id": (await city.eventually("a receipt", told_of_it))["notification_id"],
        "draft_id": draft["id"],
        "inbox_id": await _letter(city, key),
        "person_id": (await admin.get("/api/admin/v1/people"))["items"][0]["id"],
    }


async def _letter(city: City, provider_id: str) -> str:
    for row in await city.admin.pages("/api/channels/v1/intake"):
        if row["provider_id"] == provider_id:
            return str(row["id"])
    raise AssertionError("the message is in no list of the intake")
