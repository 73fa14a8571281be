"""What Meta's statuses and error codes mean here: a table to hold against Meta's page.

Source: Meta, "Cloud API error codes" and "status messages webhooks".
"""

from typing import Final

from atiende_channels.domain.delivery import DeliveryState
from atiende_channels.domain.errors import (
    ChannelConfigInvalid,
    ChannelError,
    ContentUnsupported,
    RecipientInvalid,
    RecipientOptedOut,
    RejectedByProvider,
    RejectedRetryable,
    Throttled,
)

STATES: Final = {
    "sent": DeliveryState.SENT,
    "delivered": DeliveryState.DELIVERED,
    "read": DeliveryState.READ,
    "played": DeliveryState.READ,
    "failed": DeliveryState.PERMANENT_FAILURE,
}

ERRORS: Final[dict[int, type[ChannelError]]] = {
    # authorisation
    0: ChannelConfigInvalid,  # the access token could not be authenticated
    3: ChannelConfigInvalid,  # no capability or permission
    10: ChannelConfigInvalid,  # permission not granted or removed
    190: ChannelConfigInvalid,  # access token expired
    200: ChannelConfigInvalid,  # permission
    299: ChannelConfigInvalid,  # permission
    # integrity
    368: ChannelConfigInvalid,  # account restricted for a breach of policy
    130497: RecipientInvalid,  # the account may not write to that country
    131031: ChannelConfigInvalid,  # account locked
    # service and time
    1: RejectedRetryable,  # unknown error at Meta
    2: RejectedRetryable,  # temporary downtime
    131000: RejectedRetryable,  # something went wrong
    131016: RejectedRetryable,  # service unavailable
    131057: RejectedRetryable,  # account in maintenance
    133004: RejectedRetryable,  # server temporarily unavailable
    # limits
    4: Throttled,  # application request limit
    80007: Throttled,  # account request limit
    130429: Throttled,  # throughput of the number
    131048: Throttled,  # limit because earlier messages were reported as spam
    131056: Throttled,  # too many to this one person
    133016: Throttled,  # too many registrations
    # parameters
    33: ChannelConfigInvalid,  # the business number was deleted
    100: RejectedByProvider,  # a parameter is not supported or misspelt
    130472: RecipientOptedOut,  # the person is part of a marketing experiment
    131005: ChannelConfigInvalid,  # access denied
    131008: RejectedByProvider,  # a required parameter is missing
    131009: RejectedByProvider,  # a parameter's value is not valid
    131021: RecipientInvalid,  # sender and recipient are the same
    131026: RecipientInvalid,  # undeliverable: no WhatsApp, old terms, old app
    131030: RecipientInvalid,  # not in the list of allowed test numbers
    131037: ChannelConfigInvalid,  # display name not approved yet
    131042: ChannelConfigInvalid,  # payment method
    131045: ChannelConfigInvalid,  # certificate of the number
    131047: RecipientOptedOut,  # more than 24 hours since the person last wrote
    131049: RecipientOptedOut,  # not delivered for the health of the ecosystem
    131050: RecipientOptedOut,  # the person stopped marketing messages
    131051: ContentUnsupported,  # kind of message not supported
    131052: ContentUnsupported,  # media of the person could not be downloaded
    131053: ContentUnsupported,  # media could not be uploaded
    # templates
    132000: ChannelConfigInvalid,  # number of parameters differs
    132001: ChannelConfigInvalid,  # no such template in that language
    132005: ContentUnsupported,  # text too long after translation
    132007: ChannelConfigInvalid,  # content against policy
    132012: ChannelConfigInvalid,  # format of a parameter
    132015: ChannelConfigInvalid,  # template paused for low quality
    132016: ChannelConfigInvalid,  # template disabled for good
    132068: ChannelConfigInvalid,  # flow blocked
    132069: Throttled,  # flow throttled
    # registration
    133000: ChannelConfigInvalid,  # incomplete deregistration
    133005: ChannelConfigInvalid,  # wrong two-step PIN
    133006: ChannelConfigInvalid,  # number must be verified again
    133008: Throttled,  # too many guesses of the PIN
    133009: Throttled,  # PIN entered too fast
    133010: ChannelConfigInvalid,  # number not registered
    133015: RejectedRetryable,  # number deleted a moment ago
    134011: ChannelConfigInvalid,  # terms of payments not accepted
    135000: RejectedByProvider,  # generic error of the request
}


class UnknownStatus(KeyError):  # noqa: N818 - it names what is wrong
    """Meta has a status or a code that this table does not."""


def state_of(status: str) -> DeliveryState:
    """Looks up a status.

    Raises:
        UnknownStatus: Not in the table.
    """
    try:
        return STATES[status]
    except KeyError:
        raise UnknownStatus(status) from None


def error_of(code: int) -> type[ChannelError]:
    """Looks up an error code.

    Raises:
        UnknownStatus: Not in the table.
    """
    try:
        return ERRORS[code]
    except KeyError:
        raise UnknownStatus(code) from None


def error_at_run_time(code: int) -> type[ChannelError]:
    """Like `error_of`, for production: a code invented yesterday is a refusal, not a crash."""
    return ERRORS.get(code, RejectedByProvider)


def failed_state(error: type[ChannelError]) -> DeliveryState:
    """The state of a message that Meta took and then failed; Meta does not try again by itself."""
    if error.retryable or error.our_fault:
        return DeliveryState.TECHNICAL_FAILURE
    return DeliveryState.PERMANENT_FAILURE
