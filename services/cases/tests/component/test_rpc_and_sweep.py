from __future__ import annotations

from datetime import timedelta

import pytest

from atiende.cases.v1 import cases_service_pb2 as pb2
from atiende.channels.v1 import events_pb2 as channels_pb2
from atiende.common.v1 import common_pb2
from atiende_cases.application.public_cases import PublicCases
from atiende_cases.application.recipients import GetRecipients
from atiende_cases.entrypoints.grpc.servicers import CasesServicer, CitizensServicer
from atiende_cases.testing import OTHER_TENANT, TENANT, FixedReleases
from atiende_city.citizen_access import CitizenAccess, CitizenSettings
from atiende_kit.errors import NotFound
from atiende_kit.grpc_ import Caller, as_caller
from atiende_kit.ids import new_id

pytestmark = pytest.mark.component
BASE = "/api/cases/v1"


def servicers(running):
    store = running.store
    cases = CasesServicer(
        cases=store.cases,
        citizens=store.citizens,
        conversations=store.conversations,
        messages=store.messages,
        public_cases=PublicCases(store.cases, FixedReleases()),
        releases=FixedReleases(),
    )
    return cases, CitizensServicer(
        GetRecipients(store.citizens, store.conversations),
        CitizenAccess(CitizenSettings.example(), secure=True),
    )


async def test_other_services_ask_about_cases_of_one_city(running):
    case_id = await running.open_case()
    reported = await running.open_case(
        2, channel=common_pb2.CHANNEL_KIND_OPEN311, address="app/anonymous"
    )
    cases, citizens = servicers(running)
    with as_caller(Caller("channels", TENANT)):
        known = (await cases.GetCase(pb2.GetCaseRequest(case_id_or_folio=case_id), None)).case
        by_folio = await cases.GetCase(
            pb2.GetCaseRequest(case_id_or_folio=known.folio.lower()), None
        )
        assert by_folio.case == known
        mine = pb2.GetCaseRequest(case_id_or_folio=case_id, citizen_id=known.citizen_id)
        assert (await cases.GetCase(mine, None)).case == known
        with pytest.raises(NotFound):
            await cases.GetCase(
                pb2.GetCaseRequest(case_id_or_folio=case_id, citizen_id="somebody"), None
            )
        listed = await cases.ListPublicCases(pb2.ListPublicCasesRequest(page_size=10), None)
        assert [one.case.case_id for one in listed.cases] == [reported]
        assert listed.cases[0].case.citizen_id == ""
        assert listed.cases[0].status_notes
        folio = listed.cases[0].case.folio
        named = await cases.ListPublicCases(
            pb2.ListPublicCasesRequest(
                case_ids_or_folios=[folio, reported, known.folio, case_id, "x"]
            ),
            None,
        )
        assert [one.case.case_id for one in named.cases] == [reported]
        thread = pb2.ListConversationMessagesRequest(
            channel=common_pb2.CHANNEL_KIND_WHATSAPP,
            account_id="100200300400500",
            thread_key="573001112233",
        )
        seen = await cases.ListConversationMessages(thread, None)
        assert (len(seen.entries), seen.folio) == (1, known.folio)
        assert (seen.case.case_id, seen.case.state_kind) == (known.case_id, known.state_kind)
        assert seen.status_text
        assert seen.HasField("legal_time")
    with as_caller(Caller("notifications", TENANT)):
        key = pb2.RecipientKey(citizen_id=known.citizen_id, conversation_id=known.conversation_id)
        answer = await citizens.BatchGetRecipients(
            pb2.BatchGetRecipientsRequest(keys=[key, key]), None
        )
        [recipient] = answer.recipients
        [point] = recipient.points
        assert point.consent
        assert point.thread_key == "573001112233"
        assert list(point.reply_to_keys) == ["provider-1-573001112233"]
    with as_caller(Caller("channels", OTHER_TENANT)):
        with pytest.raises(NotFound):
            await cases.GetCase(pb2.GetCaseRequest(case_id_or_folio=case_id), None)
        assert not (
            await cases.ListPublicCases(pb2.ListPublicCasesRequest(page_size=10), None)
        ).cases
        foreign = await cases.ListConversationMessages(thread, None)
        assert not foreign.entries
        assert not foreign.HasField("case")
        nobody = pb2.BatchGetRecipientsRequest(keys=[key])
        assert not (await citizens.BatchGetRecipients(nobody, None)).recipients


async def test_private_matter_is_not_public(running):
    await running.open_case(text="Necesito mi paz y salvo del impuesto predial")
    cases, _ = servicers(running)
    with as_caller(Caller("channels", TENANT)):
        assert not (
            await cases.ListPublicCases(pb2.ListPublicCasesRequest(page_size=10), None)
        ).cases


async def test_answer_whose_fate_nobody_tells_becomes_visible(running):
    case_id = await running.open_case()
    agent = running.as_staff("agent", units=["alumbrado"])
    url = f"{BASE}/cases/{case_id}"
    sent = await running.client.post(f"{url}/replies", headers=agent, json={"text": "Vamos"})
    assert sent.status_code == 201
    running.clock.advance(timedelta(hours=2))

    async def unknown():
        items = (await running.client.get(f"{url}/timeline", headers=agent)).json()["items"]
        return [e for e in items if e["delivery"] == "unknown"]

    await running.eventually(unknown)

    async def marked(undelivered: bool) -> bool:
        case = (await running.client.get(url, headers=agent)).json()
        return case["undelivered"] is undelivered

    await running.eventually(lambda: marked(undelivered=True))
    for state, undelivered in (
        (channels_pb2.DELIVERY_STATE_SENT, False),
        (channels_pb2.DELIVERY_STATE_PERMANENT_FAILURE, True),
    ):
        report = channels_pb2.DeliveryUpdated(
            message_id=sent.json()["message_id"], conversation_id=new_id(), state=state
        )
        report.update_time.FromDatetime(running.clock.now())
        await running.say(report)
        await running.eventually(lambda wanted=undelivered: marked(undelivered=wanted))


async def test_resolved_case_closes_when_its_window_is_over(running):
    case_id = await running.open_case()
    agent = running.as_staff("agent", units=["alumbrado"])
    url = f"{BASE}/cases/{case_id}"
    case = (await running.client.get(url, headers=agent)).json()
    outcome = {"outcome": case["outcomes"][0]["id"], "text": "Quedó arreglado."}
    done = await running.client.post(f"{url}/resolve", headers=agent, json=outcome)
    assert done.json()["status"] == "resolved", done.text
    running.clock.advance(timedelta(days=90))

    async def closed():
        case = (await running.client.get(url, headers=agent)).json()
        return case["status"] == "closed"

    await running.eventually(closed)
    linked = await running.open_case(9, text="El poste otra vez sin luz")
    assert linked != case_id
    again = (await running.client.get(f"{BASE}/cases/{linked}", headers=agent)).json()
    assert again["linked_case_id"] == case_id


async def test_report_of_an_unknown_message_waits_and_hurts_no_neighbour(running):
    case_id = await running.open_case()
    agent = running.as_staff("agent", units=["alumbrado"])
    url = f"{BASE}/cases/{case_id}"
    sent = await running.client.post(f"{url}/replies", headers=agent, json={"text": "Vamos"})
    for message_id in ("019cd843-0000-7000-8000-000000000000", sent.json()["message_id"]):
        report = channels_pb2.DeliveryUpdated(
            message_id=message_id,
            conversation_id=new_id(),
            state=channels_pb2.DELIVERY_STATE_SENT,
        )
        report.update_time.FromDatetime(running.clock.now())
        await running.say(report)

    async def seen():
        message = await running.store.messages.get(TENANT, sent.json()["message_id"])
        return message.delivery == "sent"

    await running.eventually(seen)
