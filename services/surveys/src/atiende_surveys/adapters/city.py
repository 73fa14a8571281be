"""The port `Cities` over a city's release."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from atiende_city.release import Release
from atiende_kit.errors import NotFound
from atiende_surveys.application.ports import SurveyRules
from atiende_surveys.domain.answer import Lexicon
from atiende_surveys.domain.words import fold

NO_SURVEY = SurveyRules(active=False, expire_hours=72, recovery_at_most=2, lexicon=Lexicon())
"""Of a city that asks nothing; answers to older questions are still read."""


class ReleaseCities:
    """Survey rules of every city, read from the cache of releases.

    Args:
        get: Returns the release in force of a tenant, `ReleaseCache.get`.
    """

    def __init__(self, get: Callable[[str], Awaitable[Release]]) -> None:
        self._get = get

    async def get(self, tenant: str) -> SurveyRules:
        """See the port."""
        try:
            release = await self._get(tenant)
        except NotFound:
            return NO_SURVEY
        survey = release.survey()
        if survey is None:
            return NO_SURVEY
        return SurveyRules(
            active=True,
            portal_url=release.city.portal_url,
            expire_hours=survey.expire_hours,
            recovery_at_most=survey.recovery_at_most,
            lexicon=Lexicon(
                score_words={fold(word): score for word, score in survey.score_words.items()},
                solved_words=tuple(fold(word) for word in survey.solved_words),
                not_solved_words=tuple(fold(word) for word in survey.not_solved_words),
            ),
        )
