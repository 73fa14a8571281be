"""The ports `Cities` and `CityRouting` over a city's release."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from datetime import date, datetime, timedelta
from string import ascii_uppercase

from atiende_city.errors import CalendarYearMissing
from atiende_city.release import Release
from atiende_city.working_time import WorkingTime
from atiende_kit.errors import NotFound
from atiende_routing.application.ports import CityRouting
from atiende_routing.domain.rules import RoutingRules, Schedule

# Skills by which a city says what somebody speaks.
_LANGUAGE_SKILLS = {"ingles": "en", "portugues": "pt", "frances": "fr"}


class AlwaysOpen:
    """The schedule of a unit that the release does not know: its work must not be held for ever."""

    def is_open(self, instant: datetime) -> bool:  # noqa: ARG002 -- the port's signature
        """See the port."""
        return True

    def next_opening(self, instant: datetime) -> datetime:
        """See the port."""
        return instant

    def add_minutes(self, instant: datetime, minutes: int) -> datetime:
        """See the port."""
        return instant + timedelta(minutes=minutes)


class ReleaseSchedule:
    """Working time of a unit.

    A calendar that ends, or a unit without hours, must not stop the intake of work: such an
    instant counts as open (reliability: open for intake).
    """

    def __init__(self, working_time: WorkingTime) -> None:
        self._time = working_time

    def is_open(self, instant: datetime) -> bool:
        """See the port."""
        try:
            if self._time.is_open(instant):
                return True
            # Without a next opening nobody would ever see it.
            self._time.next_opening(instant)
        except (CalendarYearMissing, ValueError):
            return True
        return False

    def next_opening(self, instant: datetime) -> datetime:
        """See the port."""
        try:
            return self._time.next_opening(instant)
        except (CalendarYearMissing, ValueError):
            return instant

    def add_minutes(self, instant: datetime, minutes: int) -> datetime:
        """See the port."""
        try:
            return self._time.add_minutes(instant, minutes)
        except (CalendarYearMissing, ValueError):
            return instant + timedelta(minutes=minutes)


class ReleaseRouting:
    """What a release says about routing."""

    def __init__(self, release: Release) -> None:
        self._release = release
        routing = release.routing
        ladder = sorted(routing.escalation, key=lambda step: step.level)
        self._rules = RoutingRules(
            offer_timeout=timedelta(seconds=routing.offer_seconds),
            escalate_after_minutes=tuple(step.after_minutes for step in ladder),
            offers_before_escalation=routing.max_offers,
            default_capacity=routing.capacity_per_agent,
            recovery_priority=routing.recovery_priority,
        )

    @property
    def rules(self) -> RoutingRules:
        """See the port."""
        return self._rules

    def schedule(self, unit_id: str) -> Schedule:
        """See the port."""
        if unit_id not in self._release.units:
            return AlwaysOpen()
        return ReleaseSchedule(self._release.working_time(unit_id))

    def skills_for(self, procedure_code: str, unit_id: str) -> tuple[str, ...]:
        """See the port."""
        procedure = self._release.procedure(procedure_code)
        if procedure is None or procedure.unit_id != unit_id:
            return ()
        return tuple(procedure.skills)

    def unit_skills(self, units: Iterable[str]) -> frozenset[str]:
        """See the port."""
        theirs = set(units)
        return frozenset(
            skill
            for procedure in self._release.procedures.values()
            if procedure.unit_id in theirs
            for skill in procedure.skills
        )

    def languages_of(self, skills: Iterable[str]) -> frozenset[str]:
        """See the port."""
        spoken = {_LANGUAGE_SKILLS[skill] for skill in skills if skill in _LANGUAGE_SKILLS}
        return frozenset({self._release.default_language, *spoken})

    def unit_name(self, unit_id: str, language: str) -> str:
        """See the port."""
        unit = self._release.units.get(unit_id)
        return unit_id if unit is None else unit.name.to(language)

    def skill_name(self, skill_id: str, language: str) -> str:
        """See the port."""
        skill = self._release.skills.get(skill_id)
        return skill_id if skill is None else skill.name.to(language)

    def has_unit(self, unit_id: str) -> bool:
        """See the port."""
        return unit_id in self._release.units

    def unit_of(self, procedure_code: str) -> str | None:
        """See the port."""
        procedure = self._release.procedure(procedure_code)
        return None if procedure is None else procedure.unit_id

    @property
    def first_unit(self) -> str | None:
        """See the port."""
        return self._release.default_procedure.unit_id

    def unit_letter(self, unit_id: str) -> str:
        """See the port."""
        units = sorted(self._release.units)
        place = units.index(unit_id) if unit_id in units else 0
        return ascii_uppercase[place % len(ascii_uppercase)]

    def local_day(self, instant: datetime) -> date:
        """See the port."""
        return instant.astimezone(self._release.city.timezone).date()


class UnpublishedRouting:
    """What holds for a city that has published nothing: intake goes on, by the defaults."""

    rules = RoutingRules()

    def schedule(self, unit_id: str) -> Schedule:  # noqa: ARG002 -- the port's signature
        """See the port."""
        return AlwaysOpen()

    def skills_for(self, procedure_code: str, unit_id: str) -> tuple[str, ...]:  # noqa: ARG002 -- same
        """See the port."""
        return ()

    def unit_skills(self, units: Iterable[str]) -> frozenset[str]:  # noqa: ARG002 -- same
        """See the port."""
        return frozenset()

    def languages_of(self, skills: Iterable[str]) -> frozenset[str]:
        """See the port."""
        spoken = {_LANGUAGE_SKILLS[skill] for skill in skills if skill in _LANGUAGE_SKILLS}
        return frozenset({"es", *spoken})

    def unit_name(self, unit_id: str, language: str) -> str:  # noqa: ARG002 -- same
        """See the port."""
        return unit_id

    def skill_name(self, skill_id: str, language: str) -> str:  # noqa: ARG002 -- same
        """See the port."""
        return skill_id

    def has_unit(self, unit_id: str) -> bool:  # noqa: ARG002 -- same
        """See the port."""
        return False

    def unit_of(self, procedure_code: str) -> str | None:  # noqa: ARG002 -- same
        """See the port."""
        return None

    @property
    def first_unit(self) -> str | None:
        """See the port."""
        return None

    def unit_letter(self, unit_id: str) -> str:  # noqa: ARG002 -- same
        """See the port."""
        return "A"

    def local_day(self, instant: datetime) -> date:
        """See the port."""
        return instant.date()


class ReleaseCities:
    """Routing rules of every city, read from the cache of releases.

    Args:
        get: Returns the release in force of a tenant, `ReleaseCache.get`.
    """

    def __init__(self, get: Callable[[str], Awaitable[Release]]) -> None:
        self._get = get

    async def get(self, tenant: str) -> CityRouting:
        """See the port."""
        try:
            release = await self._get(tenant)
        except NotFound:
            return UnpublishedRouting()
        return ReleaseRouting(release)
