"""What is checked of a request before any route sees it: size, pace, encoding, JSON hygiene."""

import asyncio
import contextlib
import json
import re
from collections.abc import Mapping
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from atiende_kit.errors import AtiendeError, InvalidInput
from atiende_kit.http.problems import problem_response, render

MAX_DEPTH = 64
MAX_QUERY_BYTES = 8192
MAX_DISCARDED_BYTES = 8 * 1024 * 1024
_INT64 = 1 << 63
_SUSPECT = re.compile(rb"\\u0000|\\u[dD][89a-fA-F]")
_JSON_TYPE = re.compile(rb"application/(?:[\w.+-]+\+)?json\s*(?:;|$)", re.IGNORECASE)
_BAD_ESCAPE = re.compile(rb"%00|%(?![0-9a-fA-F]{2})")


class _Refused(Exception):  # noqa: N818 -- internal signal, never seen outside this module
    def __init__(self, status: int, reason: str, detail: str) -> None:
        super().__init__(reason)
        self.status, self.reason, self.detail = status, reason, detail


def _too_large(limit: int) -> _Refused:
    return _Refused(413, "BODY_TOO_LARGE", f"El contenido supera {limit} bytes.")


def _malformed(detail: str) -> InvalidInput:
    return InvalidInput("JSON_MALFORMED", detail)


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        # Two readers may each take another one of the two values: RFC 8259 section 4.
        raise _malformed("El JSON tiene claves repetidas.")
    return result


def _small_int(text: str) -> int:
    # 20 characters hold every 64-bit number; longer ones cost quadratic time to read.
    if len(text) > 20 or not -_INT64 <= (value := int(text)) < _INT64:  # noqa: PLR2004
        raise _malformed("Un número del JSON es demasiado grande.")
    return value


def _finite_float(text: str) -> float:
    value = float(text)
    if value in {float("inf"), float("-inf")}:
        raise _malformed("Un número del JSON es demasiado grande.")
    return value


def _no_constant(_name: str) -> Any:
    raise _malformed("NaN e Infinity no son JSON.")


def check_json(body: bytes) -> None:
    """Refuse JSON that is ambiguous or that a database cannot hold.

    Invalid UTF-8, duplicate keys, NaN, numbers beyond 64 bits, NUL and lone surrogates, and
    nesting deeper than 64.

    Raises:
        InvalidInput: With what is wrong, in words.
    """
    try:
        value = json.loads(
            body.decode("utf-8"),
            object_pairs_hook=_no_duplicates,
            parse_constant=_no_constant,
            parse_int=_small_int,
            parse_float=_finite_float,
        )
    except UnicodeDecodeError:
        raise _malformed("El contenido no es UTF-8 válido.") from None
    except ValueError:
        raise _malformed("El contenido no es JSON válido.") from None
    except RecursionError:
        raise _malformed("El JSON está demasiado anidado.") from None
    if body.count(b"[") + body.count(b"{") > MAX_DEPTH or _SUSPECT.search(body):
        _check_values(value)


def _check_values(value: Any) -> None:
    level = [value]
    for _depth in range(MAX_DEPTH):
        below: list[Any] = []
        for item in level:
            if isinstance(item, dict):
                below.extend(item.keys())
                below.extend(item.values())
            elif isinstance(item, list):
                below.extend(item)
            elif isinstance(item, str) and not _clean(item):
                raise _malformed("Un texto del JSON tiene caracteres no válidos.")
        if not below:
            return
        level = below
    raise _malformed("El JSON está demasiado anidado.")


def _clean(text: str) -> bool:
    if "\x00" in text:
        return False
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:  # a lone surrogate
        return False
    return True


class BodyGuard:
    """Reads a request's body within limits of size and time, checks it, hands it on whole.

    Bodies are small here (limits of a megabyte), every route reads all of its body anyway, and
    reading it before routing means that a slow or oversized sender never occupies a handler.

    Args:
        app: What comes next.
        max_bytes: For every path without a limit of its own.
        seconds: For the whole body to arrive.
        limits: Path prefix to bytes, for uploads.
        unchecked: Path prefixes whose JSON is not ours to judge: webhooks keep what was sent.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        max_bytes: int,
        seconds: float,
        limits: Mapping[str, int],
        unchecked: tuple[str, ...],
    ) -> None:
        self.app = app
        self.max_bytes = max_bytes
        self.seconds = seconds
        self.limits = sorted(limits.items(), key=lambda item: -len(item[0]))
        self.unchecked = unchecked

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        try:
            body = await self._checked_body(scope, receive)
        except _Refused as refused:
            # The unread rest of the body would be taken for the next request.
            response = problem_response(
                refused.status, refused.reason, refused.detail, headers={"Connection": "close"}
            )
            await response(scope, receive, send)
            return
        except AtiendeError as error:
            await render(error)(scope, receive, send)
            return
        if body is None:
            return
        await self.app(scope, _replay(body, receive), send)

    async def _checked_body(self, scope: Scope, receive: Receive) -> bytes | None:
        query: bytes = scope.get("query_string", b"")
        if len(query) > MAX_QUERY_BYTES:
            raise InvalidInput("ADDRESS_TOO_LONG", "La dirección es demasiado larga.")
        path_bytes: bytes = scope.get("raw_path") or b""
        if b"\x00" in path_bytes or _BAD_ESCAPE.search(path_bytes) or _BAD_ESCAPE.search(query):
            raise InvalidInput("ADDRESS_MALFORMED", "La dirección tiene caracteres no válidos.")
        path: str = scope["path"]
        declared, json_type = _headers(scope)
        body = await self._read(receive, declared, self._limit_of(path))
        if body and json_type and not path.startswith(self.unchecked):
            check_json(body)
        return body

    def _limit_of(self, path: str) -> int:
        for prefix, size in self.limits:
            if path.startswith(prefix):
                return size
        return self.max_bytes

    async def _read(self, receive: Receive, declared: int | None, limit: int) -> bytes | None:
        if declared == 0:
            return b""
        if declared is not None and declared > limit:
            if declared <= MAX_DISCARDED_BYTES:
                await self._discard(receive)
            raise _too_large(limit)
        chunks: list[bytes] = []
        size = 0
        try:
            async with asyncio.timeout(self.seconds):
                while True:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        return None
                    chunk: bytes = message.get("body", b"")
                    size += len(chunk)
                    if size > limit:
                        await self._discard(receive, more=message.get("more_body", False))
                        raise _too_large(limit)
                    chunks.append(chunk)
                    if not message.get("more_body", False):
                        return b"".join(chunks)
        except TimeoutError:
            raise _Refused(
                408, "BODY_TOO_SLOW", "El contenido no llegó completo a tiempo."
            ) from None

    async def _discard(self, receive: Receive, *, more: bool = True) -> None:
        """Read what is still coming, up to a limit.

        Closing on unread data resets the connection, and the client would never see why.
        """
        left = MAX_DISCARDED_BYTES
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self.seconds):
                while more and left > 0:
                    message = await receive()
                    left -= len(message.get("body", b""))
                    more = message["type"] == "http.request" and message.get("more_body", False)


def _headers(scope: Scope) -> tuple[int | None, bool]:
    declared: int | None = None
    json_type = False
    for name, value in scope["headers"]:
        if name == b"content-length":
            if not value.isdigit():
                raise InvalidInput("LENGTH_MALFORMED", "Content-Length no es válido.")
            declared = int(value[:20])
        elif name == b"content-type":
            json_type = bool(_JSON_TYPE.match(value))
    return declared, json_type


def _replay(body: bytes, receive: Receive) -> Receive:
    given = False

    async def replayed() -> Message:
        nonlocal given
        if not given:
            given = True
            return {"type": "http.request", "body": body, "more_body": False}
        return await receive()  # what is left is the disconnect

    return replayed
