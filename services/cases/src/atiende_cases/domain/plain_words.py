"""What a citizen reads of a case: no code, no jargon, in the citizen's language.

The words of a state come from the procedure in the city's release; what the release cannot know
(who has the case, what happens next) is said here, in Spanish or English.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from atiende_cases.domain.case import Case, HistoryEntry
from atiende_cases.domain.change import procedure_of
from atiende_cases.domain.lifecycle import may_reopen
from atiende_cases.domain.message import Message
from atiende_cases.domain.values import Attachment, Channel, Direction, Status
from atiende_city.release import Release
from atiende_city.render import date_and_hour, long_date

Language = Literal["es", "en"]
Author = Literal["you", "staff", "city"]
LANGUAGES: Final[tuple[Language, ...]] = ("es", "en")

_TEXTS: Final[dict[str, dict[Language, str]]] = {
    "receiving_status": {
        "es": "Recibimos su solicitud y la estamos registrando.",
        "en": "We have your request and are registering it.",
    },
    "receiving_next": {
        "es": "En unos minutos tendrá su folio aquí mismo. No tiene que enviarla de nuevo.",
        "en": "Your reference will show here in a few minutes. You need not send it again.",
    },
    "open_status": {
        "es": "Su caso está abierto en {unit}.",
        "en": "Your case is open at {unit}.",
    },
    "waiting_status": {
        "es": "Esperamos una respuesta suya.",
        "en": "We are waiting for your answer.",
    },
    "resolved_status": {"es": "Su caso fue resuelto.", "en": "Your case is resolved."},
    "closed_status": {"es": "Su caso terminó.", "en": "Your case is over."},
    "queue_next": {
        "es": "Una persona de {unit} lo tomará. La primera respuesta debe llegarle antes del "
        "{first}.",
        "en": "Somebody of {unit} will take it. You should have a first answer by {first}.",
    },
    "queue_late_next": {
        "es": "Una persona de {unit} debe tomarlo y está demorada. La respuesta vence el {due}.",
        "en": "Somebody of {unit} should have taken it and is late. The answer is due on {due}.",
    },
    "work_next": {
        "es": "{name} de {unit} está trabajando en su caso. La respuesta vence el {due}.",
        "en": "{name} of {unit} is working on your case. The answer is due on {due}.",
    },
    "team_next": {
        "es": "Una persona de {unit} está trabajando en su caso. La respuesta vence el {due}.",
        "en": "Somebody of {unit} is working on your case. The answer is due on {due}.",
    },
    "overdue_next": {
        "es": "La respuesta debió llegarle el {due}. {unit} la tiene pendiente con prioridad.",
        "en": "You should have been answered on {due}. It is overdue at {unit} and goes first.",
    },
    "waiting_next": {
        "es": "Responda lo que le preguntamos para que podamos continuar.",
        "en": "Answer what we asked you, so that we can go on.",
    },
    "reopen_next": {
        "es": "Si el problema sigue, díganoslo aquí hasta el {until} y reabrimos el mismo caso.",
        "en": "If the problem goes on, tell us here until {until} and we reopen the same case.",
    },
    "over_next": {
        "es": "No tiene que hacer nada más. Si el problema vuelve, presente una solicitud nueva.",
        "en": "You need do nothing more. If the problem comes back, file a new request.",
    },
    "you": {"es": "Usted", "en": "You"},
    "assigned": {"es": "{name} tiene su caso.", "en": "{name} has your case."},
    "assigned_team": {
        "es": "Una persona de la dependencia tiene su caso.",
        "en": "Somebody of the department has your case.",
    },
    "transfer_accepted": {
        "es": "Su caso pasó a {unit}. El folio es el mismo.",
        "en": "Your case went to {unit}. The reference stays the same.",
    },
    "merged": {
        "es": "Su solicitud se atiende junto con otras iguales. Lo que respondamos le llegará a "
        "usted también, con este mismo folio.",
        "en": "Your request is attended together with others like it. Whatever we answer reaches "
        "you as well, under this same reference.",
    },
    "unmerged": {
        "es": "Su solicitud vuelve a atenderse por separado.",
        "en": "Your request is attended on its own again.",
    },
    "resolved": {"es": "Resultado: {outcome}", "en": "Outcome: {outcome}"},
    "reopened": {"es": "El caso se reabrió.", "en": "The case was reopened."},
    "reopened_note": {
        "es": "Usted pidió reabrirlo: {note}",
        "en": "You asked to reopen it: {note}",
    },
}


@dataclass(frozen=True, slots=True)
class Saying:
    """State and next step of a case.

    Attributes:
        question: what the city asked and waits to hear; empty when it waits for nothing.
    """

    status_text: str
    next_step_text: str
    question: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the timeline as its citizen sees it.

    Attributes:
        event: what happened, for a line that is no message: "resolved" …; empty for messages.
    """

    time: datetime
    author_kind: Author
    author: str
    text: str
    event: str = ""
    direction: Direction | None = None
    channel: Channel | None = None
    attachments: tuple[Attachment, ...] = ()


def say(key: str, language: Language, **values: str) -> str:
    """A sentence of ours."""
    return _TEXTS[key][language].format(**values)


def receiving(language: Language) -> Saying:
    """Of a case that is not opened yet."""
    return Saying(say("receiving_status", language), say("receiving_next", language))


def saying_of(
    case: Case, release: Release, language: Language, *, now: datetime, question: str = ""
) -> Saying:
    """State and next step in plain words.

    Args:
        case: the case.
        release: in force.
        language: of the words.
        now: domain time.
        question: the last thing that staff wrote, which a waiting case waits to hear about.
    """
    return Saying(
        status_text=_status_text(case, release, language),
        next_step_text=_next_step(case, release, language, now),
        question=question if case.status is Status.WAITING_CITIZEN else "",
    )


def first_name(name: str) -> str:
    """The first name of a member of staff: a surname is nobody's business here."""
    return next(iter(name.split()), "")


def unit_name(release: Release, unit_id: str, language: Language) -> str:
    """Name of a unit; its id for one that a later release dropped."""
    unit = release.units.get(unit_id)
    return unit_id if unit is None else unit.name.to(language)


def _status_text(case: Case, release: Release, language: Language) -> str:
    state = procedure_of(release, case.procedure_code).state(case.state)
    if state is not None and state.public_text:
        return state.public_text.to(language)
    key = {
        Status.OPEN: "open_status",
        Status.WAITING_CITIZEN: "waiting_status",
        Status.RESOLVED: "resolved_status",
        Status.CLOSED: "closed_status",
    }[case.status]
    return say(key, language, unit=unit_name(release, case.unit_id, language))


def _next_step(case: Case, release: Release, language: Language, now: datetime) -> str:
    if case.status is Status.WAITING_CITIZEN:
        return say("waiting_next", language)
    if may_reopen(case, now) and case.reopen_until is not None:
        until = date_and_hour(release, case.reopen_until, language)
        return say("reopen_next", language, until=until)
    if not case.is_active:
        return say("over_next", language)
    unit = unit_name(release, case.unit_id, language)
    due = long_date(release, case.due_time, language)
    if now > case.due_time:
        return say("overdue_next", language, unit=unit, due=due)
    if case.assignee_id:
        name = first_name(case.assignee_name)
        key = "work_next" if name else "team_next"
        return say(key, language, name=name, unit=unit, due=due)
    if case.first_answer_time is None and now <= case.first_answer_due_time:
        first = date_and_hour(release, case.first_answer_due_time, language)
        return say("queue_next", language, unit=unit, first=first)
    if case.first_answer_time is None:
        return say("queue_late_next", language, unit=unit, due=due)
    return say("team_next", language, unit=unit, due=due)


def lines_of(
    case: Case, messages: list[Message], release: Release, language: Language
) -> list[Line]:
    """The timeline without what is the desk's own: notes, surnames, codes, moves inside."""
    lines = [
        _message_line(message, case, release, language)
        for message in messages
        if message.direction is not Direction.NOTE
    ]
    lines += [
        line
        for entry in case.history
        if (line := _event_line(entry, case, release, language)) is not None
    ]
    # Sorting is stable: messages of one instant keep their own order.
    return sorted(lines, key=lambda line: line.time)


def _message_line(message: Message, case: Case, release: Release, language: Language) -> Line:
    kind, author = _author(message, case, release, language)
    return Line(
        time=message.order_time,
        author_kind=kind,
        author=author,
        text=message.text,
        direction=message.direction,
        channel=message.channel,
        attachments=message.attachments,
    )


def _author(
    message: Message, case: Case, release: Release, language: Language
) -> tuple[Author, str]:
    if message.direction is Direction.INBOUND:
        return "you", say("you", language)
    if message.direction is Direction.AUTOMATIC:
        return "city", release.city.short_name
    unit = unit_name(release, case.unit_id, language)
    name = first_name(message.actor.name)
    return "staff", f"{name} · {unit}" if name else unit


def _event_line(
    entry: HistoryEntry, case: Case, release: Release, language: Language
) -> Line | None:
    author: Author = "city"
    if entry.kind == "assigned":
        name = first_name(entry.actor.name)
        text = say("assigned" if name else "assigned_team", language, name=name)
    elif entry.kind == "transfer_accepted":
        unit_id = entry.detail.rpartition(" → ")[2]
        text = say("transfer_accepted", language, unit=unit_name(release, unit_id, language))
    elif entry.kind == "resolved":
        outcome = procedure_of(release, case.procedure_code).outcome(entry.detail)
        if outcome is None:
            return None
        named = say("resolved", language, outcome=outcome.name.to(language))
        text = f"{named}\n{outcome.text.to(language)}".strip()
    elif entry.kind in {"merged", "unmerged"}:
        text = say(entry.kind, language)
    elif entry.kind == "reopened":
        text = say("reopened", language)
        if entry.actor.id == case.citizen_id and entry.note:
            author, text = "you", say("reopened_note", language, note=entry.note)
    else:
        return None
    label = say("you", language) if author == "you" else release.city.short_name
    return Line(entry.time, author, label, text, event=entry.kind)
