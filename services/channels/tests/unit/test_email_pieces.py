"""Threads, senders, verification, folding and outgoing mail."""

from __future__ import annotations

import email
import random
import time
from datetime import UTC, datetime
from email.policy import compat32, default

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atiende_channels.channels.email.authentication import is_verified
from atiende_channels.channels.email.folding import fold
from atiende_channels.channels.email.frames import (
    pack_items,
    pack_job,
    unpack,
    unpack_items,
    unpack_job,
)
from atiende_channels.channels.email.headers import addresses, canonical, decode_words, message_ids
from atiende_channels.channels.email.html import html_to_text
from atiende_channels.channels.email.outgoing import build
from atiende_channels.channels.email.parser import Rules, fingerprint, parse, provider_id
from atiende_channels.channels.email.smtp import error_for
from atiende_channels.domain.errors import (
    ContentUnsupported,
    RecipientInvalid,
    RejectedByProvider,
    RejectedRetryable,
    Throttled,
)
from atiende_channels.domain.model import (
    Account,
    Channel,
    Contact,
    OutboundFile,
    OutboundMessage,
    Purpose,
)

pytestmark = pytest.mark.unit

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
ACCOUNT = Account(
    "sanaurelio", Channel.EMAIL, "atencion@sanaurelio.example", "Atención San Aurelio"
)


def outbound(**changes: object) -> OutboundMessage:
    values: dict[str, object] = {
        "message_id": "m-1",
        "conversation_id": "c-1",
        "recipient": Contact(Channel.EMAIL, "rosa@example.org", "Rosa"),
        "text": "Línea uno.\nLínea dos.",
        "subject": "Su caso",
    }
    return OutboundMessage(**(values | changes))  # type: ignore[arg-type]


def built(**changes: object) -> email.message.Message:
    mail = build(outbound(**changes), ACCOUNT, message_id_domain="mail.example", now=NOW)
    return email.message_from_bytes(mail.as_bytes())


def test_fingerprint_ignores_the_way_a_letter_took() -> None:
    letter = b"From: a@e.org\r\nSubject: x\r\nMessage-ID: <1@e>\r\n\r\nhola\r\n"
    other = b"Received: by y\r\nDKIM-Signature: z\r\n" + letter.replace(b"\r\n", b"\n")
    assert fingerprint(letter) == fingerprint(other)
    assert fingerprint(letter) != fingerprint(letter.replace(b"hola", b"adios"))


def test_missing_message_id_is_derived_from_content() -> None:
    one, two = b"From: a@e.org\n\nhola", b"From: a@e.org\n\nadios"
    assert provider_id(one) == provider_id(b"Received: x\n" + one)
    assert provider_id(one) != provider_id(two)


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("Rosa <ROSA@Example.org>", [("Rosa", "rosa@example.org")]),
        ('"a, b" <x@e.org>, y@e.org', [("a, b", "x@e.org"), ("", "y@e.org")]),
        ("=?utf-8?q?Jos=C3=A9?= <j@e.org>", [("José", "j@e.org")]),
        ("undisclosed-recipients:;", []),
        ("<>", []),
        ("((((((", []),
        ("rosa@ñandú.example", [("", "rosa@xn--and-6ma2c.example")]),
    ],
)
def test_addresses_are_read_and_made_canonical(value: str, found: list[tuple[str, str]]) -> None:
    assert addresses(value) == found


def test_two_forms_of_an_address_are_one_identity() -> None:
    assert canonical("José@Example.ORG") == canonical("Jose\u0301@example.org.")


def test_words_split_inside_a_character_are_joined() -> None:
    assert decode_words("=?utf-8?q?ni=C3?= =?utf-8?q?=B1o?=") == "niño"


def test_message_ids_are_found_with_and_without_brackets() -> None:
    assert message_ids("<a@b> <c@d>\n <a@b>") == ["a@b", "c@d"]
    assert message_ids("a@b") == ["a@b"]


RESULTS = "mx.sanaurelio.example; {} "


@pytest.mark.parametrize(
    ("fields", "verified"),
    [
        (["dmarc=pass header.from=example.org"], True),
        (["dkim=pass header.d=example.org"], True),
        (["dkim=pass header.d=otro.example"], False),
        (["spf=pass smtp.mailfrom=example.org"], False),
        (["dkim=fail header.d=example.org"], False),
        (["none"], False),
        ([], False),
    ],
)
def test_sender_is_verified_only_by_aligned_proof(fields: list[str], verified: bool) -> None:
    head = "".join(f"Authentication-Results: {RESULTS.format(f)}\n" for f in fields)
    message = email.message_from_string(f"{head}From: r@example.org\n\nx", policy=compat32)
    assert is_verified(message, "r@example.org", "mx.sanaurelio.example") is verified
    assert is_verified(message, "r@example.org", "") is False


def test_forged_results_below_the_trusted_field_do_not_count() -> None:
    text = (
        "Authentication-Results: malo.example; dmarc=pass header.from=example.org\n"
        "Authentication-Results: mx.sanaurelio.example; dmarc=pass header.from=example.org\n"
        "From: r@example.org\n\nx"
    )
    message = email.message_from_string(text, policy=compat32)
    assert not is_verified(message, "r@example.org", "mx.sanaurelio.example")


def test_out_mail_cannot_be_given_headers_by_its_content() -> None:
    evil = "x\r\nBcc: todos@example.org\r\n\r\nhola"
    mail = built(subject=evil, thread_key=evil, reply_to_keys=(evil, "ok@example.org"))
    assert mail["Bcc"] is None
    assert mail["In-Reply-To"] == "<ok@example.org>"
    assert "\n" not in str(mail["Subject"])


@pytest.mark.parametrize("address", ["", "x", "a@b\r\nBcc: c@d.e", "a b@c.d", "@e.org", "a@local"])
def test_impossible_recipients_are_refused(address: str) -> None:
    with pytest.raises(RecipientInvalid):
        built(recipient=Contact(Channel.EMAIL, address))


def test_empty_text_is_not_sent() -> None:
    with pytest.raises(ContentUnsupported):
        built(text="  ")


def test_notifications_say_that_they_are_automatic_and_replies_do_not() -> None:
    assert built(purpose=Purpose.NOTIFICATION)["Auto-Submitted"] == "auto-generated"
    answered = built(purpose=Purpose.NOTIFICATION, reply_to_keys=("a@b.c",))
    assert answered["Auto-Submitted"] == "auto-replied"
    assert built()["Auto-Submitted"] is None
    assert built()["X-Loop"] == "atencion@sanaurelio.example"


def test_our_own_mail_coming_back_opens_nothing() -> None:
    mail = build(outbound(), ACCOUNT, message_id_domain="mail.example", now=NOW).as_bytes()
    [item] = parse(mail, Rules("atencion@sanaurelio.example"))
    assert getattr(item, "reason", "") == "LOOP"


@pytest.mark.parametrize(
    ("code", "text", "at_recipient", "kind"),
    [
        (550, "5.1.1 no such user", True, RecipientInvalid),
        (550, "mailbox unavailable", True, RecipientInvalid),
        (550, "5.7.1 spam", False, RejectedByProvider),
        (451, "4.7.1 greylisted", True, RejectedRetryable),
        (421, "4.7.0 slow down", False, Throttled),
        (552, "5.2.2 full", True, RejectedByProvider),
    ],
)
def test_smtp_answers_become_channel_errors(
    code: int, text: str, at_recipient: bool, kind: type
) -> None:
    assert type(error_for(code, text, at_recipient=at_recipient)) is kind


@given(st.text(alphabet="> \nElwróteOn:-_<@.aDe0123456789/,", max_size=400))
def test_folding_loses_no_word(text: str) -> None:
    kept, folded = fold(text)
    assert sorted("".join((kept + folded).split())) == sorted("".join(text.split()))
    assert kept or not text.strip()


@pytest.mark.parametrize("seed", range(4))
def test_folding_is_linear_on_hostile_text(seed: int) -> None:
    pick = random.Random(seed)
    pieces = ["El ", "On ", "> ", "De: x\n", "\n", "wrote:", "escribió:", "a", " <a@b>", "-----"]
    text = "".join(pick.choice(pieces) for _ in range(15_000))[:65_536]
    start = time.thread_time()
    fold(text)
    assert time.thread_time() - start < 2


def test_html_loads_nothing_and_drops_scripts() -> None:
    text = html_to_text(
        '<p onclick="x()">Hola<img src="//rastreo.example/p.gif"></p><script>robar()</script>'
        '<a href="javascript:alert(1)">ver</a><div style="display:none">oculto</div>'
    )
    assert text == "Hola\n\nver"


def test_frames_carry_items_and_never_pickles() -> None:
    letter = b"From: a@e.org\nMessage-ID: <1@e>\n\nhola"
    rules = Rules("x@y", envelope_from=None, trusted_authserv_id="mx")
    body, read_rules = unpack_job(pack_job(letter, rules)[4:])
    assert (body, read_rules) == (letter, rules)
    items = parse(letter, rules)
    assert unpack_items(*unpack(pack_items(items)[4:])) == items
    with pytest.raises(ValueError, match="add up"):
        unpack(pack_items(items)[4:] + b"xx")


def test_files_of_an_answer_are_parts_of_the_mail_with_safe_names() -> None:
    files = (
        OutboundFile("u1", "recibo\r\nBcc: x@example.org.pdf", "application/pdf", 4, b"%PDF"),
        OutboundFile("u2", "año.jpg", "image/jpeg", 3, b"\xff\xd8\xff"),
    )
    message = OutboundMessage(
        "m1", "c1", Contact(Channel.EMAIL, "rosa@example.org"), "Va el recibo.", files=files
    )
    account = Account("sanaurelio", Channel.EMAIL, "atencion@sanaurelio.example")
    mail = build(message, account, message_id_domain="mail.example", now=NOW)
    read = email.message_from_bytes(mail.as_bytes(), policy=default)
    assert read["Bcc"] is None
    assert read.get_body().get_content().strip() == "Va el recibo."
    pdf, photo = read.iter_attachments()
    assert (pdf.get_content_type(), pdf.get_content()) == ("application/pdf", b"%PDF")
    assert (photo.get_filename(), photo.get_content()) == ("año.jpg", b"\xff\xd8\xff")
