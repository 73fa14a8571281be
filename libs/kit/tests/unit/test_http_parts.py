import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atiende_kit import errors
from atiende_kit.http import decode_cursor, encode_cursor, public, require
from atiende_kit.http.body import check_json
from atiende_kit.http.problems import STATUS, render, status_of

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"",
        b"\xff",
        b'{"a":"\xc3\x28"}',
        b'{"a":1,"a":2}',
        b'{"a":{"b":1,"b":1}}',
        b'{"a":NaN}',
        b'{"a":Infinity}',
        b'{"a":-Infinity}',
        b'{"a":1e999}',
        b'{"a":"\\u0000"}',
        b'{"\\u0000":1}',
        b'{"a":"\\ud800"}',
        b'{"a":"\\udfff x"}',
        b"[" * 65 + b"]" * 65,
        b"[" * 100_000,
        b'{"a":' * 500 + b"1" + b"}" * 500,
        b'{"a":9223372036854775808}',
        b'{"a":' + b"9" * 5000 + b"}",
        b"\xef\xbb\xbf{}",
        b"{'a':1}",
        b"{} {}",
    ],
)
def test_hostile_json_is_refused(body: bytes) -> None:
    with pytest.raises(errors.InvalidInput):
        check_json(body)


@pytest.mark.parametrize(
    "body",
    [
        b"{}",
        b"null",
        '{"text":"¿Señal? 🚦"}'.encode(),
        b'{"a":"\\ud83d\\ude00"}',
        b'{"a":-9223372036854775808, "b": 1.5e10}',
        b"[" * 60 + b"]" * 60,
        b'{"a":[' + b"{}," * 200 + b"{}]}",
    ],
)
def test_ordinary_json_passes(body: bytes) -> None:
    check_json(body)


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers(-(2**63), 2**63 - 1)
        | st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"])),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(
                st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"])), inner
            )
        ),
        max_leaves=20,
    )
)
def test_every_document_a_database_can_hold_passes(value) -> None:
    check_json(json.dumps(value).encode())


@given(st.binary(max_size=200))
def test_any_bytes_are_either_json_or_refused(body: bytes) -> None:
    try:
        check_json(body)
    except errors.InvalidInput:
        return
    json.loads(body)


def test_every_kind_of_error_has_a_status() -> None:
    kinds = [getattr(errors, name) for name in errors.__all__ if name != "AtiendeError"]
    assert {kind.__name__: status_of(kind("X", "x")) for kind in kinds} == {
        "AlreadyExists": 409,
        "Conflict": 409,
        "DeadlineExceeded": 504,
        "FailedPrecondition": 409,
        "InvalidInput": 400,
        "NotFound": 404,
        "NotYetVisible": 404,
        "PermissionDenied": 403,
        "RateLimited": 429,
        "Unauthenticated": 401,
        "Unavailable": 503,
        "Unprocessable": 422,
        "VersionMismatch": 409,
    }
    assert len(STATUS) == 10


def test_rendered_error_has_the_members_of_the_rfc() -> None:
    response = render(
        errors.RateLimited(
            "TOO_OFTEN", "Espere.", fields={"text": "largo", "/a/b": "x"}, retry_after=0.2
        )
    )
    assert response.media_type == "application/problem+json"
    assert response.headers["retry-after"] == "1"
    assert json.loads(bytes(response.body)) == {
        "type": "urn:atiende:problem:too-often",
        "title": "Demasiadas solicitudes",
        "status": 429,
        "detail": "Espere.",
        "reason": "TOO_OFTEN",
        "trace_id": None,
        "errors": [
            {"pointer": "/text", "detail": "largo"},
            {"pointer": "/a/b", "detail": "x"},
        ],
    }


def test_unauthenticated_says_how_to_authenticate() -> None:
    assert render(errors.Unauthenticated("X", "x")).headers["www-authenticate"] == "Bearer"


@given(
    st.dictionaries(
        st.text("abc_", min_size=1, max_size=5),
        st.none()
        | st.booleans()
        | st.integers(-(2**63) + 1, 2**63 - 1)
        | st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=20),
        max_size=4,
    )
)
def test_cursor_comes_back_as_it_was(position) -> None:
    assert decode_cursor(encode_cursor(position)) == position


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "x",
        "á",
        "!!!!",
        "bnVsbA",
        encode_cursor({"a": 1})[:-2],
        encode_cursor({"$gt": {"$where": "1"}}),
        encode_cursor({"a": ["x"]}),
        encode_cursor({"a": "\x00"}),
        encode_cursor({"a": 2**70}),
        "A" * 5000,
    ],
)
def test_garbage_is_no_cursor(cursor: str) -> None:
    with pytest.raises(errors.InvalidInput):
        decode_cursor(cursor)


@given(st.text(max_size=100))
def test_any_text_is_a_cursor_or_invalid_input(cursor: str) -> None:
    with contextlib.suppress(errors.InvalidInput):
        assert isinstance(decode_cursor(cursor), dict)


def test_route_for_staff_names_its_roles() -> None:
    with pytest.raises(ValueError, match="names its roles"):
        require()


def test_public_route_says_why() -> None:
    with pytest.raises(ValueError, match="says why"):
        public(" ")
