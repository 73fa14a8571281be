"""Releases from the catalog over gRPC."""

from __future__ import annotations

from typing import Any, Protocol

from atiende.catalog.v1 import catalog_service_pb2, catalog_service_pb2_grpc
from atiende_city.cache import Fetch, Fetched
from atiende_city.content import decompress


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


def grpc_source(peer: Peer, *, timeout_seconds: float = 5.0) -> Fetch:
    """Makes the source of a `ReleaseCache` from a gRPC peer of the catalog."""

    async def fetch(tenant: str, known_sha256: str) -> Fetched:
        answer = await peer.unary(
            catalog_service_pb2_grpc.CatalogServiceStub,
            "GetRelease",
            catalog_service_pb2.GetReleaseRequest(known_sha256=known_sha256),
            tenant=tenant,
            timeout=timeout_seconds,
        )
        content = decompress(answer.content_gzip) if answer.content_gzip else None
        return Fetched(version=answer.version, sha256=answer.sha256, content=content)

    return fetch
