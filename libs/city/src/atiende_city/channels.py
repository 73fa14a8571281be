"""Names of channels as a release and a domain say them, and as the contracts number them."""

from __future__ import annotations

from typing import Literal, get_args

from atiende.common.v1.common_pb2 import ChannelKind

ChannelName = Literal["webchat", "email", "whatsapp", "open311", "portal", "kiosk", "counter"]
"""Name of a channel."""

CHANNELS: tuple[ChannelName, ...] = get_args(ChannelName)
"""Every channel by its name."""

FORM_CHANNELS = frozenset({"portal", "kiosk", "counter"})
"""The procedure's form: filled in at home, at a kiosk, or by staff for the person at the counter.

Nothing can be sent to a form. What the city answers stands in the portal, where the tracking secret
of the receipt opens it."""

_PREFIX = "CHANNEL_KIND_"


def channel_kind(name: str) -> ChannelKind.ValueType:
    """Returns the kind of a channel by its name, "whatsapp"; unspecified for an empty name.

    Raises:
        ValueError: no channel has that name.
    """
    return ChannelKind.Value(f"{_PREFIX}{(name or 'unspecified').upper()}")


def channel_name(kind: ChannelKind.ValueType) -> str:
    """Returns the name of a channel in lower case.

    An unspecified kind has no name, nor has one that a newer publisher knows and we do not.
    """
    if kind == ChannelKind.CHANNEL_KIND_UNSPECIFIED or kind not in ChannelKind.values():
        return ""
    return ChannelKind.Name(kind).removeprefix(_PREFIX).lower()
