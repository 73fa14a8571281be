"""Rendering of templates, and the values that every template may use.

Jinja runs in its sandbox with strict placeholders: a template comes from an administrator, not from
a programmer, and a hole in a letter of the city must fail loudly and before it is sent. E-mails of
the platform are plain text, so nothing is escaped as HTML.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

import jinja2
from jinja2 import meta, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from atiende_city.errors import TemplateBroken
from atiende_city.model import Answer, Template
from atiende_city.release import Release

SAMPLES: Mapping[str, str] = {
    "city_name": "Ciudad de San Aurelio",
    "city_phone": "+57 601 555 0100",
    "portal_url": "https://sanaurelio.example",
    "folio": "SA-2026-0000123-K",
    "citizen_name": "Marta",
    "procedure_name": "Alumbrado público",
    "unit_name": "Dirección de Alumbrado Público",
    "state_name": "En revisión",
    "state_text": "Una persona de la dependencia está revisando su caso.",
    "due_date": "lunes 14 de diciembre de 2026",
    "next_opening": "lunes 23 de noviembre a las 07:30",
    "reopen_hours": "72",
    "outcome_name": "Reparado",
    "outcome_text": "La luminaria quedó reparada y encendida.",
    "message": "¿Nos puede indicar el número del poste?",
    "case_url": "https://sanaurelio.example/casos/SA-2026-0000123-K",
    "survey_question": "¿Cómo califica la atención?",
    "score": "5",
    "emergency_numbers": "123 (Línea única de emergencias)",
    "tracking_secret": "K7QM-2XHD-9ZRT",
    "effective_time": "domingo 22 de noviembre a las 21:14",
    "legal_time": "lunes 23 de noviembre a las 07:30",
    "survey_url": "https://sanaurelio.example/encuesta#…",
    "code": "481 203",
}
"""Every placeholder that exists, with the value that previews show."""

_EMPTY_LINES = re.compile(r"\n(?:[ \t]*\n){2,}")
_WEEKDAYS = {
    "es": ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
_MONTHS = {
    "es": (
        *("enero", "febrero", "marzo", "abril", "mayo", "junio"),
        *("julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"),
    ),
    "en": (
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
}

_environment = ImmutableSandboxedEnvironment(
    undefined=jinja2.StrictUndefined,
    autoescape=False,
    keep_trailing_newline=False,
)
# A letter needs holes, conditions and nothing else; a loop over range() could stall a worker.
_ALLOWED = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.If,
    nodes.Const,
    nodes.Compare,
    nodes.Operand,
    nodes.And,
    nodes.Or,
    nodes.Not,
)


@dataclass(frozen=True, slots=True)
class Rendered:
    """A text ready to send."""

    subject: str | None
    text: str


@lru_cache(maxsize=4_000)
def placeholders(source: str) -> frozenset[str]:
    """Returns the names that a template uses.

    Raises:
        TemplateBroken: a syntax error, or an element of Jinja that letters may not use.
    """
    try:
        tree = _environment.parse(source)
    except jinja2.TemplateSyntaxError as error:
        raise TemplateBroken(f"línea {error.lineno}: {error.message}") from error
    for node in tree.find_all(nodes.Node):
        if not isinstance(node, _ALLOWED):
            raise TemplateBroken(
                f"línea {node.lineno}: «{type(node).__name__}» no está permitido; use solo"
                " {{ dato }} y {% if dato %}"
            )
    return frozenset(meta.find_undeclared_variables(tree))


@lru_cache(maxsize=2_000)
def _compiled(source: str) -> jinja2.Template:
    placeholders(source)
    return _environment.from_string(source)


def render_text(source: str, values: Mapping[str, str]) -> str:
    """Fills one text.

    Raises:
        TemplateBroken: a syntax error or a missing value.
    """
    try:
        # An `{% if %}` on a line of its own leaves an empty line behind.
        return _EMPTY_LINES.sub("\n\n", _compiled(source).render(values)).strip()
    except jinja2.UndefinedError as error:
        raise TemplateBroken(str(error.message)) from error


def render(template: Template, values: Mapping[str, str]) -> Rendered:
    """Fills a template; a subject becomes one line.

    Raises:
        TemplateBroken: a syntax error or a missing value.
    """
    subject = render_text(template.subject, values) if template.subject is not None else None
    return Rendered(
        subject=" ".join(subject.split()) if subject is not None else None,
        text=render_text(template.text, values),
    )


def render_answer(answer: Answer, language: str, values: Mapping[str, str]) -> str:
    """Fills an approved answer in a language, or in the default one when it is not translated.

    Args:
        answer: The answer.
        language: "es", "en" …
        values: From `standard_values`.

    Raises:
        TemplateBroken: a missing value.
    """
    return render_text(answer.text.to(language), values)


def long_date(release: Release, instant: datetime, language: str) -> str:
    """Writes a date of the city in words: "lunes 14 de diciembre de 2026"."""
    local = instant.astimezone(release.city.timezone)
    weekday, month = _weekday_and_month(local, language)
    if language == "en":
        return f"{weekday}, {month} {local.day}, {local.year}"
    return f"{weekday} {local.day} de {month} de {local.year}"


def date_and_hour(release: Release, instant: datetime, language: str) -> str:
    """Writes an instant in the city's time: "lunes 23 de noviembre a las 07:30"."""
    local = instant.astimezone(release.city.timezone)
    weekday, month = _weekday_and_month(local, language)
    if language == "en":
        return f"{weekday}, {month} {local.day} at {local:%H:%M}"
    return f"{weekday} {local.day} de {month} a las {local:%H:%M}"


def _weekday_and_month(local: datetime, language: str) -> tuple[str, str]:
    names = language if language in _WEEKDAYS else "es"
    return _WEEKDAYS[names][local.weekday()], _MONTHS[names][local.month - 1]


def standard_values(
    release: Release,
    *,
    language: str,
    now: datetime,
    folio: str = "",
    citizen_name: str = "",
    procedure_code: str = "",
    unit_id: str = "",
    state: str = "",
    outcome_code: str = "",
    due_time: datetime | None = None,
    open_time: datetime | None = None,
    legal_time: datetime | None = None,
    extra: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """Returns a value for every placeholder of `SAMPLES`, from what a case event says.

    What is not known is an empty text, so that ``{% if citizen_name %}`` works; ``extra`` wins.
    Unknown codes give empty names: a case may have been opened under an older release.
    """
    city = release.city
    procedure = release.procedures.get(procedure_code)
    unit = release.units.get(unit_id)
    found_state = procedure.state(state) if procedure else None
    outcome = procedure.outcome(outcome_code) if procedure else None
    survey = release.survey()
    opening = release.working_time(unit.id).next_opening(now) if unit else None
    if legal_time is not None and legal_time > now:
        # What was filed out of hours is read when the office next opens: that is the legal time.
        opening = legal_time
    values = dict.fromkeys(SAMPLES, "")
    values |= {
        "city_name": city.name.to(language),
        "city_phone": city.phone,
        "portal_url": city.portal_url,
        "folio": folio,
        "citizen_name": citizen_name,
        "case_url": f"{city.portal_url}/casos/{folio}" if folio else "",
        "procedure_name": procedure.name.to(language) if procedure else "",
        "unit_name": unit.name.to(language) if unit else "",
        "state_name": found_state.name.to(language) if found_state else "",
        "state_text": found_state.public_text.to(language) if found_state else "",
        "due_date": long_date(release, due_time, language) if due_time else "",
        "next_opening": date_and_hour(release, opening, language) if opening else "",
        "effective_time": date_and_hour(release, open_time, language) if open_time else "",
        "legal_time": date_and_hour(release, legal_time, language) if legal_time else "",
        "reopen_hours": str(procedure.reopen_hours) if procedure else "",
        "outcome_name": outcome.name.to(language) if outcome else "",
        "outcome_text": outcome.text.to(language) if outcome else "",
        "survey_question": survey.question.to(language) if survey else "",
        "emergency_numbers": ", ".join(
            f"{number.number} ({number.name.to(language)})" for number in city.emergency.numbers
        ),
    }
    return values | dict(extra or {})
