"""A run over real mail kept outside of the repository; skipped with one line when it is absent."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from atiende_channels.channels.base import Unreadable
from atiende_channels.channels.email.folding import fold
from atiende_channels.channels.email.html import html_to_text
from atiende_channels.channels.email.parser import Rules, parse
from atiende_channels.domain.model import ParsedMessage, Refusal

pytestmark = pytest.mark.integration

ROOT = Path(__file__).parents[6]
DATA = Path(os.environ.get("ATIENDE_DATA", ROOT / "shared" / "data")) / "email"
if not DATA.is_dir():
    pytest.skip("recorded mail is not on this machine", allow_module_level=True)

RULES = Rules("atencion@sanaurelio.example", message_id_domain="mail.sanaurelio.example")
PERSONAL = {
    # A person forwards a bounce to a colleague.
    "lhost-sendmail-14.eml",
}


def outcome(path: Path) -> str:
    try:
        items = parse(path.read_bytes(), RULES)
    except Unreadable as error:
        return f"unreadable {error.reason}"
    last = items[-1]
    return last.reason if isinstance(last, Refusal) else "message"


def test_every_recorded_mail_is_an_entry_or_a_named_refusal(record_property: Any) -> None:
    paths = [p for s in ("*.box", "*.msg", "*.eml") for p in sorted(DATA.rglob(s))]
    counts = Counter(outcome(path) for path in paths)
    record_property("outcomes", dict(counts))
    assert sum(counts.values()) == len(paths) >= 400
    assert sum(n for name, n in counts.items() if name.startswith("unreadable")) <= 5


def test_recorded_bounces_and_automatic_replies_open_nothing() -> None:
    paths = sorted((DATA / "sisimai-bounces").glob("*.eml"))
    opened = {p.name for p in paths if outcome(p) == "message"} - PERSONAL
    assert not opened


class _Loader(yaml.SafeLoader):
    """Reads YAML written by Ruby, whatever its tags."""


def _untagged(loader: Any, suffix: str, node: Any) -> Any:
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return loader.construct_scalar(node)


_Loader.add_multi_constructor("!", _untagged)
_Loader.add_multi_constructor("tag:", _untagged)


def test_senders_and_subjects_match_another_system() -> None:
    wrong: list[str] = []
    compared = 0
    for expected_path in sorted((DATA / "zammad").glob("*.yml")):
        try:
            expected = yaml.load(expected_path.read_text(), _Loader)
            items = parse(expected_path.with_suffix(".box").read_bytes(), RULES)
        except (yaml.YAMLError, Unreadable, FileNotFoundError):
            continue
        [message] = items[-1:]
        if not isinstance(message, ParsedMessage) or not expected.get("from_email"):
            continue
        compared += 1
        sender = str(expected["from_email"]).lower()
        subject = " ".join(str(expected.get("subject") or "").split())
        if message.sender.address != sender or message.subject != subject:
            wrong.append(f"{expected_path.stem}: {message.sender.address} {message.subject!r}")
    assert compared >= 50
    assert len(wrong) <= compared * 0.12, wrong


def test_replies_are_separated_from_quotes() -> None:
    folder = DATA / "talon-replies"
    wrong = []
    paths = sorted((folder / "standard_replies").glob("*.eml"))
    for path in paths:
        [message] = parse(path.read_bytes(), RULES)[-1:]
        assert isinstance(message, ParsedMessage)
        other = path.with_name(f"{path.stem}_reply_text")
        wanted = other.read_text() if other.exists() else "Hello"
        shown = " ".join(message.text.split())
        if shown not in {" ".join(wanted.split()), "Hello"}:
            wrong.append(path.name)
    # One quotes in Russian.
    assert wrong in ([], ["android.eml"])
    pages = sorted((folder / "html_replies").glob("*.html"))
    split = [p.name for p in pages if fold(html_to_text(p.read_text(errors="replace")))[1]]
    assert len(split) >= 8
