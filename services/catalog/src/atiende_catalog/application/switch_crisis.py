"""Switching crisis mode on and off, by two people."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from atiende_catalog.application import contents
from atiende_catalog.application.ports import CrisisRequests, Head, Publications
from atiende_catalog.domain.crisis import (
    CONFIRM_WITHIN,
    CrisisAlreadySo,
    CrisisRequest,
    Person,
    RequestState,
    check_message,
    confirm,
    switched,
    withdraw,
)
from atiende_catalog.domain.publication import Publication, next_publication
from atiende_city.content import canonical_bytes
from atiende_kit.clock import Clock
from atiende_kit.errors import NotFound, Unavailable, VersionMismatch
from atiende_kit.ids import new_id

MAX_ATTEMPTS = 10
HISTORY = 50


@dataclass(frozen=True, slots=True)
class CrisisStatus:
    """Crisis mode as it is, with the request that waits and those that were decided."""

    active: bool
    text: Mapping[str, str]
    version: int
    since: datetime | None
    pending: CrisisRequest | None
    history: Sequence[CrisisRequest]


class SwitchCrisis:
    """Use cases of the switch.

    Args:
        publications: What is in force.
        requests: Who asked and who confirmed.
        clock: Domain time.
    """

    def __init__(self, publications: Publications, requests: CrisisRequests, clock: Clock) -> None:
        self._publications = publications
        self._requests = requests
        self._clock = clock

    async def status(self, tenant: str) -> CrisisStatus:
        """Tells how it stands.

        Raises:
            NotFound: the city has published nothing.
        """
        head, tree = await self._in_force(tenant)
        now = self._clock.now()
        requests = [one.at(now) for one in await self._requests.listing(tenant, HISTORY)]
        pending = next((one for one in requests if one.state is RequestState.PENDING), None)
        part = tree["crisis"]
        began = _beginning(requests) if part["active"] else None
        return CrisisStatus(
            active=part["active"],
            text=part["text"],
            version=head.version,
            since=began.decide_time if began else None,
            pending=pending,
            history=[one for one in requests if one is not pending],
        )

    async def ask(
        self,
        tenant: str,
        *,
        activate: bool,
        message: Mapping[str, str],
        reason: str,
        requester: Person,
    ) -> CrisisRequest:
        """Asks for the switch; somebody else has a quarter of an hour to confirm.

        Raises:
            NotFound: the city has published nothing.
            Unprocessable: the message cannot be shown.
            CrisisAlreadySo: it is in that mode, and there is no new message to show.
            Conflict: another request waits.
        """
        _, tree = await self._in_force(tenant)
        check_message(message, tree["city"])
        active = tree["crisis"]["active"]
        same_words = not message or dict(message) == tree["crisis"]["text"]
        if active is activate and (not activate or same_words):
            raise CrisisAlreadySo(active=active)
        now = self._clock.now()
        for known in await self._requests.listing(tenant, 1):
            seen = known.at(now)
            if seen.state is RequestState.EXPIRED and known.state is RequestState.PENDING:
                # Too late means that somebody else noted it.
                await self._requests.save(tenant, seen)
        request = CrisisRequest(
            id=new_id(),
            activate=activate,
            message=dict(message) if activate else {},
            reason=reason,
            requester=requester,
            create_time=now,
            expire_time=now + CONFIRM_WITHIN,
        )
        await self._requests.add(tenant, request)
        return dataclasses.replace(request, revision=1)

    async def confirm(self, tenant: str, request_id: str, decider: Person) -> CrisisRequest:
        """Confirms a request and puts the release in force; may be repeated.

        Raises:
            NotFound: there is no such request.
            SamePerson: it is the caller's own.
            CrisisNotPending: it was decided, or nobody confirmed it in time.
        """
        decided = await self._decide(tenant, request_id, decider, confirm)
        return await self.finish(tenant, decided)

    async def withdraw(self, tenant: str, request_id: str, decider: Person) -> CrisisRequest:
        """Takes a request back.

        Raises:
            NotFound: there is no such request.
            CrisisNotPending: it was decided, or expired.
        """
        return await self._decide(tenant, request_id, decider, withdraw)

    async def finish_confirmed(self) -> None:
        """Publishes what was confirmed when its process died; the sweeper calls it."""
        for tenant, request in await self._requests.unfinished():
            await self.finish(tenant, request)

    async def finish(self, tenant: str, request: CrisisRequest) -> CrisisRequest:
        """Publishes a confirmed request, exactly once.

        Raises:
            Unavailable: others published at every attempt.
        """
        if request.version is not None:
            return request
        for _ in range(MAX_ATTEMPTS):
            version = await self._published(tenant, request)
            if version is not None:
                done = dataclasses.replace(request, version=version)
                # Too late means that another process noted it.
                await self._requests.save(tenant, done)
                return done
        raise Unavailable("RELEASE_CONTENDED", "Otras personas publican a la vez; repita.")

    async def _published(self, tenant: str, request: CrisisRequest) -> int | None:
        """Returns the version that a request led to, publishing it when there is none yet."""
        # In this order: who publishes after the first line is either listed by the second, or has
        # taken the version that this would write.
        head, tree = await self._in_force(tenant)
        for known in await self._publications.listing(tenant, before=None, limit=HISTORY):
            if known.request_id == request.id:
                return known.version
        before = None if request.activate else await self._before_crisis(tenant)
        calm = json.loads(before.content)["crisis"] if before else None
        content = canonical_bytes(switched(tree, request, calm))
        decider = request.decider or request.requester
        made = next_publication(
            head.version,
            content,
            publisher=decider.subject,
            publisher_name=decider.name,
            note=_note(request),
            now=self._clock.now(),
            # Where nothing else changed meanwhile, it is the very release from before.
            rollback_of=before.version if before and before.content == content else None,
            request_id=request.id,
        )
        try:
            await self._publications.add(tenant, made)
        except VersionMismatch:
            return None
        return made.version

    async def _before_crisis(self, tenant: str) -> Publication | None:
        """Returns what was in force before the crisis began; None when nobody knows."""
        began = _beginning(await self._requests.listing(tenant, HISTORY))
        if began is None or began.version is None or began.version == 1:
            return None
        return await self._publications.get(tenant, began.version - 1)

    async def _decide(
        self, tenant: str, request_id: str, decider: Person, step: Any
    ) -> CrisisRequest:
        for _ in range(MAX_ATTEMPTS):
            request = await self._requests.get(tenant, request_id)
            if request is None:
                raise NotFound("CRISIS_REQUEST_NOT_FOUND", "No existe esa solicitud.")
            decided: CrisisRequest = step(request, decider, self._clock.now())
            if decided is request:
                return request
            if await self._requests.save(tenant, decided):
                return dataclasses.replace(decided, revision=request.revision + 1)
        raise VersionMismatch("CRISIS_REQUEST_CHANGED", "La solicitud cambió; vuelva a cargarla.")

    async def _in_force(self, tenant: str) -> tuple[Head, dict[str, Any]]:
        head = await self._publications.head(tenant)
        current = await self._publications.get(tenant, head.version) if head else None
        if head is None or current is None:
            raise contents.no_release()
        return head, json.loads(current.content)


def _beginning(requests: Sequence[CrisisRequest]) -> CrisisRequest | None:
    """Returns the request that began the present crisis; ``requests`` are newest first."""
    began = None
    for request in requests:
        if request.state is not RequestState.CONFIRMED or request.version is None:
            continue
        if not request.activate:
            break
        began = request
    return began


def _note(request: CrisisRequest) -> str:
    what = "activado" if request.activate else "desactivado"
    return f"Modo de crisis {what}: {request.reason}"[:500]
