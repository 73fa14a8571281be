"""A report (POST requests): what it must hold, and what it says."""

import hmac
import math
from collections.abc import Mapping
from http import HTTPStatus
from urllib.parse import urlsplit

from atiende_channels.channels.open311.errors import (
    GeoReportError,
    Problem,
    forbidden,
    not_found,
    not_provided,
)
from atiende_channels.channels.open311.form import Form
from atiende_channels.channels.open311.services import check_attributes, public_procedure
from atiende_channels.domain.addresses import mail_address, phone_address
from atiende_channels.domain.model import Account, Channel, Contact, Place
from atiende_channels.domain.text import clean_line
from atiende_city.model import Procedure
from atiende_city.release import Release

MAX_DESCRIPTION_CHARACTERS = 4_000
_MAX_LINE_CHARACTERS = 500
_MAX_URL_CHARACTERS = 2_000
_LINES = ("address_string", "address_id", "email", "device_id", "account_id")
_NAMES = ("first_name", "last_name", "phone")
_LIMITS = {"lat": 90.0, "long": 180.0}


def client_of(account: Account, api_key: str) -> str:
    """Finds whose API key it is.

    Keys are the account's secrets named `api_key` or `api_key_<client>`.

    Returns:
        Name of the client.

    Raises:
        GeoReportError: 403, as the specification says for a missing or invalid key.
    """
    if not api_key:
        raise forbidden("api_key was not provided")
    found = ""
    for name, secret in account.secrets.items():
        same = hmac.compare_digest(secret.encode(), api_key.encode("utf-8", "replace"))
        if name.startswith("api_key") and secret and same:
            found = name.removeprefix("api_key").removeprefix("_") or "default"
    if not found:
        raise forbidden("Invalid api_key received")
    return found


def check_report(form: Form, release: Release) -> Procedure:
    """Checks a report against the specification and the service's definition.

    Raises:
        GeoReportError: 404 for an unknown service, 400 with everything else that is wrong.
    """
    code = form.get("service_code")
    if not code:
        raise not_provided("service_code")
    procedure = public_procedure(release, code)
    if procedure is None:
        raise not_found("service_code")
    wrong = [*_place_faults(form), *_argument_faults(form)]
    wrong += check_attributes(procedure, form.attributes())
    if wrong:
        problems = [Problem(400, text) for text in wrong[:50]]
        raise GeoReportError(HTTPStatus.BAD_REQUEST, problems)
    return procedure


def _place_faults(form: Form) -> list[str]:
    given = {name: form.get(name) for name in _LIMITS}
    if any(given.values()) and not all(given.values()):
        return ["lat and long must be provided together"]
    faults = [
        f"{name} must be a number of degrees between -{limit:g} and {limit:g}"
        for name, limit in _LIMITS.items()
        if given[name] and _degrees(given[name], limit) is None
    ]
    if not any(given.values()) and not form.get("address_string") and not form.get("address_id"):
        faults.append("lat and long, address_string or address_id was not provided")
    return faults


def _argument_faults(form: Form) -> list[str]:
    faults = [
        f"{name} is longer than {_MAX_LINE_CHARACTERS} characters"
        for name in (*_LINES, *_NAMES)
        if len(form.get(name)) > _MAX_LINE_CHARACTERS
    ]
    if len(form.get("description")) > MAX_DESCRIPTION_CHARACTERS:
        faults.append(f"description is longer than {MAX_DESCRIPTION_CHARACTERS} characters")
    if form.get("email") and not mail_of(form):
        faults.append("email is not valid")
    if form.get("media_url") and not is_media_url(form.get("media_url")):
        faults.append("media_url is not a valid http or https address")
    return faults


def is_media_url(text: str) -> bool:
    """Tells whether it is a plain web address; it is stored as text and never fetched here."""
    if len(text) > _MAX_URL_CHARACTERS or not text.isprintable() or set(text) & set(' "<>\\^`{|}'):
        return False
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return False
    host = parts.hostname or ""
    return (
        parts.scheme in {"http", "https"}
        and "." in host.strip(".")
        and not parts.username
        and parts.password is None
        and port != 0
    )


def _degrees(text: str, limit: float) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) and abs(number) <= limit else None


def place_of(form: Form) -> Place | None:
    """Where it is."""
    latitude = _degrees(form.get("lat"), _LIMITS["lat"])
    longitude = _degrees(form.get("long"), _LIMITS["long"])
    address = clean_line(form.get("address_string"), _MAX_LINE_CHARACTERS)
    if latitude is None or longitude is None:
        return Place(address=address) if address else None
    return Place(latitude, longitude, address)


def mail_of(form: Form) -> str:
    """The e-mail address in small letters; empty when it is none."""
    return mail_address(form.get("email"))


def phone_of(form: Form, region: str) -> str:
    """The phone in E.164 without "+"; empty when it cannot be dialled.

    Args:
        form: The report.
        region: Country of the city (ISO 3166), for numbers without country code.
    """
    return phone_address(form.get("phone"), region)


def name_of(form: Form) -> str:
    """First and last name."""
    return clean_line(f"{form.get('first_name')} {form.get('last_name')}", 200)


def contacts_of(form: Form, region: str) -> tuple[Contact, ...]:
    """Other ways to reach the person; nobody has proved them."""
    found: list[Contact] = []
    if mail := mail_of(form):
        found.append(Contact(Channel.EMAIL, mail, name_of(form)))
    if phone := phone_of(form, region):
        found.append(Contact(Channel.WHATSAPP, phone, name_of(form)))
    return tuple(found)


def values_of(form: Form) -> Mapping[str, str]:
    """Values for the procedure's form, and the arguments that have no other place."""
    values = {
        clean_line(code, 100): clean_line("; ".join(given), MAX_DESCRIPTION_CHARACTERS)
        for code, given in form.attributes().items()
    }
    for name in ("address_id", "media_url"):
        if given := clean_line(form.get(name), _MAX_URL_CHARACTERS):
            values[name] = given
    return values
