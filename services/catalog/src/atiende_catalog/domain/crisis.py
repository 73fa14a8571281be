"""Crisis mode, switched by two people: one asks, another one confirms within a quarter of an hour.

The switch is the only way: a draft or a roll-back that would turn crisis mode on or off, or change
its words while it is on, is refused (`ensure_crisis_untouched`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from atiende_kit.errors import FailedPrecondition, PermissionDenied, Unprocessable

CONFIRM_WITHIN = timedelta(minutes=15)
MAX_MESSAGE = 1_000


class RequestState(StrEnum):
    """Where a request stands."""

    PENDING = "pending"
    CONFIRMED = "confirmed"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Person:
    """Who did it: subject of their token, and the name that they had then."""

    subject: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CrisisRequest:
    """One wish to switch, and what came of it; never deleted, it is the audit.

    Attributes:
        message: text by language; empty keeps the release's own.
        decider: who confirmed or withdrew it.
        version: publication that it led to; None while it is not published.
    """

    id: str
    activate: bool
    message: Mapping[str, str]
    reason: str
    requester: Person
    create_time: datetime
    expire_time: datetime
    state: RequestState = RequestState.PENDING
    decider: Person | None = None
    decide_time: datetime | None = None
    version: int | None = None
    revision: int = 0

    def at(self, now: datetime) -> CrisisRequest:
        """Returns the request as it is at an instant: nobody confirmed it in time."""
        if self.state is RequestState.PENDING and now >= self.expire_time:
            return replace(self, state=RequestState.EXPIRED)
        return self


class CrisisNotPending(FailedPrecondition):
    """The request was decided, or nobody confirmed it in time."""

    def __init__(self, state: RequestState) -> None:
        words = {
            RequestState.CONFIRMED: "ya fue confirmada",
            RequestState.WITHDRAWN: "fue retirada",
            RequestState.EXPIRED: "venció sin confirmarse; haga una nueva",
        }
        super().__init__("CRISIS_REQUEST_CLOSED", f"La solicitud {words.get(state, 'cambió')}.")


class SamePerson(PermissionDenied):
    """Whoever asks cannot confirm."""

    def __init__(self) -> None:
        super().__init__(
            "CRISIS_NEEDS_ANOTHER_PERSON",
            "Quien solicita no puede confirmar: pida a otra persona con rol de administración que"
            " lo haga.",
        )


class CrisisAlreadySo(FailedPrecondition):
    """The city is in that mode already."""

    def __init__(self, *, active: bool) -> None:
        mode = "activo" if active else "inactivo"
        super().__init__("CRISIS_ALREADY_SO", f"El modo de crisis ya está {mode}.")


class CrisisSwitchOnly(FailedPrecondition):
    """A draft or roll-back would do what only two people may."""

    def __init__(self) -> None:
        super().__init__(
            "CRISIS_SWITCH_ONLY",
            "El modo de crisis se activa, cambia y desactiva con el interruptor de crisis, por dos"
            " personas. Deje esa parte como está en la versión en vigor.",
        )


def confirm(request: CrisisRequest, decider: Person, now: datetime) -> CrisisRequest:
    """Confirms a request; the same person saying it again changes nothing.

    Raises:
        SamePerson: the one who asked.
        CrisisNotPending: it was decided by somebody else, or expired.
    """
    seen = request.at(now)
    if seen.state is RequestState.CONFIRMED and seen.decider == decider:
        return request
    if decider.subject == request.requester.subject:
        raise SamePerson
    if seen.state is not RequestState.PENDING:
        raise CrisisNotPending(seen.state)
    return replace(request, state=RequestState.CONFIRMED, decider=decider, decide_time=now)


def withdraw(request: CrisisRequest, decider: Person, now: datetime) -> CrisisRequest:
    """Takes a request back; anybody who may decide can.

    Raises:
        CrisisNotPending: it was decided, or expired.
    """
    seen = request.at(now)
    if seen.state is not RequestState.PENDING:
        raise CrisisNotPending(seen.state)
    return replace(request, state=RequestState.WITHDRAWN, decider=decider, decide_time=now)


def check_message(message: Mapping[str, str], city: Mapping[str, Any]) -> None:
    """Refuses a message that the city could not show to everybody.

    Raises:
        Unprocessable: with what is wrong.
    """
    if not message:
        return
    fields: dict[str, str] = {}
    if city["default_language"] not in message:
        fields["/message"] = f"Falta el texto en «{city['default_language']}»."
    for language, text in message.items():
        if language not in city["languages"]:
            fields[f"/message/{language}"] = "No es un idioma de la ciudad."
        elif not text.strip() or len(text) > MAX_MESSAGE:
            fields[f"/message/{language}"] = f"Escriba entre 1 y {MAX_MESSAGE} caracteres."
    if fields:
        raise Unprocessable("CRISIS_MESSAGE_INVALID", "El mensaje no sirve.", fields=fields)


def switched(
    content: Mapping[str, Any], request: CrisisRequest, calm: Mapping[str, Any] | None
) -> dict[str, Any]:
    """Returns the content after a confirmed request.

    Args:
        content: what is in force.
        request: the confirmed request.
        calm: the crisis part that was in force before the crisis began; None when nobody knows.
            Coming back to it makes the content what it was, byte for byte.
    """
    part = dict(content["crisis"])
    if request.activate:
        part["active"] = True
        if request.message:
            part["text"] = dict(request.message)
        return {**content, "crisis": part}
    return {**content, "crisis": {**(calm or part), "active": False}}


def ensure_crisis_untouched(before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> None:
    """Refuses content that would switch crisis mode, or change it while it is on.

    Args:
        before: content in force; None for the first publication.
        after: content to publish.

    Raises:
        CrisisSwitchOnly: it would.
    """
    old: Mapping[str, Any] = before["crisis"] if before else {"active": False}
    new: Mapping[str, Any] = after["crisis"]
    if (old["active"] or new["active"]) and dict(old) != dict(new):
        raise CrisisSwitchOnly
