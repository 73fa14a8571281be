"""The content of a release as a document tree: canonical bytes, and folders of YAML files.

Canonical means: keys sorted, UTF-8, no spaces, no NaN. Only the fields of a form keep their order:
it is the order of the questions. Equal trees give equal bytes, so the hash of a release says all
about it and a roll-back publishes exactly what was in force before.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import zlib
from pathlib import Path
from typing import Any

import yaml

from atiende_kit.errors import Unavailable

FORMAT = 1
"""Version of the document's shape."""

MAX_CONTENT_BYTES = 16 * 1024 * 1024
"""A release is one document of the catalog's database."""

MAPS = ("procedures", "workflows")
"""Parts that a folder may hold as one file per entry: ``procedures/<code>.yaml``."""


def canonical_bytes(content: Any) -> bytes:
    """Writes a document tree as canonical JSON.

    Raises:
        ValueError: it holds NaN, an infinity or something that JSON does not know.
    """
    try:
        text = json.dumps(
            _sorted(content), ensure_ascii=False, separators=(",", ":"), allow_nan=False
        )
        return text.encode("utf-8")
    except TypeError as error:
        raise ValueError(str(error)) from error


def _sorted(value: Any, *, in_form: bool = False, is_fields: bool = False) -> Any:
    if isinstance(value, list):
        return [_sorted(one, in_form=in_form) for one in value]
    if not isinstance(value, dict):
        return value
    names = value if is_fields else sorted(value)
    return {
        name: _sorted(
            value[name],
            in_form=in_form or name == "form",
            is_fields=in_form and not is_fields and name == "properties",
        )
        for name in names
    }


def sha256_hex(data: bytes) -> str:
    """Returns the SHA-256 in lower-case hex."""
    return hashlib.sha256(data).hexdigest()


def compress(content: bytes) -> bytes:
    """Compresses a release; equal bytes give equal bytes."""
    return gzip.compress(content, compresslevel=9, mtime=0)


def decompress(data: bytes) -> bytes:
    """Unpacks a release, never more than the largest one.

    Raises:
        Unavailable: the data is damaged or too large.
    """
    unpacker = zlib.decompressobj(wbits=31)
    try:
        content = unpacker.decompress(data, MAX_CONTENT_BYTES)
    except zlib.error as error:
        raise _damaged() from error
    if unpacker.unconsumed_tail or not unpacker.eof:
        raise _damaged()
    return content


def _damaged() -> Unavailable:
    return Unavailable("RELEASE_DAMAGED", "La configuración de la ciudad llegó dañada.")


class _Loader(yaml.SafeLoader):
    """YAML without surprises: "no" and dates stay text, and a key given twice is an error."""


_TIMESTAMP = "tag:yaml.org,2002:timestamp"
_BOOL = "tag:yaml.org,2002:bool"
_Loader.yaml_implicit_resolvers = {
    first: [(tag, rule) for tag, rule in rules if tag not in (_TIMESTAMP, _BOOL)]
    for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver(_BOOL, re.compile("^(?:true|false)$"), list("tf"))


def _mapping(loader: _Loader, node: yaml.MappingNode) -> dict[Any, Any]:
    loader.flatten_mapping(node)
    made: dict[Any, Any] = {}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        if key in made:
            line = key_node.start_mark.line + 1
            raise ValueError(f"línea {line}: la clave «{key}» está repetida")
        made[key] = loader.construct_object(value_node, deep=True)
    return made


_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)


def load_yaml(text: str) -> Any:
    """Reads one YAML document.

    Raises:
        ValueError: the text is not YAML, or a key stands twice.
    """
    try:
        return yaml.load(text, Loader=_Loader)  # noqa: S506  # a SafeLoader subclass
    except yaml.YAMLError as error:
        raise ValueError(f"no es YAML válido: {error}") from error


def load_folder(folder: Path) -> dict[str, Any]:
    """Puts the files of a folder together into one document tree.

    ``city.yaml`` becomes the key ``city`` and so on; the files of ``procedures/`` and
    ``workflows/`` become entries named by their file. A top-level key that starts with "x-" only
    holds anchors and is left out.

    Raises:
        ValueError: a file cannot be read; the message names it.
    """
    if not (folder / "city.yaml").is_file():
        raise ValueError(f"{folder}: falta el archivo city.yaml")
    content: dict[str, Any] = {"format": FORMAT}
    for path in sorted(folder.glob("*.yaml")):
        content[path.stem] = _read(path)
    for part in MAPS:
        entries = {path.stem: _read(path) for path in sorted((folder / part).glob("*.yaml"))}
        if entries:
            content[part] = {**content.get(part, {}), **entries}
    return content


def _read(path: Path) -> Any:
    try:
        value = load_yaml(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(f"{path.name}: {error}") from error
    if isinstance(value, dict):
        return {key: item for key, item in value.items() if not str(key).startswith("x-")}
    return value
