"""The edge's routes, on the real server with stand-ins behind it."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from dev.stack.edge import Upstreams, render_caddyfile
from dev.stack.edge_pages import Pages
from dev.stack.ports import Ports
from dev.stack.probe import is_ready
from dev.stack.process import Ready

CADDY = Path(sys.prefix) / "bin" / "caddy"


class Echo(BaseHTTPRequestHandler):
    """Answers with what reached it."""

    protocol_version = "HTTP/1.1"

    def _answer(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        self.rfile.read(length)
        body = json.dumps(
            {
                "port": self.server.server_port,  # type: ignore[attr-defined]
                "path": self.path,
                "headers": {name.lower(): value for name, value in self.headers.items()},
            }
        ).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        # The edge hangs up on us when it refuses a body that is too large.
        with contextlib.suppress(BrokenPipeError):
            self.wfile.write(body)

    do_GET = do_POST = _answer  # noqa: N815 -- the base class's names

    def log_message(self, *_: object) -> None:
        pass


def stand_in() -> ThreadingHTTPServer:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def built(folder: Path) -> Path:
    """A built application as small as can be, with the nonce's place as the real ones have it."""
    (folder / "assets").mkdir(parents=True)
    nonce = "{{placeholder `http.request.uuid`}}"
    (folder / "index.html").write_text(
        f'<title>{folder.name}</title><style nonce="{nonce}"></style>'
    )
    (folder / "assets" / "index-abc.js").write_text("// built")
    return folder


@pytest.fixture(scope="module")
def edge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, dict[str, int], Path]]:
    """Caddy with our file; `down` has a port on which nothing listens."""
    folder = tmp_path_factory.mktemp("edge")
    servers = {name: stand_in() for name in ("channels", "cases", "keycloak")}
    ports = {name: server.server_port for name, server in servers.items()}
    chosen = Ports(folder / "ports.json", scatter=True)
    port, down = chosen.get("edge"), chosen.get("down")
    pages = Pages(built(folder / "portal"), built(folder / "desk"))
    upstreams = Upstreams(
        {"channels": ports["channels"], "cases": ports["cases"], "down": down},
        ports["keycloak"],
        pages,
    )
    config = folder / "Caddyfile"
    config.write_text(render_caddyfile(port, upstreams))
    log = folder / "edge.log"
    with log.open("wb") as stream:
        caddy = subprocess.Popen(
            (CADDY, "run", "--config", config),
            stdout=stream,
            stderr=stream,
            env={**os.environ, "HOME": str(folder), "XDG_DATA_HOME": str(folder)},
        )
        try:
            deadline = time.monotonic() + 20
            while not asyncio.run(is_ready(Ready(port, "/livez"))):
                assert caddy.poll() is None, log.read_text()
                assert time.monotonic() < deadline, log.read_text()
            yield f"http://localhost:{port}", ports, log
        finally:
            caddy.terminate()
            caddy.wait(10)
            for server in servers.values():
                server.shutdown()
                server.server_close()


pytestmark = pytest.mark.integration


@pytest.mark.parametrize(
    ("path", "behind"),
    [
        ("/api/cases/v1/cases?status=open", "cases"),
        ("/api/channels/v1/webchat/sessions", "channels"),
        ("/webhooks/whatsapp/100200300400500?hub.mode=subscribe", "channels"),
        ("/open311/v2/services.xml?jurisdiction_id=sanaurelio.example", "channels"),
        ("/auth/realms/atiende/protocol/openid-connect/auth?client_id=desk", "keycloak"),
        ("/auth/resources/abc/login/style.css", "keycloak"),
    ],
)
def test_path_goes_to_its_service_unchanged(
    edge: tuple[str, dict[str, int], Path], path: str, behind: str
) -> None:
    url, ports, _ = edge
    answer = httpx.get(url + path).json()
    assert (answer["port"], answer["path"]) == (ports[behind], path)


@pytest.mark.parametrize(
    "path",
    [
        "/auth/admin/master/console/",
        "/auth/admin/realms/atiende/users",
        "/auth/realms/master/protocol/openid-connect/token",
        "/auth/realms/atiende/../master/account",
        "/auth/realms/atiende/%2e%2e/master/account",
        "/auth/metrics",
        "/auth/",
        "/api/unknown/v1/x",
        "/metrics",
        "/assets/index-of-yesterday.js",
        "/desk/assets/nothing.js",
    ],
)
def test_what_is_not_public_does_not_exist(
    edge: tuple[str, dict[str, int], Path], path: str
) -> None:
    url, _, _ = edge
    # Sent as written: httpx would tidy the dots away before they could do harm.
    host = httpx.URL(url)
    with httpx.Client() as http:
        request = http.build_request("GET", url)
        request.url = host.copy_with(raw_path=path.encode())
        answer = http.send(request)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == 404


def test_service_that_is_down_is_answered_for(edge: tuple[str, dict[str, int], Path]) -> None:
    url, _, _ = edge
    answer = httpx.get(f"{url}/api/down/v1/x", timeout=10)
    assert answer.status_code == 503
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["retry-after"] == "5"
    assert answer.json()["reason"] == "SERVICE_DOWN"


def test_body_beyond_the_limit_is_refused(edge: tuple[str, dict[str, int], Path]) -> None:
    url, _, _ = edge
    answer = httpx.post(f"{url}/api/cases/v1/x", content=b"x" * 31_000_000, timeout=30)
    assert answer.status_code == 413
    assert answer.json()["reason"] == "BODY_TOO_LARGE"


def test_answers_carry_security_headers(edge: tuple[str, dict[str, int], Path]) -> None:
    url, _, _ = edge
    for path in ("/api/cases/v1/cases", "/nowhere"):
        headers = httpx.get(url + path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert "referrer-policy" in headers
        assert headers.get("server") in {None, "BaseHTTP"} or "Caddy" not in headers["server"]
    # The sign-in page has its own framing rules, set by Keycloak.
    assert "x-frame-options" not in httpx.get(f"{url}/auth/realms/atiende").headers


def test_forwarded_headers_of_a_client_are_not_believed(
    edge: tuple[str, dict[str, int], Path],
) -> None:
    url, _, _ = edge
    lies = {"X-Forwarded-For": "6.6.6.6", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil"}
    for path in ("/api/cases/v1/x", "/auth/realms/atiende"):
        seen = httpx.get(url + path, headers=lies).json()["headers"]
        assert seen["x-forwarded-for"] == "127.0.0.1"
        assert seen["x-forwarded-proto"] == "http"
        assert seen["x-forwarded-host"] == url.removeprefix("http://")


def test_log_has_no_query_and_no_headers(edge: tuple[str, dict[str, int], Path]) -> None:
    url, _, log = edge
    httpx.get(
        f"{url}/api/cases/v1/cases?q=cedula-12345678",
        headers={"Authorization": "Bearer canary-token", "Cookie": "session=canary-cookie"},
    )
    deadline = time.monotonic() + 5
    while '"uri":"/api/cases/v1/cases"' not in log.read_text():
        assert time.monotonic() < deadline, log.read_text()[-500:]
    assert "12345678" not in log.read_text()
    assert "canary" not in log.read_text()


def test_websocket_upgrade_reaches_the_service(edge: tuple[str, dict[str, int], Path]) -> None:
    url, ports, _ = edge
    answer = httpx.get(
        f"{url}/api/channels/v1/webchat/ws",
        headers={
            "Connection": "Upgrade",
            "Upgrade": "websocket",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        },
    ).json()
    assert answer["port"] == ports["channels"]
    assert answer["headers"]["upgrade"] == "websocket"
    assert answer["headers"]["connection"].lower() == "upgrade"


@pytest.mark.parametrize(
    ("path", "page"),
    [
        ("/", "portal"),
        ("/tramites/alumbrado-publico", "portal"),
        ("/embed/chat", "portal"),
        ("/desk/", "desk"),
        ("/desk/casos/SA-2026-0000001-X", "desk"),
        ("/desk/callback?code=x", "desk"),
    ],
)
def test_every_address_of_an_application_is_its_page(
    edge: tuple[str, dict[str, int], Path], path: str, page: str
) -> None:
    url, _, _ = edge
    answer = httpx.get(url + path)
    assert answer.status_code == 200
    assert f"<title>{page}</title>" in answer.text
    assert answer.headers["cache-control"] == "no-cache"


def test_page_and_policy_share_a_nonce_that_is_never_the_same(
    edge: tuple[str, dict[str, int], Path],
) -> None:
    url, _, _ = edge
    seen = set()
    for _ in range(3):
        answer = httpx.get(f"{url}/desk/")
        policy = answer.headers["content-security-policy"]
        nonce = answer.text.split('nonce="')[1].split('"')[0]
        assert f"style-src 'self' 'nonce-{nonce}'" in policy
        assert "unsafe" not in policy
        assert "script-src 'self';" in policy
        seen.add(nonce)
    assert len(seen) == 3


@pytest.mark.parametrize(
    ("path", "ancestors", "frames"),
    [
        ("/", "'none'", "DENY"),
        ("/desk/", "'none'", "DENY"),
        ("/desk/silent", "'self'", "SAMEORIGIN"),
        ("/embed/chat", "*", None),
    ],
)
def test_who_may_frame_a_page(
    edge: tuple[str, dict[str, int], Path], path: str, ancestors: str, frames: str | None
) -> None:
    url, _, _ = edge
    headers = httpx.get(url + path).headers
    assert headers["content-security-policy"].endswith(f"frame-ancestors {ancestors}")
    assert headers.get("x-frame-options") == frames


def test_built_files_are_kept_for_good(edge: tuple[str, dict[str, int], Path]) -> None:
    url, _, _ = edge
    for path in ("/assets/index-abc.js", "/desk/assets/index-abc.js"):
        answer = httpx.get(url + path)
        assert answer.text == "// built"
        assert "immutable" in answer.headers["cache-control"]


@pytest.mark.parametrize(("accepted", "ending"), [("br, gzip", "br"), ("gzip", "gz")])
def test_what_the_build_packed_travels_as_it_is(
    edge: tuple[str, dict[str, int], Path], accepted: str, ending: str
) -> None:
    url, _, log = edge
    script = log.parent / "portal" / "assets" / "index-abc.js"
    packed = script.with_name(f"{script.name}.{ending}")
    packed.write_bytes(gzip.compress(b"// packed by the build"))
    headers = {"Accept-Encoding": accepted}
    with httpx.stream("GET", f"{url}/assets/index-abc.js", headers=headers) as answer:
        assert answer.headers["content-encoding"] == {"br": "br", "gz": "gzip"}[ending]
        assert b"".join(answer.iter_raw()) == packed.read_bytes()
    packed.unlink()
