"""Rules without I/O: delivery states, errors, texts, files, splitting."""

from __future__ import annotations

import itertools
import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atiende_channels.application.store_attachments import type_by_content
from atiende_channels.channels.base import split_text
from atiende_channels.domain import errors
from atiende_channels.domain.delivery import DeliveryState, advance
from atiende_channels.domain.errors import CHANNEL_ERRORS, ChannelError, for_http_status
from atiende_channels.domain.files import danger_flags, settle_type
from atiende_channels.domain.text import MAX_TEXT_BYTES, clean_filename, clean_line, clean_text

pytestmark = pytest.mark.unit

S = DeliveryState


def run(states: tuple[DeliveryState, ...]) -> DeliveryState:
    current = S.ACCEPTED
    for state in states:
        current = advance(current, state) or current
    return current


def test_statuses_in_any_order_and_number_end_in_the_same_state() -> None:
    reports = (S.SENT, S.DELIVERED, S.READ, S.SENT, S.DELIVERED)
    assert {run(order) for order in itertools.permutations(reports)} == {S.READ}


def test_late_failure_does_not_undo_a_delivery() -> None:
    assert advance(S.DELIVERED, S.PERMANENT_FAILURE) is None
    assert advance(S.READ, S.DELIVERED) is None


def test_proof_of_delivery_beats_a_failure() -> None:
    assert advance(S.TECHNICAL_FAILURE, S.DELIVERED) is S.DELIVERED


def test_bounce_after_sent_is_a_failure() -> None:
    assert advance(S.SENT, S.PERMANENT_FAILURE) is S.PERMANENT_FAILURE


def test_each_try_goes_back_to_sending() -> None:
    assert advance(S.TEMPORARY_FAILURE, S.SENDING) is S.SENDING
    assert advance(S.SENDING, S.TEMPORARY_FAILURE) is S.TEMPORARY_FAILURE


def test_repeated_status_is_no_news() -> None:
    assert all(advance(state, state) is None for state in S)


def test_list_of_channel_errors_is_closed_and_codes_are_unique() -> None:
    found = {
        one
        for one in vars(errors).values()
        if isinstance(one, type) and issubclass(one, ChannelError) and one is not ChannelError
    }
    assert found == set(CHANNEL_ERRORS)
    assert len({one.code for one in CHANNEL_ERRORS}) == len(CHANNEL_ERRORS) == 10


def test_only_408_and_429_of_the_4xx_are_tried_again() -> None:
    found = {status: for_http_status(status) for status in range(400, 600)}
    retried = {status for status, error in found.items() if error and error.retryable}
    assert retried == {408, 429, *range(500, 600)}
    assert for_http_status(204) is None


@given(st.text(max_size=600), st.integers(min_value=1, max_value=50))
def test_split_parts_fit_and_lose_only_white_space(text: str, limit: int) -> None:
    parts = split_text(text, limit)
    assert all(len(part) <= limit for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())


def test_split_prefers_paragraphs_then_words() -> None:
    assert split_text("Primero aquí.\n\nSegundo párrafo.", 24) == [
        "Primero aquí.",
        "Segundo párrafo.",
    ]
    assert split_text("una frase de palabras", 12) == ["una frase de", "palabras"]


@given(st.text(max_size=400))
def test_clean_text_is_stable_and_has_no_controls(text: str) -> None:
    cleaned, _ = clean_text(text)
    assert clean_text(cleaned)[0] == cleaned
    assert all(c in "\n\t" or unicodedata.category(c) not in {"Cc", "Cs"} for c in cleaned)
    cleaned.encode()


@pytest.mark.parametrize(
    "text",
    [
        "a" + "\u0301\u0323" * 80_000,
        "😀" * 1_000_000,
        "👩\u200d" * 100_000,
        "\u202e" * 100_000,
        "\ud800" * 100_000,
        "\0" * 1_000_000,
    ],
    ids=["marks", "emoji", "joiners", "overrides", "surrogates", "nul"],
)
def test_unicode_bombs_are_cut_quickly(text: str) -> None:
    start = time.thread_time()
    cleaned, changed = clean_text(text)
    assert time.thread_time() - start < 0.5
    assert changed
    assert len(cleaned.encode()) <= MAX_TEXT_BYTES


def test_whole_text_is_not_called_changed() -> None:
    assert clean_text("Hola,\r\nel niño y la ñapa 👍🏽.") == (
        "Hola,\nel niño y la ñapa 👍🏽.",
        False,
    )


def test_names_lose_direction_overrides_and_line_breaks() -> None:
    assert clean_line("Rosa\u202egpj.exe\r\nBcc: x@y") == "Rosagpj.exe Bcc: x@y"


@pytest.mark.parametrize(
    ("given_name", "clean"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\fotos\\hueco.jpg", "hueco.jpg"),
        ("a\0b<c>.pdf", "a_b_c_.pdf"),
        ("", "archivo"),
        ("...", "archivo"),
        ("x" * 300 + ".jpeg", "x" * 100 + ".jpeg"),
        ("foto\u202egpj.exe", "fotogpj.exe"),
    ],
)
def test_file_names_are_cleaned(given_name: str, clean: str) -> None:
    assert clean_filename(given_name) == clean


@pytest.mark.parametrize(
    ("data", "claim", "kind"),
    [
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 30, "application/pdf", "image/png"),
        (b"%PDF-1.7\n...", "image/jpeg", "application/pdf"),
        (b"hola vecinos, este es un texto", "image/jpeg", "text/plain"),
        (b"<html><script>1</script>", "text/plain", "text/html"),
        (b"MZ\x90\0" + b"\0" * 60, "image/png", "application/vnd.microsoft.portable-executable"),
        (b"From: a@b\r\n\r\nhola", "message/rfc822", "message/rfc822"),
        (bytes(range(256)), "image/jpeg", "application/octet-stream"),
        (b"a,b\n1,2\n", "text/csv", "text/csv"),
        (b"a,b\n1,2\n", "Text/CSV ; header=present", "text/csv"),
        (b"a,b\n1,2\n", "text/c\x00sv", "text/plain"),
        (b"a,b\n1,2\n", "text/" + "x" * 200, "text/plain"),
    ],
)
def test_type_follows_content_not_claim(data: bytes, claim: str, kind: str) -> None:
    assert settle_type(claim, type_by_content(data), data) == kind


def test_dangerous_files_are_flagged() -> None:
    exe = b"MZ" + b"\0" * 60
    flags = danger_flags("foto.jpg.exe", "image/jpeg", settle_type("", "", exe), exe)
    assert set(flags) >= {"EXECUTABLE", "DOUBLE_EXTENSION", "TYPE_MISMATCH"}
    assert danger_flags("carta.pdf", "application/pdf", "application/pdf", b"%PDF-") == ()
    assert "ACTIVE_CONTENT" in danger_flags("a.svg", "image/svg+xml", "image/svg+xml", b"<svg")
