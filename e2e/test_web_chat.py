"""From the first line in the chat to a case that is taken up again, with everybody involved."""

from __future__ import annotations

import pytest

from e2e.chat import Page
from e2e.city import City

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240, func_only=True)]
AGENT = "lucia.mora"


async def test_chat_is_answered_resolved_surveyed_and_taken_up_again(city: City) -> None:
    await city.open_hours()
    page = await Page.new(city.http, city.url)
    text = "La lámpara de alumbrado público de la carrera 7 está apagada desde el lunes."
    async with page:
        accepted = await page.say("chat-0001", text)
        assert accepted["duplicate"] is False
        again = await page.say("chat-0001", text)
        assert again["duplicate"] is True
        arrived = await city.arrival(page.key("chat-0001"))
        case_id = arrived["case_id"]
        folio = (await city.case(case_id))["folio"]
        await page.hear(folio)

    case = await city.case(case_id)
    assert (case["unit_id"], case["procedure"]) == ("alumbrado", "alumbrado-publico")
    item = await city.take(AGENT, case_id)
    assert item["offers"][-1]["reasons"]
    agent = city.desk(AGENT)
    reply = {"text": "Mañana a primera hora pasa la cuadrilla."}
    await city.done(agent, "POST", f"/api/cases/v1/cases/{case_id}/replies", json=reply)

    # The page was closed meanwhile: what it missed comes by its cursor, and nothing twice.
    heard = [line["sequence"] for line in page.lines]
    reopened = page.reloaded()
    async with reopened:
        await reopened.hear(reply["text"])
        assert not set(heard) & {line["sequence"] for line in reopened.lines}

        resolved = await city.resolve(agent, case_id)
        assert resolved["status"] == "resolved"
        await reopened.hear("del 1 al 5")
        await reopened.say("chat-0002", "1, sigue igual de oscuro")

    case = await city.case_when(case_id, "the case is open again", lambda c: c["status"] == "open")
    assert case["resolve_time"] is None or case["resolution_number"] == 1
    await city.eventually("a recovery item waits", lambda: _recovery(city, case_id))
    await city.eventually("the score is counted", lambda: _score(city))

    timeline = await city.timeline(case_id)
    inbound = [line["text"] for line in timeline if line["direction"] == "inbound"]
    assert inbound == [text, "1, sigue igual de oscuro"]
    assert [e["text"] for e in timeline if e["direction"] == "outbound"] == [reply["text"]]


async def _recovery(city: City, case_id: str) -> bool:
    items = await city.admin.pages("/api/routing/v1/work-items", kind="recovery")
    return [item["case_id"] for item in items].count(case_id) == 1


async def _score(city: City) -> bool:
    rows = (await city.admin.get("/api/surveys/v1/scores", by="channel"))["items"]
    return any(row["key"] == "webchat" and row["answered"] for row in rows)
