"""Service requests as everyone may see them: from cases, or from the inbox until cases has them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from google.protobuf.timestamp_pb2 import Timestamp

from atiende.cases.v1.cases_service_pb2 import (
    GetCaseRequest,
    ListPublicCasesRequest,
    PublicCase,
    PublicStatus,
)
from atiende.cases.v1.cases_service_pb2_grpc import CasesServiceStub
from atiende_channels.channels.context import ChannelContext
from atiende_channels.channels.open311.form import Form, FormError
from atiende_channels.channels.open311.queries import MAX_REQUESTS, Query
from atiende_channels.channels.open311.rendering import Value
from atiende_channels.channels.open311.reports import is_media_url, place_of
from atiende_channels.channels.open311.services import public_procedure, service_notice
from atiende_channels.domain.model import Account, Channel
from atiende_channels.domain.text import clean_line, clean_text
from atiende_city.release import Release
from atiende_kit.errors import NotFound

_MAX_DESCRIPTION_CHARACTERS = 4_000
_MAX_ID_CHARACTERS = 100
_STATUSES = {
    "": PublicStatus.PUBLIC_STATUS_UNSPECIFIED,
    "open": PublicStatus.PUBLIC_STATUS_OPEN,
    "closed": PublicStatus.PUBLIC_STATUS_CLOSED,
}
# People put their mail and phone into free text; the list of reports is open to everybody.
_MAIL = re.compile(r"[^\s@<>]{1,64}@[^\s@<>]{1,190}\.[^\W\d_]{2,24}")
_LONG_NUMBER = re.compile(r"\+?\d(?:[ .\-]?\d){6,}")


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads of one jurisdiction."""

    context: ChannelContext
    account: Account
    release: Release

    async def listed(self, query: Query) -> list[Value]:
        """GET requests: at most 1,000, newest first."""
        public = [procedure.code for procedure in self.release.public_procedures()]
        codes = [code for code in query.service_codes if code in public]
        if query.ids:
            found = await self._known(query.ids)
        elif query.service_codes and not codes:
            return []
        else:
            found = await self._pages(query, codes or public)
        first = (query.page - 1) * query.page_size
        return [*found[first : first + query.page_size]]

    async def one(self, request_id: str) -> dict[str, Value] | None:
        """GET request; None when it is not there, or not public."""
        if not 0 < len(request_id) <= _MAX_ID_CHARACTERS or not request_id.isprintable():
            return None
        found = await self._known([request_id])
        return found[0] if found else None

    async def _pages(self, query: Query, codes: Sequence[str]) -> list[dict[str, Value]]:
        wanted = min(query.page * query.page_size, MAX_REQUESTS)
        found: list[dict[str, Value]] = []
        token = ""
        while len(found) < wanted:
            request = ListPublicCasesRequest(
                procedure_codes=codes,
                status=_STATUSES[query.status],
                start_time=_timestamp(query.start),
                end_time=_timestamp(query.end),
                page_size=wanted - len(found),
                page_token=token,
            )
            answer = await self._ask("ListPublicCases", request)
            found += self._documents(answer.cases)
            token = answer.next_page_token
            if not token:
                break
        return found[:wanted]

    async def _known(self, ids: Sequence[str]) -> list[dict[str, Value]]:
        usable = [name for name in ids if len(name) <= _MAX_ID_CHARACTERS]
        cases = await self._public(usable)
        found = self._documents(cases)
        seen = {case.case.case_id for case in cases}
        seen |= {case.case.folio for case in cases}
        for name in usable:
            if name not in seen and (document := await self._accepted(name)):
                found.append(document)
        return found

    async def _accepted(self, case_id: str) -> dict[str, Value] | None:
        """A report that was accepted a moment ago and is no visible case yet."""
        row = await self.context.inbox.by_case_id(self.account.tenant, case_id)
        if row is None or row["channel"] != Channel.OPEN311.value:
            return None
        try:
            await self._ask("GetCase", GetCaseRequest(case_id_or_folio=case_id))
        except NotFound:
            return self._document_of_row(case_id, row, await self.context.inbox.body(row))
        # It became a case since cases was asked for its list, or a private one.
        return next(iter(self._documents(await self._public([case_id]))), None)

    async def _public(self, ids: Sequence[str]) -> Sequence[PublicCase]:
        request = ListPublicCasesRequest(case_ids_or_folios=ids)
        answer = await self._ask("ListPublicCases", request)
        return answer.cases  # type: ignore[no-any-return]  # the peer's answer has no static type

    async def _ask(self, method: str, request: Any) -> Any:
        return await self.context.cases.unary(
            CasesServiceStub, method, request, tenant=self.account.tenant
        )

    def _documents(self, cases: Sequence[PublicCase]) -> list[dict[str, Value]]:
        found = (self._document(case) for case in cases)
        return [document for document in found if document is not None]

    def _document(self, public: PublicCase) -> dict[str, Value] | None:
        case = public.case
        procedure = public_procedure(self.release, case.procedure_code)
        if procedure is None:
            return None
        is_closed = public.status == PublicStatus.PUBLIC_STATUS_CLOSED
        place = public.place
        return self._request(
            service_request_id=case.case_id,
            status="closed" if is_closed else "open",
            status_notes=public.status_notes or None,
            service_code=procedure.code,
            description=public.description,
            unit_id=case.unit_id or procedure.unit_id,
            folio=case.folio,
            requested=case.open_time.ToDatetime(UTC),
            updated=public.update_time.ToDatetime(UTC) if public.HasField("update_time") else None,
            expected=case.due_time.ToDatetime(UTC) if case.HasField("due_time") else None,
            address=place.address,
            position=(place.latitude, place.longitude) if place.has_position else None,
            media_url=public.media_url,
        )

    def _document_of_row(
        self, case_id: str, row: Mapping[str, Any], body: bytes
    ) -> dict[str, Value] | None:
        try:
            form = Form.from_bytes(body)
        except FormError:
            return None
        procedure = public_procedure(self.release, form.get("service_code"))
        if procedure is None:
            return None
        place = place_of(form)
        located = place and place.latitude is not None and place.longitude is not None
        return self._request(
            service_request_id=case_id,
            status="open",
            status_notes=None,
            service_code=procedure.code,
            description=form.get("description"),
            unit_id=procedure.unit_id,
            folio="",
            requested=row["receive_time"],
            updated=row["receive_time"],
            expected=None,
            address=place.address if place else "",
            position=(place.latitude, place.longitude) if place and located else None,
            media_url=form.get("media_url"),
        )

    def _request(
        self,
        *,
        service_request_id: str,
        status: str,
        status_notes: str | None,
        service_code: str,
        description: str,
        unit_id: str,
        folio: str,
        requested: datetime,
        updated: datetime | None,
        expected: datetime | None,
        address: str,
        position: tuple[float | None, float | None] | None,
        media_url: str,
    ) -> dict[str, Value]:
        procedure = public_procedure(self.release, service_code)
        notice = service_notice(procedure) if procedure else ""
        unit = self.release.units.get(unit_id)
        return {
            "service_request_id": service_request_id,
            "status": status,
            "status_notes": without_addresses(status_notes) if status_notes else None,
            "service_name": str(procedure.name) if procedure else None,
            "service_code": service_code,
            "description": without_addresses(description)[:_MAX_DESCRIPTION_CHARACTERS] or None,
            "agency_responsible": str(unit.name) if unit else None,
            "service_notice": f"Radicado {folio}. {notice}" if folio else notice,
            "requested_datetime": self._time(requested),
            "updated_datetime": self._time(updated),
            "expected_datetime": self._time(expected),
            "address": clean_line(address) or None,
            "address_id": None,
            "zipcode": None,
            "lat": position[0] if position else None,
            "long": position[1] if position else None,
            "media_url": media_url if media_url and is_media_url(media_url) else None,
        }

    def _time(self, instant: datetime | None) -> str | None:
        if instant is None:
            return None
        return instant.astimezone(self.release.city.timezone).isoformat(timespec="seconds")


def without_addresses(text: str) -> str:
    """Free text without e-mail addresses and long numbers."""
    cleaned, _ = clean_text(text)
    return _LONG_NUMBER.sub("[número]", _MAIL.sub("[correo]", cleaned))


def _timestamp(instant: datetime) -> Timestamp:
    stamp = Timestamp()
    stamp.FromDatetime(instant)
    return stamp
