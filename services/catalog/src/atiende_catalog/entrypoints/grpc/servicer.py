"""CatalogService over gRPC."""

from __future__ import annotations

from typing import Any

from atiende.catalog.v1 import catalog_service_pb2 as pb
from atiende.catalog.v1 import catalog_service_pb2_grpc
from atiende_catalog.application.read_releases import ReadReleases
from atiende_city.content import compress
from atiende_kit.errors import InvalidInput
from atiende_kit.grpc_ import caller
from atiende_kit.ids import check_tenant

_PAGE = 5
_MAX_PAGE = 50
_MAX_HELD = 1_000


class CatalogServicer(catalog_service_pb2_grpc.CatalogServiceServicer):
    """Serves releases to the other services."""

    def __init__(self, read: ReadReleases) -> None:
        self._read = read

    async def GetRelease(  # noqa: N802 -- the name of the RPC
        self, request: pb.GetReleaseRequest, context: Any
    ) -> pb.GetReleaseResponse:
        """Returns a release; without content when the caller holds those bytes."""
        if request.version < 0:
            raise InvalidInput("VERSION_INVALID", "La versión no puede ser negativa.")
        tenant = caller(context).tenant
        if not request.version:
            head = await self._read.head(tenant)
            if head.sha256 == request.known_sha256:
                return pb.GetReleaseResponse(version=head.version, sha256=head.sha256)
        found = await self._read.publication(tenant, request.version)
        known = found.sha256 == request.known_sha256
        return pb.GetReleaseResponse(
            version=found.version,
            sha256=found.sha256,
            content_gzip=b"" if known else compress(found.content),
        )

    async def CheckReleases(  # noqa: N802 -- the name of the RPC
        self,
        request: pb.CheckReleasesRequest,
        context: Any,  # noqa: ARG002 -- who calls was judged by the policy
    ) -> pb.CheckReleasesResponse:
        """Returns the cities that the caller should get again."""
        if len(request.held) > _MAX_HELD:
            raise InvalidInput("HELD_TOO_MANY", f"Como máximo {_MAX_HELD} ciudades por consulta.")
        held = {check_tenant(one.tenant): one.version for one in request.held}
        return pb.CheckReleasesResponse(outdated=await self._read.outdated(held))

    async def SearchFaq(  # noqa: N802 -- the name of the RPC
        self, request: pb.SearchFaqRequest, context: Any
    ) -> pb.SearchFaqResponse:
        """Returns the questions that fit best."""
        tenant = caller(context).tenant
        language = (await self._read.release(tenant)).default_language
        found = await self._read.search_faq(
            tenant,
            request.query,
            language=language,
            limit=min(max(request.page_size, 0) or _PAGE, _MAX_PAGE),
        )
        return pb.SearchFaqResponse(
            entries=[pb.FaqEntry(key=e.key, question=e.question, answer=e.answer) for e in found]
        )
