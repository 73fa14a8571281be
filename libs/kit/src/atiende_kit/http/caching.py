"""Answers that a client may keep: entity tags and `304 Not Modified` (RFC 9110 section 8.8.3)."""

from __future__ import annotations

import hashlib
from typing import Any

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

# For a route's `responses=`: an answer that the client holds already has no body.
NOT_MODIFIED: dict[int | str, dict[str, Any]] = {
    304: {"description": "What the client holds (`If-None-Match`) is still so."}
}


def cached(
    request: Request, body: BaseModel, *, cache_control: str, version: str | None = None
) -> Response:
    """Return a body with its entity tag, or 304 when the client names that tag.

    Args:
        request: Its `If-None-Match` is compared.
        body: The answer.
        cache_control: Such as ``public, max-age=60``; ``private, no-cache`` for what depends on
            who asks.
        version: What the tag stands for, when the body also holds what changes by itself, such as
            the present time; the body when absent.
    """
    data = body.model_dump_json().encode()
    named = data if version is None else version.encode()
    # Weak: a proxy that compresses on the way sends other bytes of the same meaning.
    tag = f'W/"{hashlib.sha256(named).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": cache_control}
    if cache_control.startswith("private"):
        headers["Vary"] = "Authorization, Cookie"
    if holds(request.headers.get("if-none-match", ""), tag):
        return Response(status_code=304, headers=headers)
    return Response(data, media_type="application/json", headers=headers)


def holds(if_none_match: str, tag: str) -> bool:
    """Tell whether a list of entity tags names one, by the weak comparison."""
    wanted = tag.removeprefix("W/")
    names = [one.strip().removeprefix("W/") for one in if_none_match.split(",")]
    return wanted in names or "*" in names
