"""Citizens who submit forms through the Ingress while something happens, and keep their receipts."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx

from dev.cluster.folders import NODE_ADDRESS

HOST = "atiende.localhost"
_FORM = {
    "procedure_code": "consulta-general",
    "values": {"consulta": "¿A qué hora abre la oficina de atención?"},
    "consents": {"data_processing": True},
}


@dataclass
class Ledger:
    """What was said and what was answered."""

    receipts: list[dict[str, str]] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    slowest_seconds: float = 0.0


class Citizens:
    """A client of the front door; kept connections, as a browser has them."""

    def __init__(self) -> None:
        self._client = httpx.Client(
            base_url=f"http://{NODE_ADDRESS}",
            headers={"Host": HOST, "Origin": f"http://{HOST}"},
            timeout=15,
            transport=httpx.HTTPTransport(limits=httpx.Limits(max_keepalive_connections=4)),
        )

    def close(self) -> None:
        """They go home."""
        self._client.close()

    def submit(self, ledger: Ledger) -> None:
        """One form, once: an error is an error, because nobody tries again here."""
        began = time.monotonic()
        try:
            answer = self._client.post(
                "/api/channels/v1/portal/submissions",
                headers={"Idempotency-Key": str(uuid.uuid4())},
                json=_FORM,
            )
        except httpx.HTTPError as error:
            ledger.errors.append(type(error).__name__)
            return
        ledger.slowest_seconds = max(ledger.slowest_seconds, time.monotonic() - began)
        if answer.status_code == 201:
            ledger.receipts.append(answer.json())
        else:
            ledger.errors.append(f"{answer.status_code} {answer.text[:200]}")

    @contextmanager
    def coming_in(self, every_seconds: float = 0.5) -> Iterator[Ledger]:
        """Somebody submits a form every half second while the block runs."""
        ledger, over = Ledger(), threading.Event()

        def come() -> None:
            while not over.wait(every_seconds):
                self.submit(ledger)

        thread = threading.Thread(target=come, daemon=True)
        thread.start()
        try:
            yield ledger
        finally:
            over.set()
            thread.join(30)

    def folios(self, ledger: Ledger, seconds: float = 120) -> list[str]:
        """Returns the folio of every receipt, waiting until all have one.

        Raises:
            AssertionError: some have none in time.
        """
        deadline = time.monotonic() + seconds
        waiting = {one["case_id"]: one["secret"] for one in ledger.receipts}
        found: list[str] = []
        while waiting and time.monotonic() < deadline:
            for case_id, secret in list(waiting.items()):
                if folio := self._folio(case_id, secret):
                    found.append(folio)
                    del waiting[case_id]
            if waiting:
                time.sleep(0.5)
        assert not waiting, f"{len(waiting)} of {len(ledger.receipts)} have no folio"
        return found

    def _folio(self, case_id: str, secret: str) -> str | None:
        entered = self._client.post(
            "/api/cases/v1/citizen/sessions", json={"reference": case_id, "secret": secret}
        )
        if entered.status_code != 200:
            return None
        cookie = entered.headers["set-cookie"].split(";", 1)[0]
        answer = self._client.get(
            f"/api/cases/v1/citizen/cases/{case_id}", headers={"Cookie": cookie}
        )
        folio: str | None = answer.json().get("folio") if answer.status_code == 200 else None
        return folio
