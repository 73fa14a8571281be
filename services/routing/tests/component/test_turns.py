"""Turns and the public pages over HTTP."""

import asyncio
from uuid import uuid4

import pytest

pytestmark = pytest.mark.component


def key() -> dict[str, str]:
    return {"Idempotency-Key": str(uuid4())}


async def ticket(api, unit="alumbrado", headers=None, **body):
    answer = await api.http.post(
        "/public/turns", json={"unit_id": unit, **body}, headers=headers or key()
    )
    assert answer.status_code == 201, answer.text
    return answer.json()


async def call_next(api, headers, desk="Ventanilla 3", unit="alumbrado"):
    return await api.http.post("/turns/next", json={"unit_id": unit, "desk": desk}, headers=headers)


async def test_a_turn_from_the_kiosk_to_the_case(service):
    ana = service.staff()
    first, second = [await ticket(service) for _ in range(2)]
    assert (first["ticket"], first["position"], first["status"]) == ("A-001", 1, "waiting")
    assert second["position"] == 2

    called = (await call_next(service, ana)).json()
    assert (called["ticket"], called["status"], called["desk"]) == (
        "A-001",
        "called",
        "Ventanilla 3",
    )
    seen = (await service.http.get(f"/public/turns/{first['turn_id']}")).json()
    assert (seen["status"], seen["desk"], seen["position"]) == ("called", "Ventanilla 3", None)
    board = (await service.http.get("/public/turns/board?unit=alumbrado")).json()
    assert [(line["ticket"], line["desk"]) for line in board["called"]] == [
        ("A-001", "Ventanilla 3")
    ]
    assert board["upcoming"] == ["A-002"]
    assert "ana" not in str(board).lower()

    path = f"/turns/{first['turn_id']}"
    assert (await service.http.post(f"{path}/recall", json={}, headers=ana)).json()["calls"] == 2
    assert (await service.http.post(f"{path}/attend", headers=ana)).json()["status"] == "attending"
    refused = await call_next(service, ana)
    assert (refused.status_code, refused.json()["reason"]) == (409, "TURN_IN_PROGRESS")
    case_id = str(uuid4())
    done = await service.http.post(f"{path}/finish", json={"case_id": case_id}, headers=ana)
    assert (done.json()["status"], done.json()["case_id"]) == ("finished", case_id)

    assert (await call_next(service, ana)).json()["ticket"] == "A-002"
    missed = await service.http.post(f"/turns/{second['turn_id']}/absent", headers=ana)
    assert missed.json()["status"] == "absent"
    empty = await call_next(service, ana)
    assert (empty.status_code, empty.json()["reason"]) == (404, "TURNS_EMPTY")
    listed = (await service.http.get("/turns?unit=alumbrado&status=finished", headers=ana)).json()
    assert [turn["ticket"] for turn in listed["items"]] == ["A-001"]


async def test_desks_never_share_a_turn(service):
    for _ in range(12):
        await ticket(service)
    agents = [service.staff(f"ag{number}") for number in range(6)]
    called = [
        answer.json()["ticket"]
        for answer in await asyncio.gather(*(call_next(service, who) for who in agents))
    ]
    assert sorted(called) == [f"A-00{number}" for number in range(1, 7)]


async def test_kiosk_that_saw_no_answer_gets_the_same_ticket(service):
    headers = key()
    first = await ticket(service, headers=headers)
    assert await ticket(service, headers=headers) == first
    other = await service.http.post("/public/turns", json={"unit_id": "aseo"}, headers=headers)
    assert (other.status_code, other.json()["reason"]) == (422, "IDEMPOTENCY_KEY_REUSED")


async def test_ticket_without_a_key_is_refused(api):
    answer = await api.http.post("/public/turns", json={"unit_id": "alumbrado"})
    assert answer.status_code == 422


async def test_taking_tickets_without_end_is_refused(api):
    answers = [
        (await api.http.post("/public/turns", json={"unit_id": "aseo"}, headers=key())).status_code
        for _ in range(6)
    ]
    assert answers == [201] * 5 + [429]


async def test_turn_of_another_unit_or_city_does_not_exist(service):
    turn = await ticket(service)
    for stranger in (
        service.staff("eva", units=("aseo",)),
        service.staff("eva", ("agent", "supervisor"), tenant="otraciudad"),
    ):
        for step, body in (("recall", {}), ("attend", None), ("absent", None), ("finish", {})):
            answer = await service.http.post(
                f"/turns/{turn['turn_id']}/{step}", json=body, headers=stranger
            )
            assert (answer.status_code, answer.json()["reason"]) == (404, "TURN_NOT_FOUND")
    eva = service.staff("eva", units=("aseo",))
    assert (await service.http.get("/turns?unit=alumbrado", headers=eva)).status_code == 404
    assert (await call_next(service, eva)).status_code == 404
    elsewhere = await service.http.get(
        f"/public/turns/{turn['turn_id']}", headers={"Host": "otra.example"}
    )
    assert elsewhere.status_code == 404


async def test_a_colleague_does_not_end_my_turn_but_the_supervisor_may(service):
    turn = await ticket(service)
    await call_next(service, service.staff("ana"))
    path = f"/turns/{turn['turn_id']}/absent"
    refused = await service.http.post(path, headers=service.staff("luis"))
    assert (refused.status_code, refused.json()["reason"]) == (409, "TURN_NOT_YOURS")
    boss = service.staff("jefa", ("agent", "supervisor"))
    assert (await service.http.post(path, headers=boss)).status_code == 200


async def test_auditor_sees_turns_and_calls_nobody(service):
    auditor = service.staff("eli", ("auditor",), units=())
    await ticket(service)
    seen = await service.http.get("/turns?unit=alumbrado", headers=auditor)
    assert seen.json()["waiting"] == 1
    assert (await call_next(service, auditor)).status_code == 403


@pytest.mark.parametrize("desk", ["", "  ", "x" * 41, "Ventanilla\n3", 3, None])
async def test_desk_that_a_board_cannot_show_is_refused(api, desk):
    assert (await call_next(api, api.staff(), desk)).status_code == 422


async def test_board_need_not_be_sent_again_until_somebody_is_called(service):
    await ticket(service)
    first = await service.http.get("/public/turns/board?unit=alumbrado")
    assert first.headers["cache-control"] == "public, max-age=2"
    held = {"If-None-Match": first.headers["etag"]}
    again = await service.http.get("/public/turns/board?unit=alumbrado", headers=held)
    assert (again.status_code, again.content) == (304, b"")
    await call_next(service, service.staff())
    changed = await service.http.get("/public/turns/board?unit=alumbrado", headers=held)
    assert changed.status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/public/turns/board?unit=nada",
        "/public/turns/AAAAAAAAAAAAAAAAAAAAAA",
        "/public/wait?unit=nada",
        "/public/wait?procedure=nada",
    ],
)
async def test_what_does_not_exist_is_not_found(api, path):
    assert (await api.http.get(path)).status_code == 404


async def test_wait_is_told_without_a_login_and_counts_what_waits(service):
    await service.online(service.staff("ana"))
    empty = await service.http.get("/public/wait?unit=alumbrado")
    assert empty.headers["cache-control"] == "public, max-age=5"
    assert empty.json() == {
        "unit_id": "alumbrado",
        "unit_name": "Secretaría de Infraestructura – Dirección de Alumbrado Público",
        "open_now": True,
        "next_opening": None,
        "queued": 0,
        "expected_wait_seconds": 0,
    }
    by_procedure = await service.http.get("/public/wait?procedure=alumbrado-publico")
    assert by_procedure.json() == empty.json()
    assert (await service.http.get("/public/wait")).json()["unit_id"] == "atencion"
    assert (await service.http.get("/public/wait")).json()["expected_wait_seconds"] is None


async def test_wait_of_another_city_is_its_own(service):
    await service.online(service.staff("ana"))
    there = await service.http.get("/public/wait?unit=alumbrado", headers={"Host": "otra.example"})
    assert there.json()["expected_wait_seconds"] is None


async def test_public_pages_are_limited_per_visitor(api):
    codes = [(await api.http.get("/public/wait")).status_code for _ in range(30)]
    assert codes[:20] == [200] * 20
    assert 429 in codes[20:]
