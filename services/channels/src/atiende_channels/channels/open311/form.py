"""The body of POST requests: form fields, and files as an extension."""

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import create_form_parser

MAX_FIELDS = 200
MAX_FILES = 5
MAX_FILE_BYTES = 5 * 1024 * 1024
MAX_BODY_BYTES = 10 * 1024 * 1024

_ATTRIBUTE = re.compile(r"attribute\[([^\[\]]{1,200})\](?:\[\d{0,4}\])?")
SECRET_FIELDS = frozenset({"api_key"})
"""Never stored."""


class FormError(ValueError):
    """The body is not a form."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file of a multipart form."""

    filename: str
    content_type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Form:
    """A decoded form; field names may repeat."""

    fields: tuple[tuple[str, str], ...]
    files: tuple[Upload, ...] = ()

    def get(self, name: str) -> str:
        """The last value of a field without blanks around it; empty when it is not given."""
        for key, value in reversed(self.fields):
            if key == name:
                return value.strip()
        return ""

    def attributes(self) -> dict[str, list[str]]:
        """Values of `attribute[CODE]` and `attribute[CODE][]` by code, without empty ones."""
        found: dict[str, list[str]] = {}
        for key, value in self.fields:
            match = _ATTRIBUTE.fullmatch(key)
            if match and value.strip():
                found.setdefault(match.group(1), []).append(value.strip())
        return found

    def to_bytes(self) -> bytes:
        """One canonical spelling without secrets, for the inbox."""
        document = {
            "fields": [[name, value] for name, value in self.fields if name not in SECRET_FIELDS],
            "files": [
                [file.filename, file.content_type, base64.b64encode(file.data).decode("ascii")]
                for file in self.files
            ],
        }
        return json.dumps(document, separators=(",", ":")).encode("ascii")

    @classmethod
    def from_bytes(cls, data: bytes) -> "Form":
        """Reads `to_bytes`.

        Raises:
            FormError: Something else.
        """
        try:
            document: Mapping[str, Any] = json.loads(data)
            return cls(
                tuple((str(name), str(value)) for name, value in document["fields"]),
                tuple(
                    Upload(str(name), str(kind), base64.b64decode(content, validate=True))
                    for name, kind, content in document["files"]
                ),
            )
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise FormError from error


def read_form(content_type: str, body: bytes) -> Form:
    """Decodes the body of a POST.

    Raises:
        FormError: Another content type, not UTF-8, malformed, or too many parts.
    """
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type in {"application/x-www-form-urlencoded", ""}:
        return _urlencoded(body)
    if media_type == "multipart/form-data" and "boundary=" in content_type.lower():
        return _multipart(content_type, body)
    raise FormError("content type")


def _urlencoded(body: bytes) -> Form:
    try:
        pairs = parse_qsl(
            body.decode("utf-8"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=MAX_FIELDS,
        )
    except ValueError as error:
        raise FormError("urlencoded") from error
    return Form(tuple(pairs))


def _multipart(content_type: str, body: bytes) -> Form:
    fields: list[tuple[str, str]] = []
    files: list[Upload] = []

    def on_field(field: Any) -> None:
        fields.append((_decoded(field.field_name), _decoded(field.value)))
        if len(fields) > MAX_FIELDS:
            raise FormError("too many fields")

    def on_file(file: Any) -> None:
        if file.size > MAX_FILE_BYTES or len(files) >= MAX_FILES:
            raise FormError("files")
        file.file_object.seek(0)
        data = file.file_object.read()
        if data:
            kind = str(getattr(file, "content_type", "") or "")
            files.append(Upload(_decoded(file.file_name), kind, data))

    try:
        parser = create_form_parser(
            {"Content-Type": content_type.encode("latin-1", "replace")},
            on_field,
            on_file,
            # The body is bounded and in memory already: no file of it spills onto the disk.
            config={"MAX_MEMORY_FILE_SIZE": MAX_BODY_BYTES + 1},
        )
        parser.write(body)
        parser.finalize()
    except (FormParserError, ValueError) as error:
        raise FormError("multipart") from error
    return Form(tuple(fields), tuple(files))


def _decoded(value: bytes | None) -> str:
    try:
        return (value or b"").decode("utf-8")
    except UnicodeDecodeError as error:
        raise FormError("utf-8") from error
