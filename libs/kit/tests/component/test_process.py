"""A service as the operating system sees it: started, probed, told to end."""

import asyncio
import json
import os
import signal
import socket
import sys
from pathlib import Path

import httpx
import pytest

pytestmark = pytest.mark.component

PROGRAM = """
from atiende_kit.contract import ServiceContract
from atiende_kit.auth import TokenVerifier
from atiende_kit.http import HttpServer, create_app
from atiende_kit.runtime import Periodic, service_main
from atiende_kit.settings import KitSettings

def build(settings, role):
    verifier = TokenVerifier(settings.auth)
    async def sweep():
        pass
    loop = Periodic("sweeper", 1, sweep)
    app = create_app(settings, ServiceContract("demo"), [], verifier=verifier, title="Demo",
                     description="d", readiness=[loop])
    return [verifier, loop, HttpServer(app, settings)]

service_main("demo", build, settings=KitSettings)()
"""


@pytest.fixture
def environment() -> dict[str, str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    own = {name: value for name, value in os.environ.items() if not name.startswith("ATIENDE_")}
    return {
        **own,
        "ATIENDE_HTTP__PORT": str(port),
        "ATIENDE_ENVIRONMENT": "test",
        "ATIENDE_MONGO__URL": "mongodb://127.0.0.1:1",
        "ATIENDE_MONGO__DATABASE": "demo",
        "ATIENDE_AUTH__ISSUER": "https://id.example/realms/atiende",
        "ATIENDE_AUTH__JWKS_URL": "https://id.example/certs",
        "ATIENDE_AUTH__CLIENT_ID": "svc-demo",
        "ATIENDE_AUTH__CLIENT_SECRET": "x",
        "ATIENDE_AUTH__TOKEN_URL": "https://id.example/token",
        "ATIENDE_AUTH__ALLOWED_AZP": '["desk"]',
    }


async def run(tmp_path: Path, environment: dict[str, str], *arguments: str):
    script = tmp_path / "program.py"
    script.write_text(PROGRAM)
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-W",
        "error",
        str(script),
        *arguments,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def test_service_starts_answers_probes_and_ends_on_sigterm(tmp_path, environment) -> None:
    process = await run(tmp_path, environment, "all")
    assert process.stdout is not None
    lines = []
    async with asyncio.timeout(20):
        while not lines or lines[-1].get("component") != "http":
            raw = await process.stdout.readline()
            assert raw, await process.communicate()
            lines.append(json.loads(raw))
    async with httpx.AsyncClient(
        base_url=f"http://127.0.0.1:{environment['ATIENDE_HTTP__PORT']}"
    ) as client:
        for path in ("/livez", "/readyz", "/metrics", "/api/demo/openapi.json"):
            assert (await client.get(path)).status_code == 200
    process.send_signal(signal.SIGTERM)
    out, err = await asyncio.wait_for(process.communicate(), 20)
    assert process.returncode == 0, err.decode()
    assert err == b""
    lines += [json.loads(line) for line in out.splitlines()]
    told = [
        (line["event"], line["component"])
        for line in lines
        if isinstance(line.get("component"), str)
    ]
    assert told == [
        ("component started", "identity"),
        ("component started", "sweeper"),
        ("component started", "http"),
        ("component stopped", "http"),
        ("component stopped", "sweeper"),
        ("component stopped", "identity"),
    ]
    assert {line["service"] for line in lines} == {"demo"}


async def test_port_taken_ends_the_process_with_a_failure(tmp_path, environment) -> None:
    with socket.create_server(("127.0.0.1", int(environment["ATIENDE_HTTP__PORT"]))):
        process = await run(tmp_path, environment, "api")
        out, _ = await asyncio.wait_for(process.communicate(), 20)
    assert process.returncode == 1
    assert "component failed to start" in out.decode()
