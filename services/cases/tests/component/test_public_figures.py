"""The public figures over HTTP: page and file of one reading."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest

from atiende_cases.application.public_figures import PublishFigures
from atiende_cases.testing import TENANT, FixedReleases

pytestmark = pytest.mark.component
PAGE = "/api/cases/v1/public/figures"


async def test_page_and_file_agree_and_name_nobody(running):
    empty = await running.client.get(PAGE)
    assert (empty.status_code, empty.json()["publish_time"]) == (200, None)
    nothing = await running.client.get(f"{PAGE}/cases.csv")
    assert len(nothing.text.splitlines()) == 1
    agent = running.as_staff("agent", "supervisor", units=["alumbrado"])
    folios = []
    for number in range(12):
        case_id = await running.open_case(
            number, address=f"5730011122{number:02d}", thread_key=f"t{number}"
        )
        case = await running.store.cases.get(TENANT, case_id)
        folios += [case.folio, case_id, case.citizen_id]
        running.clock.advance(timedelta(minutes=5))
        said = await running.client.post(
            f"/api/cases/v1/cases/{case_id}/replies", json={"text": "Ya vamos"}, headers=agent
        )
        assert said.status_code == 201
    publish = PublishFigures(
        running.store.publications, FixedReleases(), running.clock, every=timedelta(0)
    )
    for _ in range(3):
        await publish(TENANT)
    answer = await running.client.get(f"{PAGE}?days=90")
    page = answer.json()
    [city] = [f for f in page["figures"] if not f["unit_id"] and not f["procedure"]]
    assert (city["cases"], city["first_answer"]["n"]) == (12, 12)
    assert city["first_answer"]["p50_seconds"] == city["first_answer"]["p90_seconds"] == 300
    assert city["resolution"] == {
        "n": None,
        "p50_seconds": None,
        "p90_seconds": None,
        "withheld": True,
    }
    file = await running.client.get(f"{PAGE}/cases.csv?days=90")
    rows = list(csv.DictReader(io.StringIO(file.text)))
    assert [row["first_answer_seconds"] for row in rows] == ["300"] * 12
    assert {row["resolution_seconds"] for row in rows} == {""}
    for hidden in (*folios, "57300", "Rosa"):
        assert hidden not in file.text
        assert hidden not in answer.text
    plain = await running.client.get(
        f"{PAGE}/cases.csv?days=90", headers={"accept-encoding": "identity"}
    )
    assert plain.text == file.text
    again = await running.client.get(
        f"{PAGE}?days=90", headers={"if-none-match": answer.headers["etag"]}
    )
    assert again.status_code == 304
    assert (await running.client.get(f"{PAGE}?days=7")).status_code == 422
