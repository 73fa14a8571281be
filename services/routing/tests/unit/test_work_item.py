from datetime import timedelta

import pytest

from atiende_routing.domain.errors import (
    NotTheOwner,
    OfferLapsed,
    WorkAlreadyAssigned,
    WorkCompleted,
)
from atiende_routing.domain.facts import Assigned, Escalated, Queued, Released
from atiende_routing.domain.work_item import (
    WorkState,
    accept,
    complete,
    end_offer,
    enqueue,
    escalate,
    hand_over,
    offer,
    open_mailbox,
    park,
    release,
    take,
)

pytestmark = pytest.mark.unit


def test_item_that_arrives_in_hours_is_queued_at_once(make):
    item, facts = enqueue(make.item(), make.now, make.hours, make.rules)
    assert item.state is WorkState.QUEUED
    assert facts == (Queued(make.now, out_of_hours=False),)


def test_item_that_arrives_out_of_hours_is_held_until_the_opening(make):
    night = make.now.replace(hour=8)
    item, facts = enqueue(make.item(), night, make.hours, make.rules)
    opening = make.now.replace(hour=13)
    assert (item.state, item.available_time) == (WorkState.HELD, opening)
    assert facts == (Queued(opening, out_of_hours=True),)
    opened, _ = open_mailbox(item, opening)
    assert opened.state is WorkState.QUEUED


def test_held_item_goes_before_what_arrives_after_the_opening(make):
    night, _ = enqueue(make.item(1), make.now.replace(hour=3), make.hours, make.rules)
    later = make.now.replace(hour=13, minute=0, second=1)
    morning, _ = enqueue(make.item(2), later, make.hours, make.rules)
    assert night.rank_time < morning.rank_time


def test_urgent_item_of_the_morning_goes_before_a_held_ordinary_one(make):
    night, _ = enqueue(make.item(1, priority=2), make.now.replace(hour=3), make.hours, make.rules)
    urgent, _ = enqueue(
        make.item(2, priority=0), make.now.replace(hour=13, minute=5), make.hours, make.rules
    )
    assert urgent.rank_time < night.rank_time


def test_accepted_offer_assigns_and_says_how_long_it_waited(make):
    offered, _ = offer(make.item(), "ana", ("only_agent",), make.now, make.rules)
    taken, facts = accept(offered, "ana", "t", make.now + timedelta(seconds=30))
    assert (taken.state, taken.agent_id, taken.wait_seconds) == (WorkState.ASSIGNED, "ana", 30)
    assert taken.offers[-1].outcome == "accepted"
    assert facts == (Assigned("ana", make.now + timedelta(seconds=30)),)


def test_offer_of_somebody_else_cannot_be_accepted(make):
    offered, _ = offer(make.item(), "ana", (), make.now, make.rules)
    with pytest.raises(OfferLapsed):
        accept(offered, "luis", "t", make.now)


def test_offer_cannot_be_accepted_after_its_time(make):
    offered, _ = offer(make.item(), "ana", (), make.now, make.rules)
    with pytest.raises(OfferLapsed):
        accept(offered, "ana", "t", make.now + make.rules.offer_timeout)


def test_offered_item_taken_by_another_ends_the_offer(make):
    offered, _ = offer(make.item(), "ana", (), make.now, make.rules)
    taken, _ = take(offered, "luis", "t", make.now)
    assert (taken.agent_id, taken.offers[-1].outcome) == ("luis", "taken")


def test_assigned_item_refuses_a_second_owner(make):
    taken, _ = take(make.item(), "ana", "t", make.now)
    with pytest.raises(WorkAlreadyAssigned):
        take(taken, "luis", "u", make.now)


def test_taking_ones_own_item_again_changes_nothing(make):
    taken, _ = take(make.item(), "ana", "t", make.now)
    assert take(taken, "ana", "u", make.now) == (taken, ())


def test_parked_item_can_be_resumed_by_its_owner_only(make):
    parked = park(take(make.item(), "ana", "t", make.now)[0])
    with pytest.raises(WorkAlreadyAssigned):
        take(parked, "luis", "u", make.now)
    assert take(parked, "ana", "u", make.now)[0].state is WorkState.ASSIGNED


@pytest.mark.parametrize("owned", ["assigned", "parked"])
def test_item_changes_hands_in_one_fact_and_keeps_its_wait(make, owned):
    queued, _ = enqueue(make.item(), make.now, make.hours, make.rules)
    had, _ = take(queued, "ana", "t1", make.now + timedelta(minutes=3))
    if owned == "parked":
        had = park(had)
    given, facts = hand_over(had, "luis", "t2", make.now + timedelta(hours=2))
    assert (given.state, given.agent_id, given.slot_token) == (WorkState.ASSIGNED, "luis", "t2")
    assert given.wait_seconds == 180
    assert facts == (Assigned("luis", make.now + timedelta(hours=2)),)


def test_completed_item_is_not_given_to_anybody(make):
    done, _ = complete(make.item(), make.now)
    with pytest.raises(WorkCompleted):
        hand_over(done, "luis", "t2", make.now)


def test_completed_item_cannot_be_taken(make):
    done, _ = complete(make.item(), make.now)
    with pytest.raises(WorkCompleted):
        take(done, "ana", "t", make.now)


def test_completing_twice_says_it_once(make):
    done, facts = complete(make.item(), make.now)
    assert facts
    assert complete(done, make.now) == (done, ())


def test_released_item_waits_at_its_old_rank(make):
    item = make.item()
    taken, _ = take(item, "ana", "t", make.now)
    later = make.now + timedelta(hours=1)
    back, facts = release(taken, "ana", "agent", now=later, schedule=make.hours, rules=make.rules)
    assert (back.state, back.rank_time, back.agent_id) == (WorkState.QUEUED, item.rank_time, None)
    assert facts[0] == Released("ana", "agent")


def test_only_the_owner_can_release(make):
    taken, _ = take(make.item(), "ana", "t", make.now)
    with pytest.raises(NotTheOwner):
        release(taken, "luis", "agent", now=make.now, schedule=make.hours, rules=make.rules)


def test_lapsed_and_declined_offers_are_counted_withdrawn_ones_are_not(make):
    offered, _ = offer(make.item(), "ana", (), make.now, make.rules)
    assert end_offer(offered, "lapsed", make.now)[0].missed_offers == 1
    assert end_offer(offered, "declined", make.now)[0].missed_offers == 1
    assert end_offer(offered, "withdrawn", make.now)[0].missed_offers == 0


def test_escalation_raises_priority_and_rank(make):
    item = make.item(priority=2)
    climbed, facts = escalate(item, "waited", make.hours, make.rules)
    assert (climbed.priority, climbed.escalation_level) == (1, 1)
    assert climbed.rank_time < item.rank_time
    assert facts == (Escalated(1, "waited"),)
    assert climbed.escalate_time == make.now + timedelta(minutes=60)


def test_ladder_ends(make):
    item = make.item()
    for _ in make.rules.escalate_after_minutes:
        item, _ = escalate(item, "waited", make.hours, make.rules)
    assert item.escalate_time is None
    assert item.priority == 0
