"""Forged webhooks: none is accepted, and rotation of the secret works."""

import gzip
import hashlib
import hmac
import json

import pytest

from atiende_channels.channels.whatsapp.signature import is_signed, is_verify_token, sign

pytestmark = pytest.mark.unit

SECRET, NEXT_SECRET, OTHER_CITY = "secreto-uno", "secreto-dos", "secreto-ajeno"
BODY = json.dumps({"object": "whatsapp_business_account", "entry": [{"id": "ñ"}]}).encode()
GOOD = sign(BODY, SECRET)
HEX = GOOD.removeprefix("sha256=")


def digest(algorithm: str, body: bytes = BODY, secret: str = SECRET) -> str:
    return hmac.new(secret.encode(), body, algorithm).hexdigest()


FORGED = {
    "none": (BODY, []),
    "empty": (BODY, [""]),
    "prefix only": (BODY, ["sha256="]),
    "wrong secret": (BODY, [sign(BODY, "otro")]),
    "other city's secret": (BODY, [sign(BODY, OTHER_CITY)]),
    "empty secret": (BODY, [sign(BODY, "")]),
    "secret with blank": (BODY, [sign(BODY, SECRET + " ")]),
    "short by one": (BODY, [GOOD[:-1]]),
    "short by half": (BODY, [GOOD[:39]]),
    "one digit": (BODY, ["sha256=" + HEX[0]]),
    "long by one": (BODY, [GOOD + "0"]),
    "long by itself": (BODY, [GOOD + HEX]),
    "upper-case hex": (BODY, ["sha256=" + HEX.upper()]),
    "upper-case prefix": (BODY, ["SHA256=" + HEX]),
    "no prefix": (BODY, [HEX]),
    "blank before": (BODY, [" " + GOOD]),
    "blank after": (BODY, [GOOD + " "]),
    "line feed after": (BODY, [GOOD + "\n"]),
    "blank inside": (BODY, ["sha256= " + HEX]),
    "colon": (BODY, ["sha256:" + HEX]),
    "sha1 downgrade": (BODY, ["sha1=" + digest("sha1")]),
    "sha1 under sha256": (BODY, ["sha256=" + digest("sha1")]),
    "md5": (BODY, ["md5=" + digest("md5")]),
    "sha512": (BODY, ["sha512=" + digest("sha512")]),
    "sha512 cut": (BODY, ["sha256=" + digest("sha512")[:64]]),
    "plain hash": (BODY, ["sha256=" + hashlib.sha256(BODY).hexdigest()]),
    "hash of secret and body": (
        BODY,
        ["sha256=" + hashlib.sha256(SECRET.encode() + BODY).hexdigest()],
    ),
    "two headers, good first": (BODY, [GOOD, sign(BODY, "otro")]),
    "two headers, good last": (BODY, [sign(BODY, "otro"), GOOD]),
    "two good headers": (BODY, [GOOD, GOOD]),
    "two in one header": (BODY, [f"{GOOD}, {GOOD}"]),
    "re-serialised body": (json.dumps(json.loads(BODY), separators=(",", ":")).encode(), [GOOD]),
    "unescaped body": (json.dumps(json.loads(BODY), ensure_ascii=False).encode(), [GOOD]),
    "one bit": (bytes([BODY[0] ^ 1]) + BODY[1:], [GOOD]),
    "last bit": (BODY[:-1] + bytes([BODY[-1] ^ 1]), [GOOD]),
    "byte added": (BODY + b" ", [GOOD]),
    "byte missing": (BODY[:-1], [GOOD]),
    "empty body": (b"", [GOOD]),
    "byte order mark": (b"\xef\xbb\xbf" + BODY, [GOOD]),
    "gzip body": (gzip.compress(BODY), [GOOD]),
    "other alphabet": (BODY, ["sha256=" + HEX.replace("0", "٠").replace("1", "١")]),
    "full width": (BODY, ["sha256=" + "".join(chr(ord(c) + 0xFEE0) for c in HEX)]),
    "zeros": (BODY, ["sha256=" + "0" * 64]),
    "base64": (BODY, ["sha256=" + "A" * 43 + "="]),
    "NUL": (BODY, [GOOD + "\0"]),
}


@pytest.mark.parametrize("name", FORGED)
def test_forged_signature_is_refused(name: str) -> None:
    body, headers = FORGED[name]
    assert not is_signed(body, headers, [SECRET, NEXT_SECRET, ""])


def test_at_least_thirty_forgeries_are_tried() -> None:
    assert len(FORGED) >= 30


def test_both_secrets_of_a_rotation_are_accepted_and_then_only_the_new_one() -> None:
    new = sign(BODY, NEXT_SECRET)
    assert is_signed(BODY, [GOOD], [SECRET, NEXT_SECRET])
    assert is_signed(BODY, [new], [SECRET, NEXT_SECRET])
    assert not is_signed(BODY, [GOOD], [NEXT_SECRET])
    assert is_signed(BODY, [new], [NEXT_SECRET])


def test_account_without_secret_accepts_nothing() -> None:
    assert not is_signed(BODY, [sign(BODY, "")], [""])
    assert not is_signed(BODY, [GOOD], [])


def test_known_vector() -> None:
    """RFC 4231, test case 2."""
    expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    assert sign(b"what do ya want for nothing?", "Jefe") == f"sha256={expected}"


@pytest.mark.parametrize("given", ["", "verifica", "VERIFICAME", "verificame ", "ñ", "\ud800"])
def test_wrong_verify_token_is_refused(given: str) -> None:
    assert not is_verify_token(given, ["verificame", ""])
    assert is_verify_token("verificame", ["verificame"])
