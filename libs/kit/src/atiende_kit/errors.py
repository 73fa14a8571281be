# ruff: noqa: N818 -- the names are the taxonomy of docs and proto reasons; "Error" would add nothing.
"""The closed tree of errors every service speaks.

A service subclasses a *kind* (a leaf or inner node below) and fixes a reason; it never adds a new
branch under `AtiendeError`. What a kind looks like on the wire is decided in one place per
transport (`atiende_kit.http`, `atiende_kit.grpc_`, `atiende_kit.bus`), never here.

    AtiendeError
    ├── InvalidInput          the request can never be right
    │   └── Unprocessable     well formed, but its values are not acceptable
    ├── Unauthenticated       nobody, or a token we do not believe
    ├── PermissionDenied      somebody, but not allowed
    ├── NotFound              not there, or not for this caller
    │   └── NotYetVisible     will be there soon: an event overtook another
    ├── Conflict              the present state of the thing is in the way
    │   ├── AlreadyExists     it was made before
    │   └── VersionMismatch   somebody else changed it in between: read again
    ├── FailedPrecondition    the thing is in a state that does not allow this
    ├── RateLimited           too often; says when to come back
    ├── Unavailable           a dependency does not answer; try again
    └── DeadlineExceeded      there was no time left to answer
"""

from collections.abc import Mapping


class AtiendeError(Exception):
    """Root of the tree. Raise one of the kinds, never this.

    Args:
        reason: UPPER_SNAKE and unique in the platform, e.g. `CASE_ALREADY_CLOSED`; stable, for
            programs.
        message: Safe to show to any person, in Spanish, without personal data.
        fields: Which inputs are wrong: JSON pointer or field name to what is wrong with it.
        retry_after: Seconds after which another attempt makes sense, when known.
    """

    def __init__(
        self,
        reason: str,
        message: str,
        *,
        fields: Mapping[str, str] | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(reason, message)
        self.reason = reason
        self.message = message
        self.fields: dict[str, str] = dict(fields or {})
        self.retry_after = retry_after

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if AtiendeError in cls.__bases__ and cls.__module__ != __name__:
            # A new branch would have no rendering in HTTP, gRPC and the bus.
            raise TypeError(f"{cls.__name__} must subclass a kind of atiende_kit.errors")

    def __str__(self) -> str:
        return f"{self.reason}: {self.message}"


class InvalidInput(AtiendeError):
    """The request is malformed and will never be right."""


class Unprocessable(InvalidInput):
    """Well formed, but a value breaks a rule."""


class Unauthenticated(AtiendeError):
    """No credentials, or credentials that do not hold."""


class PermissionDenied(AtiendeError):
    """The caller is known and may not do this."""


class NotFound(AtiendeError):
    """There is no such thing, or it belongs to somebody else."""


class NotYetVisible(NotFound):
    """The thing is announced but has not arrived here yet; a later attempt will see it."""


class Conflict(AtiendeError):
    """The present state of the thing is in the way."""


class AlreadyExists(Conflict):
    """It was made before, by this caller or another."""


class VersionMismatch(Conflict):
    """The version that was read is not the current one any more."""


class FailedPrecondition(AtiendeError):
    """The thing is in a state that does not allow this."""


class RateLimited(AtiendeError):
    """Too many attempts; `retry_after` says when to come back."""


class Unavailable(AtiendeError):
    """A dependency does not answer; nothing is wrong with the request."""


class DeadlineExceeded(AtiendeError):
    """The time that the caller gave is over."""


__all__ = [
    "AlreadyExists",
    "AtiendeError",
    "Conflict",
    "DeadlineExceeded",
    "FailedPrecondition",
    "InvalidInput",
    "NotFound",
    "NotYetVisible",
    "PermissionDenied",
    "RateLimited",
    "Unauthenticated",
    "Unavailable",
    "Unprocessable",
    "VersionMismatch",
]
