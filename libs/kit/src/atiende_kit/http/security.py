"""Who may use a route: dependencies that enforce a policy and can be found again by a test."""

from collections.abc import Iterator
from typing import Any, Literal
from urllib.parse import urlsplit

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.requests import HTTPConnection

from atiende_kit.auth import Principal, TokenVerifier
from atiende_kit.errors import PermissionDenied, Unauthenticated

Kind = Literal["staff", "citizen", "service"]
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


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

    def __init__(self, why: str, *, same_origin: bool = False) -> None:
        self.why = why
        self.same_origin = same_origin

    async def __call__(self, connection: HTTPConnection) -> None:
        """Let everybody in, from any page or from our own only.

        Raises:
            PermissionDenied: Only our own pages may ask, and another one did.
        """
        if self.same_origin:
            refuse_foreign_origin(connection)


class ByCookie:
    """Base of a policy that a cookie of ours proves; whoever reads the cookie subclasses it.

    A browser sends cookies whoever makes it send the request, so a subclass begins with
    `refuse_foreign_origin`.

    Args:
        cookie: Its name.
        callers: Who is admitted, a sentence for the API's document.
    """

    def __init__(self, cookie: str, callers: str) -> None:
        self.cookie = cookie
        self.callers = callers


Policy = Require | Public | ByCookie


def refuse_foreign_origin(connection: HTTPConnection) -> None:
    """Refuse what a page of somebody else made a browser send (CSRF; ASVS 5.0, 3.5).

    Safe methods pass. Browsers state both headers themselves and no script can change them; a
    program that is no browser sends neither, and has no cookie of somebody else's either.

    Raises:
        PermissionDenied: `Sec-Fetch-Site` or `Origin` names another place than ours.
    """
    if connection.scope.get("method") in SAFE_METHODS:
        return
    site = connection.headers.get("sec-fetch-site", "none")
    origin = connection.headers.get("origin")
    ours: frozenset[str] = connection.app.state.origins
    if site not in {"same-origin", "none"} or (origin is not None and origin not in ours):
        raise PermissionDenied("ORIGIN_FOREIGN", "La petición viene de otra página.")


def origin_of(url: str) -> str:
    """Return scheme, host and port of an address, as browsers write them in `Origin`."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower()


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


def public(why: str, *, same_origin: bool = False) -> Public:
    """Make a dependency that marks a route as open to everybody.

    Args:
        why: The reason, read by whoever reviews the list of public routes.
        same_origin: Whether unsafe requests must come from our own pages, where an answer sets a
            cookie: else a foreign page could sign a visitor in as somebody else.
    """
    if not why.strip():
        raise ValueError("a public route says why")
    return Public(why, same_origin=same_origin)


def policies(app: FastAPI) -> Iterator[tuple[str, Policy | None]]:
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


def policy_of(dependant: Any) -> Policy | None:
    """Return the policy among a route's dependencies."""
    return _policy_in(dependant)


def _policy_in(dependant: Any) -> Policy | None:
    open_to_all: Public | None = None
    waiting = [dependant]
    while waiting:
        current = waiting.pop()
        if isinstance(current.call, Require | ByCookie):
            return current.call
        if isinstance(current.call, Public):
            open_to_all = current.call
        waiting.extend(current.dependencies)
    return open_to_all


def unprotected_routes(app: FastAPI) -> list[str]:
    """List the routes without any policy; a test demands none."""
    return [name for name, policy in policies(app) if policy is None]


def public_routes(app: FastAPI) -> dict[str, str]:
    """List the routes open to everybody with the reason of each."""
    return {name: policy.why for name, policy in policies(app) if isinstance(policy, Public)}
