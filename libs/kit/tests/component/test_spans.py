"""Spans tell where time goes and nothing of anybody: canaries through every kind of span (S20)."""

from collections.abc import Iterator

import httpx
import pytest
from opentelemetry.sdk.trace import ReadableSpan

from atiende_kit.store import Insert
from atiende_kit.telemetry import extract_and_span

pytestmark = pytest.mark.component
CITY = "sanaurelio"
CANARIES = ("canario.perez", "3005550199", "1020304050", "tok-canario")


def words_of(span: ReadableSpan) -> Iterator[str]:
    yield span.name
    yield str(span.status.description)
    for attributes in (span.attributes, *(event.attributes for event in span.events)):
        for name, value in (attributes or {}).items():
            yield f"{name}={value}"


def said_in(spans: tuple[ReadableSpan, ...]) -> list[str]:
    return [word for span in spans for word in words_of(span) if any(c in word for c in CANARIES)]


async def test_a_call_outwards_names_the_origin_only(make_server, traces) -> None:
    server = await make_server()
    traces.clear()
    async with httpx.AsyncClient() as http:
        await http.get(
            f"http://127.0.0.1:{server.port}/people/{CANARIES[0]}",
            params={"search": CANARIES[1], "hash": CANARIES[3]},
            headers={"Authorization": f"Bearer {CANARIES[3]}"},
        )
    spans = traces.get_finished_spans()
    outwards = [span for span in spans if span.kind.name == "CLIENT"]
    assert [
        span.attributes.get("http.url") or span.attributes.get("url.full") for span in outwards
    ] == [f"http://127.0.0.1:{server.port}"]
    assert said_in(spans) == []


async def test_what_is_asked_of_the_database_is_not_said(database, traces) -> None:
    people = database.collection("people")
    traces.clear()
    await people.insert(CITY, {"_id": CANARIES[0], "phone": CANARIES[1]})
    await people.write([Insert(CITY, {"_id": CANARIES[0], "phone": CANARIES[1]})])
    await people.find(CITY, {"phone": CANARIES[1]})
    spans = traces.get_finished_spans()
    assert len(spans) >= 3
    assert said_in(spans) == []


async def test_a_handler_that_fails_quotes_nothing(traces) -> None:
    traces.clear()
    with pytest.raises(ValueError, match="canario"), extract_and_span("people process", {}):
        raise ValueError(f"{CANARIES[0]} {CANARIES[2]}")
    assert said_in(traces.get_finished_spans()) == []


def test_a_canary_in_a_span_would_be_seen(traces) -> None:
    """Negative control."""
    traces.clear()
    with extract_and_span("people process", {}, phone=CANARIES[1]):
        pass
    assert len(said_in(traces.get_finished_spans())) == 1
