"""The application factory: every service's HTTP API begins with the same promises."""

import asyncio
import importlib.metadata
from collections.abc import Collection, Mapping, Sequence

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute, iter_route_contexts
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Scope

from atiende_kit import telemetry
from atiende_kit.auth import TokenVerifier
from atiende_kit.contract import ServiceContract
from atiende_kit.errors import AtiendeError
from atiende_kit.http import docs, problems
from atiende_kit.http.body import BodyGuard
from atiende_kit.http.context import RequestContext
from atiende_kit.http.openapi import make_openapi
from atiende_kit.http.security import origin_of, public_routes, unprotected_routes
from atiende_kit.http.shedding import LoadClasses, Shedding
from atiende_kit.runtime import Component
from atiende_kit.settings import KitSettings
from atiende_kit.watchdog import check_alive

log = telemetry.get_logger()

CHECK_SECONDS = 2.0


def create_app(
    settings: KitSettings,
    contract: ServiceContract,
    routers: Sequence[APIRouter],
    *,
    verifier: TokenVerifier,
    title: str,
    description: str,
    readiness: Sequence[Component] = (),
    public: Collection[str] | None = None,
    body_limits: Mapping[str, int] | None = None,
    unchecked_json: Sequence[str] = (),
) -> FastAPI:
    """Make a service's HTTP application.

    Args:
        settings: Of the service.
        contract: Its name gives the paths of the documents.
        routers: With full paths, `/api/<service>/v1/…`.
        verifier: Of access tokens.
        title: Of the API.
        description: Of the API, Markdown.
        readiness: Components that /readyz asks.
        public: When given, exactly these routes (`GET /api/…`) may be open to everybody.
        body_limits: Path prefix to bytes, where the general limit does not fit.
        unchecked_json: Path prefixes whose JSON is passed on unjudged (webhooks).

    Raises:
        ValueError: A route is neither protected nor marked public, or the public ones are not
            those that were listed.
    """
    api = f"/api/{contract.name}"
    app = FastAPI(
        title=title,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        # A redirect would answer with a status that no document mentions.
        redirect_slashes=False,
        generate_unique_id_function=_operation_id,
        # Its spans carry the query, its logs the text of exceptions; ours (`spans`) neither.
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    app.state.verifier = verifier
    app.state.origins = frozenset({origin_of(settings.http.public_url)})
    app.state.readiness = tuple(readiness)
    app.state.kit_endpoints = set()
    app.state.draining = asyncio.Event()
    for router in routers:
        _add_routes(app, router)
    problems.install(app)
    app.openapi = make_openapi(  # type: ignore[method-assign]  # FastAPI's documented way to extend the document
        app,
        title=title,
        version=importlib.metadata.version("atiende-kit"),
        description=description,
        server=settings.http.public_url,
    )
    _add_kit_routes(app, api)
    if settings.docs_enabled:
        docs.install(app, base=f"{api}/docs", title=title, document=f"{api}/openapi.json")
    open_routes = unprotected_routes(app)
    if open_routes:
        raise ValueError(f"routes without a policy: {open_routes}")
    if public is not None and set(public) != set(public_routes(app)):
        difference = sorted(set(public) ^ set(public_routes(app)))
        raise ValueError(f"public routes differ from the list: {difference}")
    app.add_middleware(
        BodyGuard,
        max_bytes=settings.http.max_body_bytes,
        seconds=settings.http.body_seconds,
        limits=dict(body_limits or {}),
        unchecked=tuple(unchecked_json),
    )
    app.add_middleware(Shedding, class_of=LoadClasses(app), settings=settings.http)
    app.add_middleware(
        RequestContext,
        route_of=_RouteNames(app),
        https=settings.http.public_url.startswith("https://"),
        relaxed=(f"{api}/docs",),
    )
    return app


def _add_routes(app: FastAPI, router: APIRouter) -> None:
    """Add a router's routes as they are.

    An included router is a second tree, which is searched twice for every request: a tenth of what
    a webhook cost (ADR 0043).
    """
    for route in router.routes:
        if isinstance(route, APIRoute):
            route.unique_id = _operation_id(route)
        app.router.routes.append(route)


def _unmatched() -> None:
    """Stands for the endpoint of an address that no route has."""


def _operation_id(route: APIRoute) -> str:
    # What the generated client calls the operation: "cases-get_case".
    return "-".join([*(str(tag) for tag in route.tags[:1]), route.name])


class _RouteNames:
    """Route templates for labels; found by endpoint, because a path has no bound."""

    def __init__(self, app: FastAPI) -> None:
        self._names = {
            context.endpoint: str(context.path_format or context.path)
            for context in iter_route_contexts(app.routes)
            if context.endpoint is not None
        }

    def __call__(self, scope: Scope) -> str:
        return self._names.get(scope.get("endpoint", _unmatched), "unmatched")


def _add_kit_routes(app: FastAPI, api: str) -> None:
    async def livez(_request: Request) -> Response:
        check_alive()
        return JSONResponse({"status": "alive"})

    async def readyz(_request: Request) -> Response:
        missing = await not_ready(app.state.readiness)
        if app.state.draining.is_set():
            missing["http"] = "DRAINING"
        if missing:
            return JSONResponse({"status": "not ready", "not_ready": missing}, 503)
        return JSONResponse({"status": "ready"})

    async def metrics(_request: Request) -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    async def document(_request: Request) -> Response:
        return JSONResponse(app.openapi())

    paths = {
        "/livez": livez,
        "/readyz": readyz,
        "/metrics": metrics,
        f"{api}/openapi.json": document,
    }
    for path, handler in paths.items():
        app.state.kit_endpoints.add(handler)
        app.add_route(path, handler, include_in_schema=False)


async def not_ready(components: Sequence[Component]) -> dict[str, str]:
    """Ask every component at once; return those that are not ready with the reason."""

    async def ask(component: Component) -> str | None:
        try:
            async with asyncio.timeout(CHECK_SECONDS):
                await component.check()
        except AtiendeError as error:
            return error.reason
        except TimeoutError:
            return "NO_ANSWER"
        except Exception as error:
            log.warning("readiness check failed", component=component.name, exc_info=error)
            return "CHECK_FAILED"
        return None

    answers = await asyncio.gather(*(ask(component) for component in components))
    return {
        component.name: answer
        for component, answer in zip(components, answers, strict=True)
        if answer is not None
    }
