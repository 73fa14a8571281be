"""Use cases: a citizen enters with the secret of a case, and leaves."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Final

from atiende_cases.application.citizen.access import CitizenDesk
from atiende_cases.application.ports import SaveCitizen
from atiende_cases.domain.folio import Folio, FolioError
from atiende_city.citizen_access import CitizenSession
from atiende_kit.errors import Unauthenticated, Unprocessable, VersionMismatch
from atiende_kit.store import Outcome, retry_stale

# Compared with when there is no such folio, so that both ways take the same time.
_NO_CASE: Final = str(uuid.UUID(int=0))


async def enter_by_secret(
    desk: CitizenDesk, tenant: str, *, reference: str, secret: str, visitor: str
) -> CitizenSession:
    """Begins the session of one case.

    Args:
        desk: what is needed.
        tenant: city of the page.
        reference: folio or case id, as typed. A case id counts before its case is opened.
        secret: tracking secret, as typed.
        visitor: what tells visitors apart.

    Raises:
        Unprocessable: It is neither a folio nor an id; nothing was looked up.
        Unauthenticated: There is no such case or the secret is wrong: one answer for both.
        RateLimited: Too many wrong ones.
    """
    folio, case_id = _read(reference)
    who = desk.access.digest("visitor", visitor)
    # Counted before it is judged: of a thousand at once no more than the limit get an answer.
    await desk.attempts.take(tenant, desk.limits.visitor_proofs, who)
    found = case_id or await desk.own_cases.case_id_of(tenant, folio)
    right = desk.access.proves_case(tenant, found or _NO_CASE, secret)
    case = await desk.cases.get(tenant, found) if right and found else None
    if not right or found is None or (case is not None and await desk.is_withdrawn(case)):
        asked = desk.access.digest("reference", folio or case_id)
        await desk.attempts.take(tenant, desk.limits.case_proofs, asked)
        raise Unauthenticated("PROOF_WRONG", "El folio o la clave de seguimiento no corresponden.")
    await desk.attempts.give_back(tenant, desk.limits.visitor_proofs, who)
    return desk.access.begin(tenant, "case", case_id=found)


def _read(reference: str) -> tuple[str, str]:
    """Folio and case id of a reference; one of them is empty."""
    try:
        return "", str(uuid.UUID(reference.strip()))
    except ValueError:
        pass
    try:
        return str(Folio.parse(reference)), ""
    except FolioError as error:
        raise Unprocessable(
            error.reason, str(error), fields={"/reference": "no es un folio"}
        ) from None


async def leave(desk: CitizenDesk, session: CitizenSession) -> None:
    """Ends all sessions of the person, on every device; that of a case ends with its cookie."""

    async def attempt() -> None:
        citizen = await desk.citizen_of(session)
        if citizen is None:
            return
        ended = replace(citizen, session_generation=citizen.session_generation + 1)
        [outcome] = await desk.citizens.write([SaveCitizen(ended)])
        if outcome is not Outcome.DONE:
            raise VersionMismatch("CITIZEN_CHANGED", "Los datos cambiaron mientras tanto.")

    await retry_stale(attempt)
