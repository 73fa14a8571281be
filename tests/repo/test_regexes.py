"""No pattern of ours can be made to run long by what people send (reliability S16)."""

from __future__ import annotations

import ast
import importlib
import re
import re._constants as ops
import re._parser as parser
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.repo

ROOT = Path(__file__).resolve().parents[2]
LENGTH = 20_000
CPU_SECONDS = 1.0
"""A linear pattern takes some milliseconds for such a text, a quadratic one seconds."""
USES = ("compile", "match", "fullmatch", "search", "sub", "split", "findall", "finditer")
CLASSES = {ops.CATEGORY_DIGIT: "1", ops.CATEGORY_SPACE: " ", ops.CATEGORY_WORD: "a"}


@dataclass(frozen=True)
class Use:
    """A pattern and where it is written."""

    place: str
    how: str
    pattern: str


def uses() -> Iterator[Use]:
    """Every pattern of `re` and every `pattern=` of a model whose text stands in the code."""
    for file in sorted([*ROOT.glob("libs/*/src/**/*.py"), *ROOT.glob("services/*/src/**/*.py")]):
        if file.name.endswith("_pb2.py"):
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            place = f"{file.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}"
            if isinstance(node, ast.Call) and _is_re(node.func) and node.args:
                yield from _literal(node.args[0], node.func.attr, place)  # type: ignore[attr-defined]
            elif isinstance(node, ast.keyword) and node.arg == "pattern":
                yield from _literal(node.value, "pattern", place)


def _is_re(function: ast.expr) -> bool:
    return (
        isinstance(function, ast.Attribute)
        and isinstance(function.value, ast.Name)
        and function.value.id == "re"
        and function.attr in USES
    )


def _literal(node: ast.expr, how: str, place: str) -> Iterator[Use]:
    try:
        value = ast.literal_eval(node)
    except ValueError:
        return
    if isinstance(value, str):
        yield Use(place, how, value)


def composed() -> Iterator[Use]:
    """Patterns that are put together when a module is loaded."""
    for file in sorted(ROOT.glob("services/*/src/**/*.py")):
        text = file.read_text(encoding="utf-8")
        if not re.search(r"re\.compile\(\s*(?:f\"|rf\"|fr\"|\w+[,)])", text):
            continue
        name = ".".join(file.relative_to(ROOT).with_suffix("").parts[3:])
        for key, value in vars(importlib.import_module(name)).items():
            if isinstance(value, re.Pattern) and isinstance(value.pattern, str):
                yield Use(f"{name}.{key}", "search", value.pattern)


def test_every_pattern_stays_linear() -> None:
    found = [*uses(), *composed()]
    assert len(found) >= 140
    slow = [f"{use.place}: {use.pattern[:80]}" for use in found if _runs_long(use)]
    assert slow == []


def test_a_bad_pattern_would_be_seen() -> None:
    for pattern in (r"(a+)+b", r"^(\w+\s?)*$", r"\s*\s*\s*x", r"(?:a|a)*c"):
        assert _runs_long(Use("here", "search", pattern)), pattern


def _runs_long(use: Use) -> bool:
    pattern: re.Pattern[str] = re.compile(use.pattern)
    ask = {"match": pattern.match, "fullmatch": pattern.fullmatch}.get(use.how, pattern.search)
    return any(_is_slow(ask, text) for text in _attacks(use.pattern))


def _attacks(pattern: str) -> Iterator[str]:
    """What a pattern likes to read, over and over, with an end that it does not like."""
    liked = sorted(_liked(parser.parse(pattern)))[:12] or ["a"]
    pairs = [one + other for one in liked[:6] for other in liked[:6] if one != other]
    for piece in [*liked, *pairs]:
        text = piece * (LENGTH // len(piece))
        yield f"{text}\x00"
        yield text


def _liked(tree: Any) -> set[str]:
    found: set[str] = set()
    for op, value in tree:
        if op is ops.LITERAL:
            found.add(chr(value))
        elif op is ops.RANGE:
            found.add(chr(value[0]))
        elif op is ops.CATEGORY:
            found.add(CLASSES.get(value, "-"))
        elif op in (ops.ANY, ops.NOT_LITERAL):
            found.add("x")
        elif op is ops.IN:
            found |= _liked(value)
        elif op in (ops.MAX_REPEAT, ops.MIN_REPEAT, ops.POSSESSIVE_REPEAT):
            found |= _liked(value[2])
        elif op is ops.SUBPATTERN:
            found |= _liked(value[3])
        elif op is ops.BRANCH:
            for branch in value[1]:
                found |= _liked(branch)
        elif op in (ops.ASSERT, ops.ASSERT_NOT):
            found |= _liked(value[1])
    return found


class _TooLong(Exception):  # noqa: N818 - a signal, not an error
    pass


def _is_slow(ask: Any, text: str) -> bool:
    def stop(*_: Any) -> None:
        raise _TooLong

    before = signal.signal(signal.SIGVTALRM, stop)
    # Time of the processor: what else the machine does is not measured.
    signal.setitimer(signal.ITIMER_VIRTUAL, CPU_SECONDS)
    try:
        ask(text)
    except _TooLong:
        return True
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
    return False
