"""The folder: one file of BSON documents per collection and stream, and a manifest written last.

The files are what `mongodump --gzip` writes, so that MongoDB's own tools can read them too.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any, cast

import bson
from bson.codec_options import CodecOptions
from bson.raw_bson import RawBSONDocument

FORMAT = 1
_MANIFEST = "manifest.json"
_SUFFIX = ".bson.gz"
_RAW = CodecOptions(document_class=RawBSONDocument)
_CHUNK = 1024 * 1024


class ArchiveDamaged(Exception):  # noqa: N818 -- it says what happened
    """The folder is not what its manifest says, or has none; nothing was restored from it."""


@dataclass(frozen=True)
class Part:
    """One file of the folder: how many documents it holds, and the hash of its bytes."""

    documents: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What the folder holds.

    Attributes:
        taken: The moment that it shows, in ISO 8601; what was acknowledged before is in it.
        collections: By `database.collection`.
        streams: By the stream's name: what had not been heard by all who listen.
        last_sequences: By stream, where it was cut.
        format: Of the folder.
    """

    taken: str
    collections: Mapping[str, Part]
    streams: Mapping[str, Part]
    last_sequences: Mapping[str, int]
    format: int = FORMAT

    @property
    def documents(self) -> int:
        """How many documents of databases there are."""
        return sum(part.documents for part in self.collections.values())

    @property
    def events(self) -> int:
        """How many events there are."""
        return sum(part.documents for part in self.streams.values())

    def save(self, folder: Path) -> None:
        """Writes it, durably: a folder without it is an unfinished one."""
        path = folder / _MANIFEST
        with path.open("w", encoding="utf-8") as file:
            json.dump(asdict(self), file, indent=1)
            file.flush()
            os.fsync(file.fileno())

    @classmethod
    def load(cls, folder: Path) -> Manifest:
        """Reads it.

        Raises:
            ArchiveDamaged: There is none, or it is of another format.
        """
        try:
            found = json.loads((folder / _MANIFEST).read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise ArchiveDamaged(f"{folder} holds no finished backup (no {_MANIFEST})") from error
        if found.get("format") != FORMAT:
            raise ArchiveDamaged(f"{folder} is of format {found.get('format')}, not {FORMAT}")
        parts = {
            kind: {name: Part(**part) for name, part in found[kind].items()}
            for kind in ("collections", "streams")
        }
        datetime.fromisoformat(found["taken"])
        return cls(found["taken"], parts["collections"], parts["streams"], found["last_sequences"])

    def check(self, folder: Path) -> None:
        """Compares every file with what was noted of it.

        Raises:
            ArchiveDamaged: Naming the first file that differs.
        """
        for name, part in {**self.collections, **self.streams}.items():
            path = file_of(folder, name)
            try:
                found = _hash(path)
            except OSError as error:
                raise ArchiveDamaged(f"{path.name}: {error.strerror}") from error
            if found != part.sha256:
                raise ArchiveDamaged(f"{path.name} is not what was written")


class PartWriter:
    """Writes one file."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.documents = 0

    def write(self, document: RawBSONDocument | Mapping[str, Any]) -> None:
        """Adds a document."""
        raw = document.raw if isinstance(document, RawBSONDocument) else bson.encode(document)
        self._file.write(raw)
        self.documents += 1


class Parts:
    """The files of a folder while they are written."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.done: dict[str, Part] = {}

    @contextmanager
    def part(self, name: str) -> Iterator[PartWriter]:
        """Opens one file; it counts once it is written to the end."""
        path = file_of(self._folder, name)
        # Personal data: for nobody but who runs this.
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as raw:
            with gzip.GzipFile(fileobj=raw, mode="wb", compresslevel=3, mtime=0) as file:
                writer = PartWriter(cast("IO[bytes]", file))
                yield writer
            raw.flush()
            os.fsync(raw.fileno())
        self.done[name] = Part(writer.documents, _hash(path))


def read_part(folder: Path, name: str, batch_bytes: int) -> Iterator[Sequence[RawBSONDocument]]:
    """Gives the documents of one file in batches of about so many bytes."""
    batch: list[RawBSONDocument] = []
    size = 0
    with gzip.open(file_of(folder, name), "rb") as file:
        for document in bson.decode_file_iter(cast("IO[bytes]", file), _RAW):
            batch.append(document)
            size += len(document.raw)
            if size >= batch_bytes:
                yield batch
                batch, size = [], 0
    if batch:
        yield batch


def file_of(folder: Path, name: str) -> Path:
    """Returns where a collection or stream is kept."""
    return folder / f"{name}{_SUFFIX}"


def _hash(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_CHUNK):
            digest.update(block)
    return digest.hexdigest()
