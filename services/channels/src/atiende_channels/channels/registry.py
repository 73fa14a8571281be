"""All channels, one line each.

To add a channel: write its folder (adapter, README, fixtures under `tests/channels/<name>/`), add
its settings group in `atiende_channels.settings` and its line here. Nothing else changes.
"""

from __future__ import annotations

from atiende_channels.channels.base import ChannelAdapter
from atiende_channels.domain.model import Channel

CHANNELS: dict[Channel, type[ChannelAdapter]] = {}
"""Adapter class of each channel; `bootstrap` builds them with their settings."""
