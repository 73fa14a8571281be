"""The service around a channel, in memory: enough for the routes of WhatsApp and Open311."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from atiende.cases.v1.cases_service_pb2 import GetCaseResponse, ListPublicCasesResponse, PublicCase
from atiende_channels.application.ports import Accepted
from atiende_channels.channels.context import ChannelContext
from atiende_channels.domain.model import Account, Channel, RawIntake
from atiende_channels.settings import Settings
from atiende_city.testing import example_release
from atiende_kit.clock import FixedClock
from atiende_kit.errors import NotFound, Unavailable
from atiende_kit.http import problems
from atiende_kit.ids import derived_id

NOW = datetime(2026, 3, 4, 15, 0, tzinfo=UTC)
WHATSAPP = Account(
    "sanaurelio",
    Channel.WHATSAPP,
    "100200300400500",
    secrets={
        "app_secret": "secreto-uno",
        "app_secret_previous": "secreto-cero",
        "verify_token": "verificame",
        "access_token": "t",
    },
)
SECOND_NUMBER = Account(
    "sanaurelio", Channel.WHATSAPP, "100200300400501", secrets={"app_secret": "secreto-uno"}
)
OTHER_CITY = Account("otraciudad", Channel.WHATSAPP, "900", secrets={"app_secret": "secreto-ajeno"})
OPEN311 = Account(
    "sanaurelio", Channel.OPEN311, "sanaurelio.example", secrets={"api_key_app": "clave-1"}
)


class MemoryService:
    """Inbox, accounts and cases of one test."""

    def __init__(self) -> None:
        self.accounts = [WHATSAPP, SECOND_NUMBER, OTHER_CITY, OPEN311]
        self.raws: dict[tuple[str, str, str, str], RawIntake] = {}
        self.accepted: dict[tuple[str, str, str, str], Accepted] = {}
        self.cases: list[PublicCase] = []
        self.private_cases: set[str] = set()
        self.about_to_be_listed: list[PublicCase] = []
        self.requests: list[Any] = []
        self.is_down = False

    # Intake
    async def accept(self, raw: RawIntake) -> Accepted:
        if self.is_down:
            raise Unavailable("STORE_DOWN", "…")
        key = (raw.tenant, raw.channel.value, raw.account_id, raw.provider_id)
        if key in self.raws:
            first = self.accepted[key]
            same = self.raws[key].body == raw.body
            return Accepted(
                first.inbox_id,
                first.message_id,
                first.case_id_if_new,
                first.receive_time,
                duplicate=same,
                conflict=not same,
            )
        message_id = derived_id(raw.receive_time, "message", *key)
        case_id = derived_id(raw.receive_time, "case", message_id)
        self.raws[key] = raw
        self.accepted[key] = Accepted("|".join(key), message_id, case_id, raw.receive_time)
        return self.accepted[key]

    async def accept_all(self, raws: Sequence[RawIntake]) -> list[Accepted]:
        return [await self.accept(raw) for raw in raws]

    # Inbox
    async def by_case_id(self, tenant: str, case_id: str) -> Mapping[str, Any] | None:
        for key, accepted in self.accepted.items():
            if key[0] == tenant and accepted.case_id_if_new == case_id:
                raw = self.raws[key]
                return {"channel": key[1], "receive_time": raw.receive_time, "body": raw.body}
        return None

    async def body(self, row: Mapping[str, Any]) -> bytes:
        return bytes(row["body"])

    # Accounts
    async def find(self, channel: Channel, account_id: str) -> Account | None:
        for account in self.accounts:
            if (account.channel, account.account_id) == (channel, account_id):
                return account
        return None

    # Cases
    async def unary(
        self, stub: Any, method: str, request: Any, *, tenant: str, timeout: float = 2.0
    ) -> Any:
        self.requests.append(request)
        if self.is_down:
            raise Unavailable("CASES_DOWN", "…")
        if method == "GetCase":
            # What becomes visible between two questions of one reader.
            self.cases += self.about_to_be_listed
            if {case.case.case_id for case in self.about_to_be_listed} & {request.case_id_or_folio}:
                return GetCaseResponse()
            if request.case_id_or_folio in self.private_cases:
                return GetCaseResponse()
            raise NotFound("CASE_UNKNOWN", "…")
        found = [case for case in self.cases if _matches(case, request)]
        found.sort(key=lambda case: case.case.open_time.ToNanoseconds(), reverse=True)
        first = int(request.page_token or 0)
        last = first + min(request.page_size or 1_000, 400)
        token = str(last) if last < len(found) else ""
        return ListPublicCasesResponse(cases=found[first:last], next_page_token=token)


def _matches(public: PublicCase, request: Any) -> bool:
    case = public.case
    if request.case_ids_or_folios:
        return bool({case.case_id, case.folio} & set(request.case_ids_or_folios))
    return (
        (not request.procedure_codes or case.procedure_code in request.procedure_codes)
        and (not request.status or public.status == request.status)
        and request.start_time.ToNanoseconds()
        <= case.open_time.ToNanoseconds()
        <= request.end_time.ToNanoseconds()
    )


@pytest.fixture
def service() -> MemoryService:
    return MemoryService()


@pytest.fixture
def context(service: MemoryService) -> ChannelContext:
    async def release(tenant: str) -> Any:
        return example_release()

    class Configured:
        environment = "test"
        http = Settings.model_fields["http"].default

        def all_accounts(self) -> list[Account]:
            return service.accounts

    return ChannelContext(
        settings=Configured(),  # type: ignore[arg-type]  # the two settings that routes read
        clock=FixedClock(NOW),
        intake=service,
        inbox=service,  # type: ignore[arg-type]  # the two reads that routes make
        accounts=service,  # type: ignore[arg-type]  # same
        adapters={},
        cases=service,
        release=release,
        extra={},
    )


@pytest.fixture
def client_of(context: ChannelContext) -> Callable[..., httpx.AsyncClient]:
    """Makes an HTTP client of a channel's routes."""

    def make(routers: Callable[[ChannelContext], list[Any]]) -> httpx.AsyncClient:
        app = FastAPI(redirect_slashes=False)
        for router in routers(context):
            app.include_router(router)
        problems.install(app)
        transport = httpx.ASGITransport(app, raise_app_exceptions=True)
        return httpx.AsyncClient(transport=transport, base_url="http://channels.test")

    return make


@pytest.fixture
def public_case() -> Callable[..., PublicCase]:
    """Makes a public case."""

    def make(number: int, **changes: Any) -> PublicCase:
        case = PublicCase(
            status=changes.get("status", 1),
            description=changes.get("description", "Poste apagado"),
            status_notes=changes.get("status_notes", ""),
            media_url=changes.get("media_url", ""),
        )
        case.case.case_id = changes.get("case_id", f"case-{number}")
        case.case.folio = f"SA-2026-{number:07d}-K"
        case.case.procedure_code = changes.get("procedure_code", "alumbrado-publico")
        case.case.unit_id = "alumbrado"
        case.case.open_time.FromDatetime(changes.get("open_time", NOW - timedelta(minutes=number)))
        case.case.due_time.FromDatetime(NOW + timedelta(days=5))
        case.update_time.FromDatetime(NOW)
        case.place.address = "Calle 12 # 4-30"
        case.place.latitude, case.place.longitude, case.place.has_position = 4.6, -74.08, True
        return case

    return make
