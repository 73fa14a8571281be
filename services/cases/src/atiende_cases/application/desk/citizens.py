"""Use cases: a citizen's contact points, preferences and consents."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import phonenumbers
import re2

from atiende_cases.application.desk.access import Desk, Staff
from atiende_cases.application.desk.timeline import see_citizen
from atiende_cases.application.ports import SaveCitizen
from atiende_cases.domain.citizen import MAX_POINTS, Citizen, ContactPoint, canonical_address
from atiende_cases.domain.events import CitizenUpdated
from atiende_cases.domain.values import Channel
from atiende_kit.errors import AlreadyExists, FailedPrecondition, Unprocessable, VersionMismatch
from atiende_kit.store import Outcome, retry_stale

_EMAIL: Final = re2.compile(
    r"^[^\s@<>,;:\"()]{1,64}@[^\s@<>,;:\"()]{1,190}\.[^\s@<>,;:\"().]{2,63}$"
)


async def add_contact_point(
    desk: Desk, staff: Staff, citizen_id: str, *, channel: Channel, address: str
) -> Citizen:
    """Adds an address that the citizen told to a clerk.

    Raises:
        Unprocessable: it is no address of that channel.
        AlreadyExists: it belongs to another citizen.
    """
    release = await desk.releases.get(staff.tenant)
    right = valid_address(channel, address, country=release.city.country)
    point = ContactPoint(channel, right, source="staff")
    taken = await desk.citizens.by_keys(staff.tenant, [point.key])
    if any(citizen.citizen_id != citizen_id for citizen in taken):
        raise _taken()

    def add(citizen: Citizen) -> Citizen:
        if len(citizen.points) >= MAX_POINTS and not citizen.owns(point.key):
            raise FailedPrecondition("TOO_MANY_CONTACT_POINTS", "Ya hay demasiados datos.")
        return citizen.with_point(point)

    return await _change(desk, staff, citizen_id, add)


async def set_preferences(
    desk: Desk,
    staff: Staff,
    citizen_id: str,
    *,
    preferred_channel: Channel | None,
    consents: dict[Channel, bool],
    language: str | None = None,
) -> Citizen:
    """Notes how the citizen wants to be reached and what they refuse."""
    return await _change(
        desk,
        staff,
        citizen_id,
        lambda citizen: citizen.with_preferences(
            preferred_channel=preferred_channel, consents=consents, language=language
        ),
    )


async def _change(
    desk: Desk, staff: Staff, citizen_id: str, decide: Callable[[Citizen], Citizen]
) -> Citizen:
    async def attempt() -> Citizen:
        citizen = (await see_citizen(desk, staff, citizen_id)).citizen
        changed = decide(citizen)
        if changed == citizen:
            return citizen
        [outcome] = await desk.citizens.write([SaveCitizen(changed, (CitizenUpdated(),))])
        if outcome is Outcome.DUPLICATE:
            raise _taken()
        if outcome is Outcome.STALE:
            raise VersionMismatch("CITIZEN_CHANGED", "Los datos cambiaron mientras tanto.")
        return changed

    return await retry_stale(attempt)


def _taken() -> AlreadyExists:
    return AlreadyExists("CONTACT_POINT_TAKEN", "Ese dato de contacto es de otra persona.")


def valid_address(channel: Channel, address: str, *, country: str) -> str:
    """Brings an address that a clerk typed into canonical form.

    Raises:
        Unprocessable: it is no e-mail address or phone number, or the channel has none.
    """
    wrong = Unprocessable(
        "ADDRESS_INVALID",
        "La dirección no es válida para ese medio.",
        fields={"/address": "no es válida"},
    )
    if channel is Channel.EMAIL:
        right = canonical_address(channel, address)
        if _EMAIL.match(right) is None:
            raise wrong
        return right
    if channel is Channel.WHATSAPP:
        try:
            number = phonenumbers.parse(address, country or None)
        except phonenumbers.NumberParseException:
            raise wrong from None
        if not phonenumbers.is_possible_number(number):
            raise wrong
        written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
        return canonical_address(channel, written)
    # A chat session or an Open311 report is no address that one could type.
    raise wrong
