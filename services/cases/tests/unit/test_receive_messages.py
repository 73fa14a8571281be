from __future__ import annotations

from datetime import timedelta

import pytest

from atiende.cases.v1.events_pb2 import ConversationMessageAdded
from atiende_cases.application.ports import SaveCase
from atiende_cases.domain import lifecycle
from atiende_cases.domain.change import procedure_of
from atiende_cases.domain.citizen import ContactPoint
from atiende_cases.domain.folio import Folio
from atiende_cases.domain.values import Actor, ActorKind, Channel, Quality
from atiende_cases.testing import MORNING, OTHER_TENANT, TENANT, City, inbound
from atiende_city.testing import example_release

pytestmark = pytest.mark.unit
LATER = MORNING + timedelta(days=90_000)
STAFF = Actor(ActorKind.STAFF, "agent-1")


async def resolve(city: City, case_id: str, at=MORNING + timedelta(hours=1)):
    case = await city.store.cases.get(TENANT, case_id)
    procedure = procedure_of(example_release(), case.procedure_code)
    assigned = lifecycle.assign(
        case, procedure, agent_id="agent-1", work_item_id="w", work_version=1, at=at
    ).case
    outcome = min(lifecycle.outcome_codes(procedure))
    change = lifecycle.resolve(assigned, procedure, outcome=outcome, actor=STAFF, at=at)
    await city.store.cases.write([SaveCase(change.case, change.events)])
    return change.case


async def cut_off(city: City, message_id: str) -> None:
    """Loses a message's entry, as the crash of a process between two writes does."""
    entries = city.store.messages.collection
    await entries.forget(await entries.pending(LATER, 100))
    await entries.delete(TENANT, message_id)


async def asks(city: City) -> list[bool]:
    """What the events that wait say: whether somebody must answer the message."""
    waiting = await city.store.messages.collection.pending(LATER, 100)
    return [ConversationMessageAdded.FromString(one.body).needs_answer for one in waiting]


async def test_first_message_opens_a_case_with_the_first_folio(city):
    message = inbound()
    await city.hear(message)
    [case] = await city.all("cases")
    [citizen] = await city.all("citizens")
    [conversation] = await city.all("conversations")
    [entry] = await city.all("messages")
    assert case["folio"] == str(Folio("SA", 2026, 1))
    assert case["_id"] == message.case_id_if_new == conversation["case_id"] == entry["case_id"]
    assert case["procedure_code"] == "alumbrado-publico"
    assert case["unit_id"] == "alumbrado"
    assert citizen["keys"] == ["whatsapp:573001112233"]
    assert case["first_answer_due_time"] > case["open_time"]
    assert await city.events("cases") == ["CaseOpened"]
    assert await city.events("messages") == ["ConversationMessageAdded"]


async def test_messages_of_a_new_citizen_in_one_batch_make_one_citizen_and_one_case(city):
    await city.hear(*(inbound(n, text=f"Poste sin luz {n}") for n in range(1, 6)))
    assert len(await city.all("citizens")) == 1
    assert len(await city.all("conversations")) == 1
    assert len(await city.all("cases")) == 1
    assert len(await city.all("messages")) == 5


async def test_redelivery_changes_nothing(city):
    await city.hear(inbound(1), inbound(2))
    before = {
        name: await city.all(name) for name in ("citizens", "conversations", "cases", "messages")
    }
    await city.hear(inbound(2), inbound(1))
    after = {
        name: await city.all(name) for name in ("citizens", "conversations", "cases", "messages")
    }
    assert before == after


async def test_folios_of_a_batch_follow_the_time_of_entry(city):
    batch = [inbound(n, address=f"57300000000{n}") for n in range(1, 9)]
    await city.hear(*reversed(batch))
    cases = {case["_id"]: case["folio"] for case in await city.all("cases")}
    assert [cases[m.case_id_if_new] for m in batch] == [
        str(Folio("SA", 2026, n)) for n in range(1, 9)
    ]


async def test_cities_do_not_share_folios_or_citizens(city):
    await city.hear(inbound(1), inbound(1, tenant=OTHER_TENANT))
    [mine] = await city.all("cases")
    [other] = await city.all("cases", OTHER_TENANT)
    assert mine["folio"] == other["folio"]
    assert mine["citizen_id"] != other["citizen_id"]


def mail(number: int, *, sender="rosa@example.org", **more):
    more.setdefault("thread_key", f"<{number}@mail>")
    more.setdefault("provider_message_id", f"<{number}@mail>")
    return inbound(number, channel=Channel.EMAIL, address=sender, **more)


async def test_email_reply_joins_by_the_message_it_answers(city):
    await city.hear(mail(1))
    await city.hear(mail(2, thread_key="<lost@mail>", reply_to_keys=("<1@mail>",)))
    assert len(await city.all("cases")) == 1


async def test_stranger_who_answers_in_a_thread_gets_a_case_of_their_own(city):
    await city.hear(mail(1))
    await city.hear(
        mail(2, sender="vecino@example.org", thread_key="<1@mail>", reply_to_keys=("<1@mail>",))
    )
    assert len(await city.all("cases")) == 2
    await city.hear(mail(3, thread_key="<1@mail>", reply_to_keys=("<2@mail>", "<1@mail>")))
    cases = {case["_id"]: case["citizen_id"] for case in await city.all("cases")}
    entries = await city.all("messages")
    assert [entry["case_id"] for entry in entries][2] == entries[0]["case_id"]
    assert len(cases) == 2


async def test_folio_of_ones_own_case_brings_a_message_home_over_another_channel(city):
    await city.hear(inbound(1))
    [citizen] = await city.store.citizens.by_keys(TENANT, ["whatsapp:573001112233"])
    from atiende_cases.application.ports import SaveCitizen

    point = ContactPoint(Channel.EMAIL, "rosa@example.org", source="staff")
    await city.store.citizens.write([SaveCitizen(citizen.with_point(point))])
    await city.hear(mail(2, subject=f"Re: {Folio('SA', 2026, 1)}", text="Adjunto la foto"))
    assert len(await city.all("cases")) == 1
    [conversation] = await city.all("conversations")
    assert [thread["channel"] for thread in conversation["threads"]] == ["whatsapp", "email"]


async def test_folio_of_somebody_else_is_only_a_suggestion(city):
    await city.hear(inbound(1))
    await city.hear(mail(2, subject=f"Re: {Folio('SA', 2026, 1)}"))
    cases = await city.all("cases")
    assert len(cases) == 2
    assert cases[1]["mentions_folio"] == cases[0]["folio"]


async def test_thanks_after_resolution_reopens_nothing(city):
    await city.hear(inbound(1))
    [case] = await city.all("cases")
    await resolve(city, case["_id"])
    await city.hear(inbound(2, text="¡Muchas gracias!", at=MORNING + timedelta(hours=2)))
    [case] = await city.all("cases")
    assert case["status"] == "resolved"
    assert len(await city.all("messages")) == 2


async def test_message_inside_the_window_reopens(city):
    await city.hear(inbound(1))
    [case] = await city.all("cases")
    await resolve(city, case["_id"])
    again = inbound(2, text="Sigue dañado el poste", at=MORNING + timedelta(hours=2))
    await city.hear(again)
    [case] = await city.all("cases")
    assert (case["status"], case["reopen_count"], case["assignee_id"]) == ("open", 1, "")
    assert "CaseReopened" in await city.events("cases")
    # The same message, after the case was resolved again and its entry was lost with a crash.
    await resolve(city, case["_id"], at=MORNING + timedelta(hours=3))
    await cut_off(city, again.message_id)
    await city.hear(again)
    [case] = await city.all("cases")
    assert (case["status"], case["reopen_count"]) == ("resolved", 1)
    assert await asks(city) == [False]


async def test_opening_message_entered_again_asks_only_while_nobody_has_answered(city):
    opening = inbound(1)
    await city.hear(opening)
    [case] = await city.all("cases")
    await cut_off(city, opening.message_id)
    await city.hear(opening)
    assert await asks(city) == [True]
    await resolve(city, case["_id"])
    await cut_off(city, opening.message_id)
    await city.hear(opening)
    assert await asks(city) == [False]
    [case] = await city.all("cases")
    assert (case["status"], case["needs_answer"]) == ("resolved", False)


async def test_message_after_the_window_opens_a_linked_case_and_the_thread_goes_on_there(city):
    await city.hear(inbound(1))
    [case] = await city.all("cases")
    await resolve(city, case["_id"])
    await city.hear(inbound(2, text="Otro poste sin luz", at=MORNING + timedelta(days=60)))
    await city.hear(inbound(3, text="Es en la carrera 7", at=MORNING + timedelta(days=61)))
    first, second = await city.all("cases")
    assert second["linked_case_id"] == first["_id"]
    entries = await city.all("messages")
    assert [entry["case_id"] for entry in entries] == [first["_id"], second["_id"], second["_id"]]


async def test_unreadable_message_opens_a_visible_case_of_attention(city):
    await city.hear(mail(1, text="", quality=Quality.UNREADABLE))
    [case] = await city.all("cases")
    assert (case["unit_id"], case["procedure_code"], case["unreadable"]) == (
        "atencion",
        "consulta-general",
        True,
    )


async def test_given_address_belongs_to_its_case_only(city):
    given = ContactPoint(Channel.EMAIL, "rosa@example.org", source="given")
    report = inbound(1, channel=Channel.OPEN311, address="", thread_key="r1", given_points=(given,))
    await city.hear(report)
    [conversation] = await city.store.conversations.by_keys(TENANT, report.lookup_keys)
    await city.store.conversations.write(
        [conversation.with_outbound_key(Channel.EMAIL, "<notice@city>")]
    )
    await city.hear(mail(2, reply_to_keys=("<notice@city>",), text="La luz sigue sin servir"))
    assert len(await city.all("cases")) == 1
    await city.hear(mail(3, text="Otro tema: un hueco en la vía"))
    assert len(await city.all("cases")) == 2
    assert len(await city.all("citizens")) == 2


async def test_unknown_procedure_code_is_classified_by_text(city):
    await city.hear(inbound(1, procedure_code="no-existe", text="Hay un hueco en la vía"))
    [case] = await city.all("cases")
    assert case["procedure_code"] == "huecos-vias"
