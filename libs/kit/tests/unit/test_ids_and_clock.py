"""Ids, clocks and the declarations of a contract."""

import json
import os
import time
import uuid
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atiende.cases.v1.events_pb2 import CaseFacts, CaseOpened
from atiende.channels.v1.events_pb2 import MessageReceived, SendMessage
from atiende_kit.clock import FileClock, FixedClock, SystemClock
from atiende_kit.contract import Consume, ServiceContract, stream_of, subject_for, subject_of
from atiende_kit.errors import InvalidInput
from atiende_kit.ids import check_tenant, derived_id, new_id

pytestmark = pytest.mark.unit
NOW = datetime(2026, 5, 4, 12, 30, 15, 250000, UTC)


def test_new_ids_are_uuids_of_version_seven_in_order():
    ids = [new_id() for _ in range(100)]
    assert {uuid.UUID(one).version for one in ids} == {7}
    assert ids == sorted(ids)


@given(
    st.datetimes(datetime(1990, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)),
    st.lists(st.text(), min_size=1, max_size=4),
)
def test_a_derived_id_is_a_valid_uuid_that_repeats_and_keeps_its_time(time, parts):
    first = derived_id(time, *parts)
    assert first == derived_id(time.astimezone(timezone(timedelta(hours=-5))), *parts)
    parsed = uuid.UUID(first)
    assert (parsed.version, parsed.variant) == (7, uuid.RFC_4122)
    assert parsed.int >> 80 == int(time.timestamp() * 1000)


def test_other_parts_give_other_ids():
    ids = {
        derived_id(NOW, *parts) for parts in [("a", "bc"), ("ab", "c"), ("abc",), ("a", "b", "c")]
    }
    assert len(ids) == 4
    with pytest.raises(ValueError, match="aware"):
        derived_id(datetime(2026, 1, 1), "a")
    with pytest.raises(ValueError, match="one part"):
        derived_id(NOW)


@pytest.mark.parametrize(
    "tenant", ["", "*", ">", "a.b", "a b", "A", "-a", "ñ", "a" * 64, None, {"$ne": ""}]
)
def test_a_tenant_that_would_break_a_subject_is_refused(tenant):
    with pytest.raises(InvalidInput):
        check_tenant(tenant)


def test_subjects_and_streams_follow_from_the_message():
    assert subject_of(CaseOpened) == "evt.cases.case.opened.v1"
    assert subject_for(CaseOpened, "sanaurelio") == "evt.cases.case.opened.v1.sanaurelio"
    assert (stream_of(CaseOpened), stream_of(SendMessage)) == ("EVT_CASES", "CMD_CHANNELS")
    with pytest.raises(ValueError, match="CaseFacts"):
        subject_of(CaseFacts)


def test_a_contract_that_contradicts_itself_is_refused():
    consume = Consume(MessageReceived, "cases-on-message-received")
    with pytest.raises(ValueError, match="twice"):
        ServiceContract("cases", consumes=(consume, consume))
    with pytest.raises(ValueError, match="routing-on"):
        ServiceContract("routing", consumes=(consume,))
    with pytest.raises(ValueError, match="event of channels"):
        ServiceContract("cases", publishes=(MessageReceived,))
    with pytest.raises(ValueError, match="not its own"):
        ServiceContract("cases", feeds=(CaseOpened,))
    assert ServiceContract("cases", publishes=(SendMessage,)).publishes == (SendMessage,)


def test_clocks_tell_whole_milliseconds_in_utc():
    told = SystemClock().now()
    assert told.tzinfo is UTC
    assert told.microsecond % 1000 == 0
    clock = FixedClock(NOW)
    clock.advance(timedelta(hours=2))
    assert clock.now() == NOW + timedelta(hours=2)


def test_virtual_time_runs_as_the_file_says_and_follows_its_changes(tmp_path):
    path = tmp_path / "clock.json"
    clock = FileClock(path)
    clock._LOOK_AGAIN_SECONDS = 0
    assert abs(clock.now().timestamp() - time.time()) < 5
    real = time.time()
    path.write_text(json.dumps({"real_epoch": real, "virtual_epoch": NOW.timestamp(), "rate": 120}))
    first = clock.now()
    assert timedelta(0) <= first - NOW < timedelta(seconds=600)
    path.write_text("{")
    os.utime(path, (1, 1))
    assert clock.now() >= first
    path.write_text(json.dumps({"real_epoch": real, "virtual_epoch": 0, "rate": 0}))
    os.utime(path, (2, 2))
    assert clock.now() == datetime(1970, 1, 1, tzinfo=UTC)
