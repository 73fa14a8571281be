"""The clock of a case, explained to its citizen: what counts, what does not, and why.

Terms in working days begin on the day after entry (Ley 1755/2015 art. 14); what is filed out of
hours counts as filed at the next opening (Ley 39/2015 art. 31, which the platform follows).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from atiende_cases.domain.case import Case
from atiende_cases.domain.change import procedure_of
from atiende_cases.domain.plain_words import Language
from atiende_city.errors import CalendarYearMissing
from atiende_city.model import Deadline
from atiende_city.release import Release
from atiende_city.render import date_and_hour
from atiende_city.working_time import WorkingTime

_MOST_DAYS: Final = 800
_MOST_HOLIDAYS: Final = 6
_TERMS: Final[dict[str, dict[Language, str]]] = {
    "working_days": {
        "es": "El trámite tiene un plazo de {amount} días hábiles, que se cuentan desde el día "
        "siguiente: no cuentan sábados, domingos ni festivos.",
        "en": "The procedure has a term of {amount} working days, counted from the next day: "
        "Saturdays, Sundays and public holidays do not count.",
    },
    "working_hours": {
        "es": "El trámite tiene un plazo de {amount} horas de atención: solo cuenta el tiempo en "
        "que la dependencia está abierta.",
        "en": "The procedure has a term of {amount} office hours: only the time counts in which "
        "the department is open.",
    },
    "hours": {
        "es": "El trámite tiene un plazo de {amount} horas, de día y de noche.",
        "en": "The procedure has a term of {amount} hours, by day and by night.",
    },
}
_LINES: Final[dict[str, dict[Language, str]]] = {
    "received": {
        "es": "Recibimos su solicitud el {at}.",
        "en": "We received your request on {at}.",
    },
    "legal": {
        "es": "Era fuera del horario de la dependencia, así que el plazo se cuenta como si hubiera "
        "llegado al abrir: {at}.",
        "en": "The department was closed, so the term counts as if it had arrived when it opened: "
        "{at}.",
    },
    "holidays": {
        "es": "En ese tiempo no cuenta: {days}.",
        "en": "Meanwhile does not count: {days}.",
    },
    "due": {
        "es": "Debe tener respuesta a más tardar el {at}.",
        "en": "You are owed an answer by {at}.",
    },
    "stopped": {
        "es": "La respuesta se dio el {at}; el plazo ya no corre.",
        "en": "It was answered on {at}; the term does not run any more.",
    },
    "no_calendar": {
        "es": "La ciudad aún no ha publicado los festivos de ese año, y por eso no hay una fecha "
        "límite calculada.",
        "en": "The city has not published the holidays of that year yet, so no due date is known.",
    },
}


@dataclass(frozen=True, slots=True)
class PlainClock:
    """Times of a case with the reason of each.

    Attributes:
        working_days_left: working days after today, the due day included; None when the clock
            does not run or nobody can say.
        explanation: sentences in the order in which the clock was worked out.
    """

    effective_time: datetime
    legal_time: datetime
    first_answer_due_time: datetime
    due_time: datetime
    working_days_left: int | None
    overdue: bool
    explanation: tuple[str, ...]


def clock_of(case: Case, release: Release, language: Language, *, now: datetime) -> PlainClock:
    """Explains the clock of a case."""
    procedure = procedure_of(release, case.procedure_code)
    lines = [_line("received", language, at=date_and_hour(release, case.open_time, language))]
    if case.legal_time > case.open_time:
        at = date_and_hour(release, case.legal_time, language)
        lines.append(_line("legal", language, at=at))
    if case.calendar_missing:
        lines.append(_line("no_calendar", language))
    else:
        lines.append(_term(procedure.deadline, language))
        if procedure.deadline.kind == "working_days" and (days := _holidays(case, release)):
            lines.append(_line("holidays", language, days="; ".join(days)))
        at = date_and_hour(release, case.due_time, language)
        lines.append(_line("due", language, at=at))
    if not case.is_active and case.resolve_time is not None:
        at = date_and_hour(release, case.resolve_time, language)
        lines.append(_line("stopped", language, at=at))
    runs = case.is_active and not case.calendar_missing
    return PlainClock(
        effective_time=case.open_time,
        legal_time=case.legal_time,
        first_answer_due_time=case.first_answer_due_time,
        due_time=case.due_time,
        working_days_left=_days_left(case, release, now) if runs else None,
        overdue=runs and now > case.due_time,
        explanation=tuple(lines),
    )


def _line(key: str, language: Language, **values: str) -> str:
    return _LINES[key][language].format(**values)


def _term(deadline: Deadline, language: Language) -> str:
    return _TERMS[deadline.kind][language].format(amount=deadline.amount)


def _holidays(case: Case, release: Release) -> list[str]:
    """Public holidays on weekdays between entry and the end of the term."""
    zone = release.city.timezone
    first, last = case.open_time.astimezone(zone).date(), case.due_time.astimezone(zone).date()
    return [
        f"{holiday.day:%d/%m/%Y} ({holiday.name})"
        for holiday in release.holidays
        if first < holiday.day <= last and holiday.day.weekday() in release.legal_weekdays
    ][:_MOST_HOLIDAYS]


def _days_left(case: Case, release: Release, now: datetime) -> int | None:
    if case.unit_id not in release.units:
        return None
    hours: WorkingTime = release.working_time(case.unit_id)
    zone = release.city.timezone
    day, last = now.astimezone(zone).date(), case.due_time.astimezone(zone).date()
    if now >= case.due_time:
        return 0
    left = 0
    try:
        for _ in range(_MOST_DAYS):
            if day >= last:
                return left
            day += timedelta(days=1)
            left += hours.is_legal_day(day)
    except CalendarYearMissing:
        return None
    return None
