"""RoutingService over gRPC."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from google.protobuf.duration_pb2 import Duration

from atiende.routing.v1 import events_pb2, routing_service_pb2_grpc
from atiende.routing.v1 import routing_service_pb2 as rpc
from atiende_kit.errors import InvalidInput
from atiende_kit.grpc_ import caller
from atiende_routing.application.assign_work import AssignWork
from atiende_routing.application.oversee_queues import OverseeQueues
from atiende_routing.domain.work_item import WorkItem


class RoutingServicer(routing_service_pb2_grpc.RoutingServiceServicer):
    """Answers about waits and lets cases claim work for an agent.

    Args:
        assign: the use case.
        oversee: the use case.
        facts: renders an item at a version, as the events of the service do.
    """

    def __init__(
        self,
        assign: AssignWork,
        oversee: OverseeQueues,
        facts: Callable[[WorkItem, int], events_pb2.WorkFacts],
    ) -> None:
        self._assign = assign
        self._oversee = oversee
        self._facts = facts

    async def EstimateWait(  # noqa: N802 -- the name is the contract's
        self, request: rpc.EstimateWaitRequest, context: Any
    ) -> rpc.EstimateWaitResponse:
        """See the contract."""
        if not request.unit_id:
            raise InvalidInput("UNIT_MISSING", "Falta la dependencia.")
        estimate = await self._oversee.estimate(
            caller(context).tenant, request.unit_id, frozenset(request.skills)
        )
        response = rpc.EstimateWaitResponse(
            queue_length=estimate.queue_length, open_now=estimate.open_now
        )
        if estimate.expected_wait is not None:
            wait = Duration()
            wait.FromTimedelta(estimate.expected_wait)
            response.expected_wait.CopyFrom(wait)
        return response

    async def ClaimWork(  # noqa: N802 -- the name is the contract's
        self, request: rpc.ClaimWorkRequest, context: Any
    ) -> rpc.ClaimWorkResponse:
        """See the contract."""
        if not request.case_id or not request.agent_id:
            raise InvalidInput("CLAIM_INCOMPLETE", "Faltan el caso o el operador.")
        item = await self._assign.claim_case(
            caller(context).tenant, request.case_id, request.agent_id
        )
        return rpc.ClaimWorkResponse(item=self._facts(item, item.version))
