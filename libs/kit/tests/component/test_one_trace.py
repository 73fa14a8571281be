"""One trace from an HTTP request through outbox, bus, handler and gRPC to the database."""

import asyncio
from typing import Annotated

import httpx
import pytest
from fastapi import APIRouter, Depends
from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan

from atiende.cases.v1 import cases_service_pb2 as pb
from atiende.cases.v1 import cases_service_pb2_grpc as stubs
from atiende.cases.v1.events_pb2 import CaseOpened
from atiende_kit.auth import Principal
from atiende_kit.bus import Delivery, Workers, each
from atiende_kit.context import correlation_id
from atiende_kit.contract import Consume, ServiceContract
from atiende_kit.grpc_ import GrpcPeer, GrpcServer
from atiende_kit.http import HttpServer, create_app, require
from atiende_kit.ids import new_id
from atiende_kit.outbox import Relay
from atiende_kit.settings import GrpcSettings, HttpSettings, KitSettings
from atiende_kit.store import Event

pytestmark = pytest.mark.component

SERVICE = pb.DESCRIPTOR.services_by_name["CasesService"]
CASES = ServiceContract("cases", publishes=(CaseOpened,), rpc_services=(SERVICE,))
ROUTING = ServiceContract(
    "routing",
    consumes=(Consume(CaseOpened, "routing-on-case-opened"),),
    calls=(SERVICE,),
)
Agent = Annotated[Principal, Depends(require("agent"))]


async def test_one_trace_from_request_to_the_other_services_database(
    database, bus_for, tokens, traces
) -> None:
    cases = database.collection("cases", outbox=True)
    router = APIRouter(prefix="/api/cases/v1")

    @router.post("/cases", status_code=201)
    async def open_case(who: Agent) -> dict[str, str]:
        case_id = new_id()
        event = Event(CaseOpened())
        await cases.insert(who.tenant, {"_id": case_id, "tenant": who.tenant}, [event])
        return {"id": case_id}

    class Servicer(stubs.CasesServiceServicer):
        async def GetCase(self, request, context):
            correlations.append(correlation_id.get())
            await cases.find("sanaurelio", {"state": "asked-by-routing"})
            return pb.GetCaseResponse()

    correlations: list[str] = []
    handled = asyncio.Event()

    async def on_case_opened(delivery: Delivery[CaseOpened]) -> None:
        correlations.append(delivery.correlation_id)
        request = pb.GetCaseRequest(case_id_or_folio="x")
        await peer.unary(stubs.CasesServiceStub, "GetCase", request, tenant=delivery.tenant)
        handled.set()

    settings = KitSettings.example(http=HttpSettings(port=0), grpc=GrpcSettings(port=0))
    verifier = tokens.verifier()
    rpc = GrpcServer(
        settings, CASES, verifier, [(stubs.add_CasesServiceServicer_to_server, Servicer())]
    )
    await rpc.start()
    peer = GrpcPeer(
        KitSettings.example(peers={"cases": rpc.address}), "cases", tokens.service_tokens("routing")
    )
    cases_bus = await bus_for(CASES, ROUTING)
    routing_bus = await bus_for(ROUTING, CASES)
    app = create_app(settings, CASES, [router], verifier=verifier, title="C", description="C")
    http = HttpServer(app, settings)
    parts = [
        peer,
        Relay(database, cases_bus),
        Workers(routing_bus, ROUTING, {"routing-on-case-opened": each(on_case_opened)}),
        http,
    ]
    for part in parts:
        await part.start()
    traces.clear()
    try:
        async with httpx.AsyncClient(base_url=http.url) as client:
            response = await client.post(
                "/api/cases/v1/cases",
                headers={
                    "authorization": f"Bearer {tokens.staff_token(['agent'])}",
                    "x-request-id": "request-00000001",
                },
            )
        assert response.status_code == 201, response.text
        async with asyncio.timeout(10):
            await handled.wait()
    finally:
        for part in reversed(parts):
            await part.stop()
        await rpc.stop()

    spans: tuple[ReadableSpan, ...] = traces.get_finished_spans()
    entry = next(span for span in spans if span.name == "POST /api/cases/v1/cases")
    story = [
        span
        for span in spans
        if span.context.trace_id == entry.context.trace_id  # type: ignore[union-attr]  # finished spans have one
    ]
    kinds = {
        trace.SpanKind.SERVER: [
            "POST /api/cases/v1/cases",
            "/atiende.cases.v1.CasesService/GetCase",
        ],
        trace.SpanKind.CONSUMER: ["CaseOpened process"],
    }
    for kind, names in kinds.items():
        assert {span.name for span in story if span.kind is kind} >= set(names)
    clients = {span.name for span in story if span.kind is trace.SpanKind.CLIENT}
    assert any("insert" in name or "update" in name for name in clients), clients
    assert any("find" in name for name in clients), clients
    assert any("GetCase" in name for name in clients), clients
    assert correlations == ["request-00000001"] * 2
