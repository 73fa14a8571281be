"""Forms of the portal, the kiosk and the counter, and messages that a session proves."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from atiende.channels.v1 import events_pb2 as channels_pb2
from atiende_cases.application.desk.access import Desk, Staff
from atiende_cases.application.desk.write import reply
from atiende_cases.application.ports import SaveCase
from atiende_cases.application.receive_messages import Arrival
from atiende_cases.application.recipients import GetRecipients
from atiende_cases.application.record_notification import RecordNotification, Told
from atiende_cases.domain.citizen import ContactPoint
from atiende_cases.domain.outgoing import NoChannel, choose_point
from atiende_cases.domain.values import Attachment, Channel, DeliveryState, Status
from atiende_cases.testing import MORNING, OTHER_TENANT, TENANT, City, inbound
from atiende_city.testing import example_release
from atiende_kit.errors import NotYetVisible, Unavailable

pytestmark = pytest.mark.unit

FORMS = [Channel.PORTAL, Channel.KIOSK, Channel.COUNTER]
MAIL = ContactPoint(Channel.EMAIL, "rosa@example.org", source="given")
PHONE = ContactPoint(Channel.WHATSAPP, "573001112233", source="given")


def form(number: int = 1, channel: Channel = Channel.PORTAL, **more):
    key = f"key-{number}"
    more = {"address": key, "thread_key": key, "procedure_code": "alumbrado-publico"} | more
    return inbound(number, channel=channel, **more)


def follow_up(number: int, case_id: str, **more):
    return inbound(
        number,
        channel=Channel.PORTAL,
        address=case_id,
        thread_key=case_id,
        proved_case_id=case_id,
        **more,
    )


async def only_case(city: City):
    [document] = await city.all("cases")
    return await city.store.cases.get(TENANT, document["_id"])


async def around(city: City):
    """The only case with its citizen and conversation."""
    case = await only_case(city)
    citizen = await city.store.citizens.get(TENANT, case.citizen_id)
    conversation = await city.store.conversations.get(TENANT, case.conversation_id)
    return case, citizen, conversation


async def ways(city: City):
    case = await only_case(city)
    ask = GetRecipients(city.store.citizens, city.store.conversations)
    [recipient] = await ask(TENANT, [(case.citizen_id, case.conversation_id)])
    return [(way.point.channel, way.point.address) for way in recipient.ways]


def desk_of(city: City, clock) -> tuple[Desk, Staff]:
    desk = Desk(
        citizens=city.store.citizens,
        conversations=city.store.conversations,
        messages=city.store.messages,
        cases=city.store.cases,
        releases=city.releases,
        clock=clock,
    )
    return desk, Staff("agent-1", TENANT, "Ana", frozenset({"admin"}), None)


@pytest.mark.parametrize("channel", FORMS)
async def test_each_form_is_a_case_of_its_own_with_the_id_of_its_receipt(city, channel):
    first, second = form(1, channel), form(2, channel)
    await city.hear(first, second)
    ids = [case["_id"] for case in await city.all("cases")]
    assert ids == [first.case_id_if_new, second.case_id_if_new]
    assert len(await city.all("citizens")) == 2


async def test_form_that_names_a_folio_still_opens_the_case_of_its_receipt(city):
    await city.hear(form(1, proved_citizen_id=""))
    case = await only_case(city)
    again = form(2, proved_citizen_id=case.citizen_id, text=f"Sigue igual lo de {case.folio}")
    await city.hear(again)
    cases = await city.all("cases")
    assert [c["_id"] for c in cases] == [case.case_id, again.case_id_if_new]
    assert {c["citizen_id"] for c in cases} == {case.citizen_id}


async def test_form_of_a_proved_citizen_is_theirs_and_adds_no_contact_point(city):
    await city.hear(inbound(1))
    [citizen] = await city.all("citizens")
    await city.hear(form(2, proved_citizen_id=citizen["_id"]))
    [same] = await city.all("citizens")
    assert same["keys"] == citizen["keys"]
    assert [case["citizen_id"] for case in await city.all("cases")] == [citizen["_id"]] * 2


async def test_proved_citizen_who_is_not_known_here_is_a_new_one(city):
    await city.hear(inbound(1, tenant=OTHER_TENANT))
    [foreign] = await city.all("citizens", OTHER_TENANT)
    await city.hear(form(2, proved_citizen_id=foreign["_id"]))
    [citizen] = await city.all("citizens")
    assert citizen["_id"] != foreign["_id"]


async def test_who_wrote_it_down_at_the_counter_is_seen_in_the_case_and_the_entry(city):
    await city.hear(form(1, Channel.COUNTER, submitted_by="clerk-7"))
    case = await only_case(city)
    [entry] = await city.all("messages")
    assert [(done.kind, done.actor.id) for done in case.history] == [("submitted", "clerk-7")]
    assert entry["submitted_by"] == "clerk-7"
    assert entry["actor"]["kind"] == "citizen"


async def test_proved_message_joins_the_case_whatever_channel_it_began_on(city):
    await city.hear(inbound(1))
    case = await only_case(city)
    await city.hear(follow_up(2, case.case_id, text="Va la foto"))
    joined = await only_case(city)
    entries = await city.all("messages")
    assert [entry["case_id"] for entry in entries] == [case.case_id] * 2
    assert entries[1]["actor"]["name"] == "Rosa"
    assert (joined.channel, joined.needs_answer) == (Channel.PORTAL, True)
    assert len(await city.all("citizens")) == 1


async def test_proved_message_answers_the_request_for_information(city):
    await city.hear(form(1))
    case = await only_case(city)
    state = _state(case.procedure_code, "waiting_citizen")
    await _save(city, replace(case, state=state, status=Status.WAITING_CITIZEN))
    await city.hear(follow_up(2, case.case_id, text="La dirección es Calle 12 # 4-30"))
    assert (await only_case(city)).status is Status.OPEN


async def test_proved_message_reopens_inside_the_window_and_begins_a_linked_case_after(city):
    await city.hear(form(1))
    case = await only_case(city)
    at = MORNING + timedelta(days=1)
    closed = replace(
        case,
        state=_state(case.procedure_code, "resolved"),
        status=Status.RESOLVED,
        resolve_time=at,
        reopen_until=at + timedelta(hours=72),
        resolution_number=1,
    )
    await _save(city, closed)
    late = at + timedelta(days=30)
    await city.hear(follow_up(2, case.case_id, text="Otra vez no prende", at=late))
    await city.hear(
        follow_up(3, case.case_id, text="Y tampoco el de al lado", at=late + timedelta(hours=1))
    )
    first, second = sorted(await city.all("cases"), key=lambda c: c["open_time"])
    assert (first["status"], second["linked_case_id"]) == ("resolved", case.case_id)
    entries = await city.all("messages")
    assert [entry["case_id"] for entry in entries] == [case.case_id, second["_id"], second["_id"]]


async def test_message_that_overtakes_its_case_comes_again(city):
    opener = form(1)
    early = follow_up(2, opener.case_id_if_new)
    failed = await city.receive([Arrival(early)])
    assert isinstance(failed[early.message_id], NotYetVisible)
    assert await city.all("messages") == []
    await city.hear(opener)
    await city.hear(early)
    assert len(await city.all("messages")) == 2


async def test_opener_and_message_of_one_batch_are_entered_together(city):
    opener = form(1)
    await city.hear(follow_up(2, opener.case_id_if_new), opener)
    assert len(await city.all("cases")) == 1


async def test_case_of_another_city_proves_nothing_here(city):
    await city.hear(form(1, tenant=OTHER_TENANT))
    [foreign] = await city.all("cases", OTHER_TENANT)
    message = follow_up(2, foreign["_id"])
    failed = await city.receive([Arrival(message)])
    assert set(failed) == {message.message_id}


async def test_form_is_answered_at_the_given_address_the_wanted_one_first(city):
    await city.hear(form(1, given_points=(PHONE, MAIL)))
    # Nobody has written from the phone, so WhatsApp takes no free text there; a template it would.
    assert choose_point(*await around(city), None, MORNING) == MAIL
    assert choose_point(*await around(city), Channel.EMAIL, MORNING) == MAIL
    assert choose_point(*await around(city), None, MORNING, template=True) == PHONE
    with pytest.raises(NoChannel) as refused:
        choose_point(*await around(city), Channel.WHATSAPP, MORNING)
    assert refused.value.reason == "WINDOW_CLOSED"
    case = await only_case(city)
    assert await ways(city) == [
        (Channel.WHATSAPP, PHONE.address),
        (Channel.EMAIL, MAIL.address),
        (Channel.PORTAL, case.conversation_id),
    ]


async def test_form_without_address_is_answered_in_the_portal_and_nothing_is_sent(city, clock):
    await city.hear(form(1))
    desk, staff = desk_of(city, clock)
    case = await only_case(city)
    answer = await reply(desk, staff, case.case_id, text="Mañana pasa la cuadrilla.")
    assert (answer.channel, answer.delivery) == (Channel.PORTAL, DeliveryState.AVAILABLE)
    assert "SendMessage" not in await city.events("messages")
    answered = await only_case(city)
    assert (answered.needs_answer, answered.first_answer_time is not None) == (False, True)
    assert await city.store.messages.undelivered(MORNING + timedelta(days=9), 10) == []


async def test_staff_may_choose_the_portal_only_where_the_citizen_has_its_secret(city):
    await city.hear(inbound(1))
    case, citizen, conversation = await around(city)
    with pytest.raises(NoChannel):
        choose_point(case, citizen, conversation, Channel.PORTAL, MORNING)
    await city.hear(follow_up(2, case.case_id))
    assert choose_point(*await around(city), Channel.PORTAL, MORNING).channel is Channel.PORTAL
    # The person still has a channel that reaches them: without a wish that one is taken.
    assert choose_point(*await around(city), None, MORNING).channel is Channel.WHATSAPP


@pytest.mark.parametrize("store", ["citizens", "conversations", "cases", "messages"])
@pytest.mark.parametrize("channel", [Channel.PORTAL, Channel.OPEN311, Channel.WHATSAPP])
async def test_message_whose_entry_was_cut_off_is_entered_when_it_comes_again(
    city, monkeypatch, store, channel
):
    written = getattr(city.store, store).write

    async def cut_off(ops):
        await written(ops)
        raise Unavailable("STORE_DOWN", "…")

    message = form(1, channel) if channel.is_form else inbound(1)
    with monkeypatch.context() as patch:
        patch.setattr(getattr(city.store, store), "write", cut_off)
        with pytest.raises(Unavailable):
            await city.hear(message)
    await city.hear(message)
    case = await only_case(city)
    assert len(await city.all("citizens")) == len(await city.all("conversations")) == 1
    [entry] = await city.all("messages")
    assert entry["case_id"] == case.case_id


async def test_notification_put_into_the_portal_stands_as_available(city):
    await city.hear(form(1))
    case = await only_case(city)
    record = RecordNotification(
        messages=city.store.messages,
        conversations=city.store.conversations,
        cases=city.store.cases,
    )
    told = Told(
        key="event",
        tenant=TENANT,
        message_id="019a0000-0000-7000-8000-000000000009",
        conversation_id=case.conversation_id,
        template_key="case_received",
        text="Recibimos su mensaje.",
        channel=Channel.PORTAL,
        address=case.conversation_id,
        send_time=MORNING,
    )
    assert await record([told]) == {}
    entry = await city.store.messages.get(TENANT, told.message_id)
    assert entry.delivery is DeliveryState.AVAILABLE


def _state(procedure_code: str, kind: str) -> str:
    procedure = example_release().procedures[procedure_code]
    return next(state.id for state in procedure.states if state.kind == kind)


async def _save(city: City, case):
    await city.store.cases.write([SaveCase(case)])


def chat(number: int, **more):
    more = {"address": "session-1", "thread_key": "session-1"} | more
    return inbound(number, channel=Channel.WEBCHAT, **more)


def contact(number: int, point: ContactPoint = MAIL, **more):
    text = f"Pidió seguir en {point.address}"
    return chat(number, contact_only=True, given_points=(point,), text=text, **more)


async def test_contact_left_in_a_chat_is_where_the_same_case_goes_on(city):
    await city.hear(chat(1), contact(2))
    case, citizen, conversation = await around(city)
    chosen = choose_point(case, citizen, conversation, None, MORNING)
    assert (chosen.key, case.channel) == (MAIL.key, Channel.EMAIL)
    assert [key for key, _ in await ways(city)][:2] == [Channel.EMAIL, Channel.WEBCHAT]
    # Naming an address proves nothing and adds nothing to the person.
    assert citizen.keys == ("webchat:session-1",)
    await city.hear(inbound(3, channel=Channel.EMAIL, address=MAIL.address, text="Le escribo aquí"))
    assert len(await city.all("citizens")) == 2


async def test_answer_to_the_address_left_in_a_chat_comes_home(city):
    await city.hear(chat(1), contact(2))
    _, _, conversation = await around(city)
    known = conversation.with_outbound_key(Channel.EMAIL, "<answer@city>")
    await city.store.conversations.write([known])
    mail = inbound(
        3,
        channel=Channel.EMAIL,
        address=MAIL.address,
        thread_key="<answer@city>",
        reply_to_keys=("<answer@city>",),
    )
    await city.hear(mail)
    assert {entry["case_id"] for entry in await city.all("messages")} == {
        (await only_case(city)).case_id
    }


async def test_writing_in_the_chat_again_is_going_on_in_the_chat(city):
    await city.hear(chat(1), contact(2), chat(3, text="Sigo aquí, ¿me leen?"))
    case, citizen, conversation = await around(city)
    assert choose_point(case, citizen, conversation, None, MORNING).channel is Channel.WEBCHAT


async def test_leaving_a_contact_asks_for_no_answer_and_opens_no_provider_window(city):
    await city.hear(chat(1))
    case = await only_case(city)
    await _save(city, replace(case, needs_answer=False))
    await city.hear(contact(2, PHONE))
    case, _, conversation = await around(city)
    [given] = conversation.given_points
    assert (case.needs_answer, given.last_inbound_time) == (False, None)
    assert given.chosen_time is not None
    assert [entry["kind"] for entry in await city.all("messages")] == ["text", "contact"]


async def test_contact_left_after_the_matter_is_over_opens_nothing(city):
    await city.hear(chat(1))
    case = await only_case(city)
    state = _state(case.procedure_code, "closed")
    await _save(city, replace(case, state=state, status=Status.CLOSED))
    await city.hear(contact(2, at=MORNING + timedelta(days=30)))
    assert (await only_case(city)).status is Status.CLOSED


async def test_contact_that_overtakes_its_chat_comes_again(city):
    early = contact(2)
    failed = await city.receive([Arrival(early)])
    assert isinstance(failed[early.message_id], NotYetVisible)
    await city.hear(chat(1))
    await city.hear(early)
    assert len(await city.all("cases")) == 1


async def test_command_to_send_an_answer_names_its_files(city, clock):
    await city.hear(inbound(1))
    desk, staff = desk_of(city, clock)
    case = await only_case(city)
    plan = Attachment("u" + "1" * 36, "plano.pdf", "application/pdf", 9, "ab")
    await reply(desk, staff, case.case_id, text="Va el plano.", attachments=(plan,))
    pending = await city.store.messages.collection.pending(MORNING + timedelta(days=36_500), 100)
    [body] = [one.body for one in pending if one.type.endswith("SendMessage")]
    [file] = channels_pb2.SendMessage.FromString(body).attachments
    assert (file.attachment_id, file.filename, file.size_bytes) == (
        plan.attachment_id,
        "plano.pdf",
        9,
    )
