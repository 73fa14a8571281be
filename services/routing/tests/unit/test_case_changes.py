import itertools
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atiende_routing.domain.case_changes import apply
from atiende_routing.domain.work_item import WorkKind, WorkState, complete, park, take

pytestmark = pytest.mark.unit


def play(make, *changes, item=None, now=None):
    """Applies changes in order; returns the item and the names of all facts."""
    names = []
    for change in changes:
        item, facts = apply(item, change, now or make.now, make.hours, make.rules)
        names += [type(fact).__name__ for fact in facts]
    return item, names


def opened(make, **changes):
    return play(make, make.change(**changes))[0]


def assigned(make, agent_id="ana", **changes):
    return take(opened(make, **changes), agent_id, "t", make.now)[0]


def test_opened_case_waits_in_the_queue_of_its_unit(make):
    item, facts = play(make, make.change(skills=("electricidad",)))
    assert (item.state, item.unit_id, item.skills) == (
        WorkState.QUEUED,
        "alumbrado",
        ("electricidad",),
    )
    assert facts == ["Queued"]


def test_case_opened_at_night_is_held(make):
    item, _ = play(make, make.change(), now=make.now.replace(hour=4))
    assert item.state is WorkState.HELD


def test_redelivered_event_changes_nothing(make):
    item = opened(make)
    assert play(make, make.change(), item=item) == (item, [])


def test_resolved_case_needs_nobody(make):
    item, facts = play(
        make,
        make.change(happening="resolved", state_kind="resolved", case_version=2),
        item=assigned(make),
    )
    assert (item.state, facts) == (WorkState.COMPLETED, ["Completed"])


def test_opening_that_arrives_after_the_resolution_does_not_queue(make):
    item, facts = play(
        make,
        make.change(happening="resolved", state_kind="resolved", case_version=5),
        make.change(),
    )
    assert (item.state, facts) == (WorkState.COMPLETED, [])


def test_waiting_for_the_citizen_frees_the_slot_and_keeps_the_owner(make):
    wait = make.change(happening="state_changed", state_kind="waiting_citizen", case_version=2)
    item, _ = play(make, wait, item=assigned(make))
    assert (item.state, item.agent_id, item.holder_id) == (WorkState.PARKED, "ana", None)


def test_answer_of_the_citizen_brings_the_work_back_to_its_owner(make):
    parked = park(assigned(make))
    item, facts = play(
        make, make.change(happening="message_needs_answer", case_version=3), item=parked
    )
    assert (item.state, item.preferred_agent_id) == (WorkState.QUEUED, "ana")
    assert item.prefer_until == make.now + make.rules.resume_grace
    assert facts == ["Queued"]


def test_message_on_assigned_work_changes_nothing(make):
    item, facts = play(
        make, make.change(happening="message_needs_answer", case_version=2), item=assigned(make)
    )
    assert (item.state, facts) == (WorkState.ASSIGNED, [])


def test_message_on_a_closed_case_is_seen_by_somebody(make):
    done = complete(assigned(make), make.now)[0]
    late = make.change(happening="message_needs_answer", state_kind="closed", case_version=9)
    item, _ = play(make, late, item=done)
    assert item.state is WorkState.QUEUED
    reply = make.change(happening="message_answered", state_kind="closed", case_version=9)
    assert play(make, reply, item=item)[0].state is WorkState.COMPLETED


def test_message_overtaking_the_resolution_is_not_lost(make):
    message = make.change(happening="message_needs_answer", state_kind="resolved", case_version=8)
    resolved = make.change(happening="resolved", state_kind="resolved", case_version=8)
    for order in itertools.permutations([message, resolved]):
        item, _ = play(make, *order, item=assigned(make))
        assert item.state in {WorkState.QUEUED, WorkState.ASSIGNED}


def test_reopened_case_is_more_urgent_and_prefers_who_had_it(make):
    done = complete(assigned(make), make.now)[0]
    again = make.change(happening="reopened", case_version=4)
    item, _ = play(make, again, item=done)
    assert (item.state, item.kind, item.priority) == (WorkState.QUEUED, WorkKind.CASE, 1)
    assert item.preferred_agent_id == "ana"


def test_reopening_that_overtakes_the_resolution_frees_the_owner(make):
    """The case names nobody any more; a late resolution then changes nothing."""
    again = make.change(happening="reopened", case_version=4)
    item, facts = play(make, again, item=assigned(make))
    assert (item.state, item.agent_id) == (WorkState.QUEUED, None)
    assert item.preferred_agent_id == "ana"
    assert "Released" in facts
    late = make.change(happening="resolved", case_version=3, state_kind="resolved")
    assert play(make, late, item=item)[0].state is WorkState.QUEUED


def test_bad_score_makes_a_recovery(make):
    done = complete(assigned(make, priority=4), make.now)[0]
    again = make.change(happening="reopened", case_version=4, priority=4, bad_score=True)
    item, _ = play(make, again, item=done)
    assert (item.kind, item.priority) == (WorkKind.RECOVERY, make.rules.recovery_priority)


def requested(make, **changes):
    return make.change(happening="transfer_requested", case_version=2, to_unit_id="aseo", **changes)


def test_requested_transfer_waits_in_the_receiving_unit(make):
    item, facts = play(make, requested(make), item=assigned(make))
    assert (item.state, item.kind, item.unit_id) == (WorkState.QUEUED, WorkKind.TRANSFER, "aseo")
    assert (item.home_unit_id, item.home_agent_id, item.skills) == ("alumbrado", "ana", ())
    assert facts == ["Released", "Queued"]


def test_accepted_transfer_stays_with_who_took_it(make):
    asked, _ = play(make, requested(make), item=assigned(make))
    taken = take(asked, "luis", "t", make.now)[0]
    done = make.change(happening="transfer_accepted", case_version=3, unit_id="aseo")
    item, facts = play(make, done, item=taken)
    assert (item.kind, item.unit_id, item.agent_id) == (WorkKind.CASE, "aseo", "luis")
    assert (item.home_unit_id, facts) == (None, ["Assigned"])


def test_transfer_accepted_by_somebody_else_than_who_looked_goes_to_them(make):
    asked, _ = play(make, requested(make), item=assigned(make))
    taken = take(asked, "luis", "t", make.now)[0]
    done = make.change(
        happening="transfer_accepted", case_version=3, unit_id="aseo", assignee_id="eva"
    )
    item, _ = play(make, done, item=taken)
    assert (item.state, item.preferred_agent_id) == (WorkState.QUEUED, "eva")


def test_acceptance_that_overtakes_the_request_moves_the_work(make):
    done = make.change(happening="transfer_accepted", case_version=3, unit_id="aseo")
    item, _ = play(make, done, requested(make), item=assigned(make))
    assert (item.unit_id, item.kind, item.holder_id) == ("aseo", WorkKind.CASE, None)
    assert item.state is WorkState.QUEUED


def test_returned_transfer_goes_back_to_who_had_it(make):
    back = make.change(happening="transfer_returned", case_version=3)
    item, _ = play(make, requested(make), back, item=assigned(make))
    assert (item.unit_id, item.kind, item.preferred_agent_id) == ("alumbrado", WorkKind.CASE, "ana")
    assert item.home_unit_id is None


def test_message_during_a_transfer_does_not_move_the_work_back(make):
    message = make.change(happening="message_needs_answer", case_version=3)
    for order in itertools.permutations([requested(make), message]):
        item, _ = play(make, *order, item=assigned(make))
        assert (item.unit_id, item.kind) == ("aseo", WorkKind.TRANSFER)


def test_reclassification_to_another_unit_moves_the_work(make):
    moved = make.change(
        happening="reclassified", case_version=2, unit_id="aseo", skills=("residuos",)
    )
    item, facts = play(make, moved, item=assigned(make))
    assert (item.state, item.unit_id, item.skills) == (WorkState.QUEUED, "aseo", ("residuos",))
    assert facts == ["Released", "Queued"]


def test_reclassification_within_the_unit_keeps_the_agent(make):
    same = make.change(happening="reclassified", case_version=2, procedure_code="otro")
    item, facts = play(make, same, item=assigned(make))
    assert (item.holder_id, item.procedure_code, facts) == ("ana", "otro", [])


def test_higher_priority_moves_a_waiting_item_forward(make):
    item = opened(make, priority=3)
    urgent = make.change(happening="state_changed", case_version=2, priority=0)
    moved, _ = play(make, urgent, item=item)
    assert moved.rank_time == make.now
    assert item.rank_time == make.now + 3 * timedelta(minutes=30)


@given(order=st.permutations(range(5)), repeats=st.lists(st.integers(0, 4), max_size=5))
def test_every_order_of_a_story_ends_resolved(make, order, repeats):
    """Permuted and repeated events of a case that ends resolved leave nobody with work."""
    story = [
        make.change(),
        make.change(happening="assigned", case_version=2, assignee_id="ana"),
        make.change(happening="state_changed", case_version=3, state_kind="waiting_citizen"),
        make.change(happening="message_needs_answer", case_version=4),
        make.change(happening="resolved", case_version=5, state_kind="resolved"),
    ]
    item, _ = play(make, *(story[i] for i in [*order, *repeats]))
    assert item.state is WorkState.COMPLETED


@given(order=st.permutations(range(4)))
def test_every_order_of_a_transfer_ends_with_the_receiving_unit(make, order):
    story = [
        make.change(),
        requested(make),
        make.change(happening="transfer_accepted", case_version=3, unit_id="aseo"),
        make.change(happening="message_needs_answer", case_version=4, unit_id="aseo"),
    ]
    item, _ = play(make, *(story[i] for i in order))
    assert (item.unit_id, item.state, item.home_unit_id) == ("aseo", WorkState.QUEUED, None)
