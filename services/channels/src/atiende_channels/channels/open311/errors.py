"""Errors in the specification's words: 404, 403, and 400 for anything else."""

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong.

    Attributes:
        code: As in the body; the HTTP status unless something more exact is known.
        description: For the person who uses the app; Spanish.
    """

    code: int
    description: str


class GeoReportError(Exception):
    """The request cannot be fulfilled.

    Args:
        status: HTTP status; GeoReport v2 knows 400, 403 and 404, HTTP itself adds 405.
        problems: What is wrong, all of it at once.
        headers: Extra headers of the answer.
    """

    def __init__(
        self, status: int, problems: Sequence[Problem], *, headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(status, problems)
        self.status = status
        self.problems = tuple(problems)
        self.headers = headers or {}


def bad_request(description: str) -> GeoReportError:
    """400: the request is invalid."""
    return GeoReportError(HTTPStatus.BAD_REQUEST, [Problem(400, description)])


def forbidden(description: str) -> GeoReportError:
    """403: missing or invalid API key."""
    return GeoReportError(HTTPStatus.FORBIDDEN, [Problem(403, description)])


def not_found(name: str) -> GeoReportError:
    """404: what the parameter names is not there; says which one, as the specification demands."""
    return GeoReportError(HTTPStatus.NOT_FOUND, [Problem(404, f"{name} was not found")])


def not_provided(name: str) -> GeoReportError:
    """400: a required parameter is missing; says which one."""
    return bad_request(f"{name} was not provided")


def not_running() -> GeoReportError:
    """400 with code 503: the specification has no 5xx for "service is not running or reachable"."""
    text = "El servicio no está disponible; intente de nuevo en unos minutos."
    return GeoReportError(
        HTTPStatus.BAD_REQUEST, [Problem(503, text)], headers={"Retry-After": "30"}
    )
