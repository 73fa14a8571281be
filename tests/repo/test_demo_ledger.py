"""The demo's judge can say no."""

from __future__ import annotations

import pytest

from dev.demo.ledger import Ledger

pytestmark = pytest.mark.unit


def ledger() -> Ledger:
    made = Ledger()
    made.note("email", "a", acknowledged=True)
    made.note("email", "a", acknowledged=True)
    made.note("whatsapp", "b", acknowledged=True)
    made.note("whatsapp", "forged", acknowledged=False, refusal="401")
    return made


def test_even_when_each_acknowledged_message_arrived_once():
    balance = ledger().balance([("email", "a"), ("whatsapp", "b")])
    assert balance.is_even
    assert (balance.sent, balance.delivered_twice, balance.refused) == (3, 1, 1)


def test_a_lost_message_is_seen():
    assert [e.key for e in ledger().balance([("email", "a")]).lost] == ["b"]


def test_a_doubled_message_is_seen():
    doubled = ledger().balance([("email", "a"), ("email", "a"), ("whatsapp", "b")])
    assert doubled.doubled == [("email", "a")]


def test_a_refused_message_must_not_appear():
    appeared = ledger().balance([("email", "a"), ("whatsapp", "b"), ("whatsapp", "forged")])
    assert appeared.out_of_nowhere == [("whatsapp", "forged")]


def test_a_broken_message_must_be_visible_as_unreadable():
    made = ledger()
    made.note("email", "broken", acknowledged=True, broken=True)
    arrived = [("email", "a"), ("whatsapp", "b")]
    assert made.balance(arrived, unreadable=1).is_even
    assert [e.key for e in made.balance(arrived).lost] == ["broken"]
