"""The requirements of a procedure, ticked one by one for a case."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from atiende_cases.domain.case import Case, Tick
from atiende_cases.domain.change import Change
from atiende_cases.domain.errors import refused
from atiende_cases.domain.events import CaseAnnotated
from atiende_cases.domain.values import Actor
from atiende_city.model import Procedure
from atiende_city.text import Text
from atiende_kit.errors import NotFound

_ID_CHARACTERS: Final = 12


@dataclass(frozen=True, slots=True)
class Item:
    """A requirement and what is known of it."""

    requirement_id: str
    text: Text
    tick: Tick | None

    @property
    def done(self) -> bool:
        """Whether it is there."""
        return self.tick is not None and self.tick.done


def requirement_id(text: str) -> str:
    """Names a requirement by what it says: a new release may reorder the list, not confuse it."""
    return hashlib.sha256(text.encode()).hexdigest()[:_ID_CHARACTERS]


def checklist(case: Case, procedure: Procedure) -> list[Item]:
    """All requirements, in the procedure's order."""
    ticks = {tick.requirement_id: tick for tick in case.checklist}
    return [
        Item(name, text, ticks.get(name))
        for text in procedure.requirements
        for name in (requirement_id(str(text)),)
    ]


def tick(
    case: Case, procedure: Procedure, name: str, *, done: bool, actor: Actor, at: datetime
) -> Change:
    """Notes that a requirement is there, or that it is not after all.

    Raises:
        NotFound: the procedure has no such requirement.
    """
    if not case.is_active:
        raise refused("CASE_ALREADY_RESOLVED", "El caso ya está resuelto.")
    items = {item.requirement_id: item for item in checklist(case, procedure)}
    if name not in items:
        raise NotFound("REQUIREMENT_NOT_FOUND", "El trámite no tiene ese requisito.")
    if items[name].done == done:
        return Change(case)
    others = tuple(one for one in case.checklist if one.requirement_id != name)
    changed = replace(
        case,
        checklist=(*others, Tick(name, done, actor, at)),
        update_time=max(case.update_time, at),
    )
    kind = "requirement_ticked" if done else "requirement_unticked"
    return Change(changed, (CaseAnnotated(kind, name, actor),))
