"""Roundup behind waitress."""

from __future__ import annotations

import base64
import contextlib
import itertools
import json
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

from atiende_kit.testing.servers import free_port
from dev.peers.peer import TEXT, Peer, environment, serving
from dev.peers.postgres import USER
from dev.wire import post

VERSION = "2.6.0"
PACKAGES = (f"roundup=={VERSION}", "waitress==3.0.2", "psycopg2-binary==2.9.13")
_LOGIN = base64.b64encode(b"admin:clerk").decode()
_APP = """
from roundup.cgi.wsgi_handler import RequestDispatcher

app = RequestDispatcher("tracker")
"""


@contextlib.contextmanager
def roundup(cache: Path, folder: Path, database: int) -> Iterator[Peer]:
    """Installs, initialises and serves its classic tracker."""
    programs = environment(cache, "roundup", PACKAGES)
    folder.mkdir()
    port = free_port()
    options = {
        "rdbms_name": "roundup",
        "rdbms_user": USER,
        "rdbms_password": "trusted",
        "rdbms_host": "127.0.0.1",
        "rdbms_port": str(database),
        "admin_email": "clerk@ciudad.example",
        "mail_domain": "ciudad.example",
        "mail_host": "127.0.0.1",
        "tracker_web": f"http://127.0.0.1:{port}/",
        # Its API takes a password with each request; what is compared is not how slowly it hashes.
        "password_pbkdf2_default_rounds": "1000",
    }
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": "."}
    given = ",".join(f"{name}={value}" for name, value in options.items())
    admin = (str(programs / "roundup-admin"), "-i", "tracker")
    for command in (("install", "classic", "postgresql", given), ("initialise", "clerk")):
        subprocess.run((*admin, *command), cwd=folder, env=env, check=True, capture_output=True)
    (folder / "served.py").write_text(_APP, encoding="utf-8")
    server = (str(programs / "waitress-serve"), f"--listen=127.0.0.1:{port}", "served:app")
    with serving(server, port, folder, env) as process:
        yield Peer(f"Roundup {VERSION}", port, _create(port), _page, process.pid)


def _create(port: int) -> Callable[[], bytes]:
    numbers = itertools.count(1)

    def make() -> bytes:
        issue = {"title": f"Poste sin luz {next(numbers)}. {TEXT}", "priority": "urgent"}
        return post(
            "/rest/data/issue",
            f"127.0.0.1:{port}",
            json.dumps(issue).encode(),
            kind="application/json",
            Authorization=f"Basic {_LOGIN}",
            X_Requested_With="rest",
            Referer=f"http://127.0.0.1:{port}/",
            Origin=f"http://127.0.0.1:{port}",
        )

    return make


def _page() -> bytes:
    asked = "@page_size=50&@fields=title,status,priority&@sort=-activity&status=1"
    return (
        f"GET /rest/data/issue?{asked} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"Authorization: Basic {_LOGIN}\r\nX-Requested-With: rest\r\n\r\n"
    ).encode()
