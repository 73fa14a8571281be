"""Statuses in any order, any number of times, end in the same state; every code has its meaning."""

import re
from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atiende_channels.channels.whatsapp.statuses import (
    ERRORS,
    STATES,
    UnknownStatus,
    error_at_run_time,
    error_of,
    failed_state,
    state_of,
)
from atiende_channels.domain.delivery import FINAL, DeliveryState, advance
from atiende_channels.domain.errors import (
    CHANNEL_ERRORS,
    RecipientInvalid,
    RecipientOptedOut,
    RejectedByProvider,
    Throttled,
)

pytestmark = pytest.mark.unit


def final(statuses: list[DeliveryState]) -> DeliveryState:
    return reduce(lambda now, news: advance(now, news) or now, statuses, DeliveryState.SENDING)


states = st.sampled_from(sorted(STATES))


@given(st.lists(states, min_size=1, max_size=6), st.data())
def test_order_and_repetition_of_statuses_do_not_matter(
    names: list[str], data: st.DataObject
) -> None:
    once = [state_of(name) for name in names]
    again = data.draw(
        st.permutations(once + data.draw(st.lists(st.sampled_from(once), max_size=6)))
    )
    assert final(again) is final(once)


def test_proof_of_reading_beats_a_failure() -> None:
    assert final([DeliveryState.PERMANENT_FAILURE, DeliveryState.READ]) is DeliveryState.READ
    assert final([DeliveryState.READ, DeliveryState.PERMANENT_FAILURE]) is DeliveryState.READ


@pytest.mark.parametrize("status", ["", "SENT", "accepted", "deleted", "warning"])
def test_unknown_status_raises_in_the_table(status: str) -> None:
    with pytest.raises(UnknownStatus):
        state_of(status)


@pytest.mark.parametrize("code", [-1, 7, 131999, 999999])
def test_unknown_code_raises_in_the_table_and_is_a_refusal_at_run_time(code: int) -> None:
    with pytest.raises(UnknownStatus):
        error_of(code)
    assert error_at_run_time(code) is RejectedByProvider


def test_every_code_means_an_error_of_the_closed_list() -> None:
    assert set(ERRORS.values()) <= set(CHANNEL_ERRORS)
    assert len(ERRORS) > 50
    assert all(failed_state(error) in FINAL for error in ERRORS.values())


@pytest.mark.parametrize(
    ("code", "error"),
    [
        (131026, RecipientInvalid),
        (131047, RecipientOptedOut),
        (131056, Throttled),
        (130429, Throttled),
        (131048, Throttled),
        (80007, Throttled),
    ],
)
def test_codes_that_operators_meet(code: int, error: type) -> None:
    assert error_of(code) is error


def test_codes_are_spelled_once() -> None:
    """A dict would keep the last of two equal keys without a word."""
    import inspect

    from atiende_channels.channels.whatsapp import statuses

    codes = re.findall(r"^    (\d+): ", inspect.getsource(statuses), re.MULTILINE)
    assert len(codes) == len(set(codes)) == len(ERRORS)
