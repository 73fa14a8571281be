"""Keycloak: fetched once by Maven, built once, started optimized on loopback."""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dev.stack.console import step
from dev.stack.context import Context
from dev.stack.jobs import stack_job
from dev.stack.process import Process, Ready
from dev.stack.programs import MissingProgramError

VERSION = "26.7.5"
REALM = "atiende"
ADMIN = "atiende-admin"
_ARTIFACT = f"org.keycloak:keycloak-quarkus-dist:{VERSION}:zip"
_FETCH = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy"
_HEAP = "-Xms64m -Xmx512m"
# The client compiler alone halves the time to start; a laptop's few logins never need the other.
_JAVA_OPTIONS = "-XX:TieredStopAtLevel=1 -XX:-UseG1GC -XX:+UseSerialGC"
_BUILD_OPTIONS = (
    "--db=dev-file",
    "--http-relative-path=/auth",
    "--health-enabled=true",
    "--metrics-enabled=false",
)


def external_url() -> str | None:
    """Returns the URL of a Keycloak that the user runs: ATIENDE_KEYCLOAK_URL.

    ATIENDE_KEYCLOAK_ADMIN and ATIENDE_KEYCLOAK_PASSWORD are the login with which the realm is
    applied.
    """
    return (os.environ.get("ATIENDE_KEYCLOAK_URL") or "").rstrip("/") or None


def direct_url(context: Context) -> str:
    """Returns where services and the realm's job reach Keycloak, not through the edge."""
    return external_url() or f"http://127.0.0.1:{context.ports.get('keycloak')}/auth"


def issuer(context: Context) -> str:
    """Returns the `iss` of the realm's tokens."""
    return f"{external_url() or f'{context.public_url}/auth'}/realms/{REALM}"


def admin_login(context: Context) -> tuple[str, str]:
    """Returns the administrator's name and password."""
    if external_url():
        return (
            os.environ.get("ATIENDE_KEYCLOAK_ADMIN", ADMIN),
            os.environ.get("ATIENDE_KEYCLOAK_PASSWORD", ""),
        )
    return ADMIN, context.credentials.secret("keycloak/admin")


def processes(context: Context) -> list[Process]:
    """Returns the server and the job that applies the realm."""
    if external_url():
        return [stack_job(context, "realm", "realm", after=())]
    home = install(context.layout.cache)
    data = context.layout.data / "keycloak"
    data.mkdir(mode=0o700, exist_ok=True)
    port, management = context.ports.get("keycloak"), context.ports.get("keycloak-management")
    argv = (
        *(str(home / "bin" / "kc.sh"), "start", "--optimized"),
        *("--http-enabled=true", "--http-host=127.0.0.1", f"--http-port={port}"),
        *("--http-management-host=127.0.0.1", f"--http-management-port={management}"),
        *(f"--hostname={context.public_url}/auth", "--hostname-backchannel-dynamic=false"),
        # Only the edge may say for whom it speaks; brute-force protection counts by that address.
        *("--proxy-headers=xforwarded", "--proxy-trusted-addresses=127.0.0.1/32"),
        f"--db-url=jdbc:h2:file:{data}/keycloak;NON_KEYWORDS=VALUE;DB_CLOSE_ON_EXIT=FALSE",
        *("--cache=local", "--log-level=info,org.keycloak.events:debug"),
    )
    env = {
        **{
            name: value
            for name, value in context.system_env().items()
            if not name.startswith(("KC_", "KEYCLOAK_", "JAVA_OPTS"))
        },
        "KC_BOOTSTRAP_ADMIN_USERNAME": ADMIN,
        "KC_BOOTSTRAP_ADMIN_PASSWORD": context.credentials.secret("keycloak/admin"),
        "JAVA_OPTS_KC_HEAP": _HEAP,
        "JAVA_OPTS_APPEND": _JAVA_OPTIONS,
    }
    server = Process(
        "keycloak",
        argv,
        env,
        port=port,
        ready=Ready(management, "/auth/health/ready"),
        start_seconds=180,
    )
    return [server, stack_job(context, "realm", "realm", after=("keycloak",))]


def install(cache: Path) -> Path:
    """Returns the home of a Keycloak that is built with our options, making it when there is none.

    Raises:
        MissingProgramError: Java or Maven is missing, or the download failed.
    """
    mark = hashlib.sha256(" ".join((VERSION, *_BUILD_OPTIONS)).encode()).hexdigest()[:12]
    home = cache / f"keycloak-{VERSION}-{mark}"
    built = home / ".atiende-built"
    if built.exists():
        return home
    cache.mkdir(parents=True, exist_ok=True)
    with _only_one(cache / "keycloak.lock"):
        if not built.exists():
            _unpack(cache, home)
            with step("Keycloak: building with our options (once, 20-60 s)"):
                _run((str(home / "bin" / "kc.sh"), "build", *_BUILD_OPTIONS), home)
            built.touch()
    return home


def _unpack(cache: Path, home: Path) -> None:
    if home.exists():
        shutil.rmtree(home)
    if own := _on_path():
        with step(f"Keycloak: copying {own}"):
            shutil.copytree(own, home, ignore=shutil.ignore_patterns("data"), symlinks=True)
        return
    archive = cache / f"keycloak-quarkus-dist-{VERSION}.zip"
    if not archive.exists():
        if not shutil.which("mvn"):
            raise MissingProgramError("Maven (mvn) is needed to fetch Keycloak; run `make check`")
        partial = cache / "partial"
        with step(f"Keycloak {VERSION}: downloading from Maven Central (174 MB)"):
            _run(
                (
                    "mvn",
                    "-B",
                    "-q",
                    _FETCH,
                    f"-Dartifact={_ARTIFACT}",
                    f"-DoutputDirectory={partial}",
                ),
                cache,
            )
        (partial / archive.name).replace(archive)
    with step("Keycloak: unpacking"):
        unpacking = cache / f"keycloak-{VERSION}"
        if unpacking.exists():
            shutil.rmtree(unpacking)
        with zipfile.ZipFile(archive) as packed:
            packed.extractall(cache)
        (unpacking / "bin" / "kc.sh").chmod(0o755)
        unpacking.rename(home)
        # It would only be needed again after `rm -r` of the folder made from it.
        archive.unlink()


def _on_path() -> Path | None:
    """Finds the distribution to which a `kc.sh` on PATH belongs, when it is of our version."""
    script = shutil.which("kc.sh")
    if not script:
        return None
    home = Path(script).resolve().parents[1]
    told = home / "version.txt"
    if told.exists() and re.search(rf"\b{re.escape(VERSION)}\b", told.read_text(encoding="utf-8")):
        return home
    return None


def _run(argv: tuple[str, ...], cwd: Path) -> None:
    env = {name: value for name, value in os.environ.items() if not name.startswith("KC_")}
    done = subprocess.run(
        argv,
        cwd=cwd,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise MissingProgramError(f"{' '.join(argv[:3])} failed:\n{done.stdout[-2000:]}")


@contextmanager
def _only_one(path: Path) -> Iterator[None]:
    """Two checkouts that start at the same time share the cache; the second waits for the first."""
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
