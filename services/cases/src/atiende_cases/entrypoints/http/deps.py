"""What the routes need: who calls, and what of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import Depends, Header, Path, Query

from atiende_cases.application.desk.access import Desk, Staff
from atiende_cases.application.desk.ports import Incidents, Views
from atiende_cases.application.ports import (
    AttachmentReader,
    AuditTrail,
    Colleague,
    Directory,
    Routing,
)
from atiende_cases.entrypoints.http.live import LiveChanges
from atiende_cases.entrypoints.http.models import Shown
from atiende_kit.auth import Principal
from atiende_kit.http import IdempotencyKeys, require

BASE: Final = "/api/cases/v1"
_ALL: Final = ("agent", "supervisor", "unit_manager", "admin", "auditor")
_WORK: Final = ("agent", "supervisor", "unit_manager")

CaseRead = Annotated[Principal, Depends(require(*_ALL))]
CaseWork = Annotated[Principal, Depends(require(*_WORK))]
CaseManage = Annotated[Principal, Depends(require(*_WORK, "admin"))]
LedgerRead = Annotated[Principal, Depends(require("admin", "auditor"))]

CaseId = Annotated[
    str,
    Path(
        pattern=r"^[0-9A-Za-z-]{1,64}$",
        description="Id of the case, or its folio.",
        examples=["0197f9a2-6a52-7c3e-9d0a-1f2e3d4c5b6a"],
    ),
]
CitizenId = Annotated[str, Path(pattern=r"^[0-9a-f-]{1,64}$", description="Id of the citizen.")]


def _language(
    accept_language: Annotated[
        str, Header(max_length=200, description="`en` for names in English; Spanish otherwise.")
    ] = "es",
) -> str:
    return "en" if accept_language.lower().startswith("en") else "es"


Language = Annotated[str, Depends(_language)]
CodeQuery = Annotated[str | None, Query(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]


@dataclass(frozen=True, slots=True)
class Services:
    """What the routes are built over."""

    desk: Desk
    routing: Routing
    attachments: AttachmentReader
    views: Views
    directory: Directory
    audit: AuditTrail
    incidents: Incidents
    keys: IdempotencyKeys
    live: LiveChanges

    async def met(self, who: Principal) -> None:
        """Notes that somebody works at the desk, so that colleagues can call them."""
        person = staff(who)
        await self.directory.remember(
            Colleague(person.subject, person.tenant, person.name, person.units)
        )

    async def shown(self, who: Principal, language: str) -> Shown:
        """How cases are shown to the caller."""
        release = await self.desk.releases.get(who.tenant)
        return Shown(release, language, self.desk.clock.now())


def staff(principal: Principal) -> Staff:
    """The caller as a member of staff."""
    sees_all = bool(principal.roles & {"admin", "auditor"})
    return Staff(
        subject=principal.subject,
        tenant=principal.tenant,
        name=principal.name,
        roles=principal.roles,
        units=None if sees_all else principal.units,
    )
