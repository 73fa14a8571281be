from datetime import UTC, datetime, timedelta

import pytest

from atiende_city.testing import example_release
from atiende_kit.errors import NotFound
from atiende_routing.adapters.city import ReleaseCities, ReleaseRouting

pytestmark = pytest.mark.unit

# A Tuesday, 03:00 in Bogotá.
NIGHT = datetime(2026, 3, 3, 8, 0, tzinfo=UTC)


def test_skills_are_asked_of_the_own_unit_only():
    city = ReleaseRouting(example_release())
    own = city.skills_for("alumbrado-publico", "alumbrado")
    assert own
    assert set(own) <= city.unit_skills({"alumbrado"})
    assert city.skills_for("alumbrado-publico", "aseo") == ()
    assert city.skills_for("unknown", "alumbrado") == ()


def test_every_procedure_can_be_taken_by_an_ordinary_agent_of_its_unit():
    city = ReleaseRouting(example_release())
    for code, procedure in example_release().procedures.items():
        wanted = set(city.skills_for(code, procedure.unit_id))
        assert wanted <= city.unit_skills({procedure.unit_id})


def test_language_skill_is_a_language():
    city = ReleaseRouting(example_release())
    assert city.languages_of(["ingles", "alumbrado"]) == {"es", "en"}
    assert city.languages_of([]) == {"es"}


def test_ladder_and_times_come_from_the_release():
    rules = ReleaseRouting(example_release()).rules
    assert rules.offer_timeout == timedelta(seconds=example_release().routing.offer_seconds)
    assert list(rules.escalate_after_minutes) == sorted(rules.escalate_after_minutes)


def test_unit_is_closed_at_night_and_opens_in_the_morning():
    schedule = ReleaseRouting(example_release()).schedule("alumbrado")
    assert not schedule.is_open(NIGHT)
    assert NIGHT < schedule.next_opening(NIGHT) < NIGHT + timedelta(hours=9)


def test_unknown_unit_and_year_without_calendar_count_as_open():
    city = ReleaseRouting(example_release())
    assert city.schedule("nowhere").is_open(NIGHT)
    far = NIGHT.replace(year=2099)
    schedule = city.schedule("alumbrado")
    assert schedule.is_open(far)
    assert schedule.add_minutes(far, 5) == far + timedelta(minutes=5)


async def test_city_without_a_release_goes_on_with_the_defaults():
    async def nothing(_tenant):
        raise NotFound("RELEASE_NOT_FOUND", "No hay versión.")

    city = await ReleaseCities(nothing).get("new")
    assert city.schedule("any").is_open(NIGHT)
    assert city.rules.default_capacity > 0
