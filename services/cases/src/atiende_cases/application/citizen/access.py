"""What a citizen may see: what the session proves, and nothing beside it.

What may not be seen does not exist: a foreign case, one of another city and none at all give the
same answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from atiende_cases.application.citizen.ports import Attempts, CitizenCases, Limit
from atiende_cases.application.ports import Cases, Citizens, Conversations, Messages, Releases
from atiende_cases.domain.case import Case
from atiende_cases.domain.citizen import Citizen
from atiende_cases.domain.errors import not_found
from atiende_cases.domain.folio import Folio, FolioError
from atiende_city.citizen_access import CitizenAccess, CitizenSession
from atiende_kit.clock import Clock
from atiende_kit.errors import Unauthenticated

_QUARTER: Final = 15 * 60
_HOUR: Final = 3600


@dataclass(frozen=True, slots=True)
class Limits:
    """How often strangers may try; the numbers are settings.

    Attributes:
        visitor_proofs: wrong secrets and codes of one visitor.
        case_proofs: wrong secrets for one folio, of all visitors. The right one is taken all the
            same: folios can be counted up, and whoever does must not lock the others out.
    """

    visitor_proofs: Limit
    case_proofs: Limit

    @classmethod
    def of(cls, *, visitor_proofs: int, case_proofs: int) -> Limits:
        """Makes them from the numbers of the settings."""
        return cls(
            visitor_proofs=Limit("visitor-proofs", visitor_proofs, _QUARTER),
            case_proofs=Limit("case-proofs", case_proofs, _HOUR),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CitizenDesk:
    """What the use cases of citizens share."""

    citizens: Citizens
    conversations: Conversations
    messages: Messages
    cases: Cases
    own_cases: CitizenCases
    attempts: Attempts
    releases: Releases
    clock: Clock
    access: CitizenAccess
    limits: Limits

    async def citizen_of(self, session: CitizenSession) -> Citizen | None:
        """The person of a session that proves one; None for the session of a case.

        Raises:
            Unauthenticated: They signed out, or are not known any more.
        """
        if not session.citizen_id:
            return None
        citizen = await self.citizens.get(session.tenant, session.citizen_id)
        if citizen is None or citizen.session_generation != session.generation:
            raise session_over()
        if citizen.is_blocked:
            raise session_over()
        return citizen

    async def is_withdrawn(self, case: Case) -> bool:
        """Whether the person of a case had their data blocked: nobody follows it any more."""
        citizen = await self.citizens.get(case.tenant, case.citizen_id)
        return citizen is None or citizen.is_blocked

    async def see(self, session: CitizenSession, name: str) -> Case | None:
        """A case that the session proves to be the asker's, by id or folio.

        Returns:
            The case; None for the case of the session while it is being opened.

        Raises:
            NotFound: There is none, or it is not theirs.
            Unauthenticated: The session is over.
        """
        case = await self._named(session.tenant, name)
        if session.assurance == "case":
            case_id = name if case is None else case.case_id
            if case_id != session.case_id:
                raise not_found()
            if case is not None and await self.is_withdrawn(case):
                raise session_over()
            return case
        citizen = await self.citizen_of(session)
        if case is None or citizen is None or not await self.may_follow(citizen, case):
            raise not_found()
        return case

    async def may_follow(self, citizen: Citizen, case: Case) -> bool:
        """Whether a case is a person's, or of a matter that goes on at their proved address."""
        if case.citizen_id == citizen.citizen_id:
            return True
        conversation = await self.conversations.get(case.tenant, case.conversation_id)
        if conversation is None or not conversation.is_of(citizen):
            return False
        return not await self.is_withdrawn(case)

    async def _named(self, tenant: str, name: str) -> Case | None:
        try:
            case_id = await self.own_cases.case_id_of(tenant, str(Folio.parse(name)))
        except FolioError:
            case_id = name
        return None if case_id is None else await self.cases.get(tenant, case_id)


def session_over() -> Unauthenticated:
    """The session does not count any more."""
    return Unauthenticated("CITIZEN_SESSION_OVER", "Su sesión terminó. Entre de nuevo.")
