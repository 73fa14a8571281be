"""SurveysService over gRPC."""

from __future__ import annotations

from typing import Any

from atiende.surveys.v1 import surveys_service_pb2 as rpc
from atiende.surveys.v1 import surveys_service_pb2_grpc
from atiende_kit.errors import InvalidInput
from atiende_kit.grpc_ import caller
from atiende_surveys.application.ports import Dimension, Invitations

_DIMENSIONS: dict[int, Dimension] = {
    rpc.SCORE_DIMENSION_UNSPECIFIED: "all",
    rpc.SCORE_DIMENSION_UNIT: "unit",
    rpc.SCORE_DIMENSION_CHANNEL: "channel",
    rpc.SCORE_DIMENSION_AGENT: "agent",
}


class SurveysServicer(surveys_service_pb2_grpc.SurveysServiceServicer):
    """Answers about scores."""

    def __init__(self, invitations: Invitations) -> None:
        self._invitations = invitations

    async def GetScores(  # noqa: N802 -- the name is the contract's
        self, request: rpc.GetScoresRequest, context: Any
    ) -> rpc.GetScoresResponse:
        """See the contract."""
        dimension = _DIMENSIONS.get(request.dimension)
        if dimension is None:
            raise InvalidInput("DIMENSION_UNKNOWN", "No se puede agrupar así.")
        scores = await self._invitations.scores(caller(context).tenant, dimension)
        return rpc.GetScoresResponse(
            scores=[
                rpc.Score(
                    key=one.key,
                    invitations=one.invitations,
                    responses=one.responses,
                    csat=one.csat or 0.0,
                    mean_score=one.mean_score or 0.0,
                )
                for one in scores
            ]
        )
