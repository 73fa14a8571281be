"""Reading a release, its templates and its cache."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from atiende_city import Release, ReleaseUnreadable, TemplateBroken, Text
from atiende_city.cache import Fetched, ReleaseCache
from atiende_city.channels import CHANNELS
from atiende_city.content import canonical_bytes, compress, decompress, load_folder, load_yaml
from atiende_city.render import SAMPLES, placeholders, render, render_text, standard_values
from atiende_city.testing import EXAMPLE_FOLDER, example_bytes, example_release
from atiende_kit.errors import NotFound, Unavailable

pytestmark = pytest.mark.unit
NOW = datetime(2026, 11, 21, 23, 0, tzinfo=UTC)
KEYS = sorted({key for key, _, _ in example_release().templates})


def test_reading_the_folder_twice_gives_equal_bytes():
    assert canonical_bytes(load_folder(EXAMPLE_FOLDER)) == example_bytes()
    assert canonical_bytes(json.loads(example_bytes())) == example_bytes()


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b"\xff", b'{"city": 3}', b"null"])
def test_other_bytes_are_refused_by_name(content):
    with pytest.raises(ReleaseUnreadable):
        Release.parse(content)


def test_example_city_has_what_the_platform_needs():
    release = example_release()
    assert len(release.procedures) >= 12
    assert len(release.faq) >= 25
    assert release.default_procedure.code == "consulta-general"
    for procedure in release.procedures.values():
        assert procedure.unit_id in release.units
        assert procedure.state(procedure.initial).kind == "open"
        assert set(procedure.skills) <= set(release.skills)
        assert procedure.reopen_hours == 72
        for state in procedure.states:
            if state.kind in ("open", "waiting_citizen"):
                resolve = procedure.triggered(state.id, "resolve")
                assert resolve
                assert procedure.state(resolve.target).kind == "resolved"
        assert procedure.transition("recibido", "ask_citizen").target == "esperando_ciudadano"
        assert procedure.transition("cerrado", "ask_citizen") is None


def test_only_matters_of_the_street_are_public():
    public = {procedure.code for procedure in example_release().public_procedures()}
    assert "alumbrado-publico" in public
    assert not public & {"predial-paz-y-salvo", "certificado-residencia", "derecho-peticion"}
    assert "ruido-convivencia" not in public  # names neighbours


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("language", ["es", "en"])
def test_every_template_renders(key, channel, language):
    release = example_release()
    template = release.template(key, channel, language)
    assert template is not None
    assert template.language == language
    for values in (
        SAMPLES,
        standard_values(release, language=language, now=NOW, folio="SA-2026-0000001-A"),
    ):
        rendered = render(template, values)
        assert rendered.text
        assert "{{" not in rendered.text
        assert "\n\n\n" not in rendered.text
        assert (rendered.subject is not None) == (channel == "email")
    if channel == "whatsapp":
        assert template.provider_name
        assert set(template.provider_parameters) <= set(SAMPLES)


def test_standard_values_cover_every_placeholder_and_unknown_codes():
    release = example_release()
    values = standard_values(
        release, language="es", now=NOW, procedure_code="gone", unit_id="gone", state="gone"
    )
    assert values.keys() == SAMPLES.keys()
    known = standard_values(
        release,
        language="es",
        now=NOW,
        procedure_code="alumbrado-publico",
        unit_id="alumbrado",
        state="recibido",
        outcome_code="reparado",
        due_time=NOW,
    )
    assert known["next_opening"] == "lunes 23 de noviembre a las 07:00"
    assert known["due_date"] == "sábado 21 de noviembre de 2026"
    assert known["outcome_name"] == "Reparado"


def test_untranslated_language_falls_back_to_spanish():
    assert example_release().template("case_received", "email", "fr").language == "es"
    assert Text({"es": "sí", "en": "yes"}).to("fr") == "sí"


@pytest.mark.parametrize(
    "source",
    ["{{ x", "{% for i in range(9) %}{% endfor %}", "{{ x.__class__ }}", "{{ f() }}", "{{ x|e }}"],
)
def test_templates_may_only_have_holes_and_conditions(source):
    with pytest.raises(TemplateBroken):
        placeholders(source)


def test_hole_without_value_fails_loudly():
    with pytest.raises(TemplateBroken):
        render_text("{{ folio }}", {})


def test_values_of_citizens_are_not_templates():
    assert render_text("{{ message }}", {"message": "{{ folio }}"}) == "{{ folio }}"


@pytest.mark.parametrize(
    ("text", "wrong"),
    [("a: 1\na: 2", "repetida"), ("a: [", "YAML"), ("a: !!python/object:os.x {}", "YAML")],
)
def test_yaml_is_read_without_surprises(text, wrong):
    with pytest.raises(ValueError, match=wrong):
        load_yaml(text)
    assert load_yaml("a: no\nb: 2026-01-01\nc: true") == {"a": "no", "b": "2026-01-01", "c": True}


def test_damaged_content_is_refused():
    data = compress(example_bytes())
    assert decompress(data) == example_bytes()
    for damaged in (data[:-9], b"x" + data, b""):
        with pytest.raises(Unavailable):
            decompress(damaged)


class Source:
    """A catalog that says what a test tells it to."""

    def __init__(self) -> None:
        self.version = 1
        self.content = example_bytes()
        self.error: Exception | None = None
        self.asked: list[tuple[str, str]] = []

    async def __call__(self, tenant: str, known: str) -> Fetched:
        self.asked.append((tenant, known))
        if self.error:
            raise self.error
        release = Release.parse(self.content)
        known_already = release.sha256 == known
        return Fetched(self.version, release.sha256, None if known_already else self.content)


async def test_cache_asks_once_and_refreshes_by_hash():
    source = Source()
    cache = ReleaseCache(source)
    first = await cache.get("sanaurelio")
    assert await cache.get("sanaurelio") is first
    assert len(source.asked) == 1
    source.version = 2  # a roll-back: same bytes, next number
    assert (await cache.refresh("sanaurelio")).version == 2
    assert source.asked[-1] == ("sanaurelio", first.sha256)
    assert cache.cached("otraciudad") is None


async def test_cache_serves_the_last_snapshot_while_the_catalog_is_away():
    source = Source()
    cache = ReleaseCache(source)
    first = await cache.get("sanaurelio")
    source.error = Unavailable("DOWN", "no está")
    await cache.refresh_all()
    assert await cache.get("sanaurelio") is first


async def test_poll_asks_once_for_all_cities_and_gets_only_those_that_changed():
    source = Source()
    compared: list[dict[str, int]] = []

    async def outdated(held):
        compared.append(dict(held))
        return ["dos"]

    cache = ReleaseCache(source, outdated=outdated, tenants=("cuatro",))
    for tenant in ("uno", "dos", "tres"):
        await cache.get(tenant)
    source.asked.clear()
    source.version = 2
    await cache.refresh_all()
    assert compared == [{"uno": 1, "dos": 1, "tres": 1}]
    # And the one that was named at the start and has not come yet.
    assert sorted(tenant for tenant, _ in source.asked) == ["cuatro", "dos"]
    assert [cache.cached(one).version for one in ("uno", "dos", "tres")] == [1, 2, 1]


async def test_poll_that_cannot_compare_keeps_every_snapshot():
    source = Source()

    async def away(held):
        raise Unavailable("DOWN", "no está")

    cache = ReleaseCache(source, outdated=away)
    first = await cache.get("sanaurelio")
    source.asked.clear()
    await cache.refresh_all()
    assert source.asked == []
    assert cache.cached("sanaurelio") is first


async def test_cache_never_goes_back():
    source = Source()
    source.version = 5
    cache = ReleaseCache(source)
    await cache.get("sanaurelio")
    source.version = 4
    assert (await cache.refresh("sanaurelio")).version == 5


async def test_cache_reads_a_city_again_that_others_have_pushed_out():
    source = Source()
    source.version = 3
    cache = ReleaseCache(source, read_at_most=2)
    first = await cache.get("uno")
    await cache.get("dos")
    assert await cache.get("uno") is first
    await cache.get("tres")  # pushes out "dos", which was not asked for since
    source.error = Unavailable("DOWN", "no está")
    assert await cache.get("uno") is first
    again = await cache.get("dos")
    assert again.version == 3
    assert again == first
    source.error = None
    source.version = 4  # the same bytes under another number reach a city that is pushed out
    assert (await cache.refresh("tres")).version == 4
    await cache.get("uno")
    await cache.get("dos")
    assert (await cache.get("tres")).version == 4


async def test_city_without_release_does_not_storm_the_catalog():
    source = Source()
    source.error = NotFound("RELEASE_NOT_PUBLISHED", "nada")
    cache = ReleaseCache(source)
    for _ in range(5):
        with pytest.raises(NotFound):
            await cache.get("nueva")
    assert len(source.asked) == 1


async def test_damaged_answer_keeps_the_old_snapshot():
    source = Source()

    async def damaged(tenant: str, known: str) -> Fetched:
        return Fetched(9, "00", source.content)

    with pytest.raises(Unavailable):
        await ReleaseCache(damaged).get("sanaurelio")
