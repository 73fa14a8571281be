"""R18: a survey goes out once, whatever is delivered again and whoever works at the same time."""

import asyncio
from dataclasses import replace

import pytest

from atiende_surveys.application.ports import Write

pytestmark = pytest.mark.integration


async def test_many_workers_with_the_same_resolutions_ask_once_each(database, make_office):
    office = make_office(database)
    await database.ensure_indexes()
    batch = [office.resolution(case_id=f"c{n}") for n in range(40)]
    news = await asyncio.gather(*(office.issue(batch[::step]) for step in (1, -1, 1, -1, 1, -1)))
    assert sum(news) == 40
    assert office.said().count("RequestNotification") == 40
    # What a redelivery would send again has the same id, so the bus and its reader know it.
    assert len({e.event_id for e in office.outbox}) == 80


async def test_second_document_for_a_resolution_is_refused_by_the_database(database, make_office):
    """Even with another id: the unique index on case and resolution is the promise itself."""
    office = make_office(database)
    await database.ensure_indexes()
    invitation = await office.invitation()
    twin = replace(invitation, invitation_id="another", version=0)
    assert await office.invitations.reserve([Write(twin)]) == [False]
    assert office.said().count("RequestNotification") == 1


async def test_simultaneous_answers_have_one_first(database, make_office):
    office = make_office(database)
    await database.ensure_indexes()
    invitation = await office.invitation()
    await asyncio.gather(*(office.answer(invitation, str(n % 5 + 1), f"m{n}") for n in range(4)))
    after = await office.invitations.get("sanaurelio", invitation.invitation_id)
    assert (after.response is not None, len(after.comments)) == (True, 3)
    assert office.said().count("ResponseReceived") == 1


async def test_document_survives_the_way_to_the_database_and_back(database, make_office):
    office = make_office(database)
    await database.ensure_indexes()
    answered = await office.answer(await office.invitation(), "1 nadie vino")
    later = await office.answer(answered, "hola", "m2")
    again = await office.invitations.get_many("sanaurelio", [later.invitation_id])
    assert again == {later.invitation_id: later}
    [score] = await office.invitations.scores("sanaurelio", "agent")
    assert (score.key, score.mean_score, score.csat) == ("ana", 1, 0)
