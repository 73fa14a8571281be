import asyncio
from datetime import timedelta

import grpc
import pytest

from atiende.cases.v1 import events_pb2 as cases
from atiende.routing.v1 import events_pb2 as routing
from atiende.routing.v1 import routing_service_pb2 as rpc
from atiende_kit.ids import new_id

pytestmark = pytest.mark.component


async def test_case_flows_from_opening_to_assignment_to_completion(service):
    ana = service.staff()
    await service.online(ana)
    case_id = await service.open_case()
    offer = await service.offer_of(case_id, ana)
    assert offer["offers"][-1]["reasons"]
    answer = await service.http.post(f"/work-items/{offer['work_item_id']}/accept", headers=ana)
    assert answer.status_code == 200
    assert (answer.json()["status"], answer.json()["agent_id"]) == ("assigned", "ana")
    assigned = await service.event(routing.WorkAssigned, case_id)
    assert (assigned.agent_id, assigned.item.unit_id) == ("ana", "alumbrado")
    presence = (await service.http.get("/presence", headers=ana)).json()
    assert presence["work_item_ids"] == [offer["work_item_id"]]
    facts = service.facts(case_id, state_kind=cases.STATE_KIND_RESOLVED, version=2)
    await service.say(cases.CaseResolved(case=facts, resolution_number=1))
    await service.event(routing.WorkCompleted, case_id)

    async def freed():
        return (await service.http.get("/presence", headers=ana)).json()["work_item_ids"] == []

    await service.until(freed)


async def test_redelivered_opening_makes_one_item(service):
    case_id, event_id = new_id(), new_id()
    opened = cases.CaseOpened(case=service.facts(case_id))
    await asyncio.gather(*(service.say(opened, event_id=f"{event_id}-{n}") for n in range(5)))
    await service.event(routing.WorkQueued, case_id)
    await service.say(opened, event_id=event_id)
    other = await service.open_case()
    await service.event(routing.WorkQueued, other)
    assert (
        sum(
            isinstance(m, routing.WorkQueued) and m.item.case_id == case_id
            for _, m in service.heard
        )
        == 1
    )


async def test_declined_offer_goes_to_the_next_agent(service):
    ana, luis = service.staff("ana"), service.staff("luis")
    for who in (ana, luis):
        await service.online(who)
    case_id = await service.open_case()
    first = (await service.event(routing.WorkOffered, case_id)).agent_id
    item = await service.item_of(case_id, ana)
    declined = await service.http.post(
        f"/work-items/{item['work_item_id']}/decline", headers=service.staff(first)
    )
    assert declined.status_code == 200
    second = "luis" if first == "ana" else "ana"
    assert (await service.offer_of(case_id, service.staff(second)))["offers"][0][
        "outcome"
    ] == "declined"


async def test_lapsed_offer_cannot_be_accepted_and_is_offered_on(service):
    ana = service.staff()
    await service.online(ana)
    case_id = await service.open_case()
    offer = await service.offer_of(case_id, ana)
    service.clock.advance(timedelta(minutes=2))
    answer = await service.http.post(f"/work-items/{offer['work_item_id']}/accept", headers=ana)
    assert (answer.status_code, answer.json()["reason"]) == (409, "OFFER_LAPSED")


async def test_nobody_takes_it_and_the_supervisor_is_asked(service):
    boss = service.staff("jefa", ("supervisor",))
    await service.online(boss)
    case_id = await service.open_case()
    await service.event(routing.WorkQueued, case_id)
    assert (await service.http.get("/offers", headers=boss)).json()["items"] == []
    service.clock.advance(timedelta(minutes=31))
    escalated = await service.event(routing.WorkEscalated, case_id)
    assert (escalated.level, escalated.reason, escalated.item.priority) == (1, "waited", 1)
    assert (await service.offer_of(case_id, boss))["escalation_level"] == 1


async def test_night_goes_to_the_mailbox_and_is_first_in_the_morning(service):
    ana = service.staff()
    service.clock.advance(timedelta(hours=17))  # 03:00 of Tuesday
    night = await service.open_case()
    queued = await service.event(routing.WorkQueued, night)
    assert queued.out_of_hours
    boss = service.staff("jefa", ("supervisor",))
    [figures] = (await service.http.get("/queues", headers=boss)).json()["items"]
    assert (figures["mailbox"], figures["open_now"]) == (1, False)
    await service.online(ana)
    service.clock.advance(
        queued.available_time.ToDatetime(service.clock.now().tzinfo) - service.clock.now()
    )
    service.clock.advance(timedelta(minutes=1))
    day = await service.open_case()
    await service.item_of(day, ana)
    items = (await service.http.get("/work-items", headers=ana)).json()["items"]
    assert [one["case_id"] for one in items] == [night, day]


async def test_claim_by_grpc_is_exclusive_and_repeatable(service):
    case_id = await service.open_case()
    await service.event(routing.WorkQueued, case_id)

    async def claim(agent_id):
        request = rpc.ClaimWorkRequest(case_id=case_id, agent_id=agent_id)
        return await service.stub.ClaimWork(request, metadata=service.service(), timeout=5)

    results = await asyncio.gather(*(claim(f"a{n}") for n in range(10)), return_exceptions=True)
    won = [r for r in results if not isinstance(r, Exception)]
    assert len(won) == 1
    assert {r.code() for r in results if isinstance(r, Exception)} == {grpc.StatusCode.ABORTED}
    winner = (await service.event(routing.WorkAssigned, case_id)).agent_id
    again = await claim(winner)
    assert again.item.version == won[0].item.version


async def test_claim_of_a_case_not_yet_heard_of_says_not_found(service):
    request = rpc.ClaimWorkRequest(case_id=new_id(), agent_id="ana")
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await service.stub.ClaimWork(request, metadata=service.service(), timeout=5)
    assert caught.value.code() is grpc.StatusCode.NOT_FOUND


async def test_claim_is_for_cases_only(service):
    request = rpc.ClaimWorkRequest(case_id=new_id(), agent_id="ana")
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await service.stub.ClaimWork(request, metadata=service.service("channels"), timeout=5)
    assert caught.value.code() is grpc.StatusCode.PERMISSION_DENIED


async def test_claim_of_another_citys_case_says_not_found(service):
    case_id = await service.open_case()
    await service.event(routing.WorkQueued, case_id)
    request = rpc.ClaimWorkRequest(case_id=case_id, agent_id="ana")
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await service.stub.ClaimWork(
            request, metadata=service.service(tenant="otraciudad"), timeout=5
        )
    assert caught.value.code() is grpc.StatusCode.NOT_FOUND


async def test_wait_is_estimated(service):
    request = rpc.EstimateWaitRequest(unit_id="alumbrado")
    nobody = await service.stub.EstimateWait(
        request, metadata=service.service("channels"), timeout=5
    )
    assert nobody.open_now
    assert not nobody.HasField("expected_wait")
    await service.online(service.staff())
    someone = await service.stub.EstimateWait(
        request, metadata=service.service("channels"), timeout=5
    )
    assert someone.expected_wait.ToSeconds() == 0


async def test_transfer_moves_the_work_to_the_other_unit(service):
    ana, luis = service.staff(), service.staff("luis", units=("aseo",))
    await service.online(ana)
    await service.online(luis)
    case_id = await service.open_case()
    offer = await service.offer_of(case_id, ana)
    await service.http.post(f"/work-items/{offer['work_item_id']}/accept", headers=ana)
    asked = cases.CaseTransferred(
        case=service.facts(case_id, version=2),
        step=cases.TRANSFER_STEP_REQUESTED,
        from_unit_id="alumbrado",
        to_unit_id="aseo",
    )
    await service.say(asked)
    theirs = await service.offer_of(case_id, luis)
    assert (theirs["kind"], theirs["home_unit_id"], theirs["unit_id"]) == (
        "transfer",
        "alumbrado",
        "aseo",
    )
    assert (await service.event(routing.WorkReleased, case_id)).reason == "transferred"
    await service.http.post(f"/work-items/{offer['work_item_id']}/accept", headers=luis)
    accepted = cases.CaseTransferred(
        case=service.facts(case_id, version=3, unit_id="aseo", assignee_id="luis"),
        step=cases.TRANSFER_STEP_ACCEPTED,
        from_unit_id="alumbrado",
        to_unit_id="aseo",
    )
    await service.say(accepted)

    async def moved():
        return (await service.item_of(case_id, luis))["kind"] == "case"

    await service.until(moved)


async def test_released_work_is_offered_again(service):
    ana, luis = service.staff(), service.staff("luis")
    await service.online(ana)
    case_id = await service.open_case()
    offer = await service.offer_of(case_id, ana)
    await service.http.post(f"/work-items/{offer['work_item_id']}/accept", headers=ana)
    await service.online(ana, "away")
    await service.online(luis)
    boss = service.staff("jefa", ("supervisor",))
    answer = await service.http.post(f"/work-items/{offer['work_item_id']}/release", headers=boss)
    assert answer.status_code == 200
    await service.offer_of(case_id, luis)


async def test_supervisor_gives_work_to_somebody_else_and_frees_who_had_it(service):
    ana, luis = service.staff(), service.staff("luis")
    for who in (ana, luis):
        await service.online(who)
    case_id = await service.open_case()
    item = await service.item_of(case_id, ana)
    path = f"/work-items/{item['work_item_id']}"
    assert (await service.http.post(f"{path}/claim", headers=ana)).status_code == 200
    assert (await service.event(routing.WorkAssigned, case_id)).agent_id == "ana"
    boss = service.staff("jefa", ("supervisor",))
    for _ in range(2):
        given = await service.http.post(
            f"{path}/assignment", json={"agent_id": "luis"}, headers=boss
        )
        assert (given.status_code, given.json()["agent_id"]) == (200, "luis")

    async def held(who):
        return (await service.http.get("/presence", headers=who)).json()["work_item_ids"]

    async def heard():
        told = [m.agent_id for _, m in service.heard if isinstance(m, routing.WorkAssigned)]
        return told == ["ana", "luis"]

    await service.until(heard)
    assert (await held(ana), await held(luis)) == ([], [item["work_item_id"]])


async def test_event_without_facts_becomes_a_dead_letter_and_stops_nobody(service):
    await service.say(cases.CaseOpened())
    case_id = await service.open_case()
    await service.event(routing.WorkQueued, case_id)

    async def buried():
        return (await service.bus.jetstream.stream_info("DLQ")).state.messages == 1

    await service.until(buried)


async def test_offers_are_polled_cheaply_and_say_why_in_words(service):
    ana = service.staff()
    await service.online(ana)
    nothing = await service.http.get("/offers", headers=ana)
    assert nothing.headers["cache-control"] == "private, no-cache"
    held = {**ana, "If-None-Match": nothing.headers["etag"]}
    assert (await service.http.get("/offers", headers=held)).status_code == 304
    case_id = await service.open_case()
    offer = await service.offer_of(case_id, ana)
    assert 0 < offer["seconds_left"] <= 60
    assert "Tiene la habilidad «Alumbrado público»" in offer["reasons"]
    changed = await service.http.get("/offers", headers=held)
    assert changed.status_code == 200
    english = await service.http.get("/offers?language=en", headers=ana)
    assert "You have the skill “Street lighting”" in english.json()["items"][0]["reasons"]
    # Nothing is new while the same offer waits, although time goes by.
    service.clock.advance(timedelta(seconds=5))
    held = {**ana, "If-None-Match": changed.headers["etag"]}
    assert (await service.http.get("/offers", headers=held)).status_code == 304


async def test_board_of_agents_tells_offers(service):
    ana, boss = service.staff(), service.staff("jefa", ("supervisor",))
    await service.online(ana)
    case_id = await service.open_case()
    offer = await service.offer_of(case_id, ana)
    [seen] = (await service.http.get("/agents", headers=boss)).json()["items"]
    assert (seen["agent_id"], seen["pending_offers"]) == ("ana", 1)
    await service.http.post(f"/work-items/{offer['work_item_id']}/decline", headers=ana)
    [seen] = (await service.http.get("/agents", headers=boss)).json()["items"]
    assert seen["offers_declined"] == 1
