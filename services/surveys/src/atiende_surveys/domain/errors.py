"""What surveys refuses, by name."""

from __future__ import annotations

from atiende_kit.errors import FailedPrecondition, InvalidInput, NotFound


class InvitationUnknown(InvalidInput):
    """An answer to a question that surveys never asked; it never will be right."""

    def __init__(self) -> None:
        super().__init__("INVITATION_UNKNOWN", "La respuesta no corresponde a ninguna encuesta.")


class SurveyNotFound(NotFound):
    """No survey has this link."""

    def __init__(self) -> None:
        super().__init__("SURVEY_NOT_FOUND", "Este enlace no es de ninguna encuesta.")


class SurveyAlreadyAnswered(FailedPrecondition):
    """The first answer counts."""

    def __init__(self) -> None:
        super().__init__(
            "SURVEY_ALREADY_ANSWERED", "Esta encuesta ya se respondió. Gracias por su opinión."
        )


class TaskNotFound(NotFound):
    """No such task in this city, or not within the caller's units."""

    def __init__(self) -> None:
        super().__init__("RECOVERY_TASK_NOT_FOUND", "La tarea no existe.")


class TaskAlreadySettled(FailedPrecondition):
    """Somebody has said what became of it."""

    def __init__(self) -> None:
        super().__init__("RECOVERY_TASK_SETTLED", "La tarea ya tiene una disposición.")
