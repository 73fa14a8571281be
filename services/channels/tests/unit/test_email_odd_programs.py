"""Mail as old, foreign or careless programs write it."""

from __future__ import annotations

import pytest

from atiende_channels.channels.email.parser import Rules, parse
from atiende_channels.domain.model import Attachment, ParsedMessage, Refusal

pytestmark = pytest.mark.unit

RULES = Rules("atencion@sanaurelio.example")


def read(*headers: bytes, body: bytes = b"Hola") -> ParsedMessage:
    (item,) = parse(b"\r\n".join((b"From: a@example.org", *headers, b"", body)), RULES)
    assert isinstance(item, ParsedMessage)
    return item


@pytest.mark.parametrize(
    "disposition",
    [
        'filename="Año ñandú.pdf"'.encode(),
        'filename="Año ñandú.pdf"'.encode("latin-1"),
        b'filename="=?utf-8?Q?A=C3=B1o_=C3=B1and=C3=BA.pdf?="',
        b"filename*0*=utf-8''A%C3%B1o%20; filename*1*=%C3%B1and%C3%BA.pdf",
    ],
)
def test_names_of_files_are_read_however_they_are_written(disposition: bytes) -> None:
    part = b"Content-Type: application/pdf\r\nContent-Disposition: attachment; " + disposition
    mail = read(
        b"Content-Type: multipart/mixed; boundary=b",
        body=b"--b\r\n" + part + b"\r\n\r\n%PDF-1.4\r\n--b--\r\n",
    )
    assert [a.filename for a in mail.attachments if isinstance(a, Attachment)] == ["Año ñandú.pdf"]


def test_bare_8_bit_headers_are_read_as_the_text_is() -> None:
    mail = read(
        "Subject: 路灯坏了".encode("gbk"),
        b"Content-Type: text/plain; charset=gb2312",
        body="请修理".encode("gbk"),
    )
    assert (mail.subject, mail.text) == ("路灯坏了", "请修理")


def test_bare_utf_8_headers_are_read_whatever_the_text_is() -> None:
    mail = read("Subject: Luz dañada".encode(), b"Content-Type: text/plain; charset=gb2312")
    assert mail.subject == "Luz dañada"


@pytest.mark.parametrize("charset", [b"idna", b"punycode", b"undefined", b"unicode_escape"])
def test_codecs_that_are_no_charsets_are_not_used(charset: bytes) -> None:
    mail = read(
        b"Subject: =?" + charset + b"?Q?da=C3=B1o?=",
        b"Content-Type: text/plain; charset=" + charset,
        body=b"xn--.\xf1 \\ud800",
    )
    assert (mail.subject, mail.text) == ("daño", "xn--.ñ \\ud800")


@pytest.mark.parametrize(
    "subject",
    [
        "Respuesta automatica - fuera",
        "Mensaje automático: vacaciones",
        "Ausente: Re: su caso",
        "Aviso de vacaciones",
        "Estoy de vacaciones.",
    ],
)
def test_vacation_notes_are_known_by_their_subject(subject: str) -> None:
    (item,) = parse(b"From: a@example.org\r\nSubject: " + subject.encode() + b"\r\n\r\nx", RULES)
    assert isinstance(item, Refusal)
    assert item.reason == "AUTO_REPLY"


@pytest.mark.parametrize(
    "subject", ["Estoy de vacaciones y no hay luz", "Auto - abandonado", "Vacaciones recreativas"]
)
def test_people_may_write_of_vacations_and_cars(subject: str) -> None:
    assert read(b"Subject: " + subject.encode()).subject == subject
