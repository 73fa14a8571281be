"""Crisis mode over HTTP: two people, a quarter of an hour, and back to the very bytes."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta

import pytest

from atiende_city.testing import example_bytes, example_content

pytestmark = pytest.mark.component
MESSAGE = {"es": "El río está crecido. Llame al 123.", "en": "The river is high. Call 123."}


async def ask(service, activate=True, who=None, **more):
    body = {"activate": activate, "reason": "Creciente del río", **more}
    headers = who or service.staff("supervisor", subject="beatriz")
    return await service.http.post("/crisis/requests", json=body, headers=headers)


async def confirm(service, request_id, who=None):
    headers = who or service.staff(subject="nestor")
    return await service.http.post(f"/crisis/requests/{request_id}/confirmation", headers=headers)


async def switch(service, activate=True, **more):
    asked = await ask(service, activate, **more)
    assert asked.status_code == 201, asked.text
    confirmed = await confirm(service, asked.json()["id"])
    assert confirmed.status_code == 200, confirmed.text
    return confirmed.json()


async def status(service):
    return (await service.http.get("/crisis", headers=service.staff("auditor"))).json()


async def content_of(service, version):
    answer = await service.http.get(f"/releases/{version}/content", headers=service.staff())
    return answer.content


async def publish_change(service, expected, change):
    content = json.loads(await content_of(service, expected))
    change(content)
    draft = await service.http.post(
        "/drafts", json={"title": "t", "content": content}, headers=service.staff()
    )
    return await service.http.post(
        f"/drafts/{draft.json()['id']}/publish",
        json={"expected_version": expected},
        headers=service.staff(),
    )


async def test_two_people_switch_it_on_and_everybody_reads_the_banner(service):
    await service.publish_example()
    asked = (await ask(service, message=MESSAGE)).json()
    assert (asked["state"], asked["requester"]["name"]) == ("pending", "Beatriz")
    assert (await status(service))["pending"]["id"] == asked["id"]
    assert (await service.http.get("/city")).json()["crisis_text"] is None

    confirmed = (await confirm(service, asked["id"])).json()
    assert (confirmed["state"], confirmed["decider"]["subject"], confirmed["version"]) == (
        "confirmed",
        "nestor",
        2,
    )
    assert (await service.http.get("/city")).json()["crisis_text"] == MESSAGE["es"]
    assert (await service.http.get("/city?language=en")).json()["crisis_text"] == MESSAGE["en"]
    seen = await status(service)
    assert (seen["active"], seen["text"], seen["pending"]) == (True, MESSAGE, None)
    assert seen["since"] == confirmed["decide_time"]
    heard = await service.until_heard(2)
    assert heard[-1][1].version == 2


async def test_whoever_asks_cannot_confirm(service):
    await service.publish_example()
    nestor = service.staff(subject="nestor")
    asked = (await ask(service, who=nestor)).json()
    refused = await confirm(service, asked["id"], nestor)
    assert (refused.status_code, refused.json()["reason"]) == (403, "CRISIS_NEEDS_ANOTHER_PERSON")
    assert "otra persona" in refused.json()["detail"]
    assert not (await status(service))["active"]
    assert (await confirm(service, asked["id"], service.staff(subject="otra"))).status_code == 200


async def test_switched_off_the_very_release_is_back(service):
    await service.publish_example()
    await switch(service, message=MESSAGE)
    off = await switch(service, activate=False)
    assert await content_of(service, off["version"]) == example_bytes()
    release = await service.http.get(f"/releases/{off['version']}", headers=service.staff())
    assert release.json()["rollback_of"] == 1
    assert (await service.http.get("/city")).json()["crisis_text"] is None


async def test_switched_off_what_changed_meanwhile_stays(service):
    await service.publish_example()
    await switch(service, message=MESSAGE)
    changed = await publish_change(
        service, 2, lambda content: content["city"]["contact"].update(phone="+57 9")
    )
    assert changed.status_code == 201, changed.text
    off = await switch(service, activate=False)
    content = json.loads(await content_of(service, off["version"]))
    assert content["city"]["contact"]["phone"] == "+57 9"
    assert content["crisis"] == example_content()["crisis"]
    release = await service.http.get(f"/releases/{off['version']}", headers=service.staff())
    assert release.json()["rollback_of"] is None


async def test_new_words_during_a_crisis_take_two_people_and_leave_no_trace(service):
    await service.publish_example()
    await switch(service)
    again = await ask(service)
    assert (again.status_code, again.json()["reason"]) == (409, "CRISIS_ALREADY_SO")
    await switch(service, message=MESSAGE)
    assert (await service.http.get("/city")).json()["crisis_text"] == MESSAGE["es"]
    off = await switch(service, activate=False)
    assert await content_of(service, off["version"]) == example_bytes()


async def test_nobody_confirms_in_time(service):
    await service.publish_example()
    asked = (await ask(service)).json()
    service.clock.advance(timedelta(minutes=15))
    late = await confirm(service, asked["id"])
    assert (late.status_code, late.json()["reason"]) == (409, "CRISIS_REQUEST_CLOSED")
    assert "venció" in late.json()["detail"]
    seen = await status(service)
    assert (seen["active"], seen["pending"]) == (False, None)
    assert seen["history"][0]["state"] == "expired"
    assert (await ask(service)).status_code == 201


async def test_one_request_waits_at_a_time_and_can_be_withdrawn(service):
    await service.publish_example()
    answers = await asyncio.gather(*(ask(service) for _ in range(4)))
    assert sorted(a.status_code for a in answers) == [201, 409, 409, 409]
    [made] = [a.json() for a in answers if a.status_code == 201]
    gone = await service.http.post(
        f"/crisis/requests/{made['id']}/withdrawal", headers=service.staff("supervisor")
    )
    assert gone.json()["state"] == "withdrawn"
    assert (await confirm(service, made["id"])).status_code == 409
    assert (await ask(service)).status_code == 201


async def test_confirmations_at_the_same_moment_publish_once(service):
    await service.publish_example()
    asked = (await ask(service, message=MESSAGE)).json()
    people = [service.staff(subject=name) for name in ("n1", "n2", "n3", "n1")]
    answers = await asyncio.gather(*(confirm(service, asked["id"], who) for who in people))
    assert {a.status_code for a in answers} <= {200, 409}
    assert {a.json()["version"] for a in answers if a.status_code == 200} == {2}
    listed = await service.http.get("/releases", headers=service.staff())
    assert [one["version"] for one in listed.json()["items"]] == [2, 1]


async def test_confirmed_request_whose_process_died_is_finished(service):
    await service.publish_example()
    asked = (await ask(service, message=MESSAGE)).json()
    switch_crisis = service.use_cases.crisis
    publish = switch_crisis.finish

    async def die(_tenant, _request):
        raise RuntimeError("killed")

    switch_crisis.finish = die
    from atiende_catalog.domain.crisis import Person

    with pytest.raises(RuntimeError):
        await switch_crisis.confirm("sanaurelio", asked["id"], Person("nestor", "Néstor"))
    assert not (await status(service))["active"]
    switch_crisis.finish = publish
    await switch_crisis.finish_confirmed()
    await switch_crisis.finish_confirmed()
    seen = await status(service)
    assert (seen["active"], seen["release_version"]) == (True, 2)
    assert seen["history"][0]["version"] == 2


async def test_draft_or_rollback_cannot_do_what_takes_two_people(service):
    await service.publish_example()
    on = await publish_change(service, 1, lambda content: content["crisis"].update(active=True))
    assert (on.status_code, on.json()["reason"]) == (409, "CRISIS_SWITCH_ONLY")
    words = await publish_change(
        service, 1, lambda content: content["crisis"]["text"].update(es="Otro texto")
    )
    assert words.status_code == 201, "while it is off its words are ordinary configuration"
    await switch(service, message=MESSAGE)
    for change in (
        lambda content: content["crisis"].update(active=False),
        lambda content: content["crisis"]["text"].update(es="Todo está bien"),
    ):
        refused = await publish_change(service, 3, change)
        assert refused.json()["reason"] == "CRISIS_SWITCH_ONLY"
    back = await service.http.post(
        "/releases/1/rollback", json={"expected_version": 3}, headers=service.staff()
    )
    assert back.json()["reason"] == "CRISIS_SWITCH_ONLY"


@pytest.mark.parametrize(
    "body",
    [
        {"activate": True, "reason": "x"},
        {"activate": True, "reason": "Creciente", "message": {"en": "only English"}},
        {"activate": True, "reason": "Creciente", "message": {"es": "x", "pt": "x"}},
        {"activate": True, "reason": "Creciente", "message": {"es": "  "}},
        {"activate": True, "reason": "Creciente", "message": {"es": "x" * 1001}},
        {"activate": "maybe", "reason": "Creciente"},
        {"activate": True, "reason": "Creciente", "more": 1},
    ],
)
async def test_request_that_cannot_be_shown_is_refused(service, body):
    await service.publish_example()
    answer = await service.http.post("/crisis/requests", json=body, headers=service.staff())
    assert answer.status_code == 422


async def test_crisis_of_another_city_is_not_seen(service):
    await service.publish_example()
    asked = (await ask(service)).json()
    other = service.staff(tenant="otraciudad", subject="oscar")
    assert (await service.http.get("/crisis", headers=other)).status_code == 404
    assert (await confirm(service, asked["id"], other)).status_code == 404
