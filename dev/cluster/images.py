"""Builds every image without a registry, into one OCI layout. What is unchanged stays."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from atiende_setup.contracts import SERVICES
from dev.cluster.folders import HERE, Folders
from dev.stack.console import step
from dev.stack.paths import ROOT, Layout
from dev.stack.servers import keycloak

IMAGES = ROOT / "deploy" / "images"
BASE = "localhost/base:1"
_CA = Path("/etc/ssl/certs/ca-certificates.crt")
_PACKAGES = "python3,python3-venv,ca-certificates"


@dataclass(frozen=True)
class Image:
    """One image and what it is made of.

    Args:
        name: with its tag.
        dockerfile: how.
        context: the folder it may copy from.
        inputs: files and folders that decide whether it must be made again.
        arguments: of the build.
        static: no base and no command: it needs no network and no runtime.
    """

    name: str
    dockerfile: Path
    context: Path
    inputs: tuple[Path, ...]
    arguments: dict[str, str] = field(default_factory=dict)
    static: bool = False


def platform_images(tag: str) -> list[Image]:
    """Returns the images of the product: what a release consists of."""
    code = (ROOT / "libs", IMAGES / "requirements.lock")
    service = IMAGES / "service.Dockerfile"
    found = [
        Image(
            f"localhost/atiende/{name}:{tag}",
            service,
            ROOT,
            (service, *code, ROOT / "services" / name),
            {"SERVICE": name, "PACKAGES": f"services/{name}"},
        )
        for name in SERVICES
    ]
    everything = " ".join((*(f"services/{name}" for name in SERVICES), "deploy/setup"))
    found.append(
        Image(
            f"localhost/atiende/setup:{tag}",
            service,
            ROOT,
            (service, *code, ROOT / "services", ROOT / "deploy" / "setup"),
            {"SERVICE": "setup", "PACKAGES": everything, "LOCK": "requirements-setup.lock"},
        )
    )
    pages = tuple(ROOT / "web" / "apps" / name / "dist" for name in ("portal", "desk"))
    web = IMAGES / "web.Dockerfile"
    found.append(
        Image(f"localhost/atiende/web:{tag}", web, ROOT, (web, IMAGES / "Caddyfile", *pages))
    )
    return found


def server_images(folders: Folders, tag: str) -> list[Image]:
    """Returns the images of the servers and of what the cluster itself needs."""
    home = keycloak.install(Layout.find().cache)
    own = HERE / "images"
    simple = [
        Image(
            f"localhost/{name}:1",
            IMAGES / f"{name}.Dockerfile",
            own,
            (IMAGES / f"{name}.Dockerfile",),
        )
        for name in ("nats", "mongo")
    ]
    programs = [
        Image(
            f"localhost/{name}:1",
            own / f"{name}.Dockerfile",
            folder,
            (own, folder / name),
            static=True,
        )
        for name, folder in (
            ("coredns", folders.programs),
            ("metrics-server", folders.programs),
            ("collector", folders.programs),
            ("traefik", folders.tools / "bin"),
        )
    ]
    return [
        *simple,
        Image(
            f"localhost/atiende/keycloak:{tag}",
            IMAGES / "keycloak.Dockerfile",
            home,
            (IMAGES / "keycloak.Dockerfile", home / "version.txt"),
        ),
        Image("localhost/pause:1", own / "pause.Dockerfile", Path("/usr/bin"), (own,), static=True),
        *programs,
    ]


def make_images(folders: Folders, images: Iterable[Image]) -> None:
    """Builds what changed and puts it into the layout.

    Raises:
        subprocess.CalledProcessError: a build failed; its output was printed.
    """
    folders.images.mkdir(parents=True, exist_ok=True)
    folders.storage.mkdir(parents=True, exist_ok=True)
    with _settings(folders) as environment:
        _make_base(folders, environment)
        for image in images:
            stamp = folders.images / "stamps" / image.name.replace("/", "_")
            wanted = _digest(image)
            if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
                continue
            with step(f"image {image.name}"):
                _build(folders, image, environment)
                _push(folders, image.name, environment)
            stamp.parent.mkdir(exist_ok=True)
            stamp.write_text(wanted, encoding="utf-8")


def _make_base(folders: Folders, environment: dict[str, str]) -> None:
    archive = folders.cache / "base" / "base.tar"
    if not archive.exists():
        archive.parent.mkdir(parents=True, exist_ok=True)
        with step("base image: Debian 12 with Python (once, about a minute)"):
            partial = archive.with_suffix(".partial.tar")
            _run(
                (
                    *("mmdebstrap", "--mode=root", "--variant=minbase"),
                    *(f"--include={_PACKAGES}", "bookworm", str(partial)),
                ),
                dict(os.environ),
            )
            partial.replace(archive)
    known = ("buildah", "images", "-q", BASE)
    if subprocess.run(known, env=environment, capture_output=True, check=False).returncode:
        dockerfile = archive.parent / "Dockerfile"
        dockerfile.write_text("FROM scratch\nADD base.tar /\n", encoding="utf-8")
        with step("base image"):
            _run(
                ("buildah", "bud", "-q", "--isolation", "chroot", "-t", BASE, str(archive.parent)),
                environment,
            )


def _build(folders: Folders, image: Image, environment: dict[str, str]) -> None:
    settings = folders.cache / "settings"
    isolation = (
        ("--isolation", "chroot")
        if image.static
        else (
            *("--runtime", "runc", "--isolation", "oci", "--network", "host"),
            *("--ulimit", "nofile=20000:20000", "--ulimit", "nproc=4096:4096"),
            # How this machine reaches the package registries is nothing for an image.
            *("-v", f"{_CA}:{_CA}:ro"),
            *("-v", f"{settings}/pip.conf:/etc/pip.conf:ro"),
            *("-v", f"{settings}/uv.toml:/etc/uv/uv.toml:ro"),
        )
    )
    arguments = {"BASE": BASE, **image.arguments}
    _run(
        (
            *("buildah", "bud", "-q", "--layers", *isolation),
            *(
                part
                for name, value in arguments.items()
                for part in ("--build-arg", f"{name}={value}")
            ),
            *("--ignorefile", str(IMAGES / "ignore")),
            *("-f", str(image.dockerfile), "-t", image.name, str(image.context)),
        ),
        environment,
    )


def _push(folders: Folders, name: str, environment: dict[str, str]) -> None:
    _run(("buildah", "push", "-q", name, f"oci:{folders.images}:{name}"), environment)


@contextmanager
def _settings(folders: Folders) -> Iterator[dict[str, str]]:
    """Yields an environment in which buildah uses nothing outside our folders."""
    settings = folders.cache / "settings"
    settings.mkdir(exist_ok=True)
    (settings / "storage.conf").write_text(
        f'[storage]\ndriver = "overlay"\ngraphroot = "{folders.storage}"\n'
        f'runroot = "{folders.storage}-run"\n',
        encoding="utf-8",
    )
    (settings / "containers.conf").write_text(
        '[engine]\nruntime = "runc"\ncgroup_manager = "cgroupfs"\nevents_logger = "file"\n',
        encoding="utf-8",
    )
    own = Path("/etc/pip.conf")
    shutil.copy(own, settings / "pip.conf") if own.exists() else (settings / "pip.conf").touch()
    (settings / "uv.toml").write_text("system-certs = true\n", encoding="utf-8")
    yield {
        **os.environ,
        "CONTAINERS_STORAGE_CONF": str(settings / "storage.conf"),
        "CONTAINERS_CONF": str(settings / "containers.conf"),
    }


def _digest(image: Image) -> str:
    whole = hashlib.sha256(repr(sorted(image.arguments.items())).encode())
    for path in image.inputs:
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file() and "__pycache__" not in file.parts:
                whole.update(f"{file.relative_to(path.parent)}\0".encode())
                whole.update(hashlib.sha256(file.read_bytes()).digest())
    return whole.hexdigest()


def _run(argv: tuple[str, ...], environment: dict[str, str]) -> None:
    done = subprocess.run(argv, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        print(done.stdout[-4000:], done.stderr[-4000:])
        done.check_returncode()
