"""Every channel of the registry stands the conformance suite."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import atiende_channels
from atiende_channels import testing
from atiende_channels.channels.registry import CHANNELS
from atiende_channels.domain.model import Channel
from atiende_channels.settings import Settings
from atiende_channels.testing import ChannelCase

SOURCE = Path(atiende_channels.__file__).parent / "channels"
TESTS = Path(__file__).parents[1]
FOLDERS = {channel: entry.folder or channel.value for channel, entry in CHANNELS.items()}
each_channel = pytest.mark.parametrize("channel", list(Channel), ids=lambda c: c.value)


@pytest.mark.unit
@each_channel
def test_channel_is_registered_documented_and_has_fixtures(channel: Channel) -> None:
    assert channel in CHANNELS
    readme = (SOURCE / FOLDERS[channel] / "README.md").read_text()
    assert len(readme.split()) > 100, f"README of {channel} says little"
    assert any((TESTS / FOLDERS[channel] / "fixtures").iterdir())
    assert CHANNELS[channel].adapter(Settings.example()).channel is channel


@pytest.mark.unit
@each_channel
def test_fixtures_are_synthetic(channel: Channel) -> None:
    """No real domain stands in a recorded fixture; `.example` and `example.org` are nobody's."""
    for path in (TESTS / FOLDERS[channel] / "fixtures").iterdir():
        found = re.findall(rb"[\w.+-]+@([\w-]+(?:\.[\w-]+)+)", path.read_bytes())
        real = {d for d in found if not re.search(rb"(^|\.)(example|example\.org)$", d.lower())}
        assert not real, f"{path.name}: {real}"


@pytest.mark.unit
def test_parsing_is_pure_and_never_silent(case: ChannelCase) -> None:
    testing.check_parsing_is_pure(case)


@pytest.mark.unit
def test_malformed_bodies_are_refused_by_name(case: ChannelCase) -> None:
    testing.check_malformed_bodies(case)


@pytest.mark.unit
def test_each_declared_capability_is_exercised(case: ChannelCase) -> None:
    testing.check_capabilities(case)


@pytest.mark.unit
def test_forged_signature_is_refused(case: ChannelCase) -> None:
    testing.check_signature(case)


@pytest.mark.integration
async def test_provider_that_fails_gives_an_error_of_the_closed_list(case: ChannelCase) -> None:
    await testing.check_sending(case)


@pytest.mark.unit
def test_secrets_of_an_account_are_not_shown(case: ChannelCase) -> None:
    shown = repr(case.account)
    assert not any(secret in shown for secret in case.account.secrets.values() if len(secret) > 3)
