"""What is refused first when more is asked than can be answered (reliability design, D8).

Under load each further request makes all others slower, until nobody is answered in time. So the
number of requests that a process answers at once is bounded, and what can wait gives way first.
"""

import random
from collections.abc import Callable
from enum import IntEnum
from typing import Any

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from prometheus_client import Counter
from starlette.routing import compile_path
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from atiende_kit.errors import Unavailable
from atiende_kit.http.problems import render
from atiende_kit.http.security import Require, policy_of
from atiende_kit.settings import HttpSettings

SHED = Counter("atiende_http_shed_total", "Requests refused under load, by class.", ["load_class"])
_MARK = "x-atiende-can-wait"
CAN_WAIT: dict[str, Any] = {_MARK: True}
"""For `openapi_extra` of routes that read much and hurry nobody: reports, exports, searches."""
_AGAIN_SECONDS = (1.0, 5.0)
"""Spread, or all who were refused would come back at once."""


class LoadClass(IntEnum):
    """How soon a request gives way; the numbers are those of the design."""

    CITIZEN = 1
    """Messages, webhooks, forms, whatever is open to everybody: never refused here."""
    STAFF = 2
    CAN_WAIT = 4


def can_wait_with(parameter: str) -> dict[str, Any]:
    """Mark a route that reads much only when a query parameter is given, as a search is."""
    return {_MARK: parameter}


class LoadClasses:
    """The class of each request of an application, from its routes' policies and marks."""

    def __init__(self, app: FastAPI) -> None:
        self._staff: list[Any] = []
        self._can_wait: list[tuple[Any, bytes]] = []
        for context in iter_route_contexts(app.routes):
            route: Any = context
            dependant = getattr(route, "dependant", None)
            if dependant is None or context.path is None or "GET" not in (context.methods or ()):
                continue
            pattern = compile_path(context.path)[0]
            mark = (getattr(route, "openapi_extra", None) or {}).get(_MARK)
            if mark:
                named = b"" if mark is True else f"{mark}=".encode()
                self._can_wait.append((pattern, named))
            policy = policy_of(dependant)
            if isinstance(policy, Require) and policy.kinds == {"staff"}:
                self._staff.append(pattern)

    def __call__(self, scope: Scope) -> LoadClass:
        """Tell the class of a request; only reading gives way, because it can be done again."""
        if scope["method"] not in {"GET", "HEAD"}:
            return LoadClass.CITIZEN
        path: str = scope["path"]
        given: list[bytes] = scope["query_string"].split(b"&")
        for pattern, named in self._can_wait:
            if pattern.match(path) and any(one.startswith(named) for one in given):
                return LoadClass.CAN_WAIT
        if any(pattern.match(path) for pattern in self._staff):
            return LoadClass.STAFF
        return LoadClass.CITIZEN


class Shedding:
    """Refuses with 503 what gives way at the present load.

    A request counts until its answer begins, so open streams are not load. While few are being
    answered this costs a comparison.

    Args:
        app: What comes next.
        class_of: Tells the class of a request.
        settings: `shed_can_wait` and `shed_staff` are how many may be answered at once before the
            class is refused.
    """

    def __init__(
        self, app: ASGIApp, *, class_of: Callable[[Scope], LoadClass], settings: HttpSettings
    ) -> None:
        self.app = app
        self._class_of = class_of
        self._limits = {
            LoadClass.CAN_WAIT: settings.shed_can_wait,
            LoadClass.STAFF: settings.shed_staff,
        }
        self._least = min(self._limits.values())
        self._answering = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if self._answering >= self._least and self._gives_way(scope):
            await _refusal()(scope, receive, send)
            return
        answered = False

        async def sending(message: Message) -> None:
            nonlocal answered
            if not answered and message["type"] == "http.response.start":
                answered = True
                self._answering -= 1
            await send(message)

        self._answering += 1
        try:
            await self.app(scope, receive, sending)
        finally:
            if not answered:
                self._answering -= 1

    def _gives_way(self, scope: Scope) -> bool:
        found = self._class_of(scope)
        limit = self._limits.get(found)
        if limit is None or self._answering < limit:
            return False
        SHED.labels(found.name.lower()).inc()
        return True


def _refusal() -> Any:
    again = random.uniform(*_AGAIN_SECONDS)  # noqa: S311 -- jitter
    return render(
        Unavailable(
            "OVERLOADED",
            "Hay mucha demanda en este momento; intente de nuevo en unos segundos.",
            retry_after=again,
        )
    )
