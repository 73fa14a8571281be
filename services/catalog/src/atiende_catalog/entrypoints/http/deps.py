"""What the routes need: who calls, which city, and the use cases."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Path, Query

from atiende_catalog.application.edit_drafts import EditDrafts
from atiende_catalog.application.edit_sections import EditSections
from atiende_catalog.application.publish_release import PublishRelease
from atiende_catalog.application.read_releases import ReadReleases
from atiende_catalog.application.switch_crisis import SwitchCrisis
from atiende_catalog.domain.crisis import Person
from atiende_kit.auth import Principal
from atiende_kit.clock import Clock
from atiende_kit.http import Limiter, PublicCity, require

CatalogRead = Annotated[Principal, Depends(require("supervisor", "auditor", "admin"))]
CatalogWrite = Annotated[Principal, Depends(require("admin"))]
SnapshotRead = Annotated[
    Principal, Depends(require("agent", "supervisor", "unit_manager", "admin", "auditor"))
]
CrisisRead = Annotated[
    Principal, Depends(require("supervisor", "unit_manager", "admin", "auditor"))
]
CrisisAsker = Annotated[Principal, Depends(require("supervisor", "admin"))]
DraftId = Annotated[UUID, Path(description="Id of the draft.")]
ReleaseVersion = Annotated[int, Path(ge=1, le=1_000_000, description="Number of the publication.")]
Language = Annotated[
    str, Query(pattern="^[a-z]{2}$", description="Language of the texts.", examples=["es"])
]


@dataclass(frozen=True, slots=True)
class Desk:
    """The use cases behind the API."""

    read: ReadReleases
    edit: EditDrafts
    sections: EditSections
    publish: PublishRelease
    crisis: SwitchCrisis
    city: PublicCity
    searches: Limiter
    clock: Clock


def person(who: Principal) -> Person:
    """Returns who calls, as it is written down."""
    return Person(who.subject, who.name)
