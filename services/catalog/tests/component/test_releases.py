"""From a draft to a release and back, over HTTP, gRPC and the bus."""

from __future__ import annotations

import asyncio
import json

import grpc
import pytest

from atiende.catalog.v1 import catalog_service_pb2 as pb
from atiende_catalog.domain.crisis import Person
from atiende_city import Release
from atiende_city.content import decompress, sha256_hex
from atiende_city.grpc_source import releases_over
from atiende_city.testing import example_bytes, example_content
from atiende_kit.grpc_ import GrpcPeer
from atiende_kit.settings import KitSettings

pytestmark = pytest.mark.component


async def begin(service, change=None, tenant="sanaurelio"):
    """Makes a draft of the example with a change; returns its id."""
    content = example_content()
    if change:
        change(content)
    answer = await service.http.post(
        "/drafts",
        json={"title": "Cambio", "content": content},
        headers=service.staff(tenant=tenant),
    )
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


async def publish(service, draft_id, expected, tenant="sanaurelio"):
    return await service.http.post(
        f"/drafts/{draft_id}/publish",
        json={"expected_version": expected, "note": "n"},
        headers=service.staff(tenant=tenant),
    )


def phone(number):
    return lambda content: content["city"]["contact"].update(phone=number)


async def content_of(service, version):
    answer = await service.http.get(
        f"/releases/{version}/content", headers=service.staff("auditor")
    )
    assert answer.status_code == 200
    return answer.content


async def test_draft_published_changes_what_citizens_see(service):
    await service.publish_example()
    assert len((await service.http.get("/procedures")).json()["items"]) == 13

    def change(content):
        content["procedures"]["huecos-vias"]["name"]["es"] = "Reporte de huecos"

    draft_id = await begin(service, change)
    diff = (await service.http.get(f"/drafts/{draft_id}/diff", headers=service.staff())).json()
    assert [c["path"] for c in diff["changes"]] == ["/procedures/huecos-vias/name/es"]
    checked = await service.http.post(f"/drafts/{draft_id}/validate", headers=service.staff())
    assert checked.json() == {"valid": True, "problems": []}
    made = await publish(service, draft_id, 1)
    assert (made.status_code, made.json()["version"]) == (201, 2)
    procedure = (await service.http.get("/procedures/huecos-vias")).json()
    assert procedure["name"] == "Reporte de huecos"
    assert procedure["unit"]["id"] == "vias"
    assert procedure["requirements"]
    assert procedure["deadline"] == {
        "kind": "working_days",
        "amount": 15,
        "text": "15 días hábiles",
    }
    english = (await service.http.get("/procedures/huecos-vias?language=en")).json()
    assert english["cost"] == "Free"
    assert (await publish(service, draft_id, 2)).json()["reason"] == "DRAFT_PUBLISHED"
    edited = await service.http.put(
        f"/drafts/{draft_id}",
        json={"title": "x", "content": {}, "revision": 2},
        headers=service.staff(),
    )
    assert edited.json()["reason"] == "DRAFT_PUBLISHED"
    changed = await service.http.get("/releases/2/diff?against=1", headers=service.staff())
    assert len(changed.json()["changes"]) == 1


async def test_rollback_gives_back_the_very_bytes(service):
    await service.publish_example()
    await publish(service, await begin(service, phone("+57 1")), 1)
    before, middle = await content_of(service, 1), await content_of(service, 2)
    answer = await service.http.post(
        "/releases/1/rollback", json={"expected_version": 2}, headers=service.staff()
    )
    assert answer.status_code == 201
    assert answer.json()["rollback_of"] == 1
    assert await content_of(service, 3) == before == example_bytes() != middle
    assert answer.json()["sha256"] == sha256_hex(before)
    heard = await service.until_heard(3)
    assert [(tenant, event.version) for tenant, event in heard] == [
        ("sanaurelio", 1),
        ("sanaurelio", 2),
        ("sanaurelio", 3),
    ]
    assert heard[0][1].sha256 == heard[2][1].sha256 == sha256_hex(before)
    again = await service.http.post(
        "/releases/1/rollback", json={"expected_version": 3}, headers=service.staff()
    )
    assert (again.status_code, again.json()["reason"]) == (409, "RELEASE_UNCHANGED")
    listed = await service.http.get("/releases?limit=2", headers=service.staff())
    assert [item["version"] for item in listed.json()["items"]] == [3, 2]
    page = await service.http.get(
        "/releases", params={"cursor": listed.json()["next_cursor"]}, headers=service.staff()
    )
    assert [item["version"] for item in page.json()["items"]] == [1]


async def test_of_two_administrators_who_publish_at_once_one_wins(service):
    await service.publish_example()
    drafts = [await begin(service, phone(f"+57 {n}")) for n in range(4)]
    answers = await asyncio.gather(*(publish(service, draft_id, 1) for draft_id in drafts))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    refused = {a.json()["reason"] for a in answers if a.status_code == 409}
    assert refused == {"RELEASE_CHANGED"}
    listed = await service.http.get("/releases", headers=service.staff())
    assert [item["version"] for item in listed.json()["items"]] == [2, 1]


async def test_draft_with_mistakes_is_refused_with_all_of_them(service):
    def change(content):
        content["procedures"]["huecos-vias"]["unit"] = "obras"
        del content["city"]["name"]

    draft_id = await begin(service, change)
    answer = await publish(service, draft_id, 0)
    assert (answer.status_code, answer.json()["reason"]) == (409, "RELEASE_INVALID")
    text = json.dumps(answer.json(), ensure_ascii=False)
    assert "/procedures/huecos-vias/unit" in text
    assert "/city/name" in text
    checked = await service.http.post(f"/drafts/{draft_id}/validate", headers=service.staff())
    assert len(checked.json()["problems"]) == 2


async def test_edit_of_what_somebody_else_changed_is_refused(service):
    draft_id = await begin(service)
    body = {"title": "a", "content": {"x": 1}, "revision": 1}
    first = await service.http.put(f"/drafts/{draft_id}", json=body, headers=service.staff())
    assert first.json()["revision"] == 2
    second = await service.http.put(f"/drafts/{draft_id}", json=body, headers=service.staff())
    assert (second.status_code, second.json()["reason"]) == (409, "DRAFT_CHANGED")
    kept = await service.http.get(f"/drafts/{draft_id}", headers=service.staff("auditor"))
    assert kept.json()["content"] == {"x": 1}


async def test_draft_copies_what_is_in_force(service):
    empty = await service.http.post("/drafts", json={"title": "t"}, headers=service.staff())
    assert (empty.status_code, empty.json()["reason"]) == (404, "RELEASE_NOT_PUBLISHED")
    await service.publish_example()
    made = await service.http.post("/drafts", json={"title": "t"}, headers=service.staff())
    assert made.json()["base_version"] == 1
    same = await publish(service, made.json()["id"], 1)
    assert same.json()["reason"] == "RELEASE_UNCHANGED"
    gone = await service.http.delete(f"/drafts/{made.json()['id']}", headers=service.staff())
    assert gone.status_code == 204
    assert (await service.http.get("/drafts", headers=service.staff())).json() == {"items": []}


async def test_preview_shows_a_template_of_a_draft(service):
    draft_id = await begin(service)
    body = {"template": "case_resolved", "channel": "email", "language": "en"}
    url = f"/drafts/{draft_id}/preview"
    shown = (await service.http.post(url, json=body, headers=service.staff())).json()
    assert shown["subject"].startswith("[SA-2026-0000123-K]")
    missing = await service.http.post(
        url, json={**body, "template": "nada"}, headers=service.staff()
    )
    assert missing.status_code == 404


async def test_another_city_sees_nothing_of_this_one(service):
    await service.publish_example()
    draft_id = await begin(service)
    other = service.staff(tenant="otraciudad")
    for path in (f"/drafts/{draft_id}", f"/drafts/{draft_id}/diff", "/releases/1", "/release"):
        assert (await service.http.get(path, headers=other)).status_code == 404, path
    assert (await service.http.get("/releases", headers=other)).json()["items"] == []
    assert (await publish(service, draft_id, 0, tenant="otraciudad")).status_code == 404
    rolled = await service.http.post(
        "/releases/1/rollback", json={"expected_version": 0}, headers=other
    )
    assert rolled.status_code == 404
    portal = await service.http.get("/procedures", headers={"Host": "otra.example"})
    assert portal.json()["reason"] == "RELEASE_NOT_PUBLISHED"


async def test_services_read_the_release_and_skip_what_they_hold(service):
    await service.publish_example()
    ask, who = service.stub.GetRelease, service.service()
    found = await ask(pb.GetReleaseRequest(), metadata=who, timeout=5)
    assert decompress(found.content_gzip) == example_bytes()
    assert len(found.content_gzip) < 900_000
    held = await ask(pb.GetReleaseRequest(known_sha256=found.sha256), metadata=who, timeout=5)
    assert (held.version, held.content_gzip) == (1, b"")
    named = await ask(pb.GetReleaseRequest(version=1), metadata=who, timeout=5)
    assert named.content_gzip == found.content_gzip
    answers = await service.stub.SearchFaq(
        pb.SearchFaqRequest(query="cuándo pasa la basura", page_size=2), metadata=who, timeout=5
    )
    assert answers.entries[0].key == "dias-basura"


async def test_cache_of_another_service_follows_the_catalog(service):
    await service.publish_example()
    settings = KitSettings.example(peers={"catalog": service.grpc_address})
    peer = GrpcPeer(settings, "catalog", _Token(service))
    await peer.start()
    cache = releases_over(peer)
    first = await cache.get("sanaurelio")
    assert isinstance(first, Release)
    await publish(service, await begin(service, phone("+57 9")), 1)
    assert (await cache.refresh("sanaurelio")).city.phone == "+57 9"
    assert cache.cached("sanaurelio").version == 2
    await publish(service, await begin(service, phone("+57 10")), 2)
    # The poll: one question for all cities, then only for what changed.
    await cache.refresh_all()
    assert cache.cached("sanaurelio").city.phone == "+57 10"
    await peer.stop()


async def test_many_cities_are_compared_in_one_call(service):
    await service.publish_example()
    who, ask = service.service(), service.stub.CheckReleases
    held = [
        pb.HeldRelease(tenant="sanaurelio", version=1),
        pb.HeldRelease(tenant="otraciudad", version=3),  # it never published
    ]
    answer = await ask(pb.CheckReleasesRequest(held=held), metadata=who, timeout=5)
    assert list(answer.outdated) == ["otraciudad"]
    for wrong in ([pb.HeldRelease(tenant="a b", version=1)], held * 501):
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await ask(pb.CheckReleasesRequest(held=wrong), metadata=who, timeout=5)
        assert refused.value.code() is grpc.StatusCode.INVALID_ARGUMENT


class _Token:
    def __init__(self, service) -> None:
        self._service = service

    async def get(self) -> str:
        return self._service.tokens.service_token("cases")

    def forget(self, token: str) -> None:
        raise AssertionError("the token was refused")


async def test_questions_are_searched_without_accents(service):
    await service.publish_example()
    found = (await service.http.get("/faq", params={"q": "semaforo danado"})).json()
    assert found["items"][0]["key"] == "semaforo-danado"
    assert len((await service.http.get("/faq?limit=100")).json()["items"]) >= 25
    assert (await service.http.get("/city")).json()["crisis_text"] is None


async def test_everybody_may_read_whom_to_call_in_an_emergency(service):
    await service.publish_example()
    city = (await service.http.get("/city", params={"language": "en"})).json()
    assert city["short_name"] == "San Aurelio"
    # YAML takes what follows " #" for a comment, and addresses of the country have one.
    assert city["address"].startswith("Carrera 5 # 8-42")
    assert {"number": "119", "name": "Fire brigade"} in city["emergency_numbers"]


async def test_people_are_named_and_a_draft_takes_in_what_came_since(service):
    await service.publish_example()
    draft_id = await begin(service, phone("+57 1"))
    read = (await service.http.get(f"/drafts/{draft_id}", headers=service.staff())).json()
    assert (read["author_name"] != "", read["base_version"]) == (True, 1)
    await publish(service, await begin(service, phone("+57 2")), 1)
    newest = (await service.http.get("/releases", headers=service.staff())).json()["items"][0]
    assert (newest["version"], newest["publisher_name"]) == (2, read["author_name"])
    edit = {"revision": 1, "title": "t", "content": read["content"], "base_version": 2}
    moved = await service.http.put(f"/drafts/{draft_id}", json=edit, headers=service.staff())
    assert (moved.json()["base_version"], moved.json()["revision"]) == (2, 2)
    plain = {"revision": 2, "title": "t", "content": read["content"]}
    kept = await service.http.put(f"/drafts/{draft_id}", json=plain, headers=service.staff())
    assert kept.json()["base_version"] == 2


async def test_publishing_the_same_bytes_twice_makes_no_version(service):
    publish_content = service.use_cases.publish.publish_content
    first, new = await publish_content(
        "sanaurelio", example_bytes(), publisher=Person("cli", ""), note=""
    )
    again, newer = await publish_content(
        "sanaurelio", example_bytes(), publisher=Person("cli", ""), note=""
    )
    assert (new, newer, first.version, again.version) == (True, False, 1, 1)


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/drafts", {"title": ""}, 422),
        ("POST", "/drafts", {"title": "t", "zzz": 1}, 422),
        ("POST", "/drafts", {"title": "t", "content": []}, 422),
        ("GET", "/drafts/not-an-id", None, 422),
        ("GET", "/releases/0", None, 422),
        ("GET", "/releases?cursor=***", None, 400),
        ("GET", "/releases?cursor=eyJiZWZvcmUiOiJ4In0", None, 400),
        ("GET", "/releases/99", None, 404),
        ("GET", "/procedures/..%2f..", None, 404),
        ("GET", "/faq?language=español", None, 422),
    ],
)
async def test_wrong_input_is_refused_clearly(service, method, path, body, status):
    answer = await service.http.request(method, path, json=body, headers=service.staff())
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"].startswith("application/problem+json")
