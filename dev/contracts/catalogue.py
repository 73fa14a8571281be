"""Reads what the code declares: every event and command, who sends it and who obeys or listens."""

from __future__ import annotations

import importlib
import pkgutil
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import atiende
from atiende.options.v1 import options_pb2

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Declared:
    """One event or command message.

    Attributes:
        message: the generated class.
        subject: without the tenant, "evt.cases.case.opened.v1".
        comment: the message's comment in its .proto file.
        publishers: services that send it.
        consumers: durables that listen or obey, by service.
    """

    message: Any
    subject: str
    comment: str
    publishers: tuple[str, ...]
    consumers: tuple[tuple[str, str], ...]

    @property
    def name(self) -> str:
        """Full proto name: "atiende.cases.v1.CaseOpened"."""
        return str(self.message.DESCRIPTOR.full_name)

    @property
    def stream(self) -> str:
        """Stream that holds it: EVT_CASES, CMD_CHANNELS."""
        kind, owner = self.subject.split(".")[:2]
        return f"{kind}_{owner}".upper()


def services() -> list[str]:
    """Names of the services in the repository, sorted."""
    return sorted(p.parent.parent.parent.name for p in ROOT.glob("services/*/src/*/contract.py"))


def contracts() -> dict[str, Any]:
    """The declared contract of each service."""
    return {
        name: importlib.import_module(f"atiende_{name}.contract").CONTRACT for name in services()
    }


def message_classes() -> list[Any]:
    """Every generated message class with a subject, by subject."""
    found = []
    for module in pkgutil.walk_packages(atiende.__path__, "atiende."):
        if not module.name.endswith("_pb2"):
            continue
        for value in vars(importlib.import_module(module.name)).values():
            descriptor = getattr(value, "DESCRIPTOR", None)
            options = getattr(descriptor, "GetOptions", None)
            if isinstance(value, type) and options is not None and _subject(value):
                found.append(value)
    return sorted(set(found), key=_subject)


def declared() -> list[Declared]:
    """Every event and command with its senders and listeners."""
    senders: dict[Any, list[str]] = defaultdict(list)
    listeners: dict[Any, list[tuple[str, str]]] = defaultdict(list)
    for name, contract in contracts().items():
        for message in contract.publishes:
            senders[message].append(name)
        for consume in contract.consumes:
            listeners[consume.message].append((name, consume.durable))
    return [
        Declared(
            message=message,
            subject=_subject(message),
            comment=comment_of(message.DESCRIPTOR),
            publishers=tuple(senders[message]),
            consumers=tuple(listeners[message]),
        )
        for message in message_classes()
    ]


def comment_of(descriptor: Any, field: str | None = None) -> str:
    """The comment of a message or of one of its fields, from its .proto file.

    The runtime drops comments, so the source is read: it stands in the `//` lines right above.
    """
    source = (ROOT / "proto" / descriptor.file.name).read_text().splitlines()
    start = next(
        i for i, line in enumerate(source) if line.startswith(f"message {descriptor.name} ")
    )
    at = start
    if field is not None:
        at = next(i for i in range(start, len(source)) if f" {field} = " in source[i])
    lines: list[str] = []
    while at > 0 and source[at - 1].strip().startswith("//"):
        at -= 1
        lines.insert(0, source[at].strip().removeprefix("//").strip())
    return " ".join(lines)


def _subject(message: Any) -> str:
    return str(message.DESCRIPTOR.GetOptions().Extensions[options_pb2.subject])
