"""django-helpdesk behind gunicorn."""

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
from dev.peers.postgres import USER, create
from dev.wire import post

VERSION = "2.6.1"
PACKAGES = (f"django-helpdesk=={VERSION}", "gunicorn==27.0.1", "psycopg[binary]==3.3.9")
WORKERS = 2 * (os.cpu_count() or 1) + 1
"""What gunicorn's documentation advises."""
_LOGIN = base64.b64encode(b"clerk:clerk").decode()
_SETTINGS = """
SECRET_KEY = "of no use to anybody"
ALLOWED_HOSTS = ["*"]
INSTALLED_APPS = [
    "django.contrib.admin", "django.contrib.auth", "django.contrib.contenttypes",
    "django.contrib.sessions", "django.contrib.messages", "django.contrib.staticfiles",
    "django.contrib.sites", "django.contrib.humanize", "helpdesk",
    "rest_framework",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
TEMPLATES = [{
    "BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True,
    "OPTIONS": {"context_processors": [
        "django.template.context_processors.request", "django.contrib.auth.context_processors.auth",
        "django.contrib.messages.context_processors.messages"]},
}]
ROOT_URLCONF = "urls"
SITE_ID = 1
USE_TZ = True
STATIC_URL = "/static/"
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
HELPDESK_TEAMS_MODE_ENABLED = False
# Its API takes a password with each request; what is compared is not how slowly that is hashed.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
DATABASES = {"default": {
    "ENGINE": "django.db.backends.postgresql", "NAME": "helpdesk", "USER": "%(user)s",
    "HOST": "127.0.0.1", "PORT": %(port)d, "CONN_MAX_AGE": 600,
}}
"""
_URLS = """
from django.urls import include, path

urlpatterns = [path("", include("helpdesk.urls", namespace="helpdesk"))]
"""
_FILL = """
from django.contrib.auth import get_user_model
from helpdesk.models import Queue

get_user_model().objects.create_superuser("clerk", "clerk@ciudad.example", "clerk")
Queue.objects.create(title="Alumbrado", slug="alumbrado")
"""


@contextlib.contextmanager
def helpdesk(cache: Path, folder: Path, database: int) -> Iterator[Peer]:
    """Installs, fills and serves it."""
    programs = environment(cache, "django-helpdesk", PACKAGES)
    create(database, "helpdesk")
    folder.mkdir()
    settings = _SETTINGS % {"user": USER, "port": database}
    (folder / "settings.py").write_text(settings, encoding="utf-8")
    (folder / "urls.py").write_text(_URLS, encoding="utf-8")
    env = {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "settings", "PYTHONPATH": "."}
    python = str(programs / "python")
    for command in (("migrate", "-v", "0"), ("shell", "-v", "0", "-c", _FILL)):
        subprocess.run((python, "-m", "django", *command), cwd=folder, env=env, check=True)
    port = free_port()
    server = (
        *(str(programs / "gunicorn"), "django.core.wsgi:get_wsgi_application()"),
        *("-w", str(WORKERS), "-b", f"127.0.0.1:{port}"),
    )
    with serving(server, port, folder, env) as process:
        yield Peer(f"django-helpdesk {VERSION}", port, _create(), _page, process.pid)


def _create() -> Callable[[], bytes]:
    numbers = itertools.count(1)

    def make() -> bytes:
        ticket = {
            "queue": 1,
            "title": f"Poste sin luz {next(numbers)}",
            "description": TEXT,
            "submitter_email": "rosa@correo.example",
            "status": 1,
            "resolution": "",
            "on_hold": False,
            "priority": 3,
        }
        body = json.dumps(ticket).encode()
        login = f"Basic {_LOGIN}"
        return post(
            "/api/tickets/", "127.0.0.1", body, kind="application/json", Authorization=login
        )

    return make


def _page() -> bytes:
    return (
        "GET /api/tickets/?page_size=50 HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"Authorization: Basic {_LOGIN}\r\n\r\n"
    ).encode()
