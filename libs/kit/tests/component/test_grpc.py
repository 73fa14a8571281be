"""gRPC between a real client and a real server: who may call, how long, what errors become."""

import asyncio
import time

import grpc
import pytest
import pytest_asyncio
from google.protobuf.empty_pb2 import Empty
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

from atiende.cases.v1 import cases_service_pb2 as pb
from atiende.cases.v1 import cases_service_pb2_grpc as stubs
from atiende_kit import errors
from atiende_kit.context import correlation_id
from atiende_kit.contract import ServiceContract
from atiende_kit.grpc_ import (
    Caller,
    GrpcPeer,
    GrpcServer,
    PeerFailure,
    as_caller,
    caller,
    remaining_seconds,
    time_limit,
    unprotected_methods,
)
from atiende_kit.grpc_.server import MAX_MESSAGE_BYTES
from atiende_kit.settings import GrpcSettings, KitSettings
from atiende_kit.testing.tokens import TokenFactory

pytestmark = pytest.mark.component

CASES = pb.DESCRIPTOR.services_by_name["CasesService"]
GET = "/atiende.cases.v1.CasesService/GetCase"
CONTRACT = ServiceContract("cases", rpc_services=(CASES,))


class Servicer(stubs.CasesServiceServicer):
    def __init__(self) -> None:
        self.calls: list[tuple[Caller, float | None, str]] = []
        self.failures: list[Exception] = []

    async def GetCase(self, request, context):
        self.calls.append((caller(context), remaining_seconds(), correlation_id.get()))
        if self.failures:
            raise self.failures.pop(0)
        if request.case_id_or_folio == "slow":
            await asyncio.Event().wait()
        return pb.GetCaseResponse()


@pytest.fixture
def servicer() -> Servicer:
    return Servicer()


@pytest_asyncio.fixture(loop_scope="session")
async def server(tokens: TokenFactory, servicer: Servicer):
    listener = GrpcServer(
        KitSettings.example(grpc=GrpcSettings(port=0)),
        CONTRACT,
        tokens.verifier(),
        [(stubs.add_CasesServiceServicer_to_server, servicer)],
    )
    await listener.start()
    await listener.check()
    yield listener
    await listener.stop()


@pytest_asyncio.fixture(loop_scope="session")
async def connect(server: GrpcServer, tokens: TokenFactory):
    made: list[GrpcPeer] = []

    async def make(who: str = "notifications", **options) -> GrpcPeer:
        settings = KitSettings.example(peers={"cases": server.address})
        peer = GrpcPeer(settings, "cases", tokens.service_tokens(who), **options)
        await peer.start()
        made.append(peer)
        return peer

    yield make
    for peer in made:
        await peer.stop()


async def get_case(peer: GrpcPeer, which: str = "1", **options):
    request = pb.GetCaseRequest(case_id_or_folio=which)
    return await peer.unary(
        stubs.CasesServiceStub, "GetCase", request, **{"tenant": "sanaurelio", **options}
    )


async def raw(server: GrpcServer, *metadata, timeout: float | None = 2.0, method: str = GET):
    """Call without the kit's client; returns the status code."""
    async with grpc.aio.insecure_channel(server.address) as channel:
        call = channel.unary_unary(
            method,
            request_serializer=Empty.SerializeToString,
            response_deserializer=Empty.FromString,
        )
        try:
            await call(Empty(), metadata=metadata, timeout=timeout)
        except grpc.aio.AioRpcError as error:
            return error.code()
        return grpc.StatusCode.OK


def identity(token: str, tenant: str = "sanaurelio"):
    return (("authorization", f"Bearer {token}"), ("atiende-tenant", tenant))


async def test_call_brings_caller_tenant_person_and_deadline(connect, servicer) -> None:
    await get_case(await connect(), on_behalf_of="staff-7", timeout=1.5)
    who, left, _ = servicer.calls[0]
    assert who == Caller("notifications", "sanaurelio", "staff-7")
    assert left is not None
    assert 1.0 < left <= 1.6


async def test_default_deadline_is_two_seconds(connect, servicer) -> None:
    await get_case(await connect())
    assert 1.5 < (servicer.calls[0][1] or 0) <= 2.1


async def test_call_without_a_token_is_refused(server) -> None:
    assert await raw(server, ("atiende-tenant", "x")) is grpc.StatusCode.UNAUTHENTICATED


async def test_call_without_a_deadline_is_refused(server, tokens) -> None:
    code = await raw(server, *identity(tokens.service_token("notifications")), timeout=None)
    assert code is grpc.StatusCode.INVALID_ARGUMENT


@pytest.mark.parametrize("name", ["test", "cases", "catalog"])
async def test_service_outside_the_policy_is_refused(server, tokens, name, servicer) -> None:
    code = await raw(server, *identity(tokens.service_token(name)))
    assert code is grpc.StatusCode.PERMISSION_DENIED
    assert servicer.calls == []


async def test_people_do_not_call_services(server, tokens) -> None:
    for token in (tokens.staff_token(["admin"]), tokens.citizen_token()):
        assert await raw(server, *identity(token)) is grpc.StatusCode.PERMISSION_DENIED


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "other"},
        {"iss": "http://evil.test"},
        {"exp": 1},
        {"typ": "ID"},
        {"typ": "Refresh"},
        {"azp": "svc-evil"},
        {"nbf": int(time.time()) + 7200},
    ],
)
async def test_forged_service_token_is_refused(server, tokens, changes) -> None:
    claims = tokens.claims(azp="svc-notifications", sub="x")
    token = tokens.sign({**claims, **changes})
    assert await raw(server, *identity(token)) is grpc.StatusCode.UNAUTHENTICATED


@pytest.mark.parametrize("tenant", ["", "*", "a.b", "A", "x" * 64, "a b"])
async def test_tenant_that_is_no_tenant_is_refused(server, tokens, tenant) -> None:
    code = await raw(server, *identity(tokens.service_token("notifications"), tenant))
    assert code is grpc.StatusCode.INVALID_ARGUMENT


async def test_two_tenants_in_one_call_are_refused(server, tokens) -> None:
    token = tokens.service_token("notifications")
    code = await raw(server, *identity(token), ("atiende-tenant", "otraciudad"))
    assert code is grpc.StatusCode.INVALID_ARGUMENT


async def test_unknown_method_is_unimplemented(server, tokens) -> None:
    code = await raw(
        server, *identity(tokens.service_token("notifications")), method="/atiende.x.v1.X/Y"
    )
    assert code is grpc.StatusCode.UNIMPLEMENTED


ERRORS = [
    getattr(errors, name)("SOME_REASON", "Texto ñ.", fields={"/a": "b"}, retry_after=1.5)
    for name in errors.__all__
    if name not in {"AtiendeError", "Unauthenticated"}
]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
async def test_error_arrives_as_the_kind_it_was(connect, servicer, error) -> None:
    servicer.failures = [error]
    with pytest.raises(errors.AtiendeError) as caught:
        await get_case(await connect(), retries=0)
    assert type(caught.value) is type(error)
    assert (caught.value.reason, caught.value.message) == ("SOME_REASON", "Texto ñ.")
    assert (caught.value.fields, caught.value.retry_after) == ({"/a": "b"}, 1.5)


async def test_refined_error_arrives_as_its_kind(connect, servicer) -> None:
    class CaseClosed(errors.FailedPrecondition):
        pass

    servicer.failures = [CaseClosed("CASE_CLOSED", "Cerrado.")]
    with pytest.raises(errors.FailedPrecondition, match="CASE_CLOSED"):
        await get_case(await connect())


async def test_unforeseen_failure_shows_no_text_and_is_no_kind(connect, servicer) -> None:
    servicer.failures = [RuntimeError("hunter2")]
    with pytest.raises(PeerFailure) as caught:
        await get_case(await connect())
    assert "hunter2" not in str(caught.value)


async def test_our_own_refusal_is_not_the_persons_fault(connect) -> None:
    with pytest.raises(PeerFailure):
        await get_case(await connect("catalog"))


async def test_refused_token_is_renewed_once(connect, tokens, servicer) -> None:
    servicer.failures = [errors.Unauthenticated("TOKEN_KEY_UNKNOWN", "x")]
    before = len([path for path in tokens.requests if path.endswith("/token")])
    await get_case(await connect())
    assert len([path for path in tokens.requests if path.endswith("/token")]) == before + 2


async def test_unavailable_is_tried_three_times_in_all(connect, servicer) -> None:
    peer = await connect()
    servicer.failures = [errors.Unavailable("X", "x")] * 2
    await get_case(peer)
    assert len(servicer.calls) == 3
    servicer.failures = [errors.Unavailable("X", "x")] * 5
    with pytest.raises(errors.Unavailable):
        await get_case(peer)
    assert len(servicer.calls) == 6


@pytest.mark.parametrize("kind", ["NotFound", "RateLimited", "VersionMismatch", "DeadlineExceeded"])
async def test_nothing_else_is_tried_again(connect, servicer, kind) -> None:
    servicer.failures = [getattr(errors, kind)("X", "x")]
    with pytest.raises(errors.AtiendeError):
        await get_case(await connect())
    assert len(servicer.calls) == 1


async def test_retries_have_a_budget(connect, servicer) -> None:
    peer = await connect()
    peer._retry_budget = 0.5
    servicer.failures = [errors.Unavailable("X", "x")]
    with pytest.raises(errors.Unavailable):
        await get_case(peer)
    assert len(servicer.calls) == 1


async def test_slow_peer_ends_at_the_deadline(connect) -> None:
    # The peer never answers.
    with pytest.raises(errors.DeadlineExceeded):
        await get_case(await connect(), "slow", timeout=0.2)


async def test_outbound_time_is_less_than_what_is_left_inbound(connect, servicer) -> None:
    peer = await connect()
    with time_limit(1.0):
        await get_case(peer, timeout=5.0)
    assert (servicer.calls[0][1] or 9) <= 0.95
    with time_limit(0.0), pytest.raises(errors.DeadlineExceeded):
        await get_case(peer)
    assert len(servicer.calls) == 1


async def test_peer_that_is_not_there_yet_is_unavailable(tokens) -> None:
    peer = GrpcPeer(
        KitSettings.example(peers={"cases": "127.0.0.1:1"}), "cases", tokens.service_tokens("test")
    )
    await peer.start()
    await peer.check()
    with pytest.raises((errors.Unavailable, errors.DeadlineExceeded)):
        await get_case(peer, timeout=0.5)
    await peer.stop()


async def test_message_beyond_a_megabyte_is_refused_on_both_sides(connect) -> None:
    with pytest.raises(errors.InvalidInput):
        await get_case(await connect(), "x" * (MAX_MESSAGE_BYTES + 1))


async def test_peer_without_address_names_the_variable(tokens) -> None:
    peer = GrpcPeer(KitSettings.example(), "routing", tokens.service_tokens("test"))
    with pytest.raises(ValueError, match="ATIENDE_PEERS__ROUTING"):
        await peer.start()


async def test_health_is_served_without_a_token(server) -> None:
    async with grpc.aio.insecure_channel(server.address) as channel:
        answer = await health_pb2_grpc.HealthStub(channel).Check(
            health_pb2.HealthCheckRequest(service=CASES.full_name), timeout=2
        )
    assert answer.status == health_pb2.HealthCheckResponse.SERVING


async def test_reflection_is_off_outside_development(server) -> None:
    method = "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo"
    assert await raw(server, method=method) is grpc.StatusCode.UNIMPLEMENTED


async def test_servicers_must_be_those_of_the_contract(tokens) -> None:
    server = GrpcServer(KitSettings.example(), CONTRACT, tokens.verifier(), [])
    with pytest.raises(ValueError, match="the contract says"):
        await server.start()


async def test_servicer_is_testable_without_a_server(servicer) -> None:
    with as_caller(Caller("routing", "sanaurelio")):
        await servicer.GetCase(pb.GetCaseRequest(), None)
    assert servicer.calls[0][0].service == "routing"


def test_every_method_of_the_contracts_names_its_callers() -> None:
    assert unprotected_methods(*pb.DESCRIPTOR.services_by_name.values()) == []


async def test_reflection_lists_the_services_in_development(tokens) -> None:
    settings = KitSettings.example(environment="development", grpc=GrpcSettings(port=0))
    server = GrpcServer(
        settings,
        CONTRACT,
        tokens.verifier(),
        [(stubs.add_CasesServiceServicer_to_server, Servicer())],
    )
    await server.start()
    async with grpc.aio.insecure_channel(server.address) as channel:
        stream = reflection_pb2_grpc.ServerReflectionStub(channel).ServerReflectionInfo(
            iter([reflection_pb2.ServerReflectionRequest(list_services="")]), timeout=2
        )
        answer = await stream.read()
        stream.cancel()
    await server.stop()
    names = {service.name for service in answer.list_services_response.service}
    assert CASES.full_name in names
