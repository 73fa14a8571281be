"""The words and rules of a city, from its release."""

from __future__ import annotations

from datetime import datetime, timedelta

from atiende_city.cache import ReleaseCache
from atiende_city.model import QuietHours
from atiende_city.release import Release
from atiende_city.render import render, render_text, standard_values
from atiende_kit.clock import Clock
from atiende_notifications.domain.emits import Rendered
from atiende_notifications.domain.notification import SECRET_VALUES, Notification, Recipient

HIDDEN = "•••"
"""What stands in the timeline for a secret."""

TIMES = ("due_time", "open_time", "legal_time")
FACTS = frozenset({"folio", "procedure_code", "unit_id", "state", "outcome_code", *TIMES})
"""Values that come from the case's event; all others go into the template as they are."""

PROMPT_LIFETIME = timedelta(hours=72)
"""For a city whose release has no survey."""


class ReleaseTexts:
    """The port `CityTexts` on one release."""

    def __init__(self, release: Release, clock: Clock) -> None:
        self._release = release
        self._clock = clock

    @property
    def quiet_hours(self) -> QuietHours:
        """When nobody is disturbed."""
        return self._release.city.quiet_hours

    @property
    def prompt_lifetime(self) -> timedelta:
        """How long a question waits for an answer."""
        survey = self._release.survey()
        return timedelta(hours=survey.expire_hours) if survey else PROMPT_LIFETIME

    def has_template(self, key: str, channel: str, language: str) -> bool:
        """Whether the release has words for it."""
        return self._release.template(key, channel, self._language(language)) is not None

    def render(self, notification: Notification, channel: str, recipient: Recipient) -> Rendered:
        """The words for this person on this channel.

        Raises:
            KeyError: the release has no such template; `has_template` was not asked.
        """
        language = self._language(recipient.language)
        template = self._release.template(notification.template_key, channel, language)
        if template is None:
            raise KeyError(notification.template_key)
        values = self._values(notification, recipient, language)
        words = render(template, values)
        hidden = {name: HIDDEN for name in SECRET_VALUES if values[name]}
        return Rendered(
            subject=words.subject or "",
            text=words.text,
            recorded_text=render(template, values | hidden).text,
            language=template.language,
            provider_template=template.provider_name or "",
            provider_values=tuple(
                render_text("{{ " + name + " }}", values) for name in template.provider_parameters
            ),
        )

    def _language(self, language: str) -> str:
        return language or self._release.default_language

    def _values(
        self, notification: Notification, recipient: Recipient, language: str
    ) -> dict[str, str]:
        facts = {k: v for k, v in notification.values.items() if k in FACTS}
        times = {name: datetime.fromisoformat(facts[name]) for name in TIMES if facts.get(name)}
        extra = {k: v for k, v in notification.values.items() if k not in FACTS}
        return standard_values(
            self._release,
            language=language,
            now=self._clock.now(),
            folio=facts.get("folio", ""),
            citizen_name=recipient.display_name,
            procedure_code=facts.get("procedure_code", ""),
            unit_id=facts.get("unit_id", ""),
            state=facts.get("state", ""),
            outcome_code=facts.get("outcome_code", ""),
            due_time=times.get("due_time"),
            open_time=times.get("open_time"),
            legal_time=times.get("legal_time"),
            extra={"tracking_secret": recipient.tracking_secret, **extra},
        )


class ReleaseTextsSource:
    """The port `CitySource` on the snapshot that the service keeps."""

    def __init__(self, releases: ReleaseCache, clock: Clock) -> None:
        self._releases = releases
        self._clock = clock

    async def get(self, tenant: str) -> ReleaseTexts:
        """The words of the release in force."""
        return ReleaseTexts(await self._releases.get(tenant), self._clock)
