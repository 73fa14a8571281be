"""The samples of the contracts are read as the other services wrote them."""

from __future__ import annotations

from pathlib import Path

import pytest

from atiende.channels.v1 import events_pb2 as pb
from atiende_channels.application.mapping import outbound_from_proto
from atiende_channels.contract import CONTRACT
from atiende_channels.domain.model import Channel

pytestmark = pytest.mark.contract

SAMPLES = Path(__file__).parents[4] / "proto" / "testdata"


@pytest.mark.parametrize(
    "message",
    [*CONTRACT.publishes, *(c.message for c in CONTRACT.consumes)],
    ids=lambda m: m.DESCRIPTOR.name,
)
def test_sample_is_decoded_whole(message: type) -> None:
    sample = (SAMPLES / f"{message.DESCRIPTOR.full_name}.binpb").read_bytes()
    decoded = message.FromString(sample)
    assert decoded.SerializeToString(deterministic=True)
    assert {field.name for field, _ in decoded.ListFields()}


def test_sample_command_becomes_an_outbound_message() -> None:
    command = pb.SendMessage.FromString(
        (SAMPLES / "atiende.channels.v1.SendMessage.binpb").read_bytes()
    )
    message = outbound_from_proto(command, Channel.EMAIL)
    assert message.message_id == command.message_id
    assert message.reply_to_keys == tuple(command.reply_to_keys)
    assert message.at_most_once == command.at_most_once
