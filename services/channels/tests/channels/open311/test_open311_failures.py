"""GeoReport v2 when something is wrong: told in the words of the specification, in both formats."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import jsonschema
import pytest
from defusedxml import ElementTree

from atiende_channels.channels.open311 import documentation as doc
from atiende_channels.channels.open311.routes import routers
from atiende_channels.domain.model import Account, Channel, RawIntake

pytestmark = pytest.mark.unit

BASE = "/open311/v2"
REPORT = {
    "api_key": "clave-1",
    "service_code": "alumbrado-publico",
    "address_string": "Calle 12 # 4-30",
    "attribute[tipo_dano]": "apagada",
}


@pytest.fixture
async def http(client_of: Callable[..., httpx.AsyncClient]) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(routers) as client:
        yield client


def xml_root(response: httpx.Response) -> str:
    assert response.headers["content-type"] == "text/xml; charset=utf-8"
    return ElementTree.fromstring(response.content).tag


async def failure(response: httpx.Response, status: int) -> list[dict[str, Any]]:
    assert response.status_code == status, response.text
    jsonschema.validate(response.json(), doc.ERRORS)
    assert response.json()
    return response.json()


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "services/nada.json", 404),
        ("GET", "requests/nada.json", 404),
        ("GET", "tokens/nada.json", 404),
        ("GET", "requests/" + "x" * 300 + ".json", 404),
        ("GET", "nada.json", 404),
        ("GET", "services.json?jurisdiction_id=nada", 404),
        ("GET", "services/alumbrado-publico.json?jurisdiction_id=nada", 404),
        ("GET", "requests.json?jurisdiction_id=nada", 404),
        ("GET", "requests/x.json?jurisdiction_id=nada", 404),
        ("GET", "tokens/x.json?jurisdiction_id=nada", 404),
        ("DELETE", "services.json", 405),
        ("OPTIONS", "services.json", 405),
        ("PUT", "requests.json", 405),
        ("POST", "services.json", 405),
        ("POST", "requests/x.json", 405),
    ],
)
async def test_failures_are_told_in_the_words_of_the_specification(
    http: httpx.AsyncClient, method: str, path: str, status: int
) -> None:
    response = await http.request(method, f"{BASE}/{path}")
    await failure(response, status)
    if status == 405:
        assert "GET" in response.headers["allow"]


async def test_head_of_what_is_there_is_not_missing(http: httpx.AsyncClient) -> None:
    response = await http.head(f"{BASE}/services.json")
    assert (response.status_code, response.headers["allow"]) == (405, "GET")


@pytest.mark.parametrize("path", ["services", "services.csv", "services.", "", "requests.JSON"])
async def test_unknown_format_is_404_in_xml(http: httpx.AsyncClient, path: str) -> None:
    response = await http.get(f"{BASE}/{path}")
    assert response.status_code == 404
    assert xml_root(response) == "errors"


async def test_service_that_is_down_is_400_with_code_503(
    http: httpx.AsyncClient, service: Any
) -> None:
    service.is_down = True
    (problem,) = await failure(await http.get(f"{BASE}/requests.json"), 400)
    assert problem["code"] == 503
    response = await http.post(f"{BASE}/requests.json", data=REPORT)
    await failure(response, 400)
    assert response.headers["retry-after"]


async def test_jurisdiction_is_needed_only_with_several_cities(
    http: httpx.AsyncClient, service: Any
) -> None:
    assert (await http.get(f"{BASE}/services.json")).status_code == 200
    service.accounts.append(Account("otraciudad", Channel.OPEN311, "otra.example"))
    (problem,) = await failure(await http.get(f"{BASE}/services.json"), 400)
    assert problem["description"] == "jurisdiction_id was not provided"
    assert (await http.get(f"{BASE}/services.json?jurisdiction_id=otra.example")).is_success
    assert (await http.get(f"{BASE}/discovery.json")).is_success
    # One city's key opens no other city.
    report = {**REPORT, "jurisdiction_id": "otra.example"}
    await failure(await http.post(f"{BASE}/requests.json", data=report), 403)


async def test_other_channels_cases_are_not_read_from_the_inbox(
    http: httpx.AsyncClient, service: Any
) -> None:
    accepted = await service.accept(
        RawIntake(
            "sanaurelio",
            Channel.WHATSAPP,
            "1",
            "wamid.1",
            b"{}",
            receive_time=datetime.now(UTC) - timedelta(days=1),
        )
    )
    await failure(await http.get(f"{BASE}/requests/{accepted.case_id_if_new}.json"), 404)


@pytest.mark.parametrize(
    "query",
    [
        "start_date=ayer",
        "start_date=2026-01-01",
        "start_date=2026-01-01T00:00:00",
        "start_date=2026-02-30T00:00:00Z",
        "start_date=2026-01-01T25:00:00Z",
        "start_date=0000-01-01T00:00:00Z",
        "end_date=2026-01-01T00:00:00%2B99:00",
        "status=abierto",
        "page=0",
        "page=x",
        "page_size=1001",
        "page_size=٣",
    ],
)
async def test_wrong_filter_is_400(http: httpx.AsyncClient, query: str) -> None:
    await failure(await http.get(f"{BASE}/requests.json?{query}"), 400)
    assert xml_root(await http.get(f"{BASE}/requests.xml?{query}")) == "errors"
