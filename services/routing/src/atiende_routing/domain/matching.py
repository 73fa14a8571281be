"""Who is asked for what: pure, deterministic, and able to say why.

Items are taken in the order of their rank (FIFO within a priority, ageing across priorities), and
each goes to the best agent who may have it. An item that nobody may have now does not hold up
those behind it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from atiende_routing.domain.agent import Agent
from atiende_routing.domain.rules import RoutingRules
from atiende_routing.domain.work_item import WorkItem, WorkState


@dataclass(frozen=True, slots=True)
class Proposal:
    """An agent for an item.

    Attributes:
        direct: True when the work simply returns to the agent who had it, without asking again.
    """

    item_id: str
    agent_id: str
    reasons: tuple[str, ...]
    direct: bool = False


def queue_order(item: WorkItem) -> tuple[datetime, datetime, str]:
    """Sort key of the queue."""
    return (item.rank_time, item.queue_time, item.item_id)


def may_have(agent: Agent, item: WorkItem) -> bool:
    """Tells whether an agent's unit, skills and role fit an item."""
    if item.unit_id not in agent.units:
        return False
    if agent.supervisor:
        return item.escalation_level > 0
    return set(item.skills) <= agent.skills


def cooling_down(agent_id: str, item: WorkItem, now: datetime, rules: RoutingRules) -> bool:
    """Tells whether the agent has just let this item pass."""
    return any(
        record.agent_id == agent_id
        and record.outcome in {"lapsed", "declined"}
        and record.end_time is not None
        and now - record.end_time < rules.reoffer_cooldown
        for record in item.offers
    )


def match(
    items: Iterable[WorkItem],
    agents: Sequence[Agent],
    outstanding: Mapping[str, int],
    *,
    now: datetime,
    real_now: datetime,
    rules: RoutingRules,
) -> list[Proposal]:
    """Proposes an agent for every queued item that may be given to somebody now.

    Args:
        items: candidates of one tenant; those that are not queued and due are passed over.
        agents: agents of the same tenant.
        outstanding: open offers of each agent, which count against their capacity.
        now: domain time, for waits.
        real_now: real time, for heartbeats.
        rules: the city's rules.

    Returns:
        At most one proposal for each item; no agent gets more than their free slots.
    """
    available = {a.agent_id: a for a in agents if a.is_available(real_now)}
    free = {key: a.free_slots - outstanding.get(key, 0) for key, a in available.items()}
    proposals: list[Proposal] = []
    for item in sorted(items, key=queue_order):
        if item.state is not WorkState.QUEUED or item.available_time > now:
            continue
        proposal = _resume(item, available, free, now)
        if proposal is None and not _kept_for_previous(item, available, now):
            proposal = _ask(item, available, free, now, rules)
        if proposal is not None:
            free[proposal.agent_id] -= 1
            proposals.append(proposal)
    return proposals


def _kept_for_previous(item: WorkItem, available: Mapping[str, Agent], now: datetime) -> bool:
    """Tells whether the item still waits for a busy agent who had it."""
    if item.prefer_until is None or item.prefer_until <= now:
        return False
    previous = available.get(item.preferred_agent_id or "")
    return previous is not None and item.unit_id in previous.units


def _resume(
    item: WorkItem, available: Mapping[str, Agent], free: Mapping[str, int], now: datetime
) -> Proposal | None:
    """Returns work to the agent who had it, if they are there and have a slot."""
    if not _kept_for_previous(item, available, now):
        return None
    agent_id = item.preferred_agent_id or ""
    if free[agent_id] <= 0:
        return None
    return Proposal(item.item_id, agent_id, ("previous_agent", _waited(item, now)), direct=True)


def _ask(
    item: WorkItem,
    available: Mapping[str, Agent],
    free: Mapping[str, int],
    now: datetime,
    rules: RoutingRules,
) -> Proposal | None:
    eligible = [
        agent
        for key, agent in available.items()
        if free[key] > 0 and may_have(agent, item) and not cooling_down(key, item, now, rules)
    ]
    if not eligible:
        return None

    def load(agent: Agent) -> float:
        return 1 - free[agent.agent_id] / agent.capacity

    def asked(agent: Agent) -> int:
        return sum(
            1
            for record in item.offers
            if record.agent_id == agent.agent_id and record.offer_time >= item.queue_time
        )

    def preference(agent: Agent) -> tuple[bool, bool, int, float, datetime, str]:
        return (
            agent.agent_id != item.preferred_agent_id,
            item.language not in agent.languages,
            asked(agent),
            load(agent),
            agent.idle_since,
            agent.agent_id,
        )

    best = min(eligible, key=preference)
    others = [agent for agent in eligible if agent is not best]
    return Proposal(item.item_id, best.agent_id, _reasons(item, best, others, load, now))


def _reasons(
    item: WorkItem,
    best: Agent,
    others: Sequence[Agent],
    load: Callable[[Agent], float],
    now: datetime,
) -> tuple[str, ...]:
    reasons = [f"skill:{skill}" for skill in item.skills if skill in best.skills]
    if not reasons:
        reasons.append(f"unit:{item.unit_id}")
    if best.agent_id == item.preferred_agent_id:
        reasons.append("previous_agent")
    if item.language != "es" and item.language in best.languages:
        reasons.append(f"language:{item.language}")
    if best.supervisor:
        reasons.append(f"escalated:{item.escalation_level}")
    if not others:
        reasons.append("only_agent")
    elif all(load(best) < load(other) for other in others):
        reasons.append("least_loaded")
    elif all(best.idle_since < other.idle_since for other in others):
        reasons.append("longest_idle")
    reasons.append(_waited(item, now))
    return tuple(reasons)


def _waited(item: WorkItem, now: datetime) -> str:
    return f"waited:{max(0, int((now - item.waited_since()).total_seconds()))}s"
