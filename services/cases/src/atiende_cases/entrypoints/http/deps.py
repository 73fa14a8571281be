"""What the routes need: who calls, and what of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import Depends, Path, Query

from atiende_cases.application.desk.access import Desk, Staff
from atiende_cases.application.ports import AttachmentReader, Routing
from atiende_kit.auth import Principal
from atiende_kit.bus import BusPort
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
CodeQuery = Annotated[str | None, Query(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]


@dataclass(frozen=True, slots=True)
class Services:
    """What the routes are built over."""

    desk: Desk
    routing: Routing
    attachments: AttachmentReader
    keys: IdempotencyKeys
    bus: BusPort


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
