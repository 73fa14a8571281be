"""What everybody may read, as the HTTP API gives it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final, Literal, Self

from pydantic import Field

from atiende_catalog.domain.search import Found, Piece
from atiende_catalog.entrypoints.http.models import View
from atiende_city.errors import CalendarYearMissing
from atiende_city.form_language import in_language
from atiende_city.model import (
    ATTACHMENTS,
    PLACE,
    WEEKDAYS,
    Asked,
    Deadline,
    FaqEntry,
    Procedure,
    Unit,
    Weekday,
)
from atiende_city.release import Release

_DEADLINES: Final = {
    "es": {
        "working_days": ("{} día hábil", "{} días hábiles"),
        "working_hours": ("{} hora hábil", "{} horas hábiles"),
        "hours": ("{} hora", "{} horas"),
    },
    "en": {
        "working_days": ("{} working day", "{} working days"),
        "working_hours": ("{} working hour", "{} working hours"),
        "hours": ("{} hour", "{} hours"),
    },
}


class Named(View):
    """Something with an id and a name."""

    id: str
    name: str


class DeadlineView(View):
    """The term of a procedure."""

    kind: Literal["working_days", "working_hours", "hours"]
    amount: int
    text: str = Field(examples=["15 días hábiles"])

    @classmethod
    def of(cls, deadline: Deadline, language: str) -> Self:
        """Makes the view."""
        one, many = _DEADLINES.get(language, _DEADLINES["es"])[deadline.kind]
        text = (one if deadline.amount == 1 else many).format(deadline.amount)
        return cls(kind=deadline.kind, amount=deadline.amount, text=text)


class SpanView(View):
    """Hours without a break, in the city's time."""

    opens: str = Field(examples=["07:00"])
    closes: str = Field(examples=["12:00"])


class DayView(View):
    """The hours of a weekday; none when it is closed."""

    weekday: Weekday
    spans: list[SpanView]


class OfficeView(View):
    """A place where people may go, with its hours."""

    id: str
    name: str
    address: str
    phone: str
    email: str
    hours: list[DayView] = Field(description="Monday to Sunday.")
    open_now: bool
    next_opening: datetime | None = Field(description="Null while it is open, or when unknown.")

    @classmethod
    def of(cls, release: Release, unit: Unit, language: str, now: datetime) -> Self:
        """Makes the view."""
        try:
            clock = release.working_time(unit.id)
            open_now = clock.is_open(now)
            opening = None if open_now else clock.next_opening(now)
        except (CalendarYearMissing, ValueError):
            # Without a calendar nobody can say; a closed door must not be promised open.
            open_now, opening = False, None
        return cls(
            id=unit.id,
            name=unit.name.to(language),
            address=unit.address,
            phone=unit.phone,
            email=unit.email,
            hours=[
                DayView(
                    weekday=name,
                    spans=[
                        SpanView(opens=_clock(start), closes=_clock(end))
                        for start, end in unit.hours.get(number, ())
                    ],
                )
                for number, name in enumerate(WEEKDAYS)
            ],
            open_now=open_now,
            next_opening=opening,
        )


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


class OfficeList(View):
    """The city's offices, by name."""

    release_version: int
    items: list[OfficeView]


class ProcedureSummary(View):
    """A procedure in the list."""

    code: str
    name: str
    description: str
    audience: str
    category: str
    unit: Named
    cost: str
    online: bool
    deadline: DeadlineView
    channels: list[str] = Field(
        description="By which ways it can be asked for; one of them needs no screen.",
        examples=[["portal", "webchat", "whatsapp", "email", "counter", "phone"]],
    )

    @classmethod
    def fields_of(cls, release: Release, procedure: Procedure, language: str) -> dict[str, Any]:
        """Returns the fields in a language."""
        unit = release.unit(procedure.unit_id)
        return {
            "code": procedure.code,
            "name": procedure.name.to(language),
            "description": procedure.description.to(language),
            "audience": procedure.audience.to(language),
            "category": release.city.category(procedure.category, language),
            "unit": Named(id=unit.id, name=unit.name.to(language)),
            "cost": procedure.cost.to(language),
            "online": procedure.online,
            "deadline": DeadlineView.of(procedure.deadline, language),
            "channels": list(procedure.channels),
        }

    @classmethod
    def of(cls, release: Release, procedure: Procedure, language: str) -> Self:
        """Makes the view."""
        return cls(**cls.fields_of(release, procedure, language))


class ProcedureList(View):
    """The procedures of the city, by name."""

    release_version: int
    items: list[ProcedureSummary]


class StateView(View):
    """A state that a case can be in."""

    id: str
    name: str
    kind: Literal["open", "waiting_citizen", "resolved", "closed"]
    text: str


class PageView(View):
    """Questions that are asked together."""

    id: str
    title: str
    help: str | None
    fields: list[str] = Field(
        description=f"Names of the form's fields; `{PLACE}` is the point on the map and"
        f" `{ATTACHMENTS}` the photos and other files, which are no fields.",
        examples=[["direccion", "barrio", PLACE]],
    )


class ProcedureView(ProcedureSummary):
    """Everything a citizen needs to know of a procedure."""

    release_version: int
    requirements: list[str]
    steps: list[str]
    result: str | None
    legal_basis: list[str]
    form: dict[str, Any] = Field(
        description="JSON Schema 2020-12 with titles in the asked language. `x-input` is"
        " `textarea` for a long text and `file` for a file, whose value is an attachment id."
    )
    pages: list[PageView] = Field(description="All fields in the order of asking.")
    place: Asked = Field(description="Whether a point on the map is asked for.")
    attachments: Asked = Field(description="Whether photos or other files are asked for.")
    offices: list[OfficeView] = Field(description="Where people may go; the first one answers.")
    states: list[StateView]
    first_answer_minutes: int
    reopen_hours: int
    faq: list[FaqView]

    @classmethod
    def whole(cls, release: Release, procedure: Procedure, language: str, now: datetime) -> Self:
        """Makes the view."""
        return cls(
            **cls.fields_of(release, procedure, language),
            release_version=release.version,
            requirements=[item.to(language) for item in procedure.requirements],
            steps=[item.to(language) for item in procedure.steps],
            result=procedure.result.to(language) if procedure.result else None,
            legal_basis=list(procedure.legal_basis),
            form=in_language(procedure.form, language),
            pages=_pages(procedure, language),
            place=procedure.place,
            attachments=procedure.attachments,
            offices=[
                OfficeView.of(release, release.unit(office), language, now)
                for office in procedure.offices
            ],
            states=[
                StateView(
                    id=state.id,
                    name=state.name.to(language),
                    kind=state.kind,
                    text=state.public_text.to(language),
                )
                for state in procedure.states
            ],
            first_answer_minutes=procedure.first_answer_minutes,
            reopen_hours=procedure.reopen_hours,
            faq=[
                FaqView.of(entry, language)
                for _, entry in sorted(release.faq.items())
                if entry.procedure == procedure.code
            ],
        )


def _pages(procedure: Procedure, language: str) -> list[PageView]:
    if procedure.pages:
        return [
            PageView(
                id=page.id,
                title=page.title.to(language),
                help=page.help.to(language) if page.help else None,
                fields=list(page.fields),
            )
            for page in procedure.pages
        ]
    beside = [(PLACE, procedure.place), (ATTACHMENTS, procedure.attachments)]
    fields = [*procedure.form["properties"], *(mark for mark, asked in beside if asked != "none")]
    return [PageView(id="form", title=procedure.name.to(language), help=None, fields=fields)]


class FaqView(View):
    """A question with its answer."""

    key: str
    question: str
    answer: str
    procedure: str | None

    @classmethod
    def of(cls, entry: FaqEntry, language: str) -> Self:
        """Makes the view."""
        return cls(
            key=entry.key,
            question=entry.question.to(language),
            answer=entry.answer.to(language),
            procedure=entry.procedure,
        )


class FaqList(View):
    """Questions, best first."""

    release_version: int
    items: list[FaqView]


class PieceView(View):
    """A piece of a text; ``hit`` when it is a word that was looked for."""

    text: str
    hit: bool


class FoundView(View):
    """A procedure or a question that fits; joined, the pieces are the text."""

    kind: Literal["procedure", "faq"]
    key: str = Field(description="Code of the procedure, or key of the question.")
    title: list[PieceView]
    snippet: list[PieceView]
    procedure: str | None = Field(description="Procedure that it is, or that it is about.")
    score: float

    @classmethod
    def of(cls, found: Found) -> Self:
        """Makes the view."""
        return cls(
            kind=found.kind,
            key=found.key,
            title=_pieces(found.title),
            snippet=_pieces(found.snippet),
            procedure=found.procedure,
            score=found.score,
        )


def _pieces(pieces: tuple[Piece, ...]) -> list[PieceView]:
    return [PieceView(text=piece.text, hit=piece.hit) for piece in pieces]


class FoundList(View):
    """Procedures and questions, best first."""

    release_version: int
    items: list[FoundView]


class EmergencyNumberView(View):
    """A number to call when life is in danger."""

    number: str
    name: str


class CityView(View):
    """What everybody may know of the city."""

    name: str
    short_name: str
    timezone: str
    default_language: str
    languages: list[str]
    phone: str
    email: str
    whatsapp: str
    address: str
    emergency_text: str
    emergency_numbers: list[EmergencyNumberView]
    crisis_text: str | None = Field(description="Banner of crisis mode; null while it is off.")
    release_version: int

    @classmethod
    def of(cls, release: Release, language: str) -> Self:
        """Makes the view."""
        city = release.city
        return cls(
            name=city.name.to(language),
            short_name=city.short_name,
            timezone=str(city.timezone),
            default_language=city.default_language,
            languages=list(city.languages),
            phone=city.phone,
            email=city.email,
            whatsapp=city.whatsapp,
            address=city.address,
            emergency_text=city.emergency.text.to(language),
            emergency_numbers=[
                EmergencyNumberView(number=one.number, name=one.name.to(language))
                for one in city.emergency.numbers
            ],
            crisis_text=release.crisis.text.to(language) if release.crisis.active else None,
            release_version=release.version,
        )
