"""Refusals of the domain.

The kinds are the kit's, which name no transport; a rule gives the reason.
"""

from __future__ import annotations

from atiende_kit.errors import FailedPrecondition, NotFound, PermissionDenied


def refused(reason: str, message: str) -> FailedPrecondition:
    """The thing is in a state that does not allow this."""
    return FailedPrecondition(reason, message)


def not_found() -> NotFound:
    """One answer for "there is none" and "it is not yours", so that nobody can tell them apart."""
    return NotFound("CASE_NOT_FOUND", "No existe ese caso.")


def citizen_not_found() -> NotFound:
    """The same for citizens."""
    return NotFound("CITIZEN_NOT_FOUND", "No existe ese ciudadano.")


def not_allowed(reason: str, message: str) -> PermissionDenied:
    """The person may not do this."""
    return PermissionDenied(reason, message)
