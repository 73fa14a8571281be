"""All channels, one line each.

To add a channel: write its folder (adapter, README, fixtures under `tests/channels/<name>/`), add
its settings group in `atiende_channels.settings` if it has one, and its line here. Nothing else
changes: the base stores, de-duplicates, publishes, splits, retries and counts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from fastapi import APIRouter

from atiende_channels.channels import open311, whatsapp
from atiende_channels.channels.base import ChannelAdapter
from atiende_channels.channels.context import ChannelContext
from atiende_channels.channels.email.adapter import EmailAdapter
from atiende_channels.channels.portal import routes as portal
from atiende_channels.channels.portal.adapter import CounterAdapter, KioskAdapter, PortalAdapter
from atiende_channels.channels.webchat import routes as webchat
from atiende_channels.channels.webchat.adapter import WebchatAdapter
from atiende_channels.domain.model import Channel
from atiende_channels.settings import Settings


@dataclass(frozen=True, slots=True)
class ChannelEntry:
    """How to build one channel.

    Attributes:
        adapter: Makes the adapter from the settings.
        routers: Makes the channel's own public HTTP routes, if it has some.
        folder: Where its code and fixtures are, when it shares those of another channel.
    """

    adapter: Callable[[Settings], ChannelAdapter]
    routers: Callable[[ChannelContext], list[APIRouter]] | None = None
    folder: str = ""


CHANNELS: dict[Channel, ChannelEntry] = {
    Channel.WHATSAPP: ChannelEntry(whatsapp.adapter, whatsapp.routers),
    Channel.EMAIL: ChannelEntry(lambda settings: EmailAdapter(settings.lmtp, settings.smtp)),
    Channel.OPEN311: ChannelEntry(open311.adapter, open311.routers),
    # Web chat is its own provider: `bootstrap` gives its adapter the store.
    Channel.WEBCHAT: ChannelEntry(lambda _: WebchatAdapter(), webchat.routers),
    # One form with three doors, whose routes stand with the first.
    Channel.PORTAL: ChannelEntry(lambda _: PortalAdapter(), portal.routers),
    Channel.KIOSK: ChannelEntry(lambda _: KioskAdapter(), folder="portal"),
    Channel.COUNTER: ChannelEntry(lambda _: CounterAdapter(), folder="portal"),
}
"""Every channel of this service."""
