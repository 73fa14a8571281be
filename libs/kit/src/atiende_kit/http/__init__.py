"""HTTP: the application factory, access, problems, pages, idempotency and the listener."""

from atiende_kit.http.app import create_app, not_ready
from atiende_kit.http.idempotency import Answer, IdempotencyKey, IdempotencyKeys, body_fingerprint
from atiende_kit.http.paging import CursorParam, LimitParam, Page, decode_cursor, encode_cursor
from atiende_kit.http.problems import Problem, ProblemError
from atiende_kit.http.security import (
    Public,
    Require,
    policies,
    public,
    public_routes,
    require,
    unprotected_routes,
)
from atiende_kit.http.server import HttpServer

__all__ = [
    "Answer",
    "CursorParam",
    "HttpServer",
    "IdempotencyKey",
    "IdempotencyKeys",
    "LimitParam",
    "Page",
    "Problem",
    "ProblemError",
    "Public",
    "Require",
    "body_fingerprint",
    "create_app",
    "decode_cursor",
    "encode_cursor",
    "not_ready",
    "policies",
    "public",
    "public_routes",
    "require",
    "unprotected_routes",
]
