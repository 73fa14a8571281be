"""Why a case is due when it is due, step by step, so that nobody has to count days by hand.

The steps repeat the computation of `clocks_of` and name what it stepped over. When they do not come
to the stored times (the calendar was corrected after the case was opened), that is said as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final

from atiende_cases.domain.case import Case
from atiende_cases.domain.change import procedure_of
from atiende_cases.domain.values import Status
from atiende_city.clocks import clocks_of
from atiende_city.errors import CalendarYearMissing
from atiende_city.model import Procedure
from atiende_city.release import Release
from atiende_city.render import date_and_hour, long_date
from atiende_city.working_time import WorkingTime

_MOST_DAYS: Final = 3_700


@dataclass(frozen=True, slots=True)
class ClockStep:
    """One step.

    Attributes:
        kind: "entry", "legal", "first_answer", "counting", "due", "waiting", "stopped",
            "calendar_missing", "changed" or "joined".
        text: the same in each language, "es" and "en".
        data: what the text was made of, for a screen that draws it.
    """

    kind: str
    time: datetime | None
    text: Mapping[str, str]
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ClockStory:
    """The clocks of a case.

    Attributes:
        working_days_left: days that still count until it is due; negative when they are over;
            None when the procedure counts hours or the calendar does not say.
    """

    steps: tuple[ClockStep, ...]
    working_days_left: int | None


@dataclass(frozen=True, slots=True)
class SkippedDay:
    """A day that does not count: a weekend, or a holiday by its name."""

    day: date
    holiday: str = ""


def explain_clocks(case: Case, release: Release, now: datetime) -> ClockStory:
    """Tells how the clocks of a case were computed, and what is left of them."""
    procedure = procedure_of(release, case.procedure_code)
    hours = release.working_time(procedure.unit_id)
    entry = _entry(case, release)
    if case.calendar_missing:
        return ClockStory((entry, _missing(case, release)), None)
    try:
        steps = [
            entry,
            _legal(case, release, procedure, hours),
            _first_answer(case, release, procedure),
            *_term(case, release, procedure, hours),
            *_now(case, release),
        ]
        left = _days_left(case, release, procedure, hours, now)
        again = clocks_of(procedure, release, case.open_time)
    except CalendarYearMissing:
        return ClockStory((entry, _missing(case, release)), None)
    stored = (case.legal_time, case.first_answer_due_time, case.due_time)
    if stored != (again.legal_time, again.first_answer_due_time, again.due_time):
        steps.append(_changed(case, release))
    if case.duplicates:
        steps.append(_joined(case, release))
    return ClockStory(tuple(steps), left)


def _joined(case: Case, release: Release) -> ClockStep:
    """Of several requests for one matter the clock that ends first holds."""
    folios = ", ".join(one.folio for one in case.duplicates)
    claim = case.claim
    due = {lang: date_and_hour(release, claim.due_time, lang) for lang in ("es", "en")}
    return ClockStep(
        "joined",
        claim.due_time,
        {
            "es": f"Se atiende junto con {folios}: vale el plazo que vence primero, el "
            f"{due['es']}.",
            "en": f"It is attended together with {folios}: the term that ends first holds, "
            f"{due['en']}.",
        },
        {"folios": [one.folio for one in case.duplicates]},
    )


def _entry(case: Case, release: Release) -> ClockStep:
    when = {lang: date_and_hour(release, case.open_time, lang) for lang in ("es", "en")}
    return ClockStep(
        "entry",
        case.open_time,
        {
            "es": f"El mensaje entró el {when['es']} y desde entonces consta en el registro.",
            "en": f"The message arrived on {when['en']} and is on record since then.",
        },
    )


def _legal(case: Case, release: Release, procedure: Procedure, hours: WorkingTime) -> ClockStep:
    unit = release.units[procedure.unit_id]
    names = {lang: unit.name.to(lang) for lang in ("es", "en")}
    if not case.out_of_hours:
        return ClockStep(
            "legal",
            case.legal_time,
            {
                "es": f"{names['es']} estaba abierta: el plazo de atención corre desde la entrada.",
                "en": f"{names['en']} was open: the answering time runs from the arrival.",
            },
            {"reason": "open"},
        )
    local = case.open_time.astimezone(release.city.timezone).date()
    holiday = next((h.name for h in release.holidays if h.day == local), "")
    if holiday:
        why = {"es": f"era festivo ({holiday})", "en": f"it was a holiday ({holiday})"}
    elif not hours.is_legal_day(local):
        why = {"es": "era fin de semana", "en": "it was a weekend"}
    else:
        why = {"es": "estaba fuera de su horario", "en": "it was outside its hours"}
    opens = {lang: date_and_hour(release, case.legal_time, lang) for lang in ("es", "en")}
    reason = "holiday" if holiday else "weekend" if "fin de" in why["es"] else "closed"
    return ClockStep(
        "legal",
        case.legal_time,
        {
            "es": f"{names['es']} estaba cerrada ({why['es']}): a efectos legales se cuenta desde "
            f"su apertura, el {opens['es']}.",
            "en": f"{names['en']} was closed ({why['en']}): by law it counts from its opening on "
            f"{opens['en']}.",
        },
        {"reason": reason, "holiday": holiday},
    )


def _first_answer(case: Case, release: Release, procedure: Procedure) -> ClockStep:
    minutes = procedure.first_answer_minutes
    due = {lang: date_and_hour(release, case.first_answer_due_time, lang) for lang in ("es", "en")}
    text = {
        "es": f"La primera respuesta se debe en {_span(minutes, 'es')} de horario de atención: "
        f"hasta el {due['es']}.",
        "en": f"The first answer is due within {_span(minutes, 'en')} of working time: "
        f"by {due['en']}.",
    }
    if case.first_answer_time is not None:
        done = {lang: date_and_hour(release, case.first_answer_time, lang) for lang in text}
        text["es"] += f" Se dio el {done['es']}."
        text["en"] += f" It was given on {done['en']}."
    return ClockStep(
        "first_answer",
        case.first_answer_due_time,
        text,
        {"working_minutes": minutes, "answered_time": case.first_answer_time},
    )


def _span(minutes: int, language: str) -> str:
    whole, rest = divmod(minutes, 60)
    hour = {"es": ("hora", "horas"), "en": ("hour", "hours")}[language][whole != 1]
    minute = {"es": ("minuto", "minutos"), "en": ("minute", "minutes")}[language][rest != 1]
    parts = [*([f"{whole} {hour}"] if whole else []), *([f"{rest} {minute}"] if rest else [])]
    return {"es": " y ", "en": " and "}[language].join(parts) or f"0 {minute}"


def _term(
    case: Case, release: Release, procedure: Procedure, hours: WorkingTime
) -> list[ClockStep]:
    deadline = procedure.deadline
    due = {lang: date_and_hour(release, case.due_time, lang) for lang in ("es", "en")}
    law = "; ".join(procedure.legal_basis)
    end = ClockStep(
        "due",
        case.due_time,
        {"es": f"El caso vence el {due['es']}.", "en": f"The case is due on {due['en']}."},
        {"legal_basis": list(procedure.legal_basis)},
    )
    if deadline.kind != "working_days":
        kinds = {
            "working_hours": {"es": "horas de atención", "en": "working hours"},
            "hours": {"es": "horas corridas", "en": "hours round the clock"},
        }[deadline.kind]
        counting = ClockStep(
            "counting",
            None,
            {
                "es": f"El trámite se resuelve en {deadline.amount} {kinds['es']}.",
                "en": f"The procedure takes {deadline.amount} {kinds['en']}.",
            },
            {"unit": deadline.kind, "amount": deadline.amount},
        )
        return [counting, end]
    first = case.open_time.astimezone(release.city.timezone).date() + timedelta(days=1)
    counted, skipped = _count(first, deadline.amount, release, hours)
    last = {lang: long_date(release, case.due_time, lang) for lang in ("es", "en")}
    counting = ClockStep(
        "counting",
        None,
        {
            "es": f"El término es de {deadline.amount} días hábiles, contados desde el día "
            f"siguiente a la entrada; el último es el {last['es']}."
            f"{_told(skipped, 'es')}{f' Base: {law}.' if law else ''}",
            "en": f"The term is {deadline.amount} working days, counted from the day after the "
            f"arrival; the last one is {last['en']}.{_told(skipped, 'en')}"
            f"{f' Legal basis: {law}.' if law else ''}",
        },
        {
            "unit": "working_days",
            "amount": deadline.amount,
            "counted": [day.isoformat() for day in counted],
            "skipped": [
                {"day": one.day.isoformat(), "holiday": one.holiday or None} for one in skipped
            ],
        },
    )
    return [counting, end]


def _now(case: Case, release: Release) -> list[ClockStep]:
    """Whether the clock still runs: waiting does not hold it up, resolving ends it."""
    if case.status is Status.WAITING_CITIZEN:
        text = {
            "es": "Se espera a la persona, y el plazo sigue corriendo: esperar no lo detiene.",
            "en": "It waits for the person, and the clock goes on: waiting does not stop it.",
        }
        return [ClockStep("waiting", None, text)]
    if case.resolve_time is None or case.is_active:
        return []
    done = {lang: date_and_hour(release, case.resolve_time, lang) for lang in ("es", "en")}
    text = {
        "es": f"Se resolvió el {done['es']}; el plazo ya no corre.",
        "en": f"It was resolved on {done['en']}; the clock does not run any more.",
    }
    return [ClockStep("stopped", case.resolve_time, text)]


def _count(
    first: date, amount: int, release: Release, hours: WorkingTime
) -> tuple[list[date], list[SkippedDay]]:
    names = {holiday.day: holiday.name for holiday in release.holidays}
    counted: list[date] = []
    skipped: list[SkippedDay] = []
    for offset in range(_MOST_DAYS):
        if len(counted) == amount:
            break
        day = first + timedelta(days=offset)
        if hours.is_legal_day(day):
            counted.append(day)
        else:
            skipped.append(SkippedDay(day, names.get(day, "")))
    return counted, skipped


def _told(skipped: list[SkippedDay], language: str) -> str:
    holidays = [f"{one.day:%d/%m} ({one.holiday})" for one in skipped if one.holiday]
    weekend = len(skipped) - len(holidays)
    if language == "en":
        parts = [*([f"{weekend} weekend days"] if weekend else []), *holidays]
        return f" Not counted: {', '.join(parts)}." if parts else ""
    parts = [*([f"{weekend} días de fin de semana"] if weekend else []), *holidays]
    return f" No cuentan: {', '.join(parts)}." if parts else ""


def _days_left(
    case: Case, release: Release, procedure: Procedure, hours: WorkingTime, now: datetime
) -> int | None:
    """Days that count between today and the last one; today itself is not left any more."""
    if procedure.deadline.kind != "working_days":
        return None
    zone = release.city.timezone
    today, last = now.astimezone(zone).date(), case.due_time.astimezone(zone).date()
    early, late = sorted((today, last))
    days = (early + timedelta(days=n + 1) for n in range((late - early).days))
    count = sum(hours.is_legal_day(day) for day in days)
    return count if last >= today else -count


def _missing(case: Case, release: Release) -> ClockStep:
    years = ", ".join(str(year) for year in sorted(release.calendar_years))
    return ClockStep(
        "calendar_missing",
        case.due_time,
        {
            "es": f"El calendario de la ciudad solo cubre {years}: no se puede contar el término, "
            "y el caso figura como vencido para que alguien lo vea.",
            "en": f"The city's calendar covers {years} only: the term cannot be counted, and the "
            "case counts as due so that somebody sees it.",
        },
        {"years": sorted(release.calendar_years)},
    )


def _changed(case: Case, release: Release) -> ClockStep:
    return ClockStep(
        "changed",
        None,
        {
            "es": f"Las fechas se fijaron con la versión {case.release_version} de la "
            f"configuración; con la vigente ({release.version}) el cálculo da otro resultado.",
            "en": f"The dates were set with version {case.release_version} of the configuration; "
            f"with the present one ({release.version}) the sum comes out differently.",
        },
        {"release_version": case.release_version, "present_version": release.version},
    )
