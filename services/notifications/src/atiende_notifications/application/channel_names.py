"""Names of channels as the domain and the release say them, and as the contracts number them."""

from __future__ import annotations

from atiende.common.v1.common_pb2 import ChannelKind


def channel_kind(name: str) -> ChannelKind.ValueType:
    """Kind of a channel by its name in lower case; unspecified for an empty name."""
    return ChannelKind.Value(f"CHANNEL_KIND_{(name or 'unspecified').upper()}")


def channel_name(kind: ChannelKind.ValueType) -> str:
    """Name of a channel in lower case; empty when unspecified."""
    name = ChannelKind.Name(kind).removeprefix("CHANNEL_KIND_").lower()
    return "" if name == "unspecified" else name
