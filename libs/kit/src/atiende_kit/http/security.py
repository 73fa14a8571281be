"""Who may use a route: dependencies that enforce a policy and can be found again by a test."""

from collections.abc import Iterator
from typing import Any, Literal

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.requests import HTTPConnection

from atiende_kit.auth import Principal, TokenVerifier
from atiende_kit.errors import PermissionDenied, Unauthenticated

Kind = Literal["staff", "citizen", "service"]


class Require:
    """The dependency behind `require`; its attributes are the policy that tests read."""

    def __init__(self, roles: frozenset[str], kinds: frozenset[Kind]) -> None:
        self.roles = roles
        self.kinds = kinds

    async def __call__(self, connection: HTTPConnection) -> Principal:
        """Return the caller, verified and entitled.

        Raises:
            Unauthenticated: No token, or one that does not hold.
            PermissionDenied: Another kind of caller, or none of the roles.
        """
        scheme, _, token = connection.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise Unauthenticated("TOKEN_MISSING", "Inicie sesión para continuar.")
        verifier: TokenVerifier = connection.app.state.verifier
        principal = await verifier.verify(token.strip())
        if principal.kind not in self.kinds or (self.roles and not self.roles & principal.roles):
            raise PermissionDenied("ROLE_MISSING", "Su cuenta no tiene permiso para esto.")
        return principal


class Public:
    """The dependency behind `public`: lets everybody in and says why."""

    def __init__(self, why: str) -> None:
        self.why = why

    async def __call__(self) -> None:
        """Let everybody in."""


def require(*roles: str, kinds: tuple[Kind, ...] = ("staff",)) -> Require:
    """Make a dependency that admits callers holding one of the roles.

    Nothing is implied: an admin passes only where `admin` is named. For citizens or services,
    who hold no roles, say `require(kinds=("citizen",))`.

    Args:
        roles: Any one of them is enough.
        kinds: Kinds of callers.
    """
    if "staff" in kinds and not roles:
        raise ValueError("a route for staff names its roles")
    return Require(frozenset(roles), frozenset(kinds))


def public(why: str) -> Public:
    """Make a dependency that marks a route as open to everybody.

    Args:
        why: The reason, read by whoever reviews the list of public routes.
    """
    if not why.strip():
        raise ValueError("a public route says why")
    return Public(why)


def policies(app: FastAPI) -> Iterator[tuple[str, Require | Public | None]]:
    """Yield every route with its policy: `GET /api/cases/v1/cases`, or `WS /…` for sockets.

    The kit's own probes and documentation pages are mounted outside the API and not listed.
    """
    for context in iter_route_contexts(app.routes):
        route: Any = context
        dependant = getattr(route, "dependant", None)
        if dependant is None:
            if context.endpoint in app.state.kit_endpoints:
                continue
            found = None
        else:
            found = _policy_in(dependant)
        for method in sorted(context.methods or {"WS"}):
            yield f"{method} {context.path}", found


def policy_of(dependant: Any) -> Require | Public | None:
    """Return the policy among a route's dependencies."""
    return _policy_in(dependant)


def _policy_in(dependant: Any) -> Require | Public | None:
    open_to_all: Public | None = None
    waiting = [dependant]
    while waiting:
        current = waiting.pop()
        if isinstance(current.call, Require):
            return current.call
        if isinstance(current.call, Public):
            open_to_all = current.call
        waiting.extend(current.dependencies)
    return open_to_all


def unprotected_routes(app: FastAPI) -> list[str]:
    """List the routes that have neither `require` nor `public`; a test demands none."""
    return [name for name, policy in policies(app) if policy is None]


def public_routes(app: FastAPI) -> dict[str, str]:
    """List the routes open to everybody with the reason of each."""
    return {name: policy.why for name, policy in policies(app) if isinstance(policy, Public)}
