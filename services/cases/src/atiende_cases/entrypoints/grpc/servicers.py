"""gRPC: cases and citizens for other services."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from atiende.cases.v1 import cases_service_pb2 as pb2
from atiende.cases.v1 import cases_service_pb2_grpc as pb2_grpc
from atiende.common.v1.common_pb2 import CHANNEL_KIND_UNSPECIFIED
from atiende_cases.application.ports import (
    Cases,
    Citizens,
    Conversations,
    Messages,
    PublicQuery,
    Releases,
)
from atiende_cases.application.public_cases import (
    PublicCase,
    PublicCases,
    as_followed,
    status_text,
)
from atiende_cases.application.recipients import GetRecipients, Reachable, Recipient
from atiende_cases.domain.case import Case
from atiende_cases.domain.conversation import thread_lookup_key
from atiende_cases.domain.errors import not_found
from atiende_cases.domain.folio import Folio, FolioError
from atiende_cases.domain.values import ACTIVE, Direction, Status
from atiende_cases.entrypoints.events.mapping import CHANNELS, moment
from atiende_cases.wire import (
    CHANNEL,
    DIRECTION,
    contact_point,
    facts,
    instant,
    place,
)
from atiende_city.citizen_access import CitizenAccess
from atiende_kit.errors import InvalidInput
from atiende_kit.grpc_ import caller
from atiende_kit.http import decode_cursor, encode_cursor

_MOST_CASES: Final = 1_000
_MOST_ENTRIES: Final = 200
_MOST_RECIPIENTS: Final = 1_000
_OVER: Final = (Status.RESOLVED, Status.CLOSED)
_STATUSES: Final = {
    pb2.PUBLIC_STATUS_UNSPECIFIED: (),
    pb2.PUBLIC_STATUS_OPEN: ACTIVE,
    pb2.PUBLIC_STATUS_CLOSED: _OVER,
}


class CasesServicer(pb2_grpc.CasesServiceServicer):
    """Answers about cases."""

    def __init__(
        self,
        *,
        cases: Cases,
        citizens: Citizens,
        conversations: Conversations,
        messages: Messages,
        public_cases: PublicCases,
        releases: Releases,
    ) -> None:
        self._cases = cases
        self._citizens = citizens
        self._conversations = conversations
        self._messages = messages
        self._releases = releases
        self._public_cases = public_cases

    async def GetCase(  # noqa: N802 - named by the contract
        self, request: pb2.GetCaseRequest, context: Any
    ) -> pb2.GetCaseResponse:
        """One case by id or folio."""
        tenant = caller(context).tenant
        name = request.case_id_or_folio
        case = await self._cases.get(tenant, name)
        if case is None:
            try:
                found = await self._cases.by_folios(tenant, [str(Folio.parse(name))])
            except FolioError:
                raise not_found() from None
            case = found[0] if found else None
        if case is None or not await self._is_of(request.citizen_id, case):
            raise not_found()
        [seen] = await as_followed(self._cases, tenant, [case])
        return pb2.GetCaseResponse(case=facts(seen))

    async def _is_of(self, citizen_id: str, case: Case) -> bool:
        """Whether a citizen may follow a case; nobody is named when it is all the same."""
        if citizen_id in {"", case.citizen_id}:
            return True
        citizen = await self._citizens.get(case.tenant, citizen_id)
        home = await self._conversations.get(case.tenant, case.conversation_id)
        if citizen is None or home is None or citizen.is_blocked:
            return False
        return home.is_of(citizen)

    async def ListPublicCases(  # noqa: N802 - named by the contract
        self, request: pb2.ListPublicCasesRequest, context: Any
    ) -> pb2.ListPublicCasesResponse:
        """Cases of public procedures, newest first."""
        tenant = caller(context).tenant
        if request.case_ids_or_folios:
            names = list(request.case_ids_or_folios[:_MOST_CASES])
            found = await self._public_cases.named(tenant, names)
            return pb2.ListPublicCasesResponse(cases=[_public(one) for one in found])
        size = min(max(request.page_size, 1), _MOST_CASES)
        query = PublicQuery(
            procedure_codes=tuple(request.procedure_codes),
            statuses=_STATUSES.get(request.status, ()),
            start_time=moment(request.start_time) if request.HasField("start_time") else None,
            end_time=moment(request.end_time) if request.HasField("end_time") else None,
            before=_position(request.page_token) if request.page_token else None,
            limit=size + 1,
        )
        found = await self._public_cases.page(tenant, query)
        token = _token(found[size - 1]) if len(found) > size else ""
        return pb2.ListPublicCasesResponse(
            cases=[_public(one) for one in found[:size]], next_page_token=token
        )

    async def ListConversationMessages(  # noqa: N802 - named by the contract
        self, request: pb2.ListConversationMessagesRequest, context: Any
    ) -> pb2.ListConversationMessagesResponse:
        """What a citizen may see of a thread, oldest first; never a note."""
        tenant = caller(context).tenant
        channel = CHANNELS.get(request.channel)
        if channel is None:
            raise InvalidInput("CHANNEL_UNKNOWN", "El medio no se conoce.")
        key = thread_lookup_key(channel, request.account_id, request.thread_key)
        found = await self._conversations.by_keys(tenant, [key])
        threads = [(t.generation, c) for c in found if (t := c.thread(key)) is not None]
        if not threads:
            return pb2.ListConversationMessagesResponse()
        conversation = max(threads, key=lambda pair: pair[0])[1]
        size = min(request.page_size or _MOST_ENTRIES, _MOST_ENTRIES)
        messages = await self._messages.of_conversation(
            tenant, conversation.conversation_id, limit=size
        )
        case = await self._cases.get(tenant, conversation.case_id)
        entries = [
            pb2.ConversationEntry(
                message_id=m.message_id,
                direction=DIRECTION[m.direction],
                text=m.text,
                create_time=instant(m.order_time),
            )
            for m in messages
            # A thread may share its matter with another channel; each shows its own words.
            if m.direction is not Direction.NOTE and m.channel is channel
        ]
        if case is None:
            return pb2.ListConversationMessagesResponse(entries=entries)
        [case] = await as_followed(self._cases, tenant, [case])
        return pb2.ListConversationMessagesResponse(
            entries=entries,
            folio=case.folio,
            case=facts(case),
            status_text=status_text(case, await self._releases.get(tenant), case.language),
            out_of_hours=case.out_of_hours,
            legal_time=instant(case.legal_time),
        )


class CitizensServicer(pb2_grpc.CitizensServiceServicer):
    """Answers about citizens."""

    def __init__(self, get_recipients: GetRecipients, access: CitizenAccess) -> None:
        self._get_recipients = get_recipients
        self._access = access

    async def BatchGetRecipients(  # noqa: N802 - named by the contract
        self, request: pb2.BatchGetRecipientsRequest, context: Any
    ) -> pb2.BatchGetRecipientsResponse:
        """How citizens may be reached."""
        if len(request.keys) > _MOST_RECIPIENTS:
            raise InvalidInput("TOO_MANY_KEYS", "Se pidieron demasiadas personas a la vez.")
        keys = [(key.citizen_id, key.conversation_id) for key in request.keys]
        tenant = caller(context).tenant
        found = await self._get_recipients(tenant, keys)
        return pb2.BatchGetRecipientsResponse(
            recipients=[
                _recipient(one, self._access.tracking_secret(tenant, one.conversation.case_id))
                for one in found
            ]
        )


def _recipient(one: Recipient, secret: str) -> pb2.Recipient:
    preferred = one.citizen.preferred_channel
    return pb2.Recipient(
        citizen_id=one.citizen.citizen_id,
        conversation_id=one.conversation.conversation_id,
        points=[_reachable(way) for way in one.ways],
        preferred_channel=CHANNEL[preferred] if preferred else CHANNEL_KIND_UNSPECIFIED,
        language=one.conversation.language,
        display_name=one.citizen.display_name,
        tracking_secret=secret,
    )


def _reachable(way: Reachable) -> pb2.ReachablePoint:
    thread = way.thread
    return pb2.ReachablePoint(
        contact_point=contact_point(way.point),
        consent=way.point.consent,
        account_id=thread.account_id if thread else way.point.account_id,
        thread_key=thread.thread_key if thread else "",
        reply_to_keys=thread.reply_to_keys if thread else (),
        last_inbound_time=instant(way.last_inbound_time),
    )


def _public(one: PublicCase) -> pb2.PublicCase:
    case = one.case
    known = facts(case)
    # Who reported it and who works on it is nobody's business here.
    for field in ("citizen_id", "conversation_id", "assignee_id"):
        known.ClearField(field)
    return pb2.PublicCase(
        case=known,
        status=pb2.PUBLIC_STATUS_CLOSED if case.status in _OVER else pb2.PUBLIC_STATUS_OPEN,
        status_notes=one.status_notes,
        description=case.description,
        place=place(case.place),
        update_time=instant(case.update_time),
        media_url=case.media_url,
    )


def _token(one: PublicCase) -> str:
    opened = int(one.case.open_time.timestamp() * 1000)
    return encode_cursor({"open": opened, "id": one.case.case_id})


def _position(token: str) -> tuple[datetime, str]:
    position = decode_cursor(token)
    opened, case_id = position.get("open"), position.get("id")
    wrong = InvalidInput("CURSOR_INVALID", "La página pedida no existe.")
    if not isinstance(opened, int) or not isinstance(case_id, str):
        raise wrong
    try:
        return datetime.fromtimestamp(opened / 1000, UTC), case_id
    except (OverflowError, OSError, ValueError):
        raise wrong from None
