"""Use cases: a citizen proves an address by a one-time code, or an account by signing in.

Nothing here says whether an address is known: a code goes to each, and whoever proves a new one
is a new citizen. What a stranger could have claimed (an address given in a form) is proved first.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final, Literal

from atiende_cases.application.citizen.access import CitizenDesk
from atiende_cases.application.citizen.ports import Codes, Limit
from atiende_cases.application.desk.citizens import valid_address
from atiende_cases.application.ports import SaveCitizen
from atiende_cases.domain.challenge import CODE_DIGITS, Challenge
from atiende_cases.domain.citizen import Citizen, ContactPoint
from atiende_cases.domain.events import CitizenUpdated
from atiende_cases.domain.plain_words import Language
from atiende_cases.domain.values import Channel
from atiende_city.citizen_access import CitizenSession
from atiende_kit.errors import AlreadyExists, PermissionDenied, Unauthenticated, VersionMismatch
from atiende_kit.ids import new_id
from atiende_kit.store import Outcome, retry_stale

_HOUR: Final = 3600
# Three an hour: an SMS or a WhatsApp template costs the city money at each (reliability S18).
PER_ADDRESS: Final = Limit("codes-address", 3, _HOUR)


@dataclass(frozen=True, slots=True)
class SendingCodes:
    """What sending codes needs besides the desk.

    Attributes:
        per_visitor: codes that one visitor may ask for in an hour.
        per_city: codes that a city sends in an hour, so that pumping has an end.
        now: real time: a code's life does not follow the domain's clock.
    """

    codes: Codes
    per_visitor: Limit
    per_city: Limit
    now: Callable[[], datetime] = lambda: datetime.now(UTC)


async def send_code(
    desk: CitizenDesk,
    sending: SendingCodes,
    tenant: str,
    *,
    channel: Channel,
    address: str,
    language: Language,
    visitor: str,
) -> Challenge:
    """Sends a code to an address, at most once; known or not makes no difference.

    Raises:
        Unprocessable: It is no address of that channel.
        RateLimited: Too many codes for the address, the visitor or the city.
    """
    release = await desk.releases.get(tenant)
    right = valid_address(channel, address, country=release.city.country)
    digest = desk.access.digest
    await desk.attempts.take(tenant, sending.per_visitor, digest("visitor", visitor))
    await desk.attempts.take(tenant, PER_ADDRESS, digest("address", channel.value, right))
    await desk.attempts.take(tenant, sending.per_city, tenant)
    code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"
    challenge_id = new_id()
    challenge = Challenge(
        challenge_id=challenge_id,
        tenant=tenant,
        channel=channel,
        address=right,
        code_digest=digest("code", challenge_id, code),
        language=language,
        create_time=_milliseconds(sending.now()),
    )
    await sending.codes.add(challenge, code)
    return challenge


async def verify_code(
    desk: CitizenDesk,
    sending: SendingCodes,
    tenant: str,
    *,
    challenge_id: str,
    code: str,
    visitor: str,
    present: CitizenSession | None = None,
) -> CitizenSession:
    """Begins the session of whoever has the address; makes the citizen when it is nobody's.

    Args:
        desk: what is needed.
        sending: of codes.
        tenant: city of the page.
        challenge_id: of the code.
        code: as typed.
        visitor: what tells visitors apart.
        present: session of a citizen who adds the address to what the city knows of them.

    Raises:
        Unauthenticated: The code is wrong, over, used or unknown: one answer for all.
        AlreadyExists: The address that should be added belongs to somebody else.
        RateLimited: Too many wrong codes.
    """
    who = desk.access.digest("visitor", visitor)
    await desk.attempts.take(tenant, desk.limits.visitor_proofs, who)
    challenge = await _judge(desk, sending, tenant, challenge_id, code)
    await desk.attempts.give_back(tenant, desk.limits.visitor_proofs, who)
    point = ContactPoint(challenge.channel, challenge.address, verified=True)
    citizen = await _owner(desk, tenant, point, challenge.language, present)
    return begin(desk, citizen, "contact" if present is None else present.assurance)


async def _judge(
    desk: CitizenDesk, sending: SendingCodes, tenant: str, challenge_id: str, code: str
) -> Challenge:
    typed = "".join(c for c in code if not c.isspace() and c != "-")

    async def attempt() -> Challenge:
        challenge = await sending.codes.get(tenant, challenge_id)
        if challenge is None or not challenge.may_be_tried(sending.now()):
            raise _wrong_code()
        digest = desk.access.digest("code", challenge_id, typed)
        right = hmac.compare_digest(digest, challenge.code_digest)
        # Written before it is told: of many tries at once no more than five are judged.
        if not await sending.codes.save(challenge.used() if right else challenge.tried()):
            raise VersionMismatch("CHALLENGE_CHANGED", "El código se está comprobando.")
        if not right:
            raise _wrong_code()
        return challenge

    return await retry_stale(attempt, attempts=10)


async def sign_in(
    desk: CitizenDesk, tenant: str, *, verified_email: str, name: str, language: Language
) -> CitizenSession:
    """Begins the session of an account of the city's identity provider.

    The account leads to whoever has its e-mail address, so only a verified one counts.

    Raises:
        PermissionDenied: The account's address is not verified.
    """
    if not verified_email:
        raise PermissionDenied(
            "EMAIL_NOT_VERIFIED", "Primero verifique el correo de su cuenta con el enlace recibido."
        )
    release = await desk.releases.get(tenant)
    address = valid_address(Channel.EMAIL, verified_email, country=release.city.country)
    point = ContactPoint(Channel.EMAIL, address, display_name=name, verified=True)
    return begin(desk, await _owner(desk, tenant, point, language, None), "login")


def begin(
    desk: CitizenDesk, citizen: Citizen, assurance: Literal["case", "contact", "login"]
) -> CitizenSession:
    """Begins a session of a citizen."""
    return desk.access.begin(
        citizen.tenant,
        assurance,
        citizen_id=citizen.citizen_id,
        generation=citizen.session_generation,
    )


async def _owner(
    desk: CitizenDesk,
    tenant: str,
    point: ContactPoint,
    language: str,
    present: CitizenSession | None,
) -> Citizen:
    """Who has a proved address: its owner, whoever adds it, or a new citizen."""

    async def attempt() -> Citizen:
        found = await desk.citizens.by_keys(tenant, [point.key])
        citizen = found[0] if found else None
        if present is not None:
            adding = await desk.citizen_of(present)
            if adding is None or (citizen is not None and citizen != adding):
                raise AlreadyExists(
                    "CONTACT_POINT_TAKEN", "Ese dato de contacto es de otra persona."
                )
            citizen = adding
        proved = _proved(citizen, point, desk, tenant, language)
        if proved == citizen:
            return proved
        [outcome] = await desk.citizens.write([SaveCitizen(proved, (CitizenUpdated(),))])
        if outcome is not Outcome.DONE:
            raise VersionMismatch("CITIZEN_CHANGED", "Los datos cambiaron mientras tanto.")
        return proved

    return await retry_stale(attempt)


def _proved(
    citizen: Citizen | None, point: ContactPoint, desk: CitizenDesk, tenant: str, language: str
) -> Citizen:
    if citizen is None:
        return Citizen(
            citizen_id=new_id(),
            tenant=tenant,
            keys=(point.key,),
            points=(point,),
            create_time=desk.clock.now(),
            display_name=point.display_name,
            language=language,
        )
    known = citizen.point(point.key)
    if known is None:
        return citizen.with_point(point)
    proved = replace(known, verified=True)
    points = tuple(proved if p.key == point.key else p for p in citizen.points)
    name = citizen.display_name or point.display_name
    return replace(citizen, points=points, display_name=name)


def _wrong_code() -> Unauthenticated:
    return Unauthenticated("CODE_WRONG", "El código no es correcto o ya no vale. Pida otro.")


def _milliseconds(instant: datetime) -> datetime:
    return instant.replace(microsecond=instant.microsecond // 1000 * 1000)
