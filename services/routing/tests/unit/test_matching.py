from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atiende_routing.domain.agent import PresenceStatus, Slot
from atiende_routing.domain.matching import cooling_down, match, may_have, queue_order
from atiende_routing.domain.work_item import WorkState, end_offer, escalate, offer

pytestmark = pytest.mark.unit
UNITS = ("alumbrado", "aseo", "vias")
SKILLS = ("electricidad", "residuos", "asfalto")


def run(make, items, agents, outstanding=None, now=None):
    at = now or make.now
    return match(items, agents, outstanding or {}, now=at, real_now=at, rules=make.rules)


def test_item_goes_to_the_agent_with_its_unit_and_skill(make):
    item = make.item(skills=("electricidad",))
    agents = [make.agent("ana"), make.agent("luis", skills=frozenset({"electricidad"}))]
    [proposal] = run(make, [item], agents)
    assert proposal.agent_id == "luis"
    assert "skill:electricidad" in proposal.reasons
    assert "only_agent" in proposal.reasons


def test_least_loaded_is_asked_first_and_told_why(make):
    busy = make.agent("ana", slots=(Slot("x", "t", make.now),))
    [proposal] = run(make, [make.item()], [busy, make.agent("luis")])
    assert proposal.agent_id == "luis"
    assert "least_loaded" in proposal.reasons


def test_of_equal_load_the_longest_idle_is_asked(make):
    rested = make.agent("luis", idle_since=make.now - timedelta(hours=1))
    [proposal] = run(make, [make.item()], [make.agent("ana"), rested])
    assert proposal.agent_id == "luis"
    assert "longest_idle" in proposal.reasons


def test_reasons_say_how_long_it_waited(make):
    [proposal] = run(make, [make.item()], [make.agent()], now=make.now + timedelta(seconds=42))
    assert "waited:42s" in proposal.reasons


def test_english_speaker_gets_the_english_case(make):
    bilingual = make.agent(
        "luis", languages=frozenset({"es", "en"}), slots=(Slot("x", "t", make.now),)
    )
    [proposal] = run(make, [make.item(language="en")], [make.agent("ana"), bilingual])
    assert proposal.agent_id == "luis"
    assert "language:en" in proposal.reasons


@pytest.mark.parametrize("status", [PresenceStatus.AWAY, PresenceStatus.OFFLINE])
def test_who_is_not_online_is_never_asked(make, status):
    assert run(make, [make.item()], [make.agent(status=status)]) == []


def test_silent_desk_is_not_asked(make):
    silent = make.agent(seen_time=make.now - timedelta(minutes=5))
    assert run(make, [make.item()], [silent]) == []


def test_open_offers_count_against_capacity(make):
    assert run(make, [make.item()], [make.agent("ana", capacity=1)], {"ana": 1}) == []


def test_who_just_declined_is_not_asked_again_at_once(make):
    offered, _ = offer(make.item(), "ana", (), make.now, make.rules)
    declined, _ = end_offer(offered, "declined", make.now)
    assert run(make, [declined], [make.agent("ana")]) == []
    [proposal] = run(make, [declined], [make.agent("ana"), make.agent("luis")])
    assert proposal.agent_id == "luis"
    later = make.now + make.rules.reoffer_cooldown
    [again] = run(make, [declined], [make.agent("ana", seen_time=later)], now=later)
    assert again.agent_id == "ana"


def test_supervisor_is_asked_only_after_escalation(make):
    boss = make.agent("jefa", supervisor=True)
    item = make.item(skills=("electricidad",))
    assert run(make, [item], [boss]) == []
    climbed, _ = escalate(item, "waited", make.hours, make.rules)
    [proposal] = run(make, [climbed], [boss])
    assert "escalated:1" in proposal.reasons


def test_work_returns_directly_to_who_had_it(make):
    item = make.item(preferred_agent_id="ana", prefer_until=make.now + timedelta(minutes=5))
    [proposal] = run(make, [item], [make.agent("ana"), make.agent("luis")])
    assert (proposal.agent_id, proposal.direct) == ("ana", True)


def test_work_waits_a_while_for_a_busy_previous_agent(make):
    item = make.item(preferred_agent_id="ana", prefer_until=make.now + timedelta(minutes=5))
    busy = make.agent("ana", capacity=1, slots=(Slot("x", "t", make.now),))
    assert run(make, [item], [busy, make.agent("luis")]) == []
    later = make.now + timedelta(minutes=5)
    agents = [busy, make.agent("luis", seen_time=later)]
    [proposal] = run(make, [item], agents, now=later)
    assert (proposal.agent_id, proposal.direct) == ("luis", False)


def test_work_does_not_wait_for_an_absent_previous_agent(make):
    item = make.item(preferred_agent_id="ana", prefer_until=make.now + timedelta(minutes=5))
    [proposal] = run(make, [item], [make.agent("luis")])
    assert proposal.agent_id == "luis"


def test_item_that_nobody_can_have_does_not_hold_up_the_next(make):
    stuck = make.item(1, unit_id="catastro", priority=0)
    [proposal] = run(make, [stuck, make.item(2)], [make.agent()])
    assert proposal.item_id == "i002"


@st.composite
def situations(draw, make):
    count = draw(st.integers(0, 25))
    items = [
        make.item(
            number,
            unit_id=draw(st.sampled_from(UNITS)),
            skills=tuple(draw(st.sets(st.sampled_from(SKILLS), max_size=1))),
            priority=draw(st.integers(0, 4)),
            queue_time=make.now - timedelta(minutes=draw(st.integers(0, 600))),
            available_time=make.now + timedelta(minutes=draw(st.sampled_from((-60, 0, 60)))),
            state=draw(st.sampled_from((WorkState.QUEUED, WorkState.QUEUED, WorkState.HELD))),
            preferred_agent_id=draw(st.sampled_from((None, "a0", "a1"))),
            prefer_until=draw(st.sampled_from((None, make.now + timedelta(minutes=1)))),
        )
        for number in range(count)
    ]
    agents = [
        make.agent(
            f"a{number}",
            units=frozenset(draw(st.sets(st.sampled_from(UNITS)))),
            skills=frozenset(draw(st.sets(st.sampled_from(SKILLS)))),
            status=draw(st.sampled_from(list(PresenceStatus))),
            capacity=draw(st.integers(1, 4)),
            seen_time=make.now - timedelta(seconds=draw(st.sampled_from((0, 80, 100)))),
            slots=tuple(Slot(f"s{n}", f"t{n}", make.now) for n in range(draw(st.integers(0, 3)))),
        )
        for number in range(draw(st.integers(0, 6)))
    ]
    outstanding = {a.agent_id: draw(st.integers(0, 2)) for a in agents}
    return items, agents, outstanding


@given(data=st.data())
def test_no_match_breaks_capacity_presence_or_exclusivity(make, data):
    items, agents, outstanding = data.draw(situations(make))
    proposals = run(make, items, agents, outstanding)
    by_agent = {a.agent_id: a for a in agents}
    by_item = {i.item_id: i for i in items}
    assert len({p.item_id for p in proposals}) == len(proposals)
    for agent_id, agent in by_agent.items():
        given_now = sum(p.agent_id == agent_id for p in proposals)
        if given_now:
            assert len(agent.held) + outstanding[agent_id] + given_now <= agent.capacity
            assert agent.is_available(make.now)
    for proposal in proposals:
        item = by_item[proposal.item_id]
        assert item.state is WorkState.QUEUED
        assert item.available_time <= make.now
        if not proposal.direct:
            assert may_have(by_agent[proposal.agent_id], item)
        assert proposal.reasons


@given(data=st.data())
def test_whoever_is_passed_over_had_nobody_left(make, data):
    """FIFO: an item is passed over only when no agent who may have it has a slot left."""
    items, agents, outstanding = data.draw(situations(make))
    proposals = run(make, items, agents, outstanding)
    chosen = {p.item_id for p in proposals}
    left = {
        a.agent_id: a.free_slots
        - outstanding[a.agent_id]
        - sum(p.agent_id == a.agent_id for p in proposals)
        for a in agents
    }
    for item in items:
        due = item.state is WorkState.QUEUED and item.available_time <= make.now
        if item.item_id in chosen or not due or item.prefer_until is not None:
            continue
        for agent in agents:
            asked = may_have(agent, item) and not cooling_down(
                agent.agent_id, item, make.now, make.rules
            )
            assert not (asked and agent.is_available(make.now) and left[agent.agent_id] > 0)


@given(data=st.data())
def test_matching_is_deterministic(make, data):
    items, agents, outstanding = data.draw(situations(make))
    shuffled_items = data.draw(st.permutations(items))
    shuffled_agents = data.draw(st.permutations(agents))
    assert run(make, items, agents, outstanding) == run(
        make, shuffled_items, shuffled_agents, outstanding
    )


@given(first=st.integers(0, 500), second=st.integers(0, 500), priority=st.integers(0, 4))
def test_within_a_priority_the_first_is_first(make, first, second, priority):
    one = make.item(1, priority=priority, queue_time=make.now + timedelta(seconds=first))
    two = make.item(2, priority=priority, queue_time=make.now + timedelta(seconds=second))
    if first != second:
        assert (queue_order(one) < queue_order(two)) == (first < second)


def test_least_urgent_item_is_served_under_an_endless_stream_of_urgent_ones(make):
    """Ageing: with one slot a minute and an urgent arrival a minute, everything is served."""
    patient = make.item(0, priority=4)
    queue = [patient]
    for minute in range(300):
        now = make.now + timedelta(minutes=minute)
        queue.append(make.item(minute + 1, priority=0, queue_time=now, available_time=now))
        [proposal] = run(make, queue, [make.agent(capacity=1, seen_time=now)], now=now)
        if proposal.item_id == patient.item_id:
            assert minute >= 60
            return
        queue = [item for item in queue if item.item_id != proposal.item_id]
    pytest.fail("it starved")
