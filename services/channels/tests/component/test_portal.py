"""Forms, files and messages of the portal through the whole service."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest

from atiende.cases.v1 import cases_service_pb2
from atiende.channels.v1 import channels_service_pb2 as rpc
from atiende.channels.v1 import events_pb2 as pb
from atiende.common.v1 import common_pb2
from atiende_city.citizen_access import COOKIE
from atiende_kit.errors import NotFound, Unavailable
from atiende_kit.ids import new_id

pytestmark = pytest.mark.component

FORM: dict[str, Any] = {
    "procedure_code": "alumbrado-publico",
    "values": {"direccion": "Calle 12 # 4-30", "tipo_dano": "apagada", "luminarias": 2},
    "contact": {
        "name": "Rosa Pérez",
        "email": "Rosa@example.org",
        "whatsapp": "300 555 0142",
        "preferred_channel": "whatsapp",
    },
    "consents": {"data_processing": True},
    "place": {"latitude": 4.60971, "longitude": -74.08175, "address": "Calle 12 # 4-30"},
}
JPEG = b"\xff\xd8\xff\xe1\x00\x09GPS 4.6\xff\xdb\x00\x04\x00\x01\xff\xda\x00\x02pixels\xff\xd9"
PLAIN_JPEG = b"\xff\xd8\xff\xdb\x00\x04\x00\x01\xff\xda\x00\x02pixels\xff\xd9"


async def submit(channels: Any, key: str = "", where: str = "portal", **more: Any) -> Any:
    headers = {"Idempotency-Key": key or new_id(), **more.pop("headers", {})}
    body = {**FORM, **more}
    return await channels.http.post(f"/{where}/submissions", json=body, headers=headers)


async def upload(channels: Any, data: bytes = JPEG, name: str = "poste dañado.jpg") -> Any:
    return await channels.http.post(
        "/portal/attachments", content=data, headers={"X-Filename": quote(name)}
    )


async def told(channels: Any, message_id: str) -> Any:
    return await channels.until(pb.MessageReceived, lambda m: m.message_id == message_id)


def wrong(answer: Any) -> dict[str, str]:
    return {error["pointer"]: error["detail"] for error in answer.json()["errors"]}


def session(channels: Any, assurance: str = "case", **whose: str) -> dict[str, str]:
    access = channels.parts.citizen_access
    began = access.begin(whose.pop("tenant", "sanaurelio"), assurance, **whose)
    return {"Cookie": f"{COOKIE}={access.token(began)}"}


async def test_form_becomes_a_message_and_its_receipt_is_true_at_once(channels: Any) -> None:
    answer = await submit(channels)
    assert answer.status_code == 201
    receipt = answer.json()
    assert receipt["secret"] == channels.parts.citizen_access.tracking_secret(
        "sanaurelio", receipt["case_id"]
    )
    assert receipt["receive_time"] == receipt["legal_time"]
    assert (receipt["out_of_hours"], receipt["next_opening"]) == (False, None)
    event = await told(channels, receipt["submission_id"])
    assert event.case_id_if_new == receipt["case_id"]
    assert event.sender.channel == common_pb2.CHANNEL_KIND_PORTAL
    assert (event.sender.display_name, event.sender.verified) == ("Rosa Pérez", False)
    assert event.procedure_code == "alumbrado-publico"
    assert event.subject == "Reporte de daño en alumbrado público"
    assert event.text.splitlines()[:2] == [
        "Dirección o esquina más cercana: Calle 12 # 4-30",
        "Qué ocurre: Está apagada de noche",
    ]
    assert dict(event.form_values) == {
        "direccion": "Calle 12 # 4-30",
        "tipo_dano": "apagada",
        "luminarias": "2",
    }
    assert [(p.channel, p.address, p.verified) for p in event.given_contact_points] == [
        (common_pb2.CHANNEL_KIND_WHATSAPP, "573005550142", False),
        (common_pb2.CHANNEL_KIND_EMAIL, "rosa@example.org", False),
    ]
    assert event.place.latitude == pytest.approx(4.60971)
    assert (event.proved_case_id, event.proved_citizen_id, event.submitted_by) == ("", "", "")


async def test_form_at_night_says_when_somebody_will_see_it(channels: Any) -> None:
    night = datetime(2026, 3, 3, 4, 0, tzinfo=UTC)
    channels.clock.advance(night - channels.clock.now())
    receipt = (await submit(channels)).json()
    assert receipt["out_of_hours"] is True
    assert receipt["receive_time"] == "2026-03-03T04:00:00Z"
    assert receipt["legal_time"] == receipt["next_opening"]
    assert datetime.fromisoformat(receipt["next_opening"]) > night + timedelta(hours=6)


async def test_form_sent_again_gets_the_same_receipt_and_is_one_message(channels: Any) -> None:
    key = new_id()
    first, second = await asyncio.gather(submit(channels, key), submit(channels, key))
    third = await submit(channels, key, consents={"data_processing": True})
    assert first.json() == second.json() == third.json()
    other = await submit(channels)
    await told(channels, other.json()["submission_id"])
    heard = [
        d.message.message_id for d in channels.heard if isinstance(d.message, pb.MessageReceived)
    ]
    assert heard.count(first.json()["submission_id"]) == 1


async def test_key_with_another_form_is_refused_and_both_are_kept(channels: Any) -> None:
    key = new_id()
    await submit(channels, key)
    other = await submit(channels, key, values={"direccion": "Carrera 9 # 1", "tipo_dano": "poste"})
    assert (other.status_code, other.json()["reason"]) == (422, "IDEMPOTENCY_KEY_REUSED")
    assert "secret" not in other.text
    listed = await channels.http.get(
        "/intake", params={"state": "conflict", "channel": "portal"}, headers=channels.staff()
    )
    assert len(listed.json()["items"]) == 1


async def test_repeat_gets_its_receipt_also_when_its_file_is_gone(channels: Any) -> None:
    uploaded = (await upload(channels)).json()
    key = new_id()
    first = await submit(channels, key, attachment_ids=[uploaded["attachment_id"]])
    await told(channels, first.json()["submission_id"])
    uploads = channels.parts.uploads
    await uploads._rows.delete("sanaurelio", uploaded["attachment_id"])
    again = await submit(channels, key, attachment_ids=[uploaded["attachment_id"]])
    assert (again.status_code, again.json()) == (201, first.json())
    fresh = await submit(channels, attachment_ids=[uploaded["attachment_id"]])
    assert wrong(fresh) == {"/attachment_ids/0": "El archivo ya no está; adjúntelo de nuevo."}


async def test_each_fault_of_a_form_is_told_with_its_place(channels: Any) -> None:
    answer = await submit(
        channels,
        values={"direccion": "Cl", "sobra": 1},
        contact={"email": "rosa", "whatsapp": "12", "preferred_channel": None},
        consents={"data_processing": False},
        place={"latitude": 4.6},
    )
    assert (answer.status_code, answer.json()["reason"]) == (422, "FORM_INVALID")
    assert wrong(answer) == {
        "/contact/email": "No es un correo válido.",
        "/contact/whatsapp": "No es un número de teléfono válido.",
        "/consents/data_processing": (
            "Sin su autorización no podemos tratar sus datos ni recibir la solicitud."
        ),
        "/place": "La posición necesita latitud y longitud.",
        "/values/direccion": "Escriba al menos 5 caracteres.",
        "/values/tipo_dano": "Falta este dato.",
        "/values/sobra": "El formulario no tiene este campo.",
    }


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"procedure_code": "no-existe"}, "/procedure_code"),
        (
            {"contact": {"email": "a@example.org", "preferred_channel": "whatsapp"}},
            "/contact/preferred_channel",
        ),
        ({"attachment_ids": ["u" + "0" * 36]}, "/attachment_ids/0"),
        ({"attachment_ids": ["u" + "0" * 36] * 6}, "/attachment_ids"),
        ({"origin": "counter"}, "/origin"),
        ({"proved_citizen_id": "x"}, "/proved_citizen_id"),
    ],
)
async def test_what_cannot_be_taken_is_refused(
    channels: Any, change: dict[str, Any], place: str
) -> None:
    answer = await submit(channels, **change)
    assert (answer.status_code, set(wrong(answer))) == (422, {place})


async def test_form_without_a_key_is_refused(channels: Any) -> None:
    answer = await channels.http.post("/portal/submissions", json=FORM)
    assert answer.status_code == 422


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://malo.example"}, {"Sec-Fetch-Site": "cross-site"}]
)
async def test_page_of_somebody_else_can_make_no_browser_send(
    channels: Any, headers: dict[str, str]
) -> None:
    assert (await submit(channels, headers=headers)).status_code == 403
    answer = await channels.http.post("/portal/attachments", content=JPEG, headers=headers)
    assert answer.status_code == 403


async def test_session_proves_the_citizen_and_one_that_is_over_proves_nobody(channels: Any) -> None:
    citizen = new_id()
    proved = await submit(channels, headers=session(channels, "contact", citizen_id=citizen))
    event = await told(channels, proved.json()["submission_id"])
    assert event.proved_citizen_id == citizen
    foreign = session(channels, "contact", citizen_id=citizen, tenant="otraciudad")
    for headers in (foreign, {"Cookie": f"{COOKIE}=x.y"}):
        answer = await submit(channels, headers=headers)
        assert answer.status_code == 201
        event = await told(channels, answer.json()["submission_id"])
        assert event.proved_citizen_id == ""


async def test_kiosk_and_counter_are_doors_of_their_own(channels: Any) -> None:
    kiosk = await submit(channels, origin="kiosk")
    event = await told(channels, kiosk.json()["submission_id"])
    assert event.sender.channel == common_pb2.CHANNEL_KIND_KIOSK
    counter = await submit(channels, where="counter", headers=channels.staff("agent"))
    assert counter.status_code == 201
    event = await told(channels, counter.json()["submission_id"])
    assert event.sender.channel == common_pb2.CHANNEL_KIND_COUNTER
    assert event.submitted_by == "staff-1"


@pytest.mark.parametrize("role", ["auditor", "admin"])
async def test_counter_is_for_who_stands_there(channels: Any, role: str) -> None:
    assert (await submit(channels, where="counter")).status_code == 401
    answer = await submit(channels, where="counter", headers=channels.staff(role))
    assert answer.status_code == 403


async def test_file_of_a_form_is_kept_without_its_metadata_and_can_be_read(channels: Any) -> None:
    answer = await upload(channels)
    assert answer.status_code == 201
    uploaded = answer.json()
    assert uploaded == {
        "attachment_id": uploaded["attachment_id"],
        "filename": "poste dañado.jpg",
        "content_type": "image/jpeg",
        "size_bytes": len(PLAIN_JPEG),
    }
    sent = await submit(channels, attachment_ids=[uploaded["attachment_id"]])
    event = await told(channels, sent.json()["submission_id"])
    [ref] = event.attachments
    assert (ref.filename, ref.content_type) == ("poste dañado.jpg", "image/jpeg")
    part = await channels.stub.ReadAttachment(
        rpc.ReadAttachmentRequest(attachment_id=ref.attachment_id),
        metadata=channels.service(),
        timeout=5,
    )
    assert part.data == PLAIN_JPEG


@pytest.mark.parametrize(
    ("data", "status", "reason"),
    [
        (b"", 422, "ATTACHMENT_EMPTY"),
        (b"MZ" + b"\0" * 99, 422, "ATTACHMENT_TYPE_REFUSED"),
        (b"%PDF-" + b"x" * 10 * 2**20, 422, "ATTACHMENT_TOO_LARGE"),
    ],
)
async def test_file_that_is_not_taken_says_why(
    channels: Any, data: bytes, status: int, reason: str
) -> None:
    answer = await upload(channels, data)
    assert (answer.status_code, answer.json()["reason"]) == (status, reason)
    assert "MB" in answer.json()["detail"] or "tipo" in answer.json()["detail"] or data == b""


def message(case_id: str, **more: Any) -> dict[str, Any]:
    return {"case_id": case_id, "text": "Va la foto.", "client_message_id": "c-0000001"} | more


async def say(channels: Any, body: dict[str, Any], headers: dict[str, str]) -> Any:
    return await channels.http.post("/portal/messages", json=body, headers=headers)


async def test_message_of_a_proved_case_names_it_and_is_told_once(channels: Any) -> None:
    case_id = new_id()
    proved = session(channels, case_id=case_id)
    uploaded = (await upload(channels)).json()
    body = message(case_id, attachment_ids=[uploaded["attachment_id"]])
    first, again = await say(channels, body, proved), await say(channels, body, proved)
    assert (first.status_code, again.status_code) == (202, 202)
    assert (first.json()["duplicate"], again.json()["duplicate"]) == (False, True)
    event = await told(channels, first.json()["message_id"])
    assert (event.proved_case_id, event.text, len(event.attachments)) == (case_id, "Va la foto.", 1)
    assert (event.sender.address, event.sender.verified) == (case_id, True)
    other = await say(channels, message(case_id, text="otra cosa"), proved)
    assert (other.status_code, other.json()["reason"]) == (409, "CLIENT_MESSAGE_ID_REUSED")


async def test_message_needs_a_session_of_that_case(channels: Any) -> None:
    case_id = new_id()
    assert (await say(channels, message(case_id), {})).status_code == 401
    foreign = session(channels, case_id=new_id())
    assert (await say(channels, message(case_id), foreign)).status_code == 404
    evil = session(channels, case_id=case_id) | {"Origin": "https://malo.example"}
    assert (await say(channels, message(case_id), evil)).status_code == 403


async def test_message_that_says_nothing_is_refused(channels: Any) -> None:
    case_id = new_id()
    answer = await say(channels, message(case_id, text=" \n"), session(channels, case_id=case_id))
    assert wrong(answer) == {"/text": "Escriba algo."}


class Cases:
    """A cases service that knows one case."""

    def __init__(self, case_id: str, citizen_id: str) -> None:
        self.case_id, self.citizen_id = case_id, citizen_id
        self.is_down = False

    async def unary(self, stub: Any, method: str, request: Any, **_: Any) -> Any:
        if self.is_down:
            raise Unavailable("CASES_DOWN", "…")
        if (request.case_id_or_folio, request.citizen_id) != (self.case_id, self.citizen_id):
            raise NotFound("CASE_NOT_FOUND", "…")
        answer = cases_service_pb2.GetCaseResponse()
        answer.case.case_id, answer.case.citizen_id = self.case_id, self.citizen_id
        return answer


async def test_citizen_may_write_about_own_cases_only(
    channels: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine, citizen = new_id(), new_id()
    cases = Cases(mine, citizen)
    monkeypatch.setattr(channels.parts.context.extra["portal"], "_cases", cases)
    proved = session(channels, "login", citizen_id=citizen)
    assert (await say(channels, message(mine), proved)).status_code == 202
    assert (await say(channels, message(new_id()), proved)).status_code == 404
    other = session(channels, "login", citizen_id=new_id())
    assert (await say(channels, message(mine), other)).status_code == 404
    # A form of one's own is known here, also while cases is away.
    fresh = (await submit(channels, headers=proved)).json()["case_id"]
    cases.is_down = True
    assert (await say(channels, message(fresh), proved)).status_code == 202
    assert (await say(channels, message(fresh), other)).status_code == 503
