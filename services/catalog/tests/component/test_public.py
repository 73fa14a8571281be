"""What a portal page needs, and what it costs to ask for it again."""

from __future__ import annotations

import pytest
from jsonschema import Draft202012Validator

from atiende_catalog.domain.crisis import Person

pytestmark = pytest.mark.component


async def test_procedure_holds_everything_that_its_page_shows(service):
    await service.publish_example()
    seen = (await service.http.get("/procedures/permiso-evento")).json()
    for field in ("requirements", "steps", "legal_basis", "states", "offices", "pages", "channels"):
        assert seen[field], field
    assert (seen["place"], seen["attachments"]) == ("required", "optional")
    assert {"counter", "phone"} & set(seen["channels"])
    assert seen["deadline"]["text"] == "15 días hábiles"
    first = seen["offices"][0]
    assert (first["id"], first["open_now"]) == ("atencion", True)
    assert first["hours"][0] == {
        "weekday": "mon",
        "spans": [{"opens": "07:00", "closes": "18:00"}],
    }
    asked = [name for page in seen["pages"] for name in page["fields"]]
    assert set(asked) == {*seen["form"]["properties"], "@place", "@attachments"}
    assert len(asked) == len(set(asked))


async def test_every_form_is_json_schema_in_both_languages(service):
    await service.publish_example()
    for procedure in (await service.http.get("/procedures")).json()["items"]:
        for language in ("es", "en"):
            path = f"/procedures/{procedure['code']}?language={language}"
            form = (await service.http.get(path)).json()["form"]
            Draft202012Validator.check_schema(form)
            assert "x-title" not in str(form)
    spanish = (await service.http.get("/procedures/huecos-vias")).json()["form"]["properties"]
    english = (await service.http.get("/procedures/huecos-vias?language=en")).json()["form"]
    assert spanish["elemento"]["oneOf"][1]["title"] == "Andén o bordillo"
    assert english["properties"]["elemento"]["oneOf"][1]["title"] == "Pavement or kerb"
    assert english["properties"]["afecta"]["items"]["oneOf"][0]["title"] == "Pedestrians"


async def test_categories_have_a_name_in_each_language(service):
    await service.publish_example()
    named = {}
    for language in ("es", "en"):
        listed = (await service.http.get("/procedures", params={"language": language})).json()
        named[language] = {one["code"]: one["category"] for one in listed["items"]}
    assert named["es"]["huecos-vias"] == "Infraestructura"
    assert named["en"]["huecos-vias"] == "Streets and lighting"
    pairs = {(name, named["en"][code]) for code, name in named["es"].items()}
    assert len(pairs) == len(set(named["es"].values())) == len(set(named["en"].values()))


async def test_search_finds_procedures_and_questions_and_marks_words_as_data(service):
    await service.publish_example()
    found = (await service.http.get("/search", params={"q": "lampara danada"})).json()["items"]
    assert found[0]["key"] == "alumbrado-publico"
    assert {"procedure", "faq"} == {one["kind"] for one in found}
    words = (await service.http.get("/search", params={"q": "HUECOS en la via"})).json()["items"]
    title = words[0]["title"]
    assert "".join(piece["text"] for piece in title) == "Huecos en la vía, andenes y sumideros"
    assert [piece["text"] for piece in title if piece["hit"]] == ["Huecos", "vía"]
    assert "<" not in str(words)
    nothing = await service.http.get("/search", params={"q": "xyzzy"})
    assert nothing.json()["items"] == []


async def test_search_in_english(service):
    await service.publish_example()
    found = await service.http.get("/search", params={"q": "potholes", "language": "en"})
    assert found.json()["items"][0]["key"] == "huecos-vias"


@pytest.mark.parametrize(
    "path", ["/city", "/units", "/procedures", "/procedures/huecos-vias", "/faq", "/search?q=luz"]
)
async def test_page_that_is_held_is_not_sent_again_until_the_next_release(service, path):
    await service.publish_example()
    first = await service.http.get(path)
    assert first.headers["cache-control"].startswith("public, max-age=")
    again = await service.http.get(path, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    await service.use_cases.publish.publish_content(
        "sanaurelio", _changed(), publisher=Person("cli", ""), note=""
    )
    newer = await service.http.get(path, headers={"If-None-Match": first.headers["etag"]})
    assert newer.status_code == 200


def _changed() -> bytes:
    from atiende_city.content import canonical_bytes
    from atiende_city.testing import example_content

    content = example_content()
    content["city"]["contact"]["phone"] = "+57 9"
    return canonical_bytes(content)


async def test_offices_tell_when_they_open(service):
    await service.publish_example()
    offices = (await service.http.get("/units")).json()["items"]
    assert len(offices) == 9
    assert [one["name"] for one in offices] == sorted(one["name"] for one in offices)
    from datetime import timedelta

    service.clock.advance(timedelta(hours=12))
    closed = (await service.http.get("/units")).json()["items"][0]
    assert (closed["open_now"], closed["next_opening"] is not None) == (False, True)


async def test_search_is_limited_per_visitor(service):
    await service.publish_example()
    codes = {(await service.http.get("/search?q=luz")).status_code for _ in range(300)}
    assert codes == {200, 429}
