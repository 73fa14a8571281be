"""A citizen's proofs hold for what they were made for, and for nothing else."""

from __future__ import annotations

import base64
import json
import re

import pytest
from fastapi import Response
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import SecretStr, ValidationError

from atiende_city.citizen_access import (
    CASE_SECONDS,
    CITIZEN_SECONDS,
    MOST_SECONDS,
    CitizenAccess,
    CitizenSession,
    CitizenSettings,
    canonical_secret,
)
from atiende_kit.errors import Unauthenticated

pytestmark = pytest.mark.unit

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
NOW = 1_780_000_000.0
ids = st.uuids().map(str)
tenants = st.from_regex(r"[a-z0-9][a-z0-9-]{0,20}", fullmatch=True)


class Hand:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.at = NOW

    def __call__(self) -> float:
        return self.at


def access_with(key: str = "k" * 32, hand: Hand | None = None) -> CitizenAccess:
    return CitizenAccess(CitizenSettings(key=SecretStr(key)), secure=True, now=hand or Hand())


@pytest.mark.parametrize("key", ["", "k" * 31])
def test_a_short_key_is_refused(key: str) -> None:
    with pytest.raises(ValidationError, match="32"):
        CitizenSettings(key=SecretStr(key))


def test_there_is_no_key_by_default() -> None:
    with pytest.raises(ValidationError, match="key"):
        CitizenSettings.model_validate({})


@given(tenants, ids)
def test_a_tracking_secret_is_the_same_every_time_and_readable(tenant: str, case_id: str) -> None:
    made = access_with().tracking_secret(tenant, case_id)
    assert made == access_with().tracking_secret(tenant, case_id)
    assert re.fullmatch(f"[{ALPHABET}]{{4}}(-[{ALPHABET}]{{4}}){{2}}", made)
    assert access_with().proves_case(tenant, case_id, made)


def test_the_tracking_secret_is_what_the_contract_says() -> None:
    """HMAC-SHA-256 over `tracking|tenant|case`, five bits of each of the first twelve bytes."""
    import hashlib
    import hmac

    mac = hmac.new(b"k" * 32, b"tracking|sanaurelio|c-1", hashlib.sha256).digest()
    letters = "".join(ALPHABET[byte % 32] for byte in mac[:12])
    assert access_with().tracking_secret("sanaurelio", "c-1").replace("-", "") == letters


@given(ids, st.data())
def test_a_secret_is_read_as_people_write_it(case_id: str, data: st.DataObject) -> None:
    access = access_with()
    typed = ""
    for letter in access.tracking_secret("sanaurelio", case_id).replace("-", ""):
        twins = {"0": "0oO", "1": "1iIlL"}.get(letter, letter + letter.lower())
        typed += data.draw(st.sampled_from(twins)) + data.draw(st.sampled_from(["", "-", " ", "–"]))
    assert access.proves_case("sanaurelio", case_id, typed)


@given(ids, st.integers(0, 11), st.sampled_from(ALPHABET))
def test_one_wrong_letter_proves_nothing(case_id: str, place: int, letter: str) -> None:
    access = access_with()
    right = access.tracking_secret("sanaurelio", case_id).replace("-", "")
    assume(right[place] != letter)
    assert not access.proves_case(
        "sanaurelio", case_id, right[:place] + letter + right[place + 1 :]
    )


@given(ids, ids, tenants, tenants)
def test_a_secret_is_of_one_case_of_one_city(
    case: str, other: str, tenant: str, elsewhere: str
) -> None:
    access = access_with()
    secret = access.tracking_secret(tenant, case)
    assert case == other or not access.proves_case(tenant, other, secret)
    assert tenant == elsewhere or not access.proves_case(elsewhere, case, secret)
    assert not access_with("another-key-of-thirty-two-chars!").proves_case(tenant, case, secret)


@given(st.text(max_size=80))
def test_whatever_is_typed_is_a_secret_in_one_form_or_none(typed: str) -> None:
    folded = canonical_secret(typed)
    assert folded == "" or re.fullmatch(f"[{ALPHABET}]{{12}}", folded)
    assert not access_with().proves_case("sanaurelio", "c-1", typed) or folded


@pytest.mark.parametrize(
    "typed", ["", "ſ" * 12, "ı" * 12, "0123456789AU", "0123456789A", "0" * 13, "0" * 70, "٣" * 12]
)
def test_what_only_resembles_a_secret_is_none(typed: str) -> None:
    assert canonical_secret(typed) == ""


sessions = st.one_of(
    st.builds(lambda t, c: (t, "case", {"case_id": c}), tenants, ids),
    st.builds(
        lambda t, c, a, g: (t, a, {"citizen_id": c, "generation": g}),
        tenants,
        ids,
        st.sampled_from(["contact", "login"]),
        st.integers(0, 1000),
    ),
)


@given(sessions)
def test_a_session_says_what_it_was_made_with(made: tuple) -> None:
    tenant, assurance, whose = made
    access = access_with()
    session = access.begin(tenant, assurance, **whose)
    assert access.read(access.token(session)) == session


@given(sessions, st.data())
def test_a_changed_token_is_refused(made: tuple, data: st.DataObject) -> None:
    tenant, assurance, whose = made
    access = access_with()
    token = access.token(access.begin(tenant, assurance, **whose))
    place = data.draw(st.integers(0, len(token) - 1))
    letter = data.draw(st.sampled_from("ABCabc012-_.=+/\u00e9\ud800"))
    changed = token[:place] + letter + token[place + 1 :]
    assume(changed != token)
    with pytest.raises(Unauthenticated):
        access.read(changed)


@pytest.mark.parametrize("extra", ["=", "==", ".", ".x", " ", "\n"])
def test_another_spelling_of_a_token_is_refused(extra: str) -> None:
    access = access_with()
    token = access.token(access.begin("sanaurelio", "case", case_id="c-1"))
    body, _, signature = token.partition(".")
    for spelled in (token + extra, body + extra + "." + signature, extra + token):
        with pytest.raises(Unauthenticated):
            access.read(spelled)


def test_the_last_letter_of_a_signature_has_one_spelling() -> None:
    """32 bytes leave two unused bits in the last letter; a lenient reader takes four spellings."""
    access = access_with()
    token = access.token(access.begin("sanaurelio", "case", case_id="c-1"))
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    for letter in alphabet.replace(token[-1], ""):
        with pytest.raises(Unauthenticated):
            access.read(token[:-1] + letter)


def test_nothing_else_that_the_key_signs_is_a_session() -> None:
    access = access_with()
    claims = {"typ": "citizen-session", "exp": 2**40}
    body = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    for signature in (
        access.digest("session", body),
        access.tracking_secret("session", body),
        base64.urlsafe_b64encode(bytes.fromhex(access.digest("code", body))).decode().rstrip("="),
        "",
    ):
        with pytest.raises(Unauthenticated):
            access.read(f"{body}.{signature}")


def test_another_key_reads_nothing() -> None:
    token = access_with().token(access_with().begin("sanaurelio", "case", case_id="c-1"))
    with pytest.raises(Unauthenticated):
        access_with("another-key-of-thirty-two-chars!").read(token)


@pytest.mark.parametrize(
    ("assurance", "whose", "lasts"),
    [
        ("case", {"case_id": "c-1"}, CASE_SECONDS),
        ("contact", {"citizen_id": "p-1"}, CITIZEN_SECONDS),
        ("login", {"citizen_id": "p-1"}, CITIZEN_SECONDS),
    ],
)
def test_a_session_is_over_to_the_second(assurance, whose, lasts: int) -> None:
    hand = Hand()
    access = access_with(hand=hand)
    token = access.token(access.begin("sanaurelio", assurance, **whose))
    hand.at = NOW + lasts - 1
    assert access.read(token)
    hand.at = NOW + lasts
    with pytest.raises(Unauthenticated) as caught:
        access.read(token)
    assert caught.value.reason == "CITIZEN_SESSION_OVER"


def test_use_prolongs_a_citizens_session_up_to_a_day_and_a_cases_never() -> None:
    hand = Hand()
    access = access_with(hand=hand)
    case = access.begin("sanaurelio", "case", case_id="c-1")
    session = access.begin("sanaurelio", "contact", citizen_id="p-1", generation=3)
    assert access.renewed(session) is None
    while hand.at < NOW + 2 * MOST_SECONDS:
        hand.at += 3600
        assert access.renewed(case) is None
        session = access.renewed(session) or session
        if session.expire <= hand.at:
            break
    assert session.expire == int(NOW) + MOST_SECONDS
    assert (session.begin, session.generation) == (int(NOW), 3)


@pytest.mark.parametrize(
    ("assurance", "whose"),
    [
        ("case", {}),
        ("case", {"citizen_id": "p-1"}),
        ("case", {"case_id": "c-1", "citizen_id": "p-1"}),
        ("contact", {"case_id": "c-1"}),
        ("login", {}),
    ],
)
def test_a_session_is_of_one_case_or_one_citizen(assurance, whose: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="one case or of one citizen"):
        CitizenSession(tenant="sanaurelio", assurance=assurance, **whose)


@pytest.mark.parametrize("secure", [True, False])
def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(secure: bool) -> None:
    settings = CitizenSettings(key=SecretStr("k" * 32))
    access = CitizenAccess(settings, secure=secure, now=Hand())
    given_, cleared = Response(), Response()
    access.give(given_, access.begin("sanaurelio", "case", case_id="c-1"))
    access.clear(cleared)
    for response in (given_, cleared):
        cookie = response.headers["set-cookie"]
        assert cookie.startswith("atiende_citizen=")
        assert {"HttpOnly", "SameSite=strict", "Path=/api"} <= set(cookie.split("; "))
        assert ("Secure" in cookie.split("; ")) is secure
    assert "Max-Age=1800" in given_.headers["set-cookie"]
    assert "Max-Age=0" in cleared.headers["set-cookie"]


@given(st.lists(st.text(max_size=5), max_size=3), st.lists(st.text(max_size=5), max_size=3))
def test_digests_tell_parts_and_purposes_apart(one: list[str], two: list[str]) -> None:
    access = access_with()
    assert (access.digest("code", *one) == access.digest("code", *two)) is (one == two)
    assert access.digest("code", *one) != access.digest("visitor", *one)
