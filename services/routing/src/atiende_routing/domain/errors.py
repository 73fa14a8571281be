"""What routing refuses, by name."""

from __future__ import annotations

from atiende_kit.errors import (
    Conflict,
    FailedPrecondition,
    NotFound,
    NotYetVisible,
    Unprocessable,
)


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


class AgentOfAnotherUnit(FailedPrecondition):
    """The agent does not work for the item's unit, so they could not see its case."""

    def __init__(self) -> None:
        super().__init__(
            "AGENT_OF_ANOTHER_UNIT", "Esa persona no atiende la dependencia de la tarea."
        )


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


class UnitNotFound(NotFound):
    """No such unit in this city, or not one of the caller's."""

    def __init__(self) -> None:
        super().__init__("UNIT_NOT_FOUND", "La dependencia no existe.")


class ProcedureNotFound(NotFound):
    """No such procedure in this city."""

    def __init__(self) -> None:
        super().__init__("PROCEDURE_NOT_FOUND", "El trámite no existe.")


class TurnNotFound(NotFound):
    """No such turn in this city, or not of the caller's units."""

    def __init__(self) -> None:
        super().__init__("TURN_NOT_FOUND", "El turno no existe.")


class NobodyWaits(NotFound):
    """There is no turn to call."""

    def __init__(self) -> None:
        super().__init__("TURNS_EMPTY", "No hay turnos en espera.")


class TurnNotAllowed(FailedPrecondition):
    """The turn is in a state that does not allow this."""

    def __init__(self, state: str) -> None:
        words = {
            "waiting": "aún no se ha llamado",
            "called": "ya se llamó",
            "attending": "ya se está atendiendo",
            "absent": "se marcó como ausente",
            "finished": "ya terminó",
            "expired": "terminó con su día",
        }
        super().__init__("TURN_NOT_ALLOWED", f"No se puede: el turno {words[state]}.")


class NotTheTurnsDesk(FailedPrecondition):
    """Another desk called the turn."""

    def __init__(self) -> None:
        super().__init__("TURN_NOT_YOURS", "Otro puesto llamó este turno.")


class TurnInProgress(FailedPrecondition):
    """The agent has called somebody already."""

    def __init__(self) -> None:
        super().__init__("TURN_IN_PROGRESS", "Termine primero el turno que está atendiendo.")


class TurnsClosed(FailedPrecondition):
    """The unit gives no turns now."""

    def __init__(self) -> None:
        super().__init__("TURNS_CLOSED", "La oficina está cerrada; ahora no se dan turnos.")


class TurnsExhausted(FailedPrecondition):
    """All numbers of the day are given."""

    def __init__(self) -> None:
        super().__init__("TURNS_EXHAUSTED", "Ya se entregaron todos los turnos de hoy.")


class TicketRequestReused(Unprocessable):
    """The idempotency key came before, for something else."""

    def __init__(self) -> None:
        super().__init__("IDEMPOTENCY_KEY_REUSED", "Esa clave ya se usó con otros datos.")
