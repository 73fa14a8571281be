"""Documents of GeoReport v2 as XML and JSON.

JSON follows the Spark convention of the specification: an element whose children all have one name
is
an array of them, so every container below names its children.
"""

import html
import json
import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Final

Value = str | int | float | bool | None | Mapping[str, "Value"] | Sequence["Value"]

CHILDREN: Final = {
    "services": "service",
    "attributes": "attribute",
    "values": "value",
    "service_requests": "request",
    "errors": "error",
    "endpoints": "endpoint",
    "formats": "format",
}
"""Name of the children of each container."""

# What XML 1.0 cannot hold at all, not even escaped (section 2.2).
_NOT_XML = re.compile("[^\\t\\n\\r\\u0020-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")


class Format(StrEnum):
    """Formats of an answer."""

    XML = "xml"
    JSON = "json"


CONTENT_TYPES: Final = {
    Format.XML: "text/xml; charset=utf-8",
    Format.JSON: "application/json; charset=utf-8",
}


def render(form: Format, root: str, value: Value) -> bytes:
    """Writes a document.

    Args:
        form: XML or JSON.
        root: Name of the XML root; JSON has none.
        value: The content; None is an empty element or null.
    """
    if form is Format.JSON:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False)
        return text.encode("utf-8", "replace")
    parts = ['<?xml version="1.0" encoding="UTF-8"?>\n']
    _element(parts, root, value)
    return "".join(parts).encode()


def _element(parts: list[str], name: str, value: Value) -> None:
    if value is None or value in ("", [], ()):
        parts.append(f"<{name}/>")
        return
    parts.append(f"<{name}>")
    if isinstance(value, Mapping):
        for child, inner in value.items():
            _element(parts, child, inner)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for inner in value:
            _element(parts, CHILDREN[name], inner)
    else:
        parts.append(_text(value))
    parts.append(f"</{name}>")


def _text(value: str | float | bool) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    # A carriage return would be read back as a line feed unless it is a character reference.
    clean = _NOT_XML.sub("\ufffd", str(value))
    return html.escape(clean, quote=False).replace("\r", "&#13;")
