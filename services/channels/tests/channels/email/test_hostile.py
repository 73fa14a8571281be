"""Bodies made to break parsers: each is settled in a few seconds and the next one is not touched."""

from __future__ import annotations

import asyncio
import contextlib
import resource
from typing import Any

import pytest

from atiende_channels.channels.base import Unreadable
from atiende_channels.channels.email.parser import Rules, parse
from atiende_channels.channels.email.pool import ParserPool
from atiende_channels.domain.model import ParsedMessage

RULES = Rules("atencion@sanaurelio.example", envelope_from="a@example.org")
HEAD = b"From: a@example.org\r\nMessage-ID: <h@example.org>\r\nMIME-Version: 1.0\r\n"


def _type(value: bytes) -> bytes:
    return HEAD + b"Content-Type: " + value + b"\r\n\r\n"


def _bombs() -> dict[str, bytes]:
    part = b"--b\r\nContent-Disposition: attachment; filename=x\r\n\r\nx\r\n"
    mixed = _type(b'multipart/mixed; boundary="b"')
    nested = b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (i, i)
        for i in range(10_000)
    )
    params = b"".join(b"\r\n a*%d=x;" % i for i in range(25_000))
    return {
        "a million parts": mixed + b"--b\r\n\r\n" * 1_000_000,
        "500 attachments": mixed + part * 500,
        "depth 10,000": HEAD + nested,
        "25,000 parameters": _type(b"text/plain;" + params) + b"hola",
        "4,500 parameters": _type(b"text/plain;" + params[:60_000]) + b"hola",
        "1,000 parentheses": HEAD + b"To: " + b"(" * 1000 + b"\r\n\r\nhola",
        "parentheses in From": b"From: " + b"(" * 7000 + b"\r\n\r\nhola",
        "20,000 addresses": HEAD
        + b"To: "
        + b",\r\n ".join(b"u%d@e.org" % i for i in range(20_000))
        + b"\r\n\r\nhola",
        "combining marks": _type(b"text/plain; charset=utf-8")
        + ("a" + "\u0301\u0323" * 80_000).encode(),
        "line of 20 MB": HEAD + b"\r\n" + b"a" * 20_000_000,
        "200,000 open divs": _type(b"text/html") + b"<div>" * 200_000 + b"hola",
        "80,000 blockquotes": _type(b"text/html") + b"<blockquote>" * 80_000 + b"hola",
        "attributes": _type(b"text/html") + b"<p " + b"a='1' " * 100_000 + b">hola",
        "NUL": HEAD + b"\r\n" + b"\0" * 100_000 + b"hola",
        "broken base64": HEAD + b"Content-Transfer-Encoding: base64\r\n\r\n!!!aG9sYQ=!=" * 1000,
        "missing boundary": _type(b"multipart/mixed") + b"hola",
        "contradictory types": HEAD
        + b"Content-Type: image/png\r\nContent-Type: text/html\r\n\r\nx",
        "8-bit headers": "Subject: ñandú €\r\nFrom: Ñoño <ñ@ñandú.example>\r\n\r\nx".encode(),
        "message in message": HEAD + b"Content-Type: message/rfc822\r\n\r\n" * 90 + b"hola",
        "encoded words": HEAD
        + b"Subject: "
        + b"\r\n ".join([b"=?utf-8?q?a?="] * 3000)
        + b"\r\n\r\nx",
        "attributions": HEAD + b"\r\n" + b"El lunes a\r\n" * 6000,
        "quote marks": HEAD + b"\r\n" + b"> " * 30_000 + b"\r\nhola",
        "escape characters": HEAD + b"\r\n" + b"\x1b[2J" * 20_000,
        "bare CR": HEAD.replace(b"\r\n", b"\r") + b"\r\rhola",
        "codec that is no charset": _type(b"text/plain; charset=zlib_codec") + b"hola",
        "winmail": mixed
        + b"--b\r\nContent-Type: application/ms-tnef\r\n\r\n\x78\x9f\x3e\x22\r\n--b--\r\n",
    }


BOMBS = _bombs()


def _cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@pytest.mark.integration
@pytest.mark.parametrize("name", sorted(BOMBS))
async def test_hostile_mail_is_settled_within_five_seconds(name: str) -> None:
    pool = ParserPool(1)
    before = _cpu_of_children()
    try:
        with contextlib.suppress(Unreadable):
            assert await pool.parse(BOMBS[name], RULES)
        after = await pool.parse(HEAD + b"\r\nhola", RULES)
        assert isinstance(after[0], ParsedMessage)
        assert after[0].text == "hola"
    finally:
        await pool.close()
    # CPU, not wall time: a busy machine must not fail the test.
    assert _cpu_of_children() - before <= 6


@pytest.mark.integration
async def test_child_that_hangs_is_replaced_and_the_next_mail_is_read() -> None:
    pool = ParserPool(1)
    try:
        await pool.parse(HEAD + b"\r\nhola", RULES)
        pool._wall_seconds = 0.5
        child = pool._idle[0].process
        child.send_signal(19)  # SIGSTOP
        with pytest.raises(Unreadable) as refused:
            await pool.parse(HEAD + b"\r\nhola", RULES)
        assert refused.value.reason == "LIMIT_TIME"
        pool._wall_seconds = 10
        [message] = await pool.parse(HEAD + b"\r\nhola", RULES)
        assert isinstance(message, ParsedMessage)
        assert pool.killed == 1
    finally:
        await pool.close()


@pytest.mark.integration
async def test_child_killed_from_outside_costs_no_mail() -> None:
    pool = ParserPool(1)
    try:
        await pool.parse(HEAD + b"\r\nhola", RULES)
        pool._idle[0].process.kill()
        [message] = await pool.parse(HEAD + b"\r\nhola", RULES)
        assert isinstance(message, ParsedMessage)
        await pool._idle[0].kill()
        assert await pool.parse(HEAD + b"\r\nhola", RULES)
        assert pool.killed == 2
    finally:
        await pool.close()


@pytest.mark.integration
async def test_mail_whose_children_die_is_unreadable(monkeypatch: pytest.MonkeyPatch) -> None:
    pool = ParserPool(1)
    start = pool._start

    async def doomed() -> Any:
        child = await start()
        child.process.kill()
        return child

    monkeypatch.setattr(pool, "_start", doomed)
    try:
        with pytest.raises(Unreadable) as refused:
            await pool.parse(HEAD + b"\r\nhola", RULES)
        assert (refused.value.reason, pool.killed) == ("PARSER_DIED", 2)
    finally:
        await pool.close()


@pytest.mark.integration
async def test_mails_side_by_side_are_not_mixed_up() -> None:
    pool = ParserPool(2)
    try:
        texts = [f"carta {n}" for n in range(40)]
        found = await asyncio.gather(
            *(pool.parse(HEAD + b"\r\n" + text.encode(), RULES) for text in texts)
        )
        assert [items[0].text for items in found] == texts  # type: ignore[union-attr]
    finally:
        await pool.close()


@pytest.mark.unit
@pytest.mark.parametrize("body", [b"", b"\r\n\r\n", b"   "])
def test_empty_mail_is_unreadable(body: bytes) -> None:
    with pytest.raises(Unreadable):
        parse(body, RULES)
