"""Which case a chat has become, for the visitor who is in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from google.protobuf.timestamp_pb2 import Timestamp

from atiende.cases.v1 import cases_service_pb2 as pb
from atiende.cases.v1 import events_pb2
from atiende.cases.v1.cases_service_pb2_grpc import CasesServiceStub
from atiende.common.v1 import common_pb2
from atiende_channels.application.ports import Inbox
from atiende_channels.channels.context import Peer
from atiende_channels.channels.webchat.models import ChatCase
from atiende_channels.channels.webchat.store import ChatStore
from atiende_channels.channels.webchat.tokens import Session
from atiende_channels.domain.model import Channel
from atiende_city.citizen_access import CitizenAccess
from atiende_kit.errors import DeadlineExceeded, NotFound, Unavailable

_States = Literal["open", "waiting_citizen", "resolved", "closed"]
_STATES: dict[int, _States] = {
    events_pb2.STATE_KIND_OPEN: "open",
    events_pb2.STATE_KIND_WAITING_CITIZEN: "waiting_citizen",
    events_pb2.STATE_KIND_RESOLVED: "resolved",
    events_pb2.STATE_KIND_CLOSED: "closed",
}


@dataclass(frozen=True, slots=True)
class ChatCases:
    """Asks cases; until it knows the chat, or while it is away, the inbox knows the id.

    Attributes:
        cases: The cases service.
        inbox: What was acknowledged.
        store: What was said in each chat.
        access: Makes tracking secrets.
    """

    cases: Peer
    inbox: Inbox
    store: ChatStore
    access: CitizenAccess

    async def of(self, session: Session) -> ChatCase:
        """The case that the chat goes on in.

        Raises:
            NotFound: Nothing was said in it yet.
        """
        request = pb.ListConversationMessagesRequest(
            channel=common_pb2.CHANNEL_KIND_WEBCHAT,
            account_id=session.account_id,
            thread_key=session.session_id,
            page_size=1,
        )
        try:
            answer: pb.ListConversationMessagesResponse = await self.cases.unary(
                CasesServiceStub, "ListConversationMessages", request, tenant=session.tenant
            )
        except (NotFound, Unavailable, DeadlineExceeded):
            answer = pb.ListConversationMessagesResponse()
        if not answer.HasField("case"):
            return await self._being_opened(session)
        case = answer.case
        return ChatCase(
            case_id=case.case_id,
            secret=self.access.tracking_secret(session.tenant, case.case_id),
            state=_STATES[case.state_kind],
            folio=answer.folio,
            status_text=answer.status_text,
            out_of_hours=answer.out_of_hours,
            receive_time=_time(case.open_time),
            legal_time=_time(answer.legal_time),
            next_opening=_time(answer.legal_time) if answer.out_of_hours else None,
        )

    async def _being_opened(self, session: Session) -> ChatCase:
        key = await self.store.first_said(session.tenant, session.session_id)
        row = key and await self.inbox.by_provider_id(
            session.tenant, Channel.WEBCHAT, session.account_id, f"{session.session_id}/{key}"
        )
        if not row:
            raise NotFound("CHAT_WITHOUT_CASE", "En este chat aún no se ha escrito nada.")
        return ChatCase(
            case_id=row["case_id_if_new"],
            secret=self.access.tracking_secret(session.tenant, row["case_id_if_new"]),
            state="receiving",
            folio=None,
            status_text="Estamos registrando su mensaje.",
            out_of_hours=None,
            receive_time=row["receive_time"],
            legal_time=None,
            next_opening=None,
        )


def _time(stamp: Timestamp) -> datetime:
    return stamp.ToDatetime(tzinfo=UTC)
