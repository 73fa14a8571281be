"""Channel errors: a closed list. Each says whether to try again and whose fault it is.

ChannelError
├── ChannelConfigInvalid   ours,  final   credentials, account or template set up wrongly
├── ContentUnsupported     ours,  final   this channel cannot carry that content
├── RecipientInvalid       –,     final   no such address
├── RecipientOptedOut      –,     final   the person or the window forbids it
├── ConnectionFailed       –,     retry   no or broken connection, time-out
├── Throttled              –,     retry   429 and its relatives, with `retry_after`
├── RejectedByProvider     –,     final   the provider says no for good
├── RejectedRetryable      –,     retry   the provider says not now (5xx, 408, 4yz)
├── ResponseUnparseable    –,     retry   an answer that is not what was documented
└── ResponseUnexpected     –,     final   an answer we have no rule for
"""

# ruff: noqa: N818 - the names are the closed list of the conventions; they read as what happened

from __future__ import annotations

from typing import ClassVar


class ChannelError(Exception):
    """Sending failed.

    Args:
        detail: One line for operators; no personal data.
        retry_after: Seconds the provider asked us to wait.
        outcome_unknown: True when the provider may have taken the message all the same.
    """

    code: ClassVar[str] = "CHANNEL_ERROR"
    retryable: ClassVar[bool] = False
    our_fault: ClassVar[bool] = False

    def __init__(
        self,
        detail: str = "",
        *,
        retry_after: float | None = None,
        outcome_unknown: bool = False,
    ) -> None:
        super().__init__(f"{self.code}: {detail}" if detail else self.code)
        self.detail = detail
        self.retry_after = retry_after
        self.outcome_unknown = outcome_unknown


class ChannelConfigInvalid(ChannelError):
    """Credentials, account or template are set up wrongly."""

    code = "CHANNEL_CONFIG_INVALID"
    our_fault = True


class ContentUnsupported(ChannelError):
    """The channel cannot carry this content."""

    code = "CONTENT_UNSUPPORTED"
    our_fault = True


class RecipientInvalid(ChannelError):
    """The address does not exist or cannot receive."""

    code = "RECIPIENT_INVALID"


class RecipientOptedOut(ChannelError):
    """The person, or the provider's window, forbids this message."""

    code = "RECIPIENT_OPTED_OUT"


class ConnectionFailed(ChannelError):
    """No connection, a broken one or no answer in time."""

    code = "CONNECTION_FAILED"
    retryable = True


class Throttled(ChannelError):
    """Too many messages for the provider."""

    code = "THROTTLED"
    retryable = True


class RejectedByProvider(ChannelError):
    """The provider refused for good."""

    code = "REJECTED_BY_PROVIDER"


class RejectedRetryable(ChannelError):
    """The provider refused for now."""

    code = "REJECTED_RETRYABLE"
    retryable = True


class ResponseUnparseable(ChannelError):
    """The provider's answer could not be read; it may have taken the message."""

    code = "RESPONSE_UNPARSEABLE"
    retryable = True


class ResponseUnexpected(ChannelError):
    """The provider answered something we have no rule for."""

    code = "RESPONSE_UNEXPECTED"


CHANNEL_ERRORS: tuple[type[ChannelError], ...] = (
    ChannelConfigInvalid,
    ContentUnsupported,
    RecipientInvalid,
    RecipientOptedOut,
    ConnectionFailed,
    Throttled,
    RejectedByProvider,
    RejectedRetryable,
    ResponseUnparseable,
    ResponseUnexpected,
)
"""The whole list; a test compares it with the subclasses that exist."""


def for_http_status(status: int, *, retry_after: float | None = None) -> ChannelError | None:
    """Maps an HTTP status of a provider; of the 4xx only 408 and 429 are tried again.

    Returns:
        None for 2xx, otherwise the error to raise. Adapters look at the provider's own error
        codes first and use this for what is left.
    """
    if 200 <= status < 300:  # noqa: PLR2004 - the classes of RFC 9110 read best as they stand
        return None
    if status == 429:  # noqa: PLR2004 - same
        return Throttled(f"HTTP {status}", retry_after=retry_after)
    if status == 408 or status >= 500:  # noqa: PLR2004 - same
        return RejectedRetryable(f"HTTP {status}", retry_after=retry_after)
    if status in {401, 403}:
        return ChannelConfigInvalid(f"HTTP {status}")
    if 400 <= status < 500:  # noqa: PLR2004 - same
        return RejectedByProvider(f"HTTP {status}")
    return ResponseUnexpected(f"HTTP {status}")
