"""GeoReport v2 as an app sees it, read by a small client that knows only the specification."""

import json
import os
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import jsonschema
import pytest
from defusedxml import ElementTree

from atiende_channels.channels.open311 import documentation as doc
from atiende_channels.channels.open311.routes import routers

pytestmark = pytest.mark.unit

DATA = Path(os.environ.get("ATIENDE_DATA", Path(__file__).parents[5].parent / "shared/data"))
SCHEMAS = DATA / "open311" / "georeport-v2-jsonschema"
BASE = "/open311/v2"
REPORT = {
    "api_key": "clave-1",
    "jurisdiction_id": "sanaurelio.example",
    "service_code": "alumbrado-publico",
    "lat": "4.60971",
    "long": "-74.08175",
    "address_string": "Calle 12 # 4-30",
    "description": "El poste no prende.\nVan tres noches & <nadie> viene.",
    "email": "Lucia@Vecinos.example",
    "first_name": "Lucía",
    "last_name": "Peña",
    "phone": "300 555 0142",
    "account_id": "cuenta-7",
    "media_url": "https://fotos.example/poste.jpg?a=1&b=2",
    "attribute[tipo_dano]": "apagada",
    "attribute[luminarias]": "2",
}


@pytest.fixture
async def http(client_of: Callable[..., httpx.AsyncClient]) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(routers) as client:
        yield client


def xml(response: httpx.Response) -> Any:
    assert response.headers["content-type"] == "text/xml; charset=utf-8"
    assert response.content.startswith(b'<?xml version="1.0" encoding="UTF-8"?>')
    return ElementTree.fromstring(response.content)


def spark(element: Any) -> Any:
    """The specification's own rule from XML to JSON: children of one name are an array."""
    children = list(element)
    if not children:
        return element.text
    if element.tag in {
        "services",
        "attributes",
        "values",
        "service_requests",
        "errors",
        "endpoints",
        "formats",
    }:
        assert len({child.tag for child in children}) == 1
        return [spark(child) for child in children]
    return {child.tag: spark(child) for child in children}


def texts(value: Any) -> Any:
    """JSON values as the texts that XML carries."""
    match value:
        case dict():
            return {key: texts(inner) for key, inner in value.items()}
        case list():
            return [texts(inner) for inner in value] or None
        case bool():
            return str(value).lower()
        case None | "":
            return None
        case _:
            return str(value)


def check(value: Any, schema: dict[str, Any], given: str) -> None:
    """Against our own schema always, and against the public one when it is there."""
    jsonschema.validate(value, schema, format_checker=jsonschema.FormatChecker())
    if (SCHEMAS / given).exists():
        public = json.loads((SCHEMAS / given).read_text())
        for item in value if isinstance(value, list) else [value]:
            jsonschema.Draft4Validator(public).validate(item)


async def both(http: httpx.AsyncClient, path: str, root: str, **query: str) -> Any:
    """Gets a document in both formats, which must say the same."""
    as_json = await http.get(f"{BASE}/{path}.json", params=query)
    as_xml = await http.get(f"{BASE}/{path}.xml", params=query)
    assert as_json.status_code == as_xml.status_code == 200, as_json.text
    assert as_json.headers["content-type"] == "application/json; charset=utf-8"
    element = xml(as_xml)
    assert element.tag == root
    assert spark(element) == texts(as_json.json())
    return as_json.json()


async def failure(response: httpx.Response, status: int) -> list[dict[str, Any]]:
    assert response.status_code == status, response.text
    jsonschema.validate(response.json(), doc.ERRORS)
    assert response.json()
    return response.json()


async def test_discovery_names_the_endpoint_and_its_formats(http: httpx.AsyncClient) -> None:
    document = await both(http, "discovery", "discovery")
    jsonschema.validate(document, doc.DISCOVERY_DOCUMENT)
    (endpoint,) = document["endpoints"]
    assert endpoint["specification"] == "http://wiki.open311.org/GeoReport_v2"
    assert endpoint["formats"] == ["text/xml", "application/json"]
    assert endpoint["url"].endswith("/open311/v2")
    assert endpoint["type"] == "test"


async def test_services_are_the_public_procedures_only(http: httpx.AsyncClient) -> None:
    services = await both(http, "services", "services", jurisdiction_id="sanaurelio.example")
    check(services, {"type": "array", "items": doc.SERVICE}, "service.json")
    codes = {service["service_code"] for service in services}
    assert "alumbrado-publico" in codes
    assert "predial-paz-y-salvo" not in codes


async def test_every_service_has_a_definition_in_both_formats(http: httpx.AsyncClient) -> None:
    for service in await both(http, "services", "services"):
        code = service["service_code"]
        definition = await both(http, f"services/{code}", "service_definition")
        check(definition, doc.SERVICE_DEFINITION, "service-definition.json")
        assert definition["service_code"] == code
        assert service["metadata"] == bool(definition["attributes"])
        orders = [attribute["order"] for attribute in definition["attributes"]]
        assert orders == list(range(1, len(orders) + 1))
        for attribute in definition["attributes"]:
            assert attribute["datatype"].endswith("list") == ("values" in attribute)


async def test_definition_carries_the_form(http: httpx.AsyncClient) -> None:
    definition = await both(http, "services/alumbrado-publico", "service_definition")
    by_code = {attribute["code"]: attribute for attribute in definition["attributes"]}
    assert by_code["tipo_dano"]["datatype"] == "singlevaluelist"
    assert by_code["tipo_dano"]["required"] is True
    assert {"key": "apagada", "name": "Está apagada de noche"} in by_code["tipo_dano"]["values"]
    assert by_code["luminarias"]["datatype"] == "number"
    assert by_code["barrio"]["datatype"] == "string"
    assert "direccion" not in by_code
    assert "descripcion" not in by_code


async def test_report_round_trip_before_and_after_the_case_is_visible(
    http: httpx.AsyncClient, service: Any, public_case: Any
) -> None:
    response = await http.post(f"{BASE}/requests.json", data=REPORT)
    assert response.status_code == 200, response.text
    (created,) = response.json()
    jsonschema.validate(created, doc.CREATED_REQUEST)
    assert created["account_id"] == "cuenta-7"
    request_id = created["service_request_id"]

    (early,) = await both(http, f"requests/{request_id}", "service_requests")
    check([early], {"type": "array", "items": doc.SERVICE_REQUEST}, "request.json")
    assert early["status"] == "open"
    assert early["description"] == REPORT["description"]
    assert (early["lat"], early["long"]) == (4.60971, -74.08175)
    assert early["media_url"] == REPORT["media_url"]
    assert early["requested_datetime"] == "2026-03-04T10:00:00-05:00"

    case = public_case(1, status=2, status_notes="Reparado")
    case.case.case_id = request_id
    service.cases.append(case)
    (late,) = await both(http, f"requests/{request_id}", "service_requests")
    check([late], {"type": "array", "items": doc.SERVICE_REQUEST}, "request.json")
    assert late["service_request_id"] == request_id
    assert (late["status"], late["status_notes"]) == ("closed", "Reparado")
    (by_folio,) = await both(http, "requests/SA-2026-0000001-K", "service_requests")
    assert by_folio == late
    (token,) = await both(http, f"tokens/{request_id}", "service_requests")
    assert token == {"service_request_id": request_id, "token": request_id}


async def test_no_personal_data_in_reads(http: httpx.AsyncClient) -> None:
    report = {**REPORT, "description": "Escríbame a lucia@vecinos.example o al +57 300 555-0142"}
    (created,) = (await http.post(f"{BASE}/requests.json", data=report)).json()
    shown = (await http.get(f"{BASE}/requests/{created['service_request_id']}.xml")).text
    for secret in ("vecinos", "300", "555", "Lucía", "Peña", "cuenta-7", "clave-1"):
        assert secret not in shown
    assert "[correo]" in shown
    assert "[número]" in shown


async def test_case_that_became_private_is_not_shown_from_the_inbox(
    http: httpx.AsyncClient, service: Any
) -> None:
    (created,) = (await http.post(f"{BASE}/requests.json", data=REPORT)).json()
    request_id = created["service_request_id"]
    service.private_cases.add(request_id)
    await failure(await http.get(f"{BASE}/requests/{request_id}.json"), 404)
    assert (await http.get(f"{BASE}/requests.json?service_request_id={request_id}")).json() == []


async def test_case_that_appears_while_it_is_read_is_shown(
    http: httpx.AsyncClient, service: Any, public_case: Any
) -> None:
    (created,) = (await http.post(f"{BASE}/requests.json", data=REPORT)).json()
    request_id = created["service_request_id"]
    service.about_to_be_listed = [public_case(1, case_id=request_id, status_notes="ya")]
    (shown,) = (await http.get(f"{BASE}/requests/{request_id}.json")).json()
    assert (shown["service_request_id"], shown["status_notes"]) == (request_id, "ya")


async def test_two_equal_reports_are_two_unless_a_key_says_one(
    http: httpx.AsyncClient, service: Any
) -> None:
    path = f"{BASE}/requests.json"
    first, second = [(await http.post(path, data=REPORT)).json() for _ in range(2)]
    assert first != second
    headers = {"Idempotency-Key": "k-1"}
    one, again = [(await http.post(path, data=REPORT, headers=headers)).json() for _ in range(2)]
    assert one == again
    other = {**REPORT, "description": "Otra cosa"}
    await failure(await http.post(path, data=other, headers=headers), 400)
    assert len(service.raws) == 3


async def test_api_key_is_not_stored(http: httpx.AsyncClient, service: Any) -> None:
    await http.post(f"{BASE}/requests.json", data=REPORT)
    (raw,) = service.raws.values()
    assert b"clave-1" not in raw.body


@pytest.mark.parametrize(
    "changes",
    [
        {"api_key": None},
        {"api_key": ""},
        {"api_key": "clave-2"},
        {"api_key": "CLAVE-1"},
        {"api_key": "ñ"},
    ],
)
async def test_missing_or_wrong_key_is_403(
    http: httpx.AsyncClient, service: Any, changes: dict[str, Any]
) -> None:
    report = {key: value for key, value in {**REPORT, **changes}.items() if value is not None}
    (problem,) = await failure(await http.post(f"{BASE}/requests.json", data=report), 403)
    assert problem["code"] == 403
    as_xml = await http.post(f"{BASE}/requests.xml", data=report)
    assert xml(as_xml).tag == "errors"
    assert xml(as_xml)[0][0].text == "403"
    assert service.raws == {}


@pytest.mark.parametrize(
    ("changes", "status", "said"),
    [
        ({"service_code": ""}, 400, "service_code was not provided"),
        ({"service_code": "nada"}, 404, "service_code was not found"),
        ({"service_code": "predial-paz-y-salvo"}, 404, "service_code was not found"),
        ({"jurisdiction_id": "otra.example"}, 404, "jurisdiction_id was not found"),
        ({"lat": "", "long": "", "address_string": ""}, 400, "address_string or address_id"),
        ({"lat": ""}, 400, "together"),
        ({"lat": "91"}, 400, "lat must be"),
        ({"long": "-180.01"}, 400, "long must be"),
        ({"lat": "nan"}, 400, "lat must be"),
        ({"lat": "1e400"}, 400, "lat must be"),
        ({"lat": "4,6"}, 400, "lat must be"),
        ({"description": "x" * 4001}, 400, "description is longer"),
        ({"email": "lucia"}, 400, "email is not valid"),
        ({"media_url": "javascript:alert(1)"}, 400, "media_url"),
        ({"media_url": "http://user:p@x.example/"}, 400, "media_url"),
        ({"media_url": "http://localhost/x"}, 400, "media_url"),
        ({"address_string": "x" * 501}, 400, "address_string is longer"),
        ({"attribute[tipo_dano]": ""}, 400, "attribute[tipo_dano] was not provided"),
        ({"attribute[tipo_dano]": "rota"}, 400, "not one of the listed"),
        ({"attribute[luminarias]": "dos"}, 400, "not a number"),
        ({"attribute[luminarias]": "1.5"}, 400, "whole number"),
        ({"attribute[luminarias]": "0"}, 400, "between"),
        ({"attribute[luminarias]": "inf"}, 400, "not a number"),
        ({"attribute[numero_poste]": "abc"}, 400, "expected form"),
        ({"attribute[barrio]": "x" * 81}, 400, "characters"),
        ({"attribute[color]": "azul"}, 400, "attribute[color] was not found"),
    ],
)
async def test_wrong_report_says_what_is_wrong(
    http: httpx.AsyncClient, service: Any, changes: dict[str, str], status: int, said: str
) -> None:
    response = await http.post(f"{BASE}/requests.json", data={**REPORT, **changes})
    assert said in (await failure(response, status))[0]["description"]
    assert service.raws == {}


async def test_all_faults_are_told_at_once(http: httpx.AsyncClient) -> None:
    report = {**REPORT, "lat": "x", "email": "y", "attribute[tipo_dano]": "z"}
    assert len(await failure(await http.post(f"{BASE}/requests.json", data=report), 400)) == 3


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", b"{}"),
        ("text/xml", b"<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>"),
        ("application/x-www-form-urlencoded", b"\xff"),
        ("application/x-www-form-urlencoded", b"a=%ff"),
        ("application/x-www-form-urlencoded", b"&".join(b"a=1" for _ in range(500))),
        ("multipart/form-data", b"--x"),
        ("multipart/form-data; boundary=x", b"--y\r\n\r\n"),
    ],
)
async def test_body_that_is_no_form_is_400(
    http: httpx.AsyncClient, content_type: str, body: bytes
) -> None:
    headers = {"Content-Type": content_type}
    await failure(await http.post(f"{BASE}/requests.json", content=body, headers=headers), 400)


async def test_repeated_values_and_empty_ones(http: httpx.AsyncClient, service: Any) -> None:
    pairs = [*REPORT.items(), ("attribute[barrio]", ""), ("device_id", ""), ("unknown", "x")]
    body = urlencode(pairs)
    headers = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
    response = await http.post(f"{BASE}/requests.xml", content=body, headers=headers)
    assert response.status_code == 200
    assert spark(xml(response))[0]["service_request_id"]
    twice = urlencode([*REPORT.items(), ("attribute[tipo_dano][]", "poste")])
    response = await http.post(f"{BASE}/requests.json", content=twice, headers=headers)
    assert "takes one value" in (await failure(response, 400))[0]["description"]


async def test_files_may_come_with_the_report(http: httpx.AsyncClient, service: Any) -> None:
    files = {"media": ("poste.jpg", b"\xff\xd8\xff JPEG", "image/jpeg")}
    response = await http.post(f"{BASE}/requests.json", data=REPORT, files=files)
    assert response.status_code == 200, response.text
    (raw,) = service.raws.values()
    assert b"poste.jpg" in raw.body


@pytest.fixture
def many(service: Any, public_case: Any) -> Iterator[Any]:
    service.cases += [public_case(number) for number in range(1_100)]
    service.cases += [
        public_case(5_000, status=2, procedure_code="huecos-vias"),
        public_case(5_001, procedure_code="predial-paz-y-salvo"),
        public_case(5_002, open_time=datetime.fromisoformat("2025-01-15T12:00:00+00:00")),
    ]
    return service


async def test_list_is_capped_and_newest_first(http: httpx.AsyncClient, many: Any) -> None:
    found = await both(http, "requests", "service_requests")
    check(found[:20], {"type": "array", "items": doc.SERVICE_REQUEST}, "request.json")
    assert len(found) == 1_000
    times = [item["requested_datetime"] for item in found]
    assert times == sorted(times, reverse=True)


async def test_filters(http: httpx.AsyncClient, many: Any) -> None:
    async def ids(**query: str) -> list[str]:
        found = await both(http, "requests", "service_requests", **query)
        return [item["service_request_id"] for item in found]

    assert await ids(status="closed") == ["case-5000"]
    assert await ids(service_code="huecos-vias,nada") == ["case-5000"]
    assert await ids(service_code="nada") == []
    assert await ids(service_code="predial-paz-y-salvo") == []
    assert await ids(service_request_id="case-3, case-5000,case-3,x", status="open") == [
        "case-3",
        "case-5000",
    ]
    assert await ids(service_request_id="case-5001") == []
    assert await ids(start_date="2025-01-01T00:00:00Z", end_date="2025-02-01T00:00:00-05:00") == [
        "case-5002"
    ]
    assert await ids(start_date="2025-01-01T00:00:00Z") == ["case-5002"]
    # Of a range that is too long the last 90 days count; an inverted one matches nothing.
    assert await ids(start_date="2024-01-01T00:00:00Z", end_date="2025-01-16T00:00:00Z") == [
        "case-5002"
    ]
    assert await ids(start_date="2025-02-01T00:00:00Z", end_date="2025-01-01T00:00:00Z") == []
    for edge in ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:60-14:00"):
        assert await ids(start_date=edge) == []
        await ids(end_date=edge)
    assert await ids(page="2", page_size="3") == ["case-3", "case-4", "case-5"]
    assert len(await ids(status="open,closed", page_size="7")) == 7
    assert len(await ids(status="", service_code="", start_date="", page_size="")) == 1_000


async def test_unescaped_plus_of_a_time_zone_is_understood(http: httpx.AsyncClient) -> None:
    query = "start_date=2026-02-01T00:00:00+05:00&end_date=2026-03-01T00:00:00Z"
    assert (await http.get(f"{BASE}/requests.json?{query}")).status_code == 200
