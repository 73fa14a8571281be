from __future__ import annotations

from datetime import timedelta

import pytest
from google.protobuf.timestamp_pb2 import Timestamp

from atiende.channels.v1 import events_pb2 as channels_pb2
from atiende.common.v1 import common_pb2
from atiende.notifications.v1 import events_pb2 as notifications_pb2
from atiende.routing.v1 import events_pb2 as routing_pb2
from atiende.surveys.v1 import events_pb2 as surveys_pb2
from atiende_cases.application.verify import verify_audit, verify_folios
from atiende_cases.testing import TENANT
from atiende_kit.ids import new_id

pytestmark = pytest.mark.component
BASE = "/api/cases/v1"


def stamp(at):
    made = Timestamp()
    made.FromDatetime(at)
    return made


async def test_a_matter_from_the_first_message_to_the_bad_score(running):
    case_id = await running.open_case()
    agent = running.as_staff("agent", units=["alumbrado"])
    url = f"{BASE}/cases/{case_id}"

    # Routing assigns it by id; whoever has opened the desk is shown by name. The procedure's
    # machine moves by itself.
    await running.client.get(f"{BASE}/cases/counts", headers=agent)
    item = routing_pb2.WorkFacts(work_item_id="w1", case_id=case_id, version=2)
    await running.say(
        routing_pb2.WorkAssigned(
            item=item, agent_id="agent-1", assign_time=stamp(running.clock.now())
        )
    )

    async def assigned():
        case = (await running.client.get(url, headers=agent)).json()
        return case if case["assignee_id"] == "agent-1" else None

    case = await running.eventually(assigned)
    assert case["folio"].startswith("SA-2026-0000001-")
    assert case["state"] == "en_revision"
    [me] = await running.store.directory.get_many(TENANT, ["agent-1"])
    assert case["assignee_name"] == me.name != ""

    # The agent answers; the first answer's time is set once.
    running.clock.advance(timedelta(minutes=12))
    answer = await running.client.post(
        f"{url}/replies",
        headers={**agent, "Idempotency-Key": "reply-0001"},
        json={"text": "Vamos mañana."},
    )
    assert answer.status_code == 201, answer.text
    again = await running.client.post(
        f"{url}/replies",
        headers={**agent, "Idempotency-Key": "reply-0001"},
        json={"text": "Vamos mañana."},
    )
    assert again.json()["message_id"] == answer.json()["message_id"]
    stored = await running.store.cases.get(TENANT, case_id)
    assert (stored.first_answer_seconds, stored.first_answer_working_seconds) == (720, 720)

    await running.say(
        channels_pb2.DeliveryUpdated(
            message_id=answer.json()["message_id"],
            conversation_id=stored.conversation_id,
            state=channels_pb2.DELIVERY_STATE_DELIVERED,
            provider_message_id="wamid.1",
            update_time=stamp(running.clock.now()),
            channel=common_pb2.CHANNEL_KIND_WHATSAPP,
            purpose="reply",
        )
    )

    async def delivered():
        timeline = (await running.client.get(f"{url}/timeline", headers=agent)).json()["items"]
        return [e for e in timeline if e["delivery"] == "delivered"]

    await running.eventually(delivered)

    # Resolved, asked, answered badly: reopened once.
    done = await running.client.post(
        f"{url}/resolve", headers=agent, json={"outcome": case["outcomes"][0]["id"]}
    )
    assert done.status_code == 200, done.text
    assert done.json()["status"] == "resolved"
    facts = notifications_pb2.NotificationFacts(
        notification_id=new_id(),
        template_key="survey_invitation",
        citizen_id=stored.citizen_id,
        conversation_id=stored.conversation_id,
        case_id=case_id,
    )
    invited = new_id()
    await running.say(
        notifications_pb2.NotificationSent(
            notification=facts,
            message_id=new_id(),
            text="¿Cómo le fue? Responda de 1 a 5.",
            prompt_id=invited,
            prompt_kind="survey",
            prompt_expire_time=stamp(running.clock.now() + timedelta(days=2)),
            send_time=stamp(running.clock.now()),
        )
    )

    async def asked():
        conversation = await running.store.conversations.get(TENANT, stored.conversation_id)
        return conversation.prompts

    await running.eventually(asked)
    running.clock.advance(timedelta(minutes=5))
    assert await running.open_case(2, text="1, sigue apagado") == case_id
    unmoved = (await running.client.get(url, headers=agent)).json()
    assert unmoved["status"] == "resolved"
    conversation = await running.store.conversations.get(TENANT, stored.conversation_id)
    assert conversation.prompts[0].closed
    response = surveys_pb2.ResponseReceived(
        invitation_id=invited,
        case_id=case_id,
        score=1,
        needs_recovery=True,
        receive_time=stamp(running.clock.now()),
    )
    await running.say(response)
    await running.say(response)

    async def reopened():
        case = (await running.client.get(url, headers=agent)).json()
        return case if case["status"] == "open" else None

    assert (await running.eventually(reopened))["assignee_id"] == ""
    await running.relay.drained()
    stored = await running.store.cases.get(TENANT, case_id)
    assert stored.reopen_count == 1

    # The records are whole.
    report = await verify_audit(running.store.audit, TENANT)
    assert report.broken is None
    assert report.entries >= 9
    assert (await verify_folios(running.store.folios, running.store.cases, TENANT)).wrong == ()


async def test_claim_is_exclusive_and_seen_at_once(running):
    case_id = await running.open_case()
    url = f"{BASE}/cases/{case_id}"
    first = running.as_staff("agent", units=["alumbrado"], subject="agent-1")
    second = running.as_staff("agent", units=["alumbrado"], subject="agent-2")
    won = await running.client.post(f"{url}/claim", headers=first)
    assert won.status_code == 200, won.text
    assert won.json()["assignee_id"] == "agent-1"
    lost = await running.client.post(f"{url}/claim", headers=second)
    assert (lost.status_code, lost.json()["reason"]) == (409, "WORK_TAKEN")
    other = await running.client.post(f"{url}/replies", headers=second, json={"text": "Hola"})
    assert (other.status_code, other.json()["reason"]) == (409, "CASE_ASSIGNED_TO_OTHER")


async def test_transfer_is_offered_seen_accepted_or_returned(running):
    case_id = await running.open_case()
    url = f"{BASE}/cases/{case_id}"
    giver = running.as_staff("agent", units=["alumbrado"])
    taker = running.as_staff("agent", units=["vias"], subject="agent-2")
    assert (await running.client.get(url, headers=taker)).status_code == 404
    body = {"unit_id": "vias", "reason": "Es un hueco"}
    offered = await running.client.post(f"{url}/transfers", headers=giver, json=body)
    assert offered.status_code == 200, offered.text
    assert (await running.client.get(url, headers=taker)).json()["transfer"][
        "reason"
    ] == "Es un hueco"
    early = await running.client.post(f"{url}/replies", headers=taker, json={"text": "Hola"})
    assert (early.status_code, early.json()["reason"]) == (403, "CASE_OF_OTHER_UNIT")
    own = await running.client.post(f"{url}/transfers/accept", headers=giver)
    assert own.status_code == 403
    back = await running.client.post(
        f"{url}/transfers/return", headers=taker, json={"reason": "No es de vías"}
    )
    assert back.status_code == 200, back.text
    assert (await running.client.get(url, headers=taker)).status_code == 404
    await running.client.post(f"{url}/transfers", headers=giver, json=body)
    accepted = await running.client.post(f"{url}/transfers/accept", headers=taker)
    assert accepted.json()["unit_id"] == "vias"
    assert (await running.client.get(url, headers=giver)).status_code == 404


async def test_citizen_is_one_over_channels_and_reachable_where_agreed(running):
    case_id = await running.open_case()
    agent = running.as_staff("agent", units=["alumbrado"])
    case = (await running.client.get(f"{BASE}/cases/{case_id}", headers=agent)).json()
    citizen = f"{BASE}/citizens/{case['citizen_id']}"
    added = await running.client.post(
        f"{citizen}/contact-points",
        headers=agent,
        json={"channel": "email", "address": "Rosa@Example.org"},
    )
    assert added.status_code == 201, added.text
    joined = await running.open_case(
        2,
        channel=common_pb2.CHANNEL_KIND_EMAIL,
        address="rosa@example.org",
        thread_key="<a@example.org>",
        subject=f"Sobre {case['folio']}",
        text="Adjunto foto",
    )
    assert joined == case_id
    reply = await running.client.post(
        f"{BASE}/cases/{case_id}/replies", headers=agent, json={"text": "Gracias por la foto"}
    )
    assert reply.json()["channel"] == "email"
    assert case["folio"] in reply.json()["subject"]
    refused = await running.client.put(
        f"{citizen}/preferences",
        headers=agent,
        json={"preferred_channel": "whatsapp", "consents": {"email": False}},
    )
    assert refused.status_code == 200, refused.text
    wanted = await running.client.post(
        f"{BASE}/cases/{case_id}/replies", headers=agent, json={"text": "Hola", "channel": "email"}
    )
    assert (wanted.status_code, wanted.json()["reason"]) == (409, "NO_CHANNEL_TO_ANSWER")
    timeline = (await running.client.get(f"{citizen}/timeline", headers=agent)).json()["items"]
    assert {entry["channel"] for entry in timeline if entry["channel"]} == {"whatsapp", "email"}


async def test_inbox_pages_and_finds_in_spanish(running):
    texts = ["Se dañó la farola del parque", "Dos farolas dañadas en la esquina", "Poste sin luz"]
    for number, text in enumerate(texts, 1):
        running.clock.advance(timedelta(seconds=1))
        await running.open_case(number, address=f"5730000000{number:02d}", text=text)
    everyone = running.as_staff("supervisor", units=["alumbrado", "parques", "vias", "atencion"])
    first = (await running.client.get(f"{BASE}/cases?limit=2", headers=everyone)).json()
    rest = (
        await running.client.get(
            f"{BASE}/cases", params={"limit": 2, "cursor": first["next_cursor"]}, headers=everyone
        )
    ).json()
    ids = [case["case_id"] for case in [*first["items"], *rest["items"]]]
    assert len(ids) == len(set(ids)) == 3
    assert rest["next_cursor"] is None
    found = (await running.client.get(f"{BASE}/cases?q=FAROLA danada", headers=everyone)).json()
    assert len(found["items"]) == 2
    folio = found["items"][0]["folio"].lower().replace("-", " ")
    by_folio = (
        await running.client.get(f"{BASE}/cases", params={"q": folio}, headers=everyone)
    ).json()
    assert len(by_folio["items"]) == 1


async def test_changes_are_followed_live_and_resumed(running):
    admin = running.as_staff("auditor")
    lines: list[str] = []
    opened = await running.open_case(1)
    await running.relay.drained()
    async with running.client.stream(
        "GET", f"{BASE}/changes", headers={**admin, "Last-Event-ID": "0"}
    ) as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        async for line in stream.aiter_lines():
            lines.append(line)
            if line.startswith("data:") and opened in line:
                break
    assert any(line.startswith("id: ") for line in lines)


async def test_figures_and_ledger(running):
    await running.open_case(1)
    await running.open_case(2, address="573009998877", text="Un hueco en la vía")
    auditor = running.as_staff("auditor")
    figures = (await running.client.get(f"{BASE}/figures", headers=auditor)).json()
    assert figures["cases"] == 2
    assert figures["units"] == {"alumbrado": 1, "vias": 1}
    assert {"channel": "whatsapp", "direction": "inbound", "count": 2} in figures["messages"]
    ledger = (await running.client.get(f"{BASE}/figures/messages", headers=auditor)).json()
    assert len(ledger["items"]) == 2
    agent = running.as_staff("agent", units=["vias"])
    scoped = (await running.client.get(f"{BASE}/figures", headers=agent)).json()
    assert (scoped["cases"], scoped["messages"]) == (1, [])
    assert (await running.client.get(f"{BASE}/figures/messages", headers=agent)).status_code == 403


async def test_attachment_is_a_download_of_a_visible_case(running):
    await running.open_case(
        1, attachments=[common_pb2.AttachmentRef(attachment_id="file-1", filename="a.png")]
    )
    mine = running.as_staff("agent", units=["alumbrado"])
    other = running.as_staff("agent", units=["vias"])
    answer = await running.client.get(f"{BASE}/attachments/file-1", headers=mine)
    assert answer.content == b"abcdef"
    assert answer.headers["content-disposition"].startswith("attachment; ")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert (
        await running.client.get(f"{BASE}/attachments/file-1", headers=other)
    ).status_code == 404
    assert (await running.client.get(f"{BASE}/attachments/none", headers=mine)).status_code == 404


async def test_answer_with_a_file_carries_it_to_the_citizen_and_shows_it(running):
    case_id = await running.open_case()
    agent = running.as_staff("agent", units=["alumbrado"])
    url = f"{BASE}/cases/{case_id}/replies"
    upload = "u" + "1" * 36
    answer = await running.client.post(
        url, headers=agent, json={"text": "Va el plano.", "attachment_ids": [upload]}
    )
    assert answer.status_code == 201
    assert [file["attachment_id"] for file in answer.json()["attachments"]] == [upload]
    read = await running.client.get(f"{BASE}/attachments/{upload}", headers=agent)
    assert (read.status_code, read.content) == (200, b"abcdef")


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        (["u" + "0" * 36], "ATTACHMENT_UNKNOWN"),
        (["u" + "1" * 36, "u" + "2" * 36], "ATTACHMENTS_TOO_LARGE"),
        (["otro"], "INPUT_INVALID"),
    ],
)
async def test_answer_with_files_that_cannot_go_is_refused_whole(running, files, reason):
    case_id = await running.open_case()
    agent = running.as_staff("agent", units=["alumbrado"])
    answer = await running.client.post(
        f"{BASE}/cases/{case_id}/replies",
        headers=agent,
        json={"text": "Va.", "attachment_ids": files},
    )
    assert (answer.status_code, answer.json()["reason"]) == (422, reason)
    timeline = await running.client.get(f"{BASE}/cases/{case_id}/timeline", headers=agent)
    assert all(entry["direction"] != "outbound" for entry in timeline.json()["items"])
