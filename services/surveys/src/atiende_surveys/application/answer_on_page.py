"""Answering a survey on a page: that of its link, or that of one's case."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from atiende_kit.clock import Clock
from atiende_kit.errors import InvalidInput, VersionMismatch
from atiende_kit.ids import check_tenant, derived_id
from atiende_kit.store import retry_stale
from atiende_surveys.application.ports import Cities, Invitations, Write
from atiende_surveys.domain.answer import Answer
from atiende_surveys.domain.errors import SurveyAlreadyAnswered, SurveyNotFound
from atiende_surveys.domain.invitation import Invitation, answer, hash_of


@dataclass(frozen=True, slots=True)
class AnswerOnPage:
    """One answer an invitation; a late one counts, and is told that it is late."""

    invitations: Invitations
    cities: Cities
    clock: Clock

    async def find(self, token: str) -> Invitation:
        """Returns the invitation of a link's token, `<tenant>.<random>`.

        Raises:
            SurveyNotFound: There is none.
        """
        try:
            tenant = check_tenant(token.partition(".")[0])
        except InvalidInput:
            raise SurveyNotFound from None
        found = await self.invitations.by_token(tenant, hash_of(token))
        if found is None:
            raise SurveyNotFound
        return found

    async def find_own(self, tenant: str, case_id: str, *, citizen_id: str | None) -> Invitation:
        """Returns the invitation of a case that somebody proved to be theirs.

        Args:
            tenant: of the session.
            case_id: which.
            citizen_id: whose the case must be; None when the session proved the case itself.

        Raises:
            SurveyNotFound: There is none, or the case is not theirs.
        """
        found = await self.invitations.of_case(tenant, case_id)
        if found is None or citizen_id not in {None, found.citizen_id}:
            raise SurveyNotFound
        return found

    def is_late(self, invitation: Invitation) -> bool:
        """Whether the time that the city gave is over."""
        return self.clock.now() > invitation.expire_time

    async def __call__(
        self,
        find: Callable[[], Awaitable[Invitation]],
        *,
        score: int,
        solved: bool | None,
        comment: str,
    ) -> Invitation:
        """Takes in an answer.

        Args:
            find: the invitation, as it is now.
            score: 1 to 5; 0 when the person gives none.
            solved: what they say of the solution.
            comment: what else they say.

        Raises:
            SurveyNotFound: There is none.
            SurveyAlreadyAnswered: The first answer counts.
        """

        async def attempt() -> Invitation:
            invitation = await find()
            if invitation.response is not None:
                raise SurveyAlreadyAnswered
            rules = await self.cities.get(invitation.tenant)
            answered = answer(
                invitation,
                Answer(score, solved, comment),
                text=comment,
                message_id=derived_id(invitation.issue_time, "link", invitation.invitation_id),
                channel=invitation.channel,
                receive_time=self.clock.now(),
                recovery_at_most=rules.recovery_at_most,
            )
            [saved] = await self.invitations.save([Write(answered, responded=True, by_link=True)])
            if not saved:
                raise VersionMismatch("INVITATION_CONTENDED", "La encuesta cambió muchas veces.")
            return answered

        return await retry_stale(attempt)
