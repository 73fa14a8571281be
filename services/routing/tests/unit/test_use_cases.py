import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from atiende_routing.application.ports import ItemWrite
from atiende_routing.application.reopen_mailbox import ReopenMailbox
from atiende_routing.application.sign_presence import StaffMember
from atiende_routing.domain.agent import PresenceStatus
from atiende_routing.domain.errors import (
    AgentNotFound,
    CapacityFull,
    OfferLapsed,
    WorkAlreadyAssigned,
    WorkItemNotFound,
    WorkNotYetVisible,
)
from atiende_routing.domain.work_item import WorkKind, WorkState, take

pytestmark = pytest.mark.unit
TENANT = "sanaurelio"


async def test_case_is_offered_accepted_and_assigned(desk):
    await desk.online("ana")
    await desk.event()
    await desk.dispatch()
    item = await desk.item()
    assert item.open_offer.agent_id == "ana"
    assigned = await desk.assign.accept(TENANT, item.item_id, "ana")
    assert assigned.holder_id == "ana"
    assert desk.facts() == ["WorkQueued", "WorkOffered", "WorkAssigned"]
    assert (await desk.agent("ana")).held == {item.item_id}


async def test_nobody_online_means_no_offer(desk):
    await desk.event()
    await desk.dispatch()
    assert (await desk.item()).state is WorkState.QUEUED


async def test_lapsed_offer_goes_to_the_next_agent(desk):
    await desk.online("ana")
    await desk.online("luis")
    await desk.event()
    await desk.dispatch()
    first = (await desk.item()).open_offer.agent_id
    desk.advance(seconds=91)
    await desk.beat("ana", "luis")
    await desk.dispatch()
    second = (await desk.item()).open_offer.agent_id
    assert {first, second} == {"ana", "luis"}


async def test_offer_of_an_agent_who_leaves_is_withdrawn(desk):
    await desk.online("ana")
    await desk.event()
    await desk.dispatch()
    await desk.online("ana", status=PresenceStatus.AWAY)
    await desk.dispatch()
    item = await desk.item()
    assert (item.state, item.offers[-1].outcome) == (WorkState.QUEUED, "withdrawn")


async def test_offer_of_a_silent_desk_is_withdrawn(desk):
    desk.city.rules = replace(desk.city.rules, offer_timeout=timedelta(minutes=10))
    await desk.online("ana")
    await desk.event()
    await desk.dispatch()
    desk.advance(seconds=91)
    await desk.dispatch()
    item = await desk.item()
    assert (item.state, item.offers[-1].outcome) == (WorkState.QUEUED, "withdrawn")


async def test_nobody_takes_it_and_a_supervisor_is_asked(desk):
    await desk.online("ana")
    await desk.online("jefa", supervisor=True)
    await desk.event()
    for _ in range(12):
        await desk.dispatch()
        desk.advance(minutes=6)
        await desk.beat("ana", "jefa")
    item = await desk.item()
    assert item.escalation_level >= 1
    assert "WorkEscalated" in desk.facts()
    assert any(record.agent_id == "jefa" for record in item.offers)


async def test_mailbox_of_the_night_is_first_in_the_morning(desk):
    desk.advance(hours=13)  # 03:00 UTC: closed
    await desk.event(case_id="night", open_time=desk.clocks.now())
    await desk.online("ana", capacity=1)
    await desk.dispatch()
    assert (await desk.item("night")).state is WorkState.HELD
    assert (await desk.oversee.queues(TENANT, None))[0].mailbox == 1
    desk.advance(hours=10, minutes=1)
    await desk.event(case_id="day", open_time=desk.clocks.now())
    await desk.beat("ana")
    await desk.dispatch()
    assert (await desk.item("night")).state is WorkState.OFFERED
    assert (await desk.item("day")).state is WorkState.QUEUED


async def test_claim_is_refused_when_somebody_has_it(desk):
    await desk.online("ana")
    await desk.online("luis")
    await desk.event()
    item = await desk.item()
    await desk.assign.claim(TENANT, item.item_id, "ana")
    with pytest.raises(WorkAlreadyAssigned):
        await desk.assign.claim(TENANT, item.item_id, "luis")
    assert (await desk.agent("luis")).held == frozenset()


async def test_claim_over_capacity_is_refused(desk):
    await desk.online("ana", capacity=1)
    for case_id in ("c1", "c2"):
        await desk.event(case_id=case_id)
    await desk.assign.claim(TENANT, (await desk.item("c1")).item_id, "ana")
    with pytest.raises(CapacityFull):
        await desk.assign.claim(TENANT, (await desk.item("c2")).item_id, "ana")
    assert (await desk.item("c2")).state is WorkState.QUEUED


async def test_concurrent_claims_have_one_winner(desk):
    names = [f"a{number}" for number in range(20)]
    for name in names:
        await desk.online(name)
    await desk.event()
    item = await desk.item()
    results = await asyncio.gather(
        *(desk.assign.claim(TENANT, item.item_id, name) for name in names), return_exceptions=True
    )
    assert sum(not isinstance(r, Exception) for r in results) == 1
    holders = [name for name in names if (await desk.agent(name)).held]
    assert holders == [(await desk.item()).holder_id]


async def test_claim_by_case_makes_the_agent_who_never_signed(desk):
    await desk.event()
    item = await desk.assign.claim_case(TENANT, "c1", "eva")
    assert item.holder_id == "eva"
    assert (await desk.agent("eva")).status is PresenceStatus.OFFLINE


async def test_claim_of_a_case_not_yet_heard_of_asks_to_come_back(desk):
    with pytest.raises(WorkNotYetVisible):
        await desk.assign.claim_case(TENANT, "unknown", "eva")


async def test_claim_of_nothing_and_by_nobody_is_refused(desk):
    with pytest.raises(WorkItemNotFound):
        await desk.assign.claim(TENANT, "nothing", "ana")
    await desk.event()
    with pytest.raises(AgentNotFound):
        await desk.assign.claim(TENANT, (await desk.item()).item_id, "nobody")


async def test_item_of_another_city_does_not_exist(desk):
    await desk.event()
    await desk.online("ana", tenant="otraciudad")
    with pytest.raises(WorkItemNotFound):
        await desk.assign.claim("otraciudad", (await desk.item()).item_id, "ana")


async def test_work_of_one_city_is_never_offered_in_another(desk):
    await desk.online("ana", tenant="otraciudad")
    await desk.event()
    await desk.dispatch()
    assert (await desk.item()).state is WorkState.QUEUED


async def test_release_frees_the_slot_and_queues_again(desk):
    await desk.online("ana")
    await desk.event()
    item = await desk.item()
    await desk.assign.claim(TENANT, item.item_id, "ana")
    await desk.assign.release(TENANT, item.item_id, "ana", "agent")
    assert (await desk.agent("ana")).held == frozenset()
    assert (await desk.item()).state is WorkState.QUEUED


async def test_resolution_frees_the_slot(desk):
    await desk.online("ana")
    await desk.event()
    await desk.assign.claim(TENANT, (await desk.item()).item_id, "ana")
    await desk.event(happening="resolved", state_kind="resolved", case_version=2)
    assert (await desk.agent("ana")).held == frozenset()


async def test_answer_of_the_citizen_returns_to_the_owner_without_asking(desk):
    await desk.online("ana")
    await desk.online("luis")
    await desk.event()
    await desk.assign.claim(TENANT, (await desk.item()).item_id, "ana")
    await desk.event(happening="state_changed", state_kind="waiting_citizen", case_version=2)
    assert (await desk.agent("ana")).held == frozenset()
    await desk.event(happening="message_needs_answer", case_version=3)
    await desk.dispatch()
    assert (await desk.item()).holder_id == "ana"


async def test_batch_of_many_cases_and_repeats_is_applied_once(desk, make):
    batch = [make.change(case_id=f"c{n}") for n in range(50)]
    batch += batch[:10]
    batch.append(
        make.change(case_id="c3", happening="resolved", state_kind="resolved", case_version=2)
    )
    assert await desk.apply(batch) == {}
    assert desk.facts().count("WorkQueued") == 50
    assert (await desk.item("c3")).state is WorkState.COMPLETED


async def test_leftover_slot_is_freed_and_the_sleeper_fenced(desk):
    """A process that reserved, slept past the sweeper and woke must not win the item."""
    await desk.online("ana", capacity=1)
    await desk.event()
    asleep = await desk.item()
    agent = await desk.agent("ana")
    reserved = agent.reserve(asleep.item_id, "token", desk.clocks.now(), desk.clocks.real_now())
    assert await desk.agents.save([reserved]) == [True]
    await desk.reconcile()
    assert (await desk.agent("ana")).held == {asleep.item_id}
    desk.advance(seconds=16)
    await desk.reconcile()
    assert (await desk.agent("ana")).held == frozenset()
    taken, facts = take(asleep, "ana", "token", desk.clocks.now())
    assert await desk.items.save([ItemWrite(taken, facts)]) == [False]


async def test_rightful_slot_is_never_freed(desk):
    await desk.online("ana")
    await desk.event()
    await desk.assign.claim(TENANT, (await desk.item()).item_id, "ana")
    desk.advance(hours=1)
    await desk.reconcile()
    assert len((await desk.agent("ana")).held) == 1


async def test_silent_desk_is_signed_off(desk):
    await desk.online("ana")
    desk.advance(seconds=91)
    await desk.reconcile()
    assert (await desk.agent("ana")).status is PresenceStatus.OFFLINE


async def test_work_of_the_long_absent_is_handed_on(desk):
    await desk.online("ana")
    await desk.event()
    await desk.assign.claim(TENANT, (await desk.item()).item_id, "ana")
    await desk.online("ana", status=PresenceStatus.OFFLINE)
    desk.advance(minutes=119)
    await desk.reconcile()
    assert (await desk.item()).holder_id == "ana"
    desk.advance(minutes=2)
    await desk.reconcile()
    assert (await desk.item()).state is WorkState.QUEUED
    assert (await desk.agent("ana")).held == frozenset()


async def test_transfer_offers_to_the_receiving_unit(desk):
    await desk.online("ana")
    await desk.online("luis", "aseo")
    await desk.event()
    await desk.assign.claim(TENANT, (await desk.item()).item_id, "ana")
    await desk.event(happening="transfer_requested", case_version=2, to_unit_id="aseo")
    assert (await desk.agent("ana")).held == frozenset()
    await desk.dispatch()
    item = await desk.item()
    assert (item.kind, item.open_offer.agent_id) == (WorkKind.TRANSFER, "luis")


async def test_declined_offer_cannot_be_accepted_later(desk):
    await desk.online("ana")
    await desk.event()
    await desk.dispatch()
    item = await desk.item()
    declined = replace(item, state=WorkState.QUEUED)
    await desk.items.save([ItemWrite(declined)])
    with pytest.raises(OfferLapsed):
        await desk.assign.accept(TENANT, item.item_id, "ana")


async def test_skills_set_by_a_supervisor_outlive_the_next_sign_in(desk):
    await desk.online("ana", skills=("jardines",), capacity=7)
    agent = await desk.agent("ana")
    assert (agent.skills, agent.capacity) == ({"jardines"}, 7)


async def test_case_in_english_goes_to_who_speaks_it(desk):
    await desk.online("ana")
    await desk.online("eva", skills=("ingles",))
    await desk.event(language="en")
    await desk.dispatch()
    offer = (await desk.item()).open_offer
    assert offer.agent_id == "eva"
    assert "language:en" in offer.reasons


async def test_first_sign_in_takes_the_skills_of_the_units_from_the_release(desk):
    desk.city.skills = {"alumbrado-publico": ("electricidad",)}
    member = StaffMember(
        tenant=TENANT, agent_id="new", name="N", units=frozenset({"alumbrado"}), supervisor=False
    )
    agent = await desk.presence.sign(member, PresenceStatus.ONLINE)
    assert agent.skills == {"electricidad"}


async def test_wait_is_nothing_with_a_free_agent_and_unknown_with_nobody(desk):
    nobody = await desk.oversee.estimate(TENANT, "alumbrado", frozenset())
    assert (nobody.expected_wait, nobody.open_now) == (None, True)
    await desk.online("ana")
    free = await desk.oversee.estimate(TENANT, "alumbrado", frozenset())
    assert free.expected_wait.total_seconds() == 0


async def test_wait_follows_recent_service_times(desk):
    await desk.online("ana", capacity=1)
    await desk.event(case_id="done")
    await desk.assign.claim(TENANT, (await desk.item("done")).item_id, "ana")
    desk.advance(minutes=20)
    await desk.beat("ana")
    await desk.event(case_id="done", happening="resolved", state_kind="resolved", case_version=2)
    await desk.event(case_id="now")
    await desk.event(case_id="next")
    await desk.assign.claim(TENANT, (await desk.item("now")).item_id, "ana")
    estimate = await desk.oversee.estimate(TENANT, "alumbrado", frozenset())
    assert (estimate.queue_length, estimate.expected_wait.total_seconds()) == (1, 2 * 20 * 60)


async def test_queue_figures_tell_waits_and_people(desk):
    await desk.online("ana")
    await desk.event(case_id="a")
    await desk.event(case_id="b")
    desk.advance(seconds=50)
    await desk.assign.claim(TENANT, (await desk.item("a")).item_id, "ana")
    [figures] = await desk.oversee.queues(TENANT, frozenset({"alumbrado"}))
    assert (figures.queued, figures.assigned, figures.agents_online, figures.free_slots) == (
        1,
        1,
        1,
        1,
    )
    assert (figures.oldest_wait_seconds, figures.wait_p50_seconds) == (50, 50)
    assert figures.first_transfer_rate == 0


async def test_new_hours_open_the_mailbox_earlier(desk):
    desk.advance(hours=13)
    await desk.event()
    assert (await desk.item()).state is WorkState.HELD

    class AllNight:
        def is_open(self, instant):
            return True

        def next_opening(self, instant):
            return instant

        def add_minutes(self, instant, minutes):
            return instant + timedelta(minutes=minutes)

    desk.city.hours = AllNight()
    await ReopenMailbox(desk.items, desk.cities, desk.clocks)(TENANT)
    await desk.dispatch()
    assert (await desk.item()).state is WorkState.QUEUED
