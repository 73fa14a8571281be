"""Addresses that a person writes into a form, in the one spelling in which they are compared."""

from __future__ import annotations

import re

import phonenumbers

_MAIL = re.compile(r"[^@\s<>,;\"]{1,64}@[^@\s<>,;\"]{1,190}")


def mail_address(text: str) -> str:
    """The e-mail address in small letters; empty when it is none."""
    mail = text.strip().lower()
    return mail if _MAIL.fullmatch(mail) else ""


def phone_address(text: str, region: str) -> str:
    """The phone in E.164 without "+"; empty when it cannot be dialled.

    Args:
        text: As it was written.
        region: Country of the city (ISO 3166), for numbers without country code.
    """
    try:
        number = phonenumbers.parse(text, region or None)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_valid_number(number):
        return ""
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return str(e164).removeprefix("+")
