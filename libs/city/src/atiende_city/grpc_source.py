"""Releases from the catalog over gRPC."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Protocol

from atiende.catalog.v1 import catalog_service_pb2 as pb
from atiende.catalog.v1 import catalog_service_pb2_grpc
from atiende_city.cache import Fetched, ReleaseCache
from atiende_city.content import decompress

_TIMEOUT_SECONDS = 5.0
_IN_ONE_CALL = 1_000


class Peer(Protocol):
    """What is used of the kit's `GrpcPeer`."""

    async def unary(
        self,
        stub: Any,
        method: str,
        request: Any,
        *,
        tenant: str,
        timeout: float = ...,  # noqa: ASYNC109 -- the deadline that travels with the call
    ) -> Any:
        """Calls one method with a deadline in seconds."""
        ...


def releases_over(peer: Peer) -> ReleaseCache:
    """Makes the cache of a service from its gRPC peer, the catalog."""

    async def call(method: str, request: Any, tenant: str) -> Any:
        stub = catalog_service_pb2_grpc.CatalogServiceStub
        return await peer.unary(stub, method, request, tenant=tenant, timeout=_TIMEOUT_SECONDS)

    async def fetch(tenant: str, known_sha256: str) -> Fetched:
        request = pb.GetReleaseRequest(known_sha256=known_sha256)
        answer = await call("GetRelease", request, tenant)
        content = decompress(answer.content_gzip) if answer.content_gzip else None
        return Fetched(version=answer.version, sha256=answer.sha256, content=content)

    async def outdated(held: Mapping[str, int]) -> Collection[str]:
        found: list[str] = []
        everything = list(held.items())
        for begin in range(0, len(everything), _IN_ONE_CALL):
            some = everything[begin : begin + _IN_ONE_CALL]
            request = pb.CheckReleasesRequest(
                held=[pb.HeldRelease(tenant=tenant, version=version) for tenant, version in some]
            )
            # Every call names a city; of these any will do, the answer is about all of them.
            found += (await call("CheckReleases", request, some[0][0])).outdated
        return found

    return ReleaseCache(fetch, outdated=outdated)
