"""What the routes need: who calls, which city, and the use cases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Path, Query
from starlette.requests import Request

from atiende_catalog.application.edit_drafts import EditDrafts
from atiende_catalog.application.publish_release import PublishRelease
from atiende_catalog.application.read_releases import ReadReleases
from atiende_kit.auth import Principal
from atiende_kit.errors import NotFound
from atiende_kit.http import require

CatalogRead = Annotated[Principal, Depends(require("supervisor", "auditor", "admin"))]
CatalogWrite = Annotated[Principal, Depends(require("admin"))]
SnapshotRead = Annotated[
    Principal, Depends(require("agent", "supervisor", "unit_manager", "admin", "auditor"))
]
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
    publish: PublishRelease
    hosts: Mapping[str, str]
    default_tenant: str

    def tenant_of(self, request: Request) -> str:
        """Returns the city of a public page: by host name, or the install's only one.

        Raises:
            NotFound: no city is served under that name.
        """
        host = (request.url.hostname or "").lower()
        tenant = self.hosts.get(host) or self.default_tenant
        if not tenant:
            raise NotFound("CITY_UNKNOWN", "Ninguna ciudad atiende en esta dirección.")
        return tenant
