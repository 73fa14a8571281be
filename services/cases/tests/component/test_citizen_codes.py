"""One-time codes, accounts, preferences and data: who is who, and what they may do."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta

import pytest

from atiende.cases.v1 import cases_service_pb2 as rpc
from atiende.common.v1 import common_pb2
from atiende_cases.application.recipients import ways_to_reach
from atiende_cases.domain.values import Channel
from atiende_cases.testing import OTHER_TENANT, TENANT
from atiende_city.citizen_access import COOKIE

pytestmark = pytest.mark.component
BASE = "/api/cases/v1/citizen"
PHONE = "+57 300 111 2233"
MAIL = "rosa@example.org"


@pytest.fixture
def sent(running, monkeypatch) -> list:
    """Commands that send codes, as they stand in the outbox."""
    found: list = []
    add = running.app.state.sending.codes.add

    async def noted(challenge, code):
        await add(challenge, code)
        found.append((challenge, code))

    monkeypatch.setattr(type(running.app.state.sending.codes), "add", lambda _, c, k: noted(c, k))
    return found


async def ask(running, channel: str, address: str, **headers) -> dict:
    answer = await running.client.post(
        f"{BASE}/codes", json={"channel": channel, "address": address}, headers=headers
    )
    assert answer.status_code == 202, answer.text
    return answer.json()


async def verify(running, challenge: dict, code: str, **more):
    headers = more.pop("headers", {})
    answer = await running.client.post(
        f"{BASE}/codes/{challenge['challenge_id']}/verification",
        json={"code": code, **more},
        headers=headers,
    )
    running.client.cookies.clear()
    return answer


def cookie_of(answer) -> dict[str, str]:
    assert answer.status_code == 200, answer.text
    return {"cookie": answer.headers["set-cookie"].partition(";")[0]}


async def test_a_known_number_opens_all_its_cases(running, sent):
    case_id = await running.open_case()
    challenge = await ask(running, "whatsapp", PHONE)
    [(stored, code)] = sent
    assert re.fullmatch(r"\d{6}", code)
    assert stored.address == "573001112233"
    cookie = cookie_of(await verify(running, challenge, f" {code[:3]} {code[3:]} "))
    me = (await running.client.get(f"{BASE}/session", headers=cookie)).json()
    assert (me["assurance"], me["case_id"]) == ("contact", None)
    listed = (await running.client.get(f"{BASE}/cases", headers=cookie)).json()
    assert [item["case_id"] for item in listed["items"]] == [case_id]


async def test_an_unknown_address_gets_the_same_answer_and_a_new_citizen(running, sent):
    await running.open_case()
    known = await ask(running, "whatsapp", PHONE)
    unknown = await ask(running, "email", MAIL)
    assert known.keys() == unknown.keys()
    assert known["resend_after_seconds"] == unknown["resend_after_seconds"]
    cookie = cookie_of(await verify(running, unknown, sent[1][1]))
    assert (await running.client.get(f"{BASE}/cases", headers=cookie)).json()["items"] == []
    data = (await running.client.get(f"{BASE}/data", headers=cookie)).json()
    [point] = data["preferences"]["contact_points"]
    assert (point["address"], point["verified"]) == (MAIL, True)


async def test_a_form_is_whose_address_was_given_once_that_is_proved(running, sent):
    """Whoever fills in a form without having entered finds it by the address they gave."""
    given = [common_pb2.ContactPoint(channel=common_pb2.CHANNEL_KIND_EMAIL, address=MAIL)]
    form = {"channel": common_pb2.CHANNEL_KIND_PORTAL, "address": "", "given_contact_points": given}
    case_id = await running.open_case(1, **form)
    mine = cookie_of(await verify(running, await ask(running, "email", MAIL), sent[0][1]))
    other = await verify(running, await ask(running, "email", "otra@example.org"), sent[1][1])
    listed = (await running.client.get(f"{BASE}/cases", headers=mine)).json()["items"]
    assert [item["case_id"] for item in listed] == [case_id]
    assert (await running.client.get(f"{BASE}/cases/{case_id}", headers=mine)).status_code == 200
    [held] = (await running.client.get(f"{BASE}/data", headers=mine)).json()["cases"]
    assert [m["text"] for m in held["messages"]] == ["No hay luz en el poste de mi calle"]
    stranger = cookie_of(other)
    assert (await running.client.get(f"{BASE}/cases", headers=stranger)).json()["items"] == []
    unseen = await running.client.get(f"{BASE}/cases/{case_id}", headers=stranger)
    assert unseen.status_code == 404


async def test_the_command_leaves_at_most_once_and_the_code_is_kept_nowhere(running, sent):
    await ask(running, "email", MAIL, **{"Idempotency-Key": "code-00000001"})
    again = await ask(running, "email", MAIL, **{"Idempotency-Key": "code-00000001"})
    [(challenge, code)] = sent
    assert again["challenge_id"] == challenge.challenge_id

    async def published():
        doc = await running.database._collections["codes"]._engine.find(
            {"_id": challenge.challenge_id}
        )
        return doc[0] if not doc[0]["outbox"] else None

    doc = await running.eventually(published)
    assert code not in str(doc)


async def test_five_wrong_codes_end_a_challenge(running, sent):
    challenge = await ask(running, "email", MAIL)
    [(_, code)] = sent
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    answers = [await verify(running, challenge, wrong) for _ in range(5)]
    late = await verify(running, challenge, code)
    unknown = await verify(running, {"challenge_id": "0197f9a2-0000-7000-8000-000000000000"}, code)
    for answer in (*answers, late, unknown):
        assert (answer.status_code, answer.json()["reason"]) == (401, "CODE_WRONG")
        assert "set-cookie" not in answer.headers


async def test_of_many_tries_at_once_five_are_judged(running, sent):
    challenge = await ask(running, "email", MAIL)
    [(_, code)] = sent
    wrong = [f"{(int(code) + n + 1) % 1_000_000:06d}" for n in range(15)]
    await asyncio.gather(*(verify(running, challenge, one) for one in wrong))
    assert (await verify(running, challenge, code)).status_code == 401


async def test_a_code_works_once_and_ten_minutes(running, sent):
    challenge = await ask(running, "email", MAIL)
    assert (await verify(running, challenge, sent[0][1])).status_code == 200
    assert (await verify(running, challenge, sent[0][1])).status_code == 401
    late = await ask(running, "email", MAIL)
    object.__setattr__(
        running.app.state.sending, "now", lambda: sent[1][0].expire_time + timedelta(seconds=1)
    )
    assert (await verify(running, late, sent[1][1])).status_code == 401


async def test_three_codes_an_hour_for_an_address_however_it_is_written(running, sent):
    for address in (PHONE, "+573001112233", "300 111 2233"):
        await ask(running, "whatsapp", address)
    answer = await running.client.post(
        f"{BASE}/codes", json={"channel": "whatsapp", "address": PHONE}
    )
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 3000
    assert len(sent) == 3
    for address in ("no", "a@b", "+57", "rosa@example.org\nBcc: x@example.org"):
        bad = await running.client.post(
            f"{BASE}/codes", json={"channel": "email", "address": address}
        )
        assert bad.status_code == 422, address


async def test_an_account_is_who_has_its_verified_address(running, sent):
    cookie = cookie_of(await verify(running, await ask(running, "email", MAIL), sent[0][1]))
    mine = (await running.client.get(f"{BASE}/data", headers=cookie)).json()["citizen_id"]

    async def login(**claims):
        token = running.tokens.citizen_token(**claims)
        answer = await running.client.post(
            f"{BASE}/login", json={}, headers={"Authorization": f"Bearer {token}"}
        )
        running.client.cookies.clear()
        return answer

    same = await login(email="Rosa@Example.org", email_verified=True, name="Rosa Díaz")
    assert same.json()["assurance"] == "login"
    data = await running.client.get(f"{BASE}/data", headers=cookie_of(same))
    assert (data.json()["citizen_id"], data.json()["display_name"]) == (mine, "Rosa Díaz")
    for claims in (
        {"email": MAIL, "email_verified": False},
        {"email": MAIL},
        {"email": MAIL, "email_verified": "true"},
        {},
    ):
        refused = await login(**claims)
        assert (refused.status_code, refused.json()["reason"]) == (403, "EMAIL_NOT_VERIFIED")
    # An account that registered itself belongs to no city.
    nowhere = await login(tenant=None, email=MAIL, email_verified=True)
    assert nowhere.json()["assurance"] == "login"
    abroad = await login(tenant=OTHER_TENANT, email=MAIL, email_verified=True)
    assert (abroad.status_code, abroad.json()["reason"]) == (403, "ACCOUNT_OF_OTHER_CITY")
    staff = await running.client.post(f"{BASE}/login", json={}, headers=running.as_staff("admin"))
    assert staff.status_code == 403


async def test_an_address_is_added_to_the_person_who_has_entered(running, sent):
    await running.open_case()
    cookie = cookie_of(await verify(running, await ask(running, "whatsapp", PHONE), sent[0][1]))
    more = await ask(running, "email", MAIL)
    added = await verify(running, more, sent[1][1], headers=cookie, add_to_session=True)
    both = cookie_of(added)
    prefs = (await running.client.get(f"{BASE}/preferences", headers=both)).json()
    assert {p["address"] for p in prefs["contact_points"]} == {"573001112233", MAIL}
    await running.open_case(2, address="573009998877", thread_key="t2")
    taken = await ask(running, "whatsapp", "+57 300 999 8877")
    refused = await verify(running, taken, sent[2][1], headers=both, add_to_session=True)
    assert (refused.status_code, refused.json()["reason"]) == (409, "CONTACT_POINT_TAKEN")
    nobody = await verify(running, taken, sent[2][1], add_to_session=True)
    assert nobody.status_code == 401


async def test_a_refused_channel_is_not_used(running, sent):
    case_id = await running.open_case()
    case = await running.store.cases.get(TENANT, case_id)
    cookie = cookie_of(await verify(running, await ask(running, "whatsapp", PHONE), sent[0][1]))
    answer = await running.client.put(
        f"{BASE}/preferences",
        json={"preferred_channel": "email", "consents": {"whatsapp": False}, "language": "en"},
        headers=cookie,
    )
    body = answer.json()
    assert (body["language"], body["preferred_channel"]) == ("en", "email")
    assert body["consents"] == {"whatsapp": False}
    assert [p["consent"] for p in body["contact_points"]] == [False]
    citizen = await running.store.citizens.get(TENANT, case.citizen_id)
    conversation = await running.store.conversations.get(TENANT, case.conversation_id)
    ways = ways_to_reach(citizen, conversation)
    assert [(w.point.channel, w.point.consent) for w in ways] == [(Channel.WHATSAPP, False)]
    refused = await running.client.post(
        f"/api/cases/v1/cases/{case_id}/replies",
        json={"text": "Hola"},
        headers=running.as_staff("agent", units=["alumbrado"]),
    )
    assert (refused.status_code, refused.json()["reason"]) == (409, "NO_CHANNEL_TO_ANSWER")
    assert rpc.Recipient.DESCRIPTOR.fields_by_name["tracking_secret"].number == 7


async def test_data_is_whole_without_notes_and_is_corrected(running, sent):
    case_id = await running.open_case(text="No hay luz en mi CANARIO")
    agent = running.as_staff("agent", units=["alumbrado"])
    await running.client.post(
        f"/api/cases/v1/cases/{case_id}/notes", json={"text": "NOTA-SECRETA"}, headers=agent
    )
    await running.client.post(
        f"/api/cases/v1/cases/{case_id}/replies", json={"text": "Ya vamos"}, headers=agent
    )
    cookie = cookie_of(await verify(running, await ask(running, "whatsapp", PHONE), sent[0][1]))
    answer = await running.client.get(f"{BASE}/data", headers=cookie)
    assert answer.headers["content-disposition"].startswith("attachment")
    data = answer.json()
    [case] = data["cases"]
    assert {m["text"] for m in case["messages"]} == {"No hay luz en mi CANARIO", "Ya vamos"}
    assert data["internal_notes"] == 1
    assert "NOTA-SECRETA" not in answer.text
    assert "Pérez" not in answer.text
    corrected = await running.client.patch(
        f"{BASE}/data", json={"display_name": "  Rosa \n Díaz "}, headers=cookie
    )
    assert corrected.status_code == 200
    seen = (await running.client.get(f"{BASE}/session", headers=cookie)).json()
    assert seen["display_name"] == "Rosa Díaz"
    for points, reason in (
        ([{"channel": "whatsapp", "address": "573001112233"}], "LAST_CONTACT_POINT"),
        ([{"channel": "email", "address": "otra@example.org"}], "CONTACT_POINT_NOT_FOUND"),
    ):
        refused = await running.client.patch(
            f"{BASE}/data", json={"remove_contact_points": points}, headers=cookie
        )
        assert refused.json()["reason"] == reason


async def test_the_secret_of_a_case_does_not_open_the_person(running):
    case_id = await running.open_case()
    token = running.access.token(running.access.begin(TENANT, "case", case_id=case_id))
    headers = {"cookie": f"{COOKIE}={token}"}
    for method, path, body in (
        ("GET", "/preferences", None),
        ("PUT", "/preferences", {"preferred_channel": None}),
        ("GET", "/data", None),
        ("PATCH", "/data", {}),
        ("GET", "/data/deletion", None),
    ):
        answer = await running.client.request(method, BASE + path, json=body, headers=headers)
        assert (answer.status_code, answer.json()["reason"]) == (403, "ASSURANCE_TOO_LOW")
