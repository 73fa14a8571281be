"""Errors as gRPC: google.rpc.Status with ErrorInfo, in both directions."""

from typing import Any

import grpc
from google.protobuf.any_pb2 import Any as AnyMessage
from google.protobuf.message import DecodeError
from google.rpc import (  # type: ignore[import-untyped]  # the package has no marker
    error_details_pb2,
    status_pb2,
)

from atiende_kit import errors

DOMAIN = "atiende"
CALLER_REFUSED = "CALLER_REFUSED"
DETAILS_KEY = "grpc-status-details-bin"

# Most specific first: the first kind that matches decides.
CODES: tuple[tuple[type[errors.AtiendeError], grpc.StatusCode], ...] = (
    (errors.InvalidInput, grpc.StatusCode.INVALID_ARGUMENT),
    (errors.Unauthenticated, grpc.StatusCode.UNAUTHENTICATED),
    (errors.PermissionDenied, grpc.StatusCode.PERMISSION_DENIED),
    (errors.NotFound, grpc.StatusCode.NOT_FOUND),
    (errors.AlreadyExists, grpc.StatusCode.ALREADY_EXISTS),
    (errors.Conflict, grpc.StatusCode.ABORTED),
    (errors.FailedPrecondition, grpc.StatusCode.FAILED_PRECONDITION),
    (errors.RateLimited, grpc.StatusCode.RESOURCE_EXHAUSTED),
    (errors.Unavailable, grpc.StatusCode.UNAVAILABLE),
    (errors.DeadlineExceeded, grpc.StatusCode.DEADLINE_EXCEEDED),
)

_KINDS: dict[str, type[errors.AtiendeError]] = {
    name: getattr(errors, name) for name in errors.__all__ if name != "AtiendeError"
}


class PeerFailure(Exception):  # noqa: N818 -- it says what happened, like the kinds of errors.py
    """A peer answered in a way that is nobody's request's fault: a bug or a wrong set-up.

    Not in the closed tree on purpose: it is "anything else" to every rendering.
    """


def code_of(error: errors.AtiendeError) -> grpc.StatusCode:
    """Return the status code of an error's kind."""
    return next((code for kind, code in CODES if isinstance(error, kind)), grpc.StatusCode.INTERNAL)


def _kind_name(error: errors.AtiendeError) -> str:
    # A service's subclass travels as the kind it refines; the other side knows only the tree.
    return next(cls.__name__ for cls in type(error).__mro__ if cls.__name__ in _KINDS)


def to_status(error: errors.AtiendeError) -> status_pb2.Status:
    """Return the status message of an error."""
    status = status_pb2.Status(code=code_of(error).value[0], message=error.message)
    _add(
        status,
        error_details_pb2.ErrorInfo(
            reason=error.reason, domain=DOMAIN, metadata={"kind": _kind_name(error)}
        ),
    )
    if error.fields:
        violations = [
            error_details_pb2.BadRequest.FieldViolation(field=name, description=text)
            for name, text in error.fields.items()
        ]
        _add(status, error_details_pb2.BadRequest(field_violations=violations))
    if error.retry_after is not None:
        retry = error_details_pb2.RetryInfo()
        retry.retry_delay.FromMilliseconds(round(error.retry_after * 1000))
        _add(status, retry)
    return status


def _add(status: status_pb2.Status, detail: Any) -> None:
    packed = AnyMessage()
    packed.Pack(detail)
    status.details.append(packed)


def from_rpc_error(error: grpc.aio.AioRpcError, peer: str) -> Exception:
    """Return our error for a failed call.

    Args:
        error: What the client raised.
        peer: Name of the service that was called.
    """
    known = _from_details(error)
    code = error.code()
    if code is grpc.StatusCode.UNAUTHENTICATED:
        # Our own token was refused. To whoever called us this is not a 401 of theirs.
        return PeerFailure(f"{peer}: our token was refused")
    if known is not None and known.reason == CALLER_REFUSED:
        # The contract does not name us: nothing that a person's role could mend.
        return PeerFailure(f"{peer}: does not let us call")
    if known is not None:
        return known
    message = "Un servicio interno no responde."
    if code is grpc.StatusCode.UNAVAILABLE or code is grpc.StatusCode.CANCELLED:
        return errors.Unavailable("PEER_UNAVAILABLE", message)
    if code is grpc.StatusCode.DEADLINE_EXCEEDED:
        return errors.DeadlineExceeded("PEER_TOO_SLOW", message)
    if code is grpc.StatusCode.RESOURCE_EXHAUSTED:
        if "larger than max" in (error.details() or ""):
            return errors.InvalidInput("MESSAGE_TOO_LARGE", "El contenido es demasiado grande.")
        return errors.RateLimited("PEER_OVERLOADED", message, retry_after=1.0)
    return PeerFailure(f"{peer}: {code.name}")


def _from_details(error: grpc.aio.AioRpcError) -> errors.AtiendeError | None:
    trailing: Any = error.trailing_metadata() or ()
    raw = next((value for key, value in trailing if key == DETAILS_KEY), None)
    if not isinstance(raw, bytes):
        return None
    info = error_details_pb2.ErrorInfo()
    bad = error_details_pb2.BadRequest()
    retry = error_details_pb2.RetryInfo()
    try:
        status = status_pb2.Status.FromString(raw)
        for detail in status.details:
            for target in (info, bad, retry):
                detail.Unpack(target)
    except DecodeError:
        return None
    kind = _KINDS.get(info.metadata.get("kind", ""))
    if info.domain != DOMAIN or kind is None:
        return None
    seconds = retry.retry_delay.ToMilliseconds() / 1000
    return kind(
        info.reason,
        status.message,
        fields={item.field: item.description for item in bad.field_violations},
        retry_after=seconds or None,
    )
