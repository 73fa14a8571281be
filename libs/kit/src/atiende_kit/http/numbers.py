"""Numbers of request bodies, taken as JSON Schema means them."""

from __future__ import annotations

from typing import Final

from pydantic import BeforeValidator

__all__ = ["JSON_INTEGER"]


def _whole(value: object) -> object:
    return int(value) if isinstance(value, float) and value.is_integer() else value


JSON_INTEGER: Final = BeforeValidator(_whole)
"""After `Field(strict=True)`: 5.0 is an integer, as in JSON Schema; `true` and `"5"` are none."""
