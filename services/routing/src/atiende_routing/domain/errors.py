"""What routing refuses, by name."""

from __future__ import annotations

from atiende_kit.errors import Conflict, FailedPrecondition, NotFound, NotYetVisible


class WorkItemNotFound(NotFound):
    """No such item in this city, or not within the caller's units."""

    def __init__(self) -> None:
        super().__init__("WORK_ITEM_NOT_FOUND", "La tarea no existe.")


class WorkNotYetVisible(NotYetVisible):
    """The case exists for the caller, but its event has not arrived here yet."""

    def __init__(self) -> None:
        super().__init__("WORK_NOT_YET_VISIBLE", "La tarea del caso aún no está lista.")


class AgentNotFound(NotFound):
    """Nobody with this subject has signed in as an agent."""

    def __init__(self) -> None:
        super().__init__("AGENT_NOT_FOUND", "El operador no existe.")


class WorkAlreadyAssigned(Conflict):
    """Another agent has the item."""

    def __init__(self) -> None:
        super().__init__("WORK_ALREADY_ASSIGNED", "Otra persona ya tiene esta tarea.")


class WorkCompleted(FailedPrecondition):
    """The item needs nobody any more."""

    def __init__(self) -> None:
        super().__init__("WORK_ALREADY_COMPLETED", "La tarea ya terminó.")


class OfferLapsed(FailedPrecondition):
    """The offer is not, or no longer, this agent's."""

    def __init__(self) -> None:
        super().__init__("OFFER_LAPSED", "La oferta ya no está vigente.")


class NotTheOwner(FailedPrecondition):
    """The item is not assigned to the one who wants to give it back."""

    def __init__(self) -> None:
        super().__init__("WORK_NOT_YOURS", "La tarea no está asignada a esta persona.")


class CapacityFull(FailedPrecondition):
    """The agent has as many items as they may have."""

    def __init__(self, capacity: int) -> None:
        super().__init__(
            "AGENT_CAPACITY_FULL",
            f"Ya hay {capacity} tareas a su cargo; termine o devuelva una antes de tomar otra.",
        )
