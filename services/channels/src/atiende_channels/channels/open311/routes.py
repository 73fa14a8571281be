"""The routes of GeoReport v2."""

import hashlib
from collections.abc import Callable, Coroutine
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Path, Query, Request, Response
from fastapi.routing import APIRoute

from atiende_channels.channels.context import ChannelContext
from atiende_channels.channels.open311 import documentation as doc
from atiende_channels.channels.open311.adapter import CLIENT_HEADER, REGION_HEADER
from atiende_channels.channels.open311.errors import (
    GeoReportError,
    Problem,
    bad_request,
    not_found,
    not_running,
)
from atiende_channels.channels.open311.form import MAX_BODY_BYTES, Form, FormError, read_form
from atiende_channels.channels.open311.jurisdictions import Jurisdictions
from atiende_channels.channels.open311.queries import read_query
from atiende_channels.channels.open311.reads import Reader
from atiende_channels.channels.open311.rendering import CONTENT_TYPES, Format, Value, render
from atiende_channels.channels.open311.reports import check_report, client_of
from atiende_channels.channels.open311.services import (
    definition_document,
    public_procedure,
    service_document,
    service_notice,
)
from atiende_channels.domain.model import Channel, RawIntake
from atiende_kit.errors import AtiendeError
from atiende_kit.http import CAN_WAIT, public
from atiende_kit.ids import new_id

PREFIX = "/open311/v2"
_MAX_KEY_CHARACTERS = 200
_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"]

FormatPath = Annotated[Format, Path(description="xml or json", examples=["json"])]
Jurisdiction = Annotated[
    str,
    Query(
        description="Needed only when several cities are served.", json_schema_extra=doc.PRINTABLE
    ),
]
Listed = Annotated[
    list[str],
    Query(
        description="Repeated or separated by commas.", json_schema_extra={"items": doc.PRINTABLE}
    ),
]
Statuses = Annotated[
    list[str],
    Query(description="Defaults to all.", json_schema_extra={"items": doc.STATUSES}),
]
Instant = Annotated[
    str, Query(description="W3C date and time with zone.", json_schema_extra=doc.INSTANT)
]
Number = Annotated[str, Query(description="From 1 to 1000.", json_schema_extra=doc.NUMBER)]


class GeoReportRoute(APIRoute):
    """Renders every failure in the specification's words and in the format that was asked for."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wraps the handler."""
        handler = super().get_route_handler()

        async def handle(request: Request) -> Response:
            try:
                _format(request)
                return await handler(request)
            except GeoReportError as error:
                return _failure(request, error)
            except AtiendeError:
                return _failure(request, not_running())

        return handle


def routers(context: ChannelContext) -> list[APIRouter]:
    """Makes the routes."""
    router = APIRouter(
        prefix=PREFIX,
        tags=["open311"],
        route_class=GeoReportRoute,
        dependencies=[Depends(public("Open311 is read by everybody; writing needs an API key"))],
    )
    cities = Jurisdictions(context)
    _add_services(router, cities)
    _add_requests(router, cities, context)
    _add_rest(router)
    return [router]


def _add_services(router: APIRouter, cities: Jurisdictions) -> None:
    @router.get("/discovery.{form}", summary="Service discovery", responses=doc.DISCOVERY)
    async def discovery(form: FormatPath) -> Response:
        """Says where the endpoint is and which formats it speaks."""
        return _answer(form, "discovery", await cities.discovery())

    @router.get("/services.{form}", summary="List of services", responses=doc.SERVICES)
    async def services(form: FormatPath, jurisdiction_id: Jurisdiction = "") -> Response:
        """Lists what can be reported."""
        _, release = await cities.find(jurisdiction_id)
        found = [service_document(procedure) for procedure in release.public_procedures()]
        return _answer(form, "services", found)

    @router.get(
        "/services/{service_code}.{form}",
        summary="Definition of a service",
        responses=doc.DEFINITION,
    )
    async def definition(
        service_code: str, form: FormatPath, jurisdiction_id: Jurisdiction = ""
    ) -> Response:
        """Lists the attributes that a report of this service carries."""
        _, release = await cities.find(jurisdiction_id)
        procedure = public_procedure(release, service_code)
        if procedure is None:
            raise not_found("service_code")
        return _answer(form, "service_definition", definition_document(procedure))


def _add_requests(router: APIRouter, cities: Jurisdictions, context: ChannelContext) -> None:
    @router.post(
        "/requests.{form}",
        summary="Report something",
        responses=doc.CREATED,
        openapi_extra=doc.REPORT_BODY,
    )
    async def report(
        request: Request,
        form: FormatPath,
        idempotency_key: Annotated[str | None, Header()] = None,
    ) -> Response:
        """Takes a report; the answer's id is valid at once."""
        given = await _form(request)
        # Some apps leave these two in the address; everything else belongs into the form.
        query = request.query_params
        jurisdiction_id = given.get("jurisdiction_id") or query.get("jurisdiction_id", "")
        account, release = await cities.find(jurisdiction_id)
        client = client_of(account, given.get("api_key") or query.get("api_key", ""))
        procedure = check_report(given, release)
        accepted = await context.intake.accept(
            RawIntake(
                tenant=account.tenant,
                channel=Channel.OPEN311,
                account_id=account.account_id,
                provider_id=_provider_id(client, idempotency_key),
                body=given.to_bytes(),
                headers={CLIENT_HEADER: client, REGION_HEADER: release.city.country},
                receive_time=context.clock.now(),
            )
        )
        if accepted.conflict:
            raise bad_request("Idempotency-Key was used for another report")
        created: dict[str, Value] = {
            "service_request_id": accepted.case_id_if_new,
            "service_notice": service_notice(procedure),
            "account_id": given.get("account_id") or None,
        }
        return _answer(form, "service_requests", [created])

    @router.get(
        "/requests.{form}",
        summary="List of reports",
        responses=doc.REQUESTS,
        openapi_extra=CAN_WAIT,
    )
    async def requests(
        form: FormatPath,
        jurisdiction_id: Jurisdiction = "",
        service_request_id: Listed = [],  # noqa: B006 - FastAPI copies it
        service_code: Listed = [],  # noqa: B006 - same
        status: Statuses = [],  # noqa: B006 - same
        start_date: Instant = "",
        end_date: Instant = "",
        page: Number = "",
        page_size: Number = "",
    ) -> Response:
        """Lists reports of the last 90 days, or as filtered; at most 1,000."""
        account, release = await cities.find(jurisdiction_id)
        query = read_query(
            service_request_id=service_request_id,
            service_code=service_code,
            status=status,
            start_date=start_date,
            end_date=end_date,
            page=page,
            page_size=page_size,
            now=context.clock.now(),
        )
        found = await Reader(context, account, release).listed(query)
        return _answer(form, "service_requests", found)

    @router.get("/requests/{request_id}.{form}", summary="One report", responses=doc.REQUEST)
    async def one_request(
        request_id: str, form: FormatPath, jurisdiction_id: Jurisdiction = ""
    ) -> Response:
        """Shows one report by its id or reference number."""
        account, release = await cities.find(jurisdiction_id)
        found = await Reader(context, account, release).one(request_id)
        if found is None:
            raise not_found("service_request_id")
        return _answer(form, "service_requests", [found])

    @router.get("/tokens/{token}.{form}", summary="Id of a token", responses=doc.TOKEN)
    async def token(token: str, form: FormatPath, jurisdiction_id: Jurisdiction = "") -> Response:
        """Ids are given at once here, so that the only tokens are the ids themselves."""
        account, release = await cities.find(jurisdiction_id)
        found = await Reader(context, account, release).one(token)
        if found is None:
            raise not_found("token")
        known: dict[str, Value] = {
            "service_request_id": found["service_request_id"],
            "token": token,
        }
        return _answer(form, "service_requests", [known])


def _add_rest(router: APIRouter) -> None:
    async def rest(request: Request, path: str) -> Response:
        """Whatever else stands under the prefix, in the specification's words."""
        resource = path.rpartition(".")[0]
        known = resource.split("/")[0] in {"discovery", "services", "requests", "tokens"}
        if known and request.method != "GET":
            allowed = "GET, POST" if resource == "requests" else "GET"
            problem = Problem(405, "Method not allowed")
            raise GeoReportError(405, [problem], headers={"Allow": allowed})
        raise not_found("resource")

    router.add_api_route("/{path:path}", rest, methods=_METHODS, include_in_schema=False)


def _format(request: Request) -> Format:
    """The format at the end of the path.

    Raises:
        GeoReportError: 404 for a format that is not spoken.
    """
    try:
        return Format(request.url.path.rpartition(".")[2])
    except ValueError:
        raise not_found("format") from None


def _answer(form: Format, root: str, value: Value) -> Response:
    return Response(render(form, root, value), headers={"Content-Type": CONTENT_TYPES[form]})


def _failure(request: Request, error: GeoReportError) -> Response:
    try:
        form = _format(request)
    except GeoReportError:
        form = Format.XML
    problems: list[Value] = [
        {"code": problem.code, "description": problem.description} for problem in error.problems
    ]
    headers = {**error.headers, "Content-Type": CONTENT_TYPES[form]}
    return Response(render(form, "errors", problems), error.status, headers=headers)


async def _form(request: Request) -> Form:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            raise bad_request(f"The request is larger than {MAX_BODY_BYTES} bytes")
    try:
        return read_form(request.headers.get("content-type", ""), bytes(body))
    except FormError:
        raise bad_request("The request is not a form in UTF-8") from None


def _provider_id(client: str, idempotency_key: str | None) -> str:
    """Two equal reports are two reports, unless the app says by a key that they are one."""
    if not idempotency_key:
        return new_id()
    if len(idempotency_key) > _MAX_KEY_CHARACTERS:
        raise bad_request("Idempotency-Key is too long")
    digest = hashlib.sha256(idempotency_key.encode("utf-8", "replace")).hexdigest()
    return f"{client}:{digest}"
