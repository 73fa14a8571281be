"""What the HTTP API takes and gives."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from atiende_catalog.application.ports import Head
from atiende_catalog.application.switch_crisis import CrisisStatus
from atiende_catalog.domain.crisis import CrisisRequest, Person
from atiende_catalog.domain.diff import Change
from atiende_catalog.domain.problem import Problem
from atiende_catalog.domain.publication import Draft, Publication
from atiende_city.channels import ChannelName
from atiende_kit.http import JSON_INTEGER

Title = Annotated[str, Field(min_length=1, max_length=200, examples=["Festivos de 2028"])]
Note = Annotated[str, Field(max_length=500, examples=["Cambia el horario de Hacienda"])]
Version = Annotated[int, Field(ge=0, le=1_000_000, strict=True, examples=[7]), JSON_INTEGER]
Revision = Annotated[int, Field(ge=1, le=1_000_000_000, strict=True), JSON_INTEGER]
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

    revision: Revision
    title: Title
    content: Content
    base_version: Version | None = Field(
        default=None,
        description="Version in force whose changes the content has taken in; absent leaves it.",
    )


class PublishBody(Body):
    """Publishes; ``expected_version`` is the one in force that was compared with, 0 for none."""

    expected_version: Version
    note: Note = ""


class SectionEdit(Body):
    """Replaces a part of a draft; ``revision`` is the one that was read."""

    revision: Revision
    value: Annotated[
        Any,
        Field(description="The part.", examples=[{"name": {"es": "Alumbrado"}}]),
    ]


class SectionView(View):
    """A part of a draft."""

    revision: int
    value: Any


class PreviewBody(Body):
    """Names a template of a draft."""

    template: Annotated[str, Field(pattern="^[a-z0-9_]{1,64}$", examples=["case_received"])]
    channel: ChannelName
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
    author_name: str
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


class EditedView(View):
    """A draft after an edit, and what is wrong with it now."""

    draft: DraftSummary
    valid: bool
    problems: list[ProblemView]

    @classmethod
    def of(cls, draft: Draft, problems: list[Problem]) -> Self:
        """Makes the view."""
        return cls(
            draft=DraftSummary.of(draft),
            valid=not problems,
            problems=[ProblemView.of(problem) for problem in problems],
        )


class ChangeView(View):
    """One difference."""

    path: str
    kind: Literal["added", "removed", "changed"]
    before: Any
    after: Any
    text: str = Field(
        description="The change in words.",
        examples=["Dependencia «Hacienda» › teléfono: cambia de «601 1» a «601 2»."],
    )

    @classmethod
    def of(cls, told: tuple[Change, str]) -> Self:
        """Makes the view."""
        change, text = told
        return cls(
            path=change.path,
            kind=change.kind,
            before=change.before,
            after=change.after,
            text=text,
        )


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
    publisher_name: str = Field(description="Name they had then; empty for a command.")
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
            publisher_name=release.publisher_name,
            note=release.note,
            rollback_of=release.rollback_of,
            size_bytes=size,
        )


class PersonView(View):
    """Who did it."""

    subject: str
    name: str

    @classmethod
    def of(cls, person: Person | None) -> Self | None:
        """Makes the view."""
        return None if person is None else cls(subject=person.subject, name=person.name)


class CrisisAsk(Body):
    """Asks to switch crisis mode."""

    activate: bool = Field(examples=[True])
    reason: Annotated[str, Field(min_length=5, max_length=500, examples=["Creciente del río"])]
    message: dict[str, Annotated[str, Field(max_length=1000)]] | None = Field(
        default=None,
        max_length=20,
        description="What everybody reads, by language; absent keeps the configured text.",
        examples=[{"es": "El río está crecido. Llame al 123 si está en peligro."}],
    )


class CrisisRequestView(View):
    """A wish to switch crisis mode, and what came of it."""

    id: str
    activate: bool
    message: dict[str, str]
    reason: str
    state: Literal["pending", "confirmed", "withdrawn", "expired"]
    requester: PersonView | None
    create_time: datetime
    expire_time: datetime
    decider: PersonView | None
    decide_time: datetime | None
    version: int | None = Field(description="Publication that it led to.")

    @classmethod
    def of(cls, request: CrisisRequest) -> Self:
        """Makes the view."""
        return cls(
            id=request.id,
            activate=request.activate,
            message=dict(request.message),
            reason=request.reason,
            state=request.state.value,
            requester=PersonView.of(request.requester),
            create_time=request.create_time,
            expire_time=request.expire_time,
            decider=PersonView.of(request.decider),
            decide_time=request.decide_time,
            version=request.version,
        )


class CrisisView(View):
    """Crisis mode as it is."""

    active: bool
    text: dict[str, str]
    release_version: int
    since: datetime | None
    server_time: datetime = Field(description="The city's time, for the countdown.")
    pending: CrisisRequestView | None
    history: list[CrisisRequestView] = Field(description="Newest first.")

    @classmethod
    def of(cls, status: CrisisStatus, now: datetime) -> Self:
        """Makes the view."""
        pending = status.pending
        return cls(
            active=status.active,
            text=dict(status.text),
            release_version=status.version,
            since=status.since,
            server_time=now,
            pending=CrisisRequestView.of(pending) if pending else None,
            history=[CrisisRequestView.of(one) for one in status.history],
        )


class SnapshotView(ReleaseSummary):
    """The release in force with its content."""

    content: dict[str, Any]
