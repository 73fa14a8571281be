"""Names and numbers of channels agree."""

from __future__ import annotations

import pytest

from atiende.common.v1.common_pb2 import ChannelKind
from atiende_city.channels import CHANNELS, channel_kind, channel_name

pytestmark = pytest.mark.unit


@pytest.mark.parametrize("name", CHANNELS)
def test_every_channel_of_a_release_has_a_kind(name: str):
    assert channel_name(channel_kind(name)) == name


def test_what_is_not_known_has_no_name():
    assert channel_name(ChannelKind.CHANNEL_KIND_UNSPECIFIED) == ""
    assert channel_name(99) == ""
    assert channel_kind("") == ChannelKind.CHANNEL_KIND_UNSPECIFIED
