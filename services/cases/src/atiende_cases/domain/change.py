"""What a move of a case gives: the changed case and what happened."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from atiende_cases.domain.case import Case, HistoryEntry
from atiende_cases.domain.events import CaseEvent
from atiende_cases.domain.values import Actor
from atiende_city.model import Procedure
from atiende_city.release import Release

_KEPT_HISTORY: Final = 100


@dataclass(frozen=True, slots=True)
class Change:
    """A changed case and the events of the change."""

    case: Case
    events: tuple[CaseEvent, ...] = ()


def noted(
    case: Case, kind: str, actor: Actor, at: datetime, detail: str = "", note: str = ""
) -> Case:
    """Adds to the history of a case."""
    entry = HistoryEntry(at, actor, kind, detail, note)
    return replace(case, history=(*case.history, entry)[-_KEPT_HISTORY:])


def procedure_of(release: Release, code: str) -> Procedure:
    """The procedure of a code, or the catch-all: an unknown code must not lose a matter."""
    return release.procedure(code) or release.default_procedure
