"""What the routes of citizens need."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Final

from fastapi import Depends, Path, Query

from atiende_cases.application.citizen.access import CitizenDesk
from atiende_cases.application.citizen.codes import SendingCodes
from atiende_cases.application.citizen.withdraw import Forgetting
from atiende_cases.application.ports import AttachmentReader
from atiende_cases.domain.plain_words import Language
from atiende_city.citizen_access import CitizenSession, require_citizen
from atiende_kit.http import IdempotencyKeys, PublicCity, public

BASE: Final = "/api/cases/v1/citizen"
Anyone = Annotated[CitizenSession, Depends(require_citizen())]
"""Whoever proved a case, a contact point or an account."""
Person = Annotated[CitizenSession, Depends(require_citizen("contact", "login"))]
"""Whoever proved who they are; the secret of one case does not."""
OPEN: Final = Depends(
    public("a citizen proves with this who they are: there is no token yet", same_origin=True)
)

OwnCaseId = Annotated[
    str,
    Path(
        pattern=r"^[0-9A-Za-z-]{1,64}$",
        description="Id of the case, or its folio.",
        examples=["0197f9a2-6a52-7c3e-9d0a-1f2e3d4c5b6a"],
    ),
]
OwnAttachmentId = Annotated[
    str,
    Path(pattern=r"^[0-9A-Za-z._-]{1,200}$", description="Id of a file of the timeline."),
]
LanguageQuery = Annotated[
    Language | None,
    Query(description="Of the words; the case's own when absent.", examples=["es"]),
]
REFUSED: Final[dict[int | str, dict[str, Any]]] = {
    401: {"description": "What was given proves nothing."}
}

PUBLIC: Final = frozenset(
    {
        f"POST {BASE}/sessions",
        f"POST {BASE}/codes",
        f"POST {BASE}/codes/{{challenge_id}}/verification",
    }
)
"""Everything that needs neither token nor cookie; a new line is a decision."""


@dataclass(frozen=True, slots=True)
class CitizenServices:
    """What the routes of citizens are built over."""

    desk: CitizenDesk
    sending: SendingCodes
    forgetting: Forgetting
    attachments: AttachmentReader
    keys: IdempotencyKeys
    city: PublicCity
