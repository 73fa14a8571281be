"""The commands over the real database."""

from __future__ import annotations

import asyncio
import shutil

import pytest
from typer.testing import CliRunner

from atiende_catalog.__main__ import app
from atiende_catalog.adapters.mongo.drafts import MongoDrafts
from atiende_catalog.adapters.mongo.publications import MongoPublications
from atiende_catalog.application.publish_release import PublishRelease
from atiende_catalog.contract import CONTRACT
from atiende_catalog.domain.crisis import Person
from atiende_city.content import canonical_bytes
from atiende_city.testing import EXAMPLE_FOLDER, example_bytes, example_content
from atiende_kit.clock import SystemClock
from atiende_kit.store import Database
from atiende_kit.testing.tokens import TokenFactory

pytestmark = pytest.mark.integration


@pytest.fixture
def run(mongo_settings, monkeypatch):
    auth = TokenFactory().settings("svc-catalog")
    values = {
        "ATIENDE_MONGO__URL": mongo_settings.url.get_secret_value(),
        "ATIENDE_MONGO__DATABASE": mongo_settings.database,
        "ATIENDE_AUTH__ISSUER": auth.issuer,
        "ATIENDE_AUTH__JWKS_URL": auth.jwks_url,
        "ATIENDE_AUTH__TOKEN_URL": auth.token_url,
        "ATIENDE_AUTH__CLIENT_ID": auth.client_id,
        "ATIENDE_AUTH__CLIENT_SECRET": auth.client_secret.get_secret_value(),
        "ATIENDE_AUTH__ALLOWED_AZP": '["desk"]',
    }
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    return lambda *args: CliRunner().invoke(app, args)


def test_example_is_published_once(run, tmp_path):
    first = run("publish-example")
    assert (first.exit_code, "version 1 published" in first.output) == (0, True)
    again = run("publish-example")
    assert (again.exit_code, "version 1 already in force" in again.output) == (0, True)
    target = tmp_path / "release.json"
    assert run("export", "--output", str(target)).exit_code == 0
    assert target.read_bytes() == example_bytes()
    other = run("export", "--tenant", "otraciudad")
    assert (other.exit_code, "no such release" in other.output) == (1, True)


def test_what_a_person_published_is_kept_unless_forced(run, mongo_settings):
    assert run("publish-example").exit_code == 0

    async def publish() -> None:
        database = Database.connect(mongo_settings, CONTRACT)
        use_case = PublishRelease(MongoPublications(database), MongoDrafts(database), SystemClock())
        content = example_content()
        content["city"]["contact"]["phone"] = "+57 9"
        await use_case.publish_content(
            "sanaurelio", canonical_bytes(content), publisher=Person("ana", ""), note=""
        )
        await database.stop()

    asyncio.run(publish())
    kept = run("publish-example")
    assert (kept.exit_code, "version 2 already in force" in kept.output) == (0, True)
    forced = run("publish-example", "--force")
    assert (forced.exit_code, "version 3 published" in forced.output) == (0, True)


def test_folder_with_mistakes_is_told_and_not_published(run, tmp_path):
    folder = tmp_path / "city"
    shutil.copytree(EXAMPLE_FOLDER, folder)
    path = folder / "procedures" / "huecos-vias.yaml"
    path.write_text(path.read_text().replace("unit: vias", "unit: obras"))
    checked = run("validate", str(folder))
    assert checked.exit_code == 1
    assert "/procedures/huecos-vias/unit" in checked.output
    assert run("publish-example", "--folder", str(folder)).exit_code == 1
    assert run("export").exit_code == 1


def test_broken_file_is_named(run, tmp_path):
    shutil.copytree(EXAMPLE_FOLDER, tmp_path / "city")
    (tmp_path / "city" / "faq.yaml").write_text("a: [")
    result = run("validate", str(tmp_path / "city"))
    assert (result.exit_code, "faq.yaml" in result.output) == (1, True)
