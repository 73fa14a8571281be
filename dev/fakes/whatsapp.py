"""A Graph API for WhatsApp: takes messages, sends signed webhooks, and shows citizens their phone.

    python -m dev.fakes.whatsapp --port 9311 \
        --callback http://127.0.0.1:8110/webhooks/whatsapp/{phone_number_id} --app-secret …

The paths of the Graph API stand beside `/admin/…` (how it behaves) and `/citizens/…` (what a person
sees and writes). Webhooks that are not answered with 200 are repeated, as Meta does.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import hashlib
import hmac
import json
import random
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any
from uuid import uuid4

import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from starlette.datastructures import UploadFile

from atiende_kit.clock import Clock, FileClock, SystemClock
from dev.fakes.graph_rules import GraphError, check_message
from dev.fakes.graph_state import Behaviour, Sent
from dev.wire import SUCCESS, Poster, Wire

_LINES = 16
"""Webhooks on their way at once."""
RETRY_SECONDS = (0.2, 0.5, 1, 2, 5, 10, 20, 30)
"""Meta repeats for seven days; the local stack is patient for as long as it runs."""


class Meta:
    """The provider: what was sent, and the webhooks on their way.

    Args:
        callback: Where webhooks go; `{phone_number_id}` is filled in.
        app_secret: Signs them.
        access_token: Expected of callers; empty takes any.
        journal: File that keeps what was sent over a restart.
        clock: What is written as the time.
        wire: Carries webhooks; by default connections that are kept.
    """

    def __init__(
        self,
        *,
        callback: str,
        app_secret: str,
        access_token: str = "",
        journal: Path | None = None,
        clock: Clock | None = None,
        wire: Poster | None = None,
    ) -> None:
        self.callback = callback
        self.behaviour = Behaviour()
        self.sent: list[Sent] = []
        self.media: dict[str, tuple[str, bytes]] = {}
        self.webhooks = {"sent": 0, "answered": 0, "waiting": 0}
        self._secret = app_secret.encode()
        self._token = access_token
        self._journal = journal
        self._clock = clock or SystemClock()
        self._wire = wire or Wire(_LINES)
        self._tasks: set[asyncio.Task[None]] = set()
        if journal and journal.exists():
            lines = journal.read_text().splitlines()
            self.sent = [Sent(**json.loads(line)) for line in lines if line]

    async def close(self) -> None:
        """Stops what is on its way."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._wire.close()

    async def settle(self) -> None:
        """Waits until every webhook was answered; for tests."""
        while self._tasks:
            await asyncio.gather(*list(self._tasks))

    def authorise(self, header: str) -> None:
        """Checks the bearer token.

        Raises:
            GraphError: 190.
        """
        token = header.removeprefix("Bearer ")
        if token == header or not token or (self._token and token != self._token):
            raise GraphError(190, "Invalid OAuth access token", status=401)

    async def take(self, phone_number_id: str, payload: Any) -> dict[str, Any]:
        """Takes one message.

        Raises:
            GraphError: Refused.
        """
        behaviour = self.behaviour
        if behaviour.slow_seconds:
            await asyncio.sleep(behaviour.slow_seconds)
        if behaviour.fail_count > 0 and behaviour.fail_status:
            behaviour.fail_count -= 1
            raise GraphError(
                behaviour.fail_code,
                "As told",
                status=behaviour.fail_status,
                retry_after=behaviour.retry_after,
            )
        to = check_message(payload, self.media)
        wamid = "wamid." + base64.b64encode(uuid4().bytes).decode().rstrip("=")
        now = self._clock.now()
        message = Sent(wamid, phone_number_id, to, now.isoformat(), payload)
        self.sent.append(message)
        if self._journal:
            with self._journal.open("a") as file:
                file.write(json.dumps(asdict(message)) + "\n")
        self._start(self._receipts(message))
        return {
            "messaging_product": "whatsapp",
            "contacts": [{"input": to, "wa_id": to}],
            "messages": [{"id": wamid}],
        }

    async def _receipts(self, message: Sent) -> None:
        behaviour = self.behaviour
        failure = behaviour.failing.get(message.to)
        names = ["failed"] if failure else ["sent", "delivered"]
        if behaviour.read_receipts and not failure:
            names.append("read")
        names = [name for name in names for _ in range(max(1, behaviour.repeat_receipts))]
        if behaviour.shuffle_receipts:
            random.shuffle(names)
        for name in names:
            if behaviour.receipt_seconds:
                await asyncio.sleep(behaviour.receipt_seconds)
            if random.random() < behaviour.lose_receipts:  # noqa: S311 - a dice, not a secret
                continue
            status: dict[str, Any] = {
                "id": message.wamid,
                "status": name,
                "timestamp": self._seconds(),
                "recipient_id": message.to,
            }
            if data := message.payload.get("biz_opaque_callback_data"):
                status["biz_opaque_callback_data"] = data
            if failure:
                status["errors"] = [{"code": failure, "title": "As told"}]
            await self._deliver(message.phone_number_id, {"statuses": [status]})

    def write(self, citizen: str, written: Mapping[str, Any]) -> str:
        """A citizen writes: `{"text": …}` or `{"message": {…}}` in Meta's own shape.

        Args:
            citizen: The person's number.
            written: Also `phone_number_id`, `name`, `id` and `times` (how often Meta delivers it).

        Returns:
            The wamid.
        """
        wamid = str(written.get("id") or "wamid.IN" + uuid4().hex)
        message = written.get("message") or {
            "type": "text",
            "text": {"body": str(written.get("text", ""))},
        }
        value = {
            "contacts": [{"profile": {"name": written.get("name", "")}, "wa_id": citizen}],
            "messages": [
                {"from": citizen, "id": wamid, "timestamp": self._seconds(), **message},
            ],
        }
        for _ in range(int(written.get("times", 1))):
            self._start(self._deliver(str(written["phone_number_id"]), value))
        return wamid

    def _start(self, work: Any) -> None:
        task: asyncio.Task[None] = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _deliver(self, phone_number_id: str, value: Mapping[str, Any]) -> None:
        """Posts a webhook until it is answered with 200."""
        metadata = {"display_phone_number": phone_number_id, "phone_number_id": phone_number_id}
        change = {
            "field": "messages",
            "value": {"messaging_product": "whatsapp", "metadata": metadata, **value},
        }
        document = {
            "object": "whatsapp_business_account",
            "entry": [{"id": "1", "changes": [change]}],
        }
        body = json.dumps(document).encode()
        signature = hmac.new(self._secret, body, hashlib.sha256).hexdigest()
        headers = {"X-Hub-Signature-256": f"sha256={signature}"}
        url = self.callback.replace("{phone_number_id}", phone_number_id)
        self.webhooks["waiting"] += 1
        try:
            for pause in (*RETRY_SECONDS, *[RETRY_SECONDS[-1]] * 10_000):
                self.webhooks["sent"] += 1
                try:
                    status = await self._wire.post(url, body, "application/json", headers)
                except (OSError, TimeoutError):
                    status = 0
                if status in SUCCESS:
                    self.webhooks["answered"] += 1
                    return
                await asyncio.sleep(pause)
        finally:
            self.webhooks["waiting"] -= 1

    def _seconds(self) -> str:
        return str(int(self._clock.now().timestamp()))


def create_app(meta: Meta) -> FastAPI:
    """Makes the HTTP application."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        await meta.close()

    app = FastAPI(title="WhatsApp fake", lifespan=lifespan)

    async def refuse(_: Request, error: Exception) -> Response:
        if not isinstance(error, GraphError):
            raise error
        headers = {"Retry-After": str(error.retry_after)} if error.retry_after else {}
        return JSONResponse(error.body(), error.status, headers=headers)

    app.add_exception_handler(GraphError, refuse)
    _add_admin(app, meta)
    _add_citizens(app, meta)
    _add_graph(app, meta)
    return app


def _add_admin(app: FastAPI, meta: Meta) -> None:
    @app.get("/healthz")
    async def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/admin/behaviour")
    async def behaviour() -> dict[str, Any]:
        return asdict(meta.behaviour)

    @app.put("/admin/behaviour")
    async def behave(wanted: dict[str, Any]) -> dict[str, Any]:
        meta.behaviour = Behaviour(**wanted)
        return asdict(meta.behaviour)

    @app.get("/admin/messages")
    async def messages(to: str = "", after: int = 0) -> dict[str, Any]:
        found = [message for message in meta.sent[after:] if to in {"", message.to}]
        return {"messages": [message.document() for message in found], "next": len(meta.sent)}

    @app.get("/admin/webhooks")
    async def webhooks() -> dict[str, int]:
        return meta.webhooks

    @app.post("/admin/media")
    async def upload(request: Request) -> dict[str, str]:
        name = uuid4().hex
        kind = request.headers.get("content-type", "application/octet-stream")
        meta.media[name] = (kind, await request.body())
        return {"id": name}


def _add_citizens(app: FastAPI, meta: Meta) -> None:
    @app.get("/citizens/{citizen}/messages")
    async def inbox(citizen: str) -> list[dict[str, Any]]:
        return [message.document() for message in meta.sent if message.to == citizen]

    @app.post("/citizens/{citizen}/messages")
    async def write(citizen: str, written: dict[str, Any]) -> dict[str, str]:
        return {"id": meta.write(citizen, written)}


def _add_graph(app: FastAPI, meta: Meta) -> None:
    @app.get("/files/{name}")
    async def download(name: str, request: Request) -> Response:
        meta.authorise(request.headers.get("authorization", ""))
        if name not in meta.media:
            return Response(status_code=404)
        kind, data = meta.media[name]
        return Response(data, media_type=kind)

    @app.post("/{version}/{phone_number_id}/messages")
    async def send(version: str, phone_number_id: str, request: Request) -> Response:
        _check_version(version)
        meta.authorise(request.headers.get("authorization", ""))
        try:
            payload = await request.json()
        except ValueError:
            raise GraphError(100, "The body is not JSON") from None
        answer = await meta.take(phone_number_id, payload)
        if meta.behaviour.lose_answers > 0:
            # Taken, but the caller hears nothing that it could read.
            meta.behaviour.lose_answers -= 1
            return Response("<html>Bad gateway</html>", 502, media_type="text/html")
        return JSONResponse(answer)

    @app.post("/{version}/{phone_number_id}/media")
    async def put_up(version: str, phone_number_id: str, request: Request) -> dict[str, str]:
        del phone_number_id
        _check_version(version)
        meta.authorise(request.headers.get("authorization", ""))
        form = await request.form()
        file = form.get("file")
        if form.get("messaging_product") != "whatsapp" or not isinstance(file, UploadFile):
            raise GraphError(100, "The parameter messaging_product or file is required.")
        name = uuid4().hex
        meta.media[name] = (str(form.get("type") or file.content_type), await file.read())
        return {"id": name}

    @app.get("/{version}/{media_id}")
    async def media(version: str, media_id: str, request: Request) -> dict[str, Any]:
        _check_version(version)
        meta.authorise(request.headers.get("authorization", ""))
        if media_id not in meta.media:
            raise GraphError(100, "Unsupported get request", status=400)
        kind, data = meta.media[media_id]
        return {
            "messaging_product": "whatsapp",
            "id": media_id,
            "url": f"{request.base_url}files/{media_id}",
            "mime_type": kind,
            "sha256": hashlib.sha256(data).hexdigest(),
            "file_size": len(data),
        }


def _check_version(version: str) -> None:
    if not version.startswith("v"):
        raise GraphError(2500, "Unknown path components")


def main() -> None:
    """Runs the fake until it is stopped."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=9311)
    parser.add_argument("--callback", required=True)
    parser.add_argument("--app-secret", required=True)
    parser.add_argument("--access-token", default="")
    parser.add_argument("--journal", type=Path)
    parser.add_argument("--clock", type=Path, help="the file of the virtual clock")
    options = parser.parse_args()
    meta = Meta(
        callback=options.callback,
        app_secret=options.app_secret,
        access_token=options.access_token,
        journal=options.journal,
        clock=FileClock(options.clock) if options.clock else SystemClock(),
    )
    uvicorn.run(create_app(meta), host=options.host, port=options.port, log_level="warning")


if __name__ == "__main__":
    main()
