"""Checks of units, hours and the calendar."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from atiende_catalog.domain.problem import Problem, listing, pointer
from atiende_city.parse import minutes_of

HORIZON_DAYS = 180
"""How far ahead the calendar must reach: the longest legal term (30 working days, doubled when it
is extended) and some air to publish the next year's holidays in time."""


def check_city(content: Any) -> Iterator[Problem]:
    """Checks what the city says of itself."""
    city = content["city"]
    try:
        ZoneInfo(city["timezone"])
    except (ZoneInfoNotFoundError, ValueError, OSError):
        yield Problem(
            "/city/timezone",
            f"La zona horaria «{city['timezone']}» no existe.",
            "Use un nombre de la base IANA, por ejemplo America/Bogota.",
        )
    if city["default_language"] not in city["languages"]:
        yield Problem(
            "/city/default_language",
            "El idioma por defecto no está entre los idiomas de la ciudad.",
            "Agréguelo a /city/languages o cambie el idioma por defecto.",
        )
    if city["quiet_hours"]["start"] == city["quiet_hours"]["end"]:
        yield Problem(
            "/city/quiet_hours",
            "Las horas de silencio empiezan y terminan a la misma hora.",
            "Cambie una de las dos.",
        )
    if city["default_procedure"] not in content["procedures"]:
        yield Problem(
            "/city/default_procedure",
            f"El trámite «{city['default_procedure']}» no existe.",
            f"Use uno de estos: {listing(content['procedures'])}.",
        )


def check_units(units: Any, known: set[str]) -> Iterator[Problem]:
    """Checks that every unit opens and that its intervals are apart.

    Args:
        units: Units whose shape is right.
        known: Ids of all units, also of broken ones.
    """
    for unit_id, unit in units.items():
        parent = unit.get("parent")
        if parent is not None and (parent not in known or parent == unit_id):
            yield Problem(
                pointer(["units", unit_id, "parent"]),
                f"La dependencia «{parent}» no existe o es ella misma.",
                f"Use una de estas: {listing(known - {unit_id})}.",
            )
        if not any(unit["hours"].values()):
            yield Problem(
                pointer(["units", unit_id, "hours"]),
                "La dependencia no abre ningún día.",
                'Agregue al menos un horario, por ejemplo "mon": ["07:30-12:00"].',
            )
        for day, spans in unit["hours"].items():
            yield from _check_day(["units", unit_id, "hours", day], spans)


def _check_day(path: list[str], spans: list[str]) -> Iterator[Problem]:
    ordered: list[tuple[int, int, int, str]] = []
    for index, span in enumerate(spans):
        opening, closing = span.split("-")
        ordered.append((minutes_of(opening), minutes_of(closing), index, span))
    previous_end, previous = -1, ""
    for start, end, index, span in sorted(ordered):
        if start >= end:
            yield Problem(
                pointer([*path, index]),
                f"El horario «{span}» termina antes de empezar.",
                "Ponga primero la hora de apertura; un turno no puede pasar la medianoche.",
            )
            continue
        if start < previous_end:
            yield Problem(
                pointer([*path, index]),
                f"El horario «{span}» se cruza con «{previous}».",
                "Separe los horarios o déjelos como uno solo.",
            )
        if end > previous_end:
            previous_end, previous = end, span


def check_calendar(content: Any, today: date) -> Iterator[Problem]:
    """Checks that the holidays of every needed year are there, each once."""
    calendar = content["calendar"]
    years = set(calendar["years"])
    seen: dict[str, int] = {}
    with_holidays = set()
    for index, holiday in enumerate(calendar["holidays"]):
        day = holiday["date"]
        year = int(day[:4])
        with_holidays.add(year)
        if day in seen:
            yield Problem(
                pointer(["calendar", "holidays", index, "date"]),
                f"El festivo {day} está repetido (ya está en la posición {seen[day]}).",
                "Quite uno de los dos.",
            )
        seen.setdefault(day, index)
        if year not in years:
            yield Problem(
                pointer(["calendar", "holidays", index, "date"]),
                f"El festivo {day} es de un año que el calendario no declara.",
                "Agregue el año a /calendar/years cuando estén todos sus festivos, o quítelo.",
            )
    for year in sorted(years - with_holidays):
        yield Problem(
            "/calendar/years",
            f"El año {year} no tiene ningún festivo.",
            "Agregue los festivos de ese año o quite el año.",
        )
    horizon = today + timedelta(days=HORIZON_DAYS)
    for year in range(today.year, horizon.year + 1):
        if year not in years:
            yield Problem(
                "/calendar/years",
                f"Faltan los festivos del año {year}.",
                "Agregue todos los festivos de ese año: sin ellos no se pueden calcular los"
                " términos legales.",
            )
