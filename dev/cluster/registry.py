"""A read-only registry over one OCI layout (OCI distribution specification 1.1, pull only)."""

from __future__ import annotations

import http.server
import json
import re
import shutil
import threading
from functools import partial
from pathlib import Path

_REQUEST = re.compile(
    r"/v2/(?P<name>[a-z0-9/_.-]+)/(?P<kind>manifests|blobs)/(?P<ref>[A-Za-z0-9:._-]+)"
)
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_MANIFEST = "application/vnd.oci.image.manifest.v1+json"


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, layout: Path, *args: object) -> None:
        self._layout = layout
        super().__init__(*args)  # type: ignore[arg-type]  # as the server passes them

    def do_HEAD(self) -> None:
        self._answer(body=False)

    def do_GET(self) -> None:
        self._answer(body=True)

    def _answer(self, *, body: bool) -> None:
        # containerd adds for which registry it asks.
        path = self.path.partition("?")[0]
        if path.rstrip("/") == "/v2":
            return self._say(200, "application/json", b"{}", body=body)
        found = _REQUEST.fullmatch(path)
        if not found:
            return self._say(404, "application/json", b"{}", body=body)
        kind, reference = "application/octet-stream", found["ref"]
        if found["kind"] == "manifests" and not _DIGEST.fullmatch(reference):
            reference = self._digest_of(f"localhost/{found['name']}:{reference}")
        blob = self._layout / "blobs" / reference.replace(":", "/")
        if not _DIGEST.fullmatch(reference) or not blob.exists():
            return self._say(404, "application/json", b"{}", body=body)
        if found["kind"] == "manifests":
            kind = json.loads(blob.read_bytes()).get("mediaType", _MANIFEST)
        return self._give(blob, kind, reference, body=body)

    def _digest_of(self, name: str) -> str:
        index = json.loads((self._layout / "index.json").read_text(encoding="utf-8"))
        for manifest in index["manifests"]:
            if manifest.get("annotations", {}).get("org.opencontainers.image.ref.name") == name:
                return str(manifest["digest"])
        return ""

    def _give(self, blob: Path, kind: str, digest: str, *, body: bool) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(blob.stat().st_size))
        self.send_header("Docker-Content-Digest", digest)
        self.end_headers()
        if body:
            with blob.open("rb") as data:
                shutil.copyfileobj(data, self.wfile, 1 << 20)

    def _say(self, status: int, kind: str, data: bytes, *, body: bool) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if body:
            self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """Keeps quiet: pulls are told by containerd."""


def serve(layout: Path, address: str, port: int) -> http.server.ThreadingHTTPServer:
    """Serves the layout from a thread of this process until `shutdown`."""
    server = http.server.ThreadingHTTPServer((address, port), partial(_Handler, layout))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, name="registry", daemon=True).start()
    return server
