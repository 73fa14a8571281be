from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atiende_cases.domain.citizen import canonical_address
from atiende_cases.domain.values import Channel, DeliveryState

pytestmark = pytest.mark.unit


@given(
    st.permutations(
        [
            DeliveryState.ACCEPTED,
            DeliveryState.SENDING,
            DeliveryState.SENT,
            DeliveryState.DELIVERED,
            DeliveryState.READ,
        ]
    )
)
def test_reports_in_any_order_end_in_the_furthest(order):
    state = DeliveryState.QUEUED
    for report in (*order, *order):
        state = report if state.may_become(report) else state
    assert state is DeliveryState.READ


def test_failure_after_delivery_changes_nothing():
    for done, failed in itertools.product(
        (DeliveryState.DELIVERED, DeliveryState.READ),
        (
            DeliveryState.TEMPORARY_FAILURE,
            DeliveryState.PERMANENT_FAILURE,
            DeliveryState.TECHNICAL_FAILURE,
        ),
    ):
        assert not done.may_become(failed)


def test_unknown_is_corrected_by_a_late_report():
    assert DeliveryState.UNKNOWN.may_become(DeliveryState.DELIVERED)
    assert DeliveryState.UNKNOWN.may_become(DeliveryState.PERMANENT_FAILURE)
    assert DeliveryState.TEMPORARY_FAILURE.may_become(DeliveryState.SENDING)


def test_two_unicode_forms_of_an_address_are_one():
    assert canonical_address(Channel.EMAIL, " Jose\u0301@Example.ORG ") == "josé@example.org"
    assert canonical_address(Channel.WHATSAPP, "+57 300 111 2233") == "573001112233"
