"""What the HTTP API takes and gives."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from atiende_catalog.application.ports import Head
from atiende_catalog.domain.diff import Change
from atiende_catalog.domain.problem import Problem
from atiende_catalog.domain.publication import Draft, Publication
from atiende_city.model import FaqEntry, Procedure
from atiende_city.release import Release

Title = Annotated[str, Field(min_length=1, max_length=200, examples=["Festivos de 2028"])]
Note = Annotated[str, Field(max_length=500, examples=["Cambia el horario de Hacienda"])]
Version = Annotated[int, Field(ge=0, le=1_000_000, examples=[7])]
Content = Annotated[
    dict[str, Any],
    Field(description="Content of a release; see GET /release.", examples=[{"format": 1}]),
]


class Body(BaseModel):
    """A request: nothing that the API does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class View(BaseModel):
    """A response."""

    model_config = ConfigDict(frozen=True)


class NewDraft(Body):
    """Begins a draft; without content it copies what is in force."""

    title: Title
    content: Content | None = None


class DraftEdit(Body):
    """Replaces a draft; ``revision`` is the one that was read."""

    revision: Annotated[int, Field(ge=1, le=1_000_000_000)]
    title: Title
    content: Content


class PublishBody(Body):
    """Publishes; ``expected_version`` is the one in force that was compared with, 0 for none."""

    expected_version: Version
    note: Note = ""


class PreviewBody(Body):
    """Names a template of a draft."""

    template: Annotated[str, Field(pattern="^[a-z0-9_]{1,64}$", examples=["case_received"])]
    channel: Literal["webchat", "email", "whatsapp", "open311"]
    language: Annotated[str, Field(pattern="^[a-z]{2}$", examples=["es"])] = "es"


class PreviewView(View):
    """A rendered template with sample values."""

    subject: str | None
    text: str


class DraftSummary(View):
    """A draft without its content."""

    id: str
    title: str
    base_version: int
    revision: int
    author: str
    create_time: datetime
    update_time: datetime
    published_version: int | None

    @classmethod
    def of(cls, draft: Draft) -> Self:
        """Makes the view."""
        return cls.model_validate(draft, from_attributes=True)


class DraftList(View):
    """Drafts last worked on, newest first."""

    items: list[DraftSummary]


class DraftView(DraftSummary):
    """A draft."""

    content: dict[str, Any]


class ProblemView(View):
    """One thing that is wrong: where, what and what to do."""

    path: str = Field(examples=["/procedures/huecos-vias/unit"])
    what: str = Field(examples=["La dependencia «obras» no existe."])
    fix: str = Field(examples=["Use una de estas opciones: alumbrado, vias."])

    @classmethod
    def of(cls, problem: Problem) -> Self:
        """Makes the view."""
        return cls(path=problem.path, what=problem.what, fix=problem.fix)


class ValidationView(View):
    """Whether a draft can be published, and if not, all that is wrong."""

    valid: bool
    problems: list[ProblemView]


class ChangeView(View):
    """One difference."""

    path: str
    kind: Literal["added", "removed", "changed"]
    before: Any
    after: Any

    @classmethod
    def of(cls, change: Change) -> Self:
        """Makes the view."""
        return cls(path=change.path, kind=change.kind, before=change.before, after=change.after)


class DiffView(View):
    """What is different compared with a version; 0 stands for nothing."""

    against: int
    changes: list[ChangeView]


class ReleaseSummary(View):
    """A publication without its content."""

    version: int
    sha256: str
    publish_time: datetime
    publisher: str
    note: str
    rollback_of: int | None
    size_bytes: int

    @classmethod
    def of(cls, release: Head | Publication) -> Self:
        """Makes the view."""
        size = release.size_bytes if isinstance(release, Head) else len(release.content)
        return cls(
            version=release.version,
            sha256=release.sha256,
            publish_time=release.publish_time,
            publisher=release.publisher,
            note=release.note,
            rollback_of=release.rollback_of,
            size_bytes=size,
        )


class Named(View):
    """Something with an id and a name."""

    id: str
    name: str


class DeadlineView(View):
    """The term of a procedure."""

    kind: Literal["working_days", "working_hours", "hours"]
    amount: int


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

    @classmethod
    def fields_of(cls, release: Release, procedure: Procedure, language: str) -> dict[str, Any]:
        """Returns the fields in a language."""
        unit = release.unit(procedure.unit_id)
        deadline = procedure.deadline
        return {
            "code": procedure.code,
            "name": procedure.name.to(language),
            "description": procedure.description.to(language),
            "audience": procedure.audience.to(language),
            "category": procedure.category,
            "unit": Named(id=unit.id, name=unit.name.to(language)),
            "cost": procedure.cost.to(language),
            "online": procedure.online,
            "deadline": DeadlineView(kind=deadline.kind, amount=deadline.amount),
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


class ProcedureView(ProcedureSummary):
    """Everything a citizen needs to know of a procedure."""

    requirements: list[str]
    legal_basis: list[str]
    form: dict[str, Any]
    states: list[StateView]
    first_answer_minutes: int
    reopen_hours: int

    @classmethod
    def of(cls, release: Release, procedure: Procedure, language: str) -> Self:
        """Makes the view."""
        return cls(
            **cls.fields_of(release, procedure, language),
            requirements=[item.to(language) for item in procedure.requirements],
            legal_basis=list(procedure.legal_basis),
            form=dict(procedure.form),
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
        )


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


class CityView(View):
    """What everybody may know of the city."""

    name: str
    timezone: str
    default_language: str
    languages: list[str]
    phone: str
    email: str
    whatsapp: str
    address: str
    crisis_text: str | None

    @classmethod
    def of(cls, release: Release, language: str) -> Self:
        """Makes the view."""
        city = release.city
        return cls(
            name=city.name.to(language),
            timezone=str(city.timezone),
            default_language=city.default_language,
            languages=list(city.languages),
            phone=city.phone,
            email=city.email,
            whatsapp=city.whatsapp,
            address=city.address,
            crisis_text=release.crisis.text.to(language) if release.crisis.active else None,
        )


class SnapshotView(ReleaseSummary):
    """The release in force with its content."""

    content: dict[str, Any]
