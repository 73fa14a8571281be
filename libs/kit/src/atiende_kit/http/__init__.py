"""HTTP: the application factory, access, problems, pages, limits, caching and the listener."""

from atiende_kit.http.app import create_app, not_ready
from atiende_kit.http.caching import NOT_MODIFIED, cached
from atiende_kit.http.direct import DirectRoute
from atiende_kit.http.hosts import PublicCity
from atiende_kit.http.idempotency import Answer, IdempotencyKey, IdempotencyKeys, body_fingerprint
from atiende_kit.http.limits import Limiter, visitor
from atiende_kit.http.numbers import JSON_INTEGER
from atiende_kit.http.paging import CursorParam, LimitParam, Page, decode_cursor, encode_cursor
from atiende_kit.http.problems import Problem, ProblemError
from atiende_kit.http.security import (
    ByCookie,
    Public,
    Require,
    policies,
    public,
    public_routes,
    refuse_foreign_origin,
    require,
    unprotected_routes,
)
from atiende_kit.http.server import HttpServer
from atiende_kit.http.shedding import CAN_WAIT, can_wait_with

__all__ = [
    "CAN_WAIT",
    "JSON_INTEGER",
    "NOT_MODIFIED",
    "Answer",
    "ByCookie",
    "CursorParam",
    "DirectRoute",
    "HttpServer",
    "IdempotencyKey",
    "IdempotencyKeys",
    "LimitParam",
    "Limiter",
    "Page",
    "Problem",
    "ProblemError",
    "Public",
    "PublicCity",
    "Require",
    "body_fingerprint",
    "cached",
    "can_wait_with",
    "create_app",
    "decode_cursor",
    "encode_cursor",
    "not_ready",
    "policies",
    "public",
    "public_routes",
    "refuse_foreign_origin",
    "require",
    "unprotected_routes",
    "visitor",
]
