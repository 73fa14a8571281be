"""The golden samples of the events that routing hears are understood."""

from pathlib import Path

import pytest

from atiende_kit.bus import Delivery
from atiende_routing.contract import CONTRACT
from atiende_routing.domain.case_changes import CaseChange
from atiende_routing.entrypoints.events.translate import item_id_of, to_change

pytestmark = pytest.mark.contract

SAMPLES = Path(__file__).resolve().parents[4] / "proto" / "testdata"
CASE_EVENTS = [
    c.message for c in CONTRACT.consumes if c.message.DESCRIPTOR.file.package == "atiende.cases.v1"
]


@pytest.mark.parametrize("message", CASE_EVENTS, ids=lambda m: m.DESCRIPTOR.name)
def test_golden_sample_becomes_a_change(message, make):
    body = (SAMPLES / f"{message.DESCRIPTOR.full_name}.binpb").read_bytes()
    delivery = Delivery(
        message=message.FromString(body),
        tenant="sanaurelio",
        event_id="e1",
        time=make.now,
        attempt=1,
        correlation_id="e1",
    )
    change = to_change(delivery, lambda _code, _unit: ("skill",))
    facts = delivery.message.case
    assert isinstance(change, CaseChange)
    assert (change.case_id, change.unit_id, change.folio) == (
        facts.case_id,
        facts.unit_id,
        facts.folio,
    )
    assert change.item_id == item_id_of("sanaurelio", facts.case_id)
    assert change.open_time.tzinfo is not None


def test_item_id_depends_on_city_and_case_only():
    case_id = "0197f9a2-6a52-7c3e-9d0a-1f2e3d4c5b6a"
    assert item_id_of("a", case_id) == item_id_of("a", case_id)
    assert item_id_of("a", case_id) != item_id_of("b", case_id)
    # Sorts like its case: the same milliseconds lead both.
    assert item_id_of("a", case_id)[:13] == case_id[:13]
    assert item_id_of("a", "not-an-id")
