"""WhatsApp addresses in one canonical spelling, so that one person is one contact point."""

import re

_DIGITS = re.compile(r"\d{7,15}")
_BUSINESS_SCOPED = re.compile(r"[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}")
_MEXICO_OLD_MOBILE_LENGTH = 13
_SEPARATORS = str.maketrans("", "", " -().\u00a0\u202a\u202c")


def canonical_address(given: str) -> str | None:
    """Returns E.164 digits without "+", or a business-scoped user id as it is; else None.

    Mexico dropped the mobile prefix 1 after 52 in 2019, but WhatsApp still reports many numbers as
    521 + 10 digits:
    both spellings are one line.

    Args:
        given: ``wa_id``, ``from``, ``user_id`` or what a person typed.
    """
    text = given.strip()
    if _BUSINESS_SCOPED.fullmatch(text):
        return text
    digits = text.translate(_SEPARATORS).removeprefix("+")
    digits = digits.removeprefix("00")
    if not (digits.isascii() and _DIGITS.fullmatch(digits)):
        return None
    if len(digits) == _MEXICO_OLD_MOBILE_LENGTH and digits.startswith("521"):
        digits = "52" + digits[3:]
    return digits


def is_business_scoped(address: str) -> bool:
    """Tells whether the address is a user id of a person who hides the phone number."""
    return _BUSINESS_SCOPED.fullmatch(address) is not None
