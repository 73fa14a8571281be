"""The release of a city as a typed, immutable snapshot. Pure: importing it touches nothing."""

from atiende_city.classify import Score
from atiende_city.errors import CalendarYearMissing, ReleaseUnreadable, TemplateBroken
from atiende_city.model import (
    Answer,
    City,
    Crisis,
    Deadline,
    Emergency,
    EscalationStep,
    FaqEntry,
    FormPage,
    Holiday,
    Outcome,
    Procedure,
    QuietHours,
    RoutingRules,
    Skill,
    State,
    StateKind,
    Survey,
    Template,
    Transition,
    Trigger,
    Unit,
)
from atiende_city.release import DueTimes, Release
from atiende_city.text import Text, fold, stems
from atiende_city.working_time import WorkingTime

__all__ = [
    "Answer",
    "CalendarYearMissing",
    "City",
    "Crisis",
    "Deadline",
    "DueTimes",
    "Emergency",
    "EscalationStep",
    "FaqEntry",
    "FormPage",
    "Holiday",
    "Outcome",
    "Procedure",
    "QuietHours",
    "Release",
    "ReleaseUnreadable",
    "RoutingRules",
    "Score",
    "Skill",
    "State",
    "StateKind",
    "Survey",
    "Template",
    "TemplateBroken",
    "Text",
    "Transition",
    "Trigger",
    "Unit",
    "WorkingTime",
    "fold",
    "stems",
]
