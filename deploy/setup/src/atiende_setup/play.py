"""Plays one message through a running platform as a citizen: form, folio, tracking."""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass

import httpx

_EVERY_SECONDS = 0.3


class PlayFailed(Exception):  # noqa: N818 -- it says what happened
    """The platform did not do what a citizen expects; the text says at which step."""


@dataclass(frozen=True)
class Doors:
    """Where the two services are asked, and the address by which the city is known.

    Args:
        channels: base URL of channels; the edge, or its Service inside the cluster.
        cases: likewise of cases.
        public_url: of the city; decides the tenant, and is the origin that forms come from.
    """

    channels: str
    cases: str
    public_url: str


def play_message(doors: Doors, procedure: str, values: dict[str, str], seconds: float) -> str:
    """Submits a form and follows it until it has a folio. Returns the folio.

    Raises:
        PlayFailed: an answer was not the expected one, or there was no folio in time.
    """
    host = doors.public_url.split("://", 1)[1]
    headers = {"Host": host, "Origin": doors.public_url}
    with httpx.Client(headers=headers, timeout=10) as client:
        receipt = _expect(
            client.post(
                f"{doors.channels}/api/channels/v1/portal/submissions",
                headers={"Idempotency-Key": str(uuid.uuid4())},
                json={
                    "procedure_code": procedure,
                    "values": values,
                    "consents": {"data_processing": True},
                },
            ),
            201,
            "submitting the form",
        )
        entered = client.post(
            f"{doors.cases}/api/cases/v1/citizen/sessions",
            json={"reference": receipt["case_id"], "secret": receipt["secret"]},
        )
        _expect(entered, 200, "entering with the receipt's secret")
        # Named by hand: the cookie is for https only, and inside the cluster there is none.
        cookie = entered.headers["set-cookie"].split(";", 1)[0]
        return _await_folio(client, doors, receipt["case_id"], cookie, seconds)


def _await_folio(
    client: httpx.Client, doors: Doors, case_id: str, cookie: str, seconds: float
) -> str:
    deadline = time.monotonic() + seconds
    while True:
        answer = client.get(
            f"{doors.cases}/api/cases/v1/citizen/cases/{case_id}", headers={"Cookie": cookie}
        )
        found = _expect(answer, 200, "following the case")
        if folio := found.get("folio"):
            return folio
        if time.monotonic() > deadline:
            raise PlayFailed(f"no folio within {seconds:.0f} s; the state is {found.get('state')}")
        time.sleep(_EVERY_SECONDS)


def _expect(answer: httpx.Response, status: int, step: str) -> dict[str, str]:
    if answer.status_code != status:
        raise PlayFailed(f"{step}: {answer.status_code} {answer.text[:500]}")
    found: dict[str, str] = answer.json()
    return found
