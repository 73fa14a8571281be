"""What the use cases need of the outside."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from atiende_kit.store import Cause
from atiende_surveys.domain.answer import Lexicon
from atiende_surveys.domain.invitation import Invitation

Dimension = Literal["all", "unit", "channel", "agent"]


@dataclass(frozen=True, slots=True)
class SurveyRules:
    """What a city's release says about the survey.

    Attributes:
        active: False when the city asks nothing.
        portal_url: where the page of a link is.
    """

    active: bool
    expire_hours: int
    recovery_at_most: int
    lexicon: Lexicon
    portal_url: str = ""


class Cities(Protocol):
    """The releases in force."""

    async def get(self, tenant: str) -> SurveyRules:
        """Returns the survey's rules of a city."""
        ...


@dataclass(frozen=True, slots=True)
class Write:
    """One invitation to write, at the version that was read.

    Attributes:
        responded: True when this write takes in the first answer, so that it must be told.
        cause: the delivery that led to it.
        survey_url: link of a new invitation; it is sent and kept nowhere.
        by_link: True when the answer came by the link: the page says thanks.
    """

    invitation: Invitation
    responded: bool = False
    cause: Cause | None = None
    survey_url: str = ""
    by_link: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """One group's figures.

    Attributes:
        response_rate: answers of any kind by invitations; None without invitations.
        csat: share of scores 4 and 5 (top two boxes); None without scores.
    """

    key: str
    invitations: int
    answered: int
    responses: int
    response_rate: float | None
    csat: float | None
    mean_score: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseFilter:
    """A page of responses or tasks, newest first; None leaves a field open.

    Attributes:
        units: units that the caller may see; None is all.
        task_open: True for tasks that wait, False for settled ones.
        overdue_at: only tasks that are overdue at this instant.
        after: (answer_time, invitation_id) of the last one of the page before.
    """

    units: frozenset[str] | None = None
    needs_recovery: bool | None = None
    has_task: bool | None = None
    task_open: bool | None = None
    overdue_at: datetime | None = None
    after: tuple[datetime, str] | None = None
    limit: int = 50


class Invitations(Protocol):
    """The invitations of all cities."""

    async def get(self, tenant: str, invitation_id: str) -> Invitation | None:
        """Returns one invitation."""
        ...

    async def by_token(self, tenant: str, token_hash: str) -> Invitation | None:
        """Returns the invitation of a link."""
        ...

    async def of_case(self, tenant: str, case_id: str) -> Invitation | None:
        """Returns the invitation of a case's latest resolution."""
        ...

    async def get_many(self, tenant: str, ids: Iterable[str]) -> dict[str, Invitation]:
        """Returns those of the invitations that exist, by id."""
        ...

    async def reserve(self, writes: Sequence[Write]) -> list[bool]:
        """Inserts invitations with the request to send them; False where there is one already."""
        ...

    async def save(self, writes: Sequence[Write]) -> list[bool]:
        """Writes invitations by compare-and-set; False where it was too late."""
        ...

    async def lapse_due(self, now: datetime, limit: int) -> list[Invitation]:
        """Lists invitations of all tenants that wait for longer than they may."""
        ...

    async def find(self, tenant: str, wanted: ResponseFilter) -> list[Invitation]:
        """Lists answered invitations, newest answer first."""
        ...

    async def scores(
        self,
        tenant: str,
        dimension: Dimension,
        *,
        units: frozenset[str] | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> list[Score]:
        """Computes figures by a dimension, over invitations issued in a span of time."""
        ...

    async def count_tasks(
        self, tenant: str, units: frozenset[str] | None, overdue_at: datetime | None
    ) -> int:
        """Counts open tasks, or only those that are overdue."""
        ...
