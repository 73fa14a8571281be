"""Pages of a list: an opaque cursor says where the next page begins."""

import base64
import binascii
import json
from collections.abc import Mapping
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Query
from pydantic import BaseModel, ConfigDict

from atiende_kit.errors import InvalidInput

T = TypeVar("T")

MAX_CURSOR = 1024

CursorParam = Annotated[
    str | None,
    Query(max_length=MAX_CURSOR, description="`next_cursor` of the page before; absent at first."),
]
LimitParam = Annotated[int, Query(ge=1, le=200, description="Most items on a page.")]


class Page(BaseModel, Generic[T]):
    """A page of a list. `next_cursor` is absent on the last one."""

    model_config = ConfigDict(frozen=True)

    items: list[T]
    next_cursor: str | None = None


def encode_cursor(position: Mapping[str, Any]) -> str:
    """Return an opaque text for a position: the sort keys of the last item that was given.

    The caller may decode and change it, so it never decides what may be seen.
    """
    raw = json.dumps(dict(position), separators=(",", ":"), ensure_ascii=False).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def decode_cursor(cursor: str) -> dict[str, Any]:
    """Return the position; its values are scalars but otherwise as trustworthy as any input.

    Raises:
        InvalidInput: It was not made by `encode_cursor`.
    """
    wrong = InvalidInput(
        "CURSOR_INVALID", "La página pedida no existe.", fields={"/query/cursor": "no es válido"}
    )
    if len(cursor) > MAX_CURSOR or not cursor.isascii():
        raise wrong
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        position = json.loads(raw.decode("utf-8"))
    except (binascii.Error, ValueError, RecursionError):
        raise wrong from None
    if not isinstance(position, dict) or not all(_scalar(value) for value in position.values()):
        raise wrong
    return position


def _scalar(value: Any) -> bool:
    if isinstance(value, str):
        try:
            value.encode("utf-8")
        except UnicodeEncodeError:  # a lone surrogate, which no database holds
            return False
        return "\x00" not in value
    if isinstance(value, int) and not isinstance(value, bool):
        return abs(value) < 1 << 63
    # A nested value could become an operator of a query.
    return value is None or isinstance(value, bool | float)
