"""The parts of Open311 that need no route: rendering, forms, the adapter, public data files."""

import json
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from defusedxml import ElementTree
from hypothesis import given
from hypothesis import strategies as st

from atiende_channels.channels.base import Unreadable
from atiende_channels.channels.open311.adapter import NO_DESCRIPTION, Open311Adapter
from atiende_channels.channels.open311.form import Form, FormError, Upload, read_form
from atiende_channels.channels.open311.reads import without_addresses
from atiende_channels.channels.open311.rendering import CHILDREN, Format, render
from atiende_channels.channels.open311.reports import is_media_url
from atiende_channels.channels.open311.routes import routers
from atiende_channels.domain.model import Channel, Contact, ParsedMessage, Place, RawIntake

pytestmark = pytest.mark.unit

DATA = Path(os.environ.get("ATIENDE_DATA", Path(__file__).parents[5].parent / "shared/data"))
FILES = sorted(path for path in (DATA / "open311").rglob("*") if path.is_file())
CONTENTS = {path: path.read_bytes() for path in FILES}
FIXTURES = sorted((Path(__file__).parent / "fixtures").glob("*.json"))


def raw(form: Form, **headers: str) -> RawIntake:
    return RawIntake(
        "sanaurelio",
        Channel.OPEN311,
        "sanaurelio.example",
        "r-1",
        form.to_bytes(),
        headers,
        receive_time=datetime(2026, 1, 2, tzinfo=UTC),
    )


def message_of(form: Form, **headers: str) -> ParsedMessage:
    (item,) = Open311Adapter().parse(raw(form, **headers))
    assert isinstance(item, ParsedMessage)
    return item


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.stem)
def test_report_becomes_the_message_its_fixture_says(path: Path) -> None:
    fixture = json.loads(path.read_text())
    form = read_form("application/x-www-form-urlencoded", fixture["body"].encode())
    message = message_of(form, **{"x-region": "CO", "x-client": "app"})
    shown = {
        "text": message.text,
        "procedure_code": message.procedure_code,
        "sender": message.sender.address,
        "name": message.sender.display_name,
        "form_values": dict(message.form_values),
        "contacts": [[c.channel.value, c.address] for c in message.given_contact_points],
        "place": message.place
        and [message.place.latitude, message.place.longitude, message.place.address],
    }
    assert {name: shown[name] for name in fixture["expect"]} == fixture["expect"]
    assert not message.sender.verified
    assert not any(contact.verified for contact in message.given_contact_points)


def test_every_report_is_a_thread_of_its_own() -> None:
    message = message_of(Form((("service_code", "x"),)))
    assert message.thread_key == message.provider_message_id == message.sender.address == "r-1"
    assert message.text == NO_DESCRIPTION
    assert message.place is None


def test_users_of_two_apps_are_two_people() -> None:
    form = Form((("account_id", "7"),))
    one, other = (message_of(form, **{"x-client": name}).sender for name in ("a", "b"))
    assert one.address != other.address
    assert one == Contact(Channel.OPEN311, "a/account/7")


def test_files_become_attachments() -> None:
    form = Form((), (Upload("../poste.jpg", "image/jpeg", b"\xff\xd8"),))
    (file,) = message_of(form).attachments
    assert (file.filename, file.data) == ("poste.jpg", b"\xff\xd8")  # type: ignore[union-attr]


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b'{"fields":[[1]],"files":[]}', b"[" * 9_999])
def test_row_that_is_no_report_is_unreadable(body: bytes) -> None:
    item = RawIntake("t", Channel.OPEN311, "a", "r", body, receive_time=datetime.now(UTC))
    with pytest.raises(Unreadable):
        Open311Adapter().parse(item)


@given(st.lists(st.tuples(st.text(max_size=30), st.text(max_size=60)), max_size=8))
def test_any_form_can_be_stored_and_read(fields: list[tuple[str, str]]) -> None:
    form = Form(tuple(fields))
    again = Form.from_bytes(form.to_bytes())
    assert again.fields == tuple(pair for pair in fields if pair[0] != "api_key")
    message = message_of(again)
    message.text.encode()
    for name, value in message.form_values.items():
        name.encode() + value.encode()


@pytest.mark.parametrize(
    "name", ["attribute[a]", "attribute[a][]", "attribute[a][0]", "attribute[a][12]"]
)
def test_spellings_of_attributes(name: str) -> None:
    assert Form(((name, " 1 "), ("attribute[a]", ""))).attributes() == {"a": ["1"]}


@pytest.mark.parametrize("name", ["attribute", "attribute[]", "attributea]", "attribute[a][b]"])
def test_other_spellings_are_no_attributes(name: str) -> None:
    assert Form(((name, "1"),)).attributes() == {}


def test_too_many_or_too_large_files_are_refused() -> None:
    def multipart(files: list[bytes]) -> bytes:
        parts = [
            b'--x\r\nContent-Disposition: form-data; name="m"; filename="f"\r\n\r\n' + data
            for data in files
        ]
        return b"\r\n".join(parts) + b"\r\n--x--\r\n"

    kind = "multipart/form-data; boundary=x"
    assert len(read_form(kind, multipart([b"a"] * 5)).files) == 5
    with pytest.raises(FormError):
        read_form(kind, multipart([b"a"] * 6))
    with pytest.raises(FormError):
        read_form(kind, multipart([b"a" * (5 * 1024 * 1024 + 1)]))


@pytest.mark.parametrize(
    ("url", "is_valid"),
    [
        ("https://fotos.example/a.jpg", True),
        ("http://fotos.example:8080/a?x=%20#y", True),
        ("HTTP://FOTOS.EXAMPLE/", True),
        ("ftp://fotos.example/a", False),
        ("data:image/png;base64,xx", False),
        ("https://", False),
        ("https://fotos.example/a b", False),
        ('https://fotos.example/"><script>', False),
        ("https://u@fotos.example/", False),
        ("https://fotos.example:99999/", False),
        ("https://[::1/", False),
        ("https://fotos.example/" + "a" * 2_000, False),
        ("//fotos.example/a", False),
    ],
)
def test_media_url_is_a_plain_web_address(url: str, is_valid: bool) -> None:
    assert is_media_url(url) is is_valid


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Calle 12 # 4-30, poste SA-10452", "Calle 12 # 4-30, poste SA-10452"),
        ("llámeme al 300 555 0142", "llámeme al [número]"),
        ("CC 1.020.333.444", "CC [número]"),
        ("a+b@c.example!", "[correo]!"),
    ],
)
def test_free_text_is_shown_without_addresses(text: str, shown: str) -> None:
    assert without_addresses(text) == shown


names = st.sampled_from(["service_code", "description", "a1"])
leaves = st.none() | st.booleans() | st.integers() | st.text(max_size=12)


@given(st.lists(st.dictionaries(names, leaves, min_size=1, max_size=3), max_size=4))
def test_both_formats_carry_the_same(items: list[dict[str, Any]]) -> None:
    element = ElementTree.fromstring(render(Format.XML, "services", items))
    assert element.tag == "services"
    assert [child.tag for child in element] == ["service"] * len(items)
    document = json.loads(render(Format.JSON, "services", items))
    for child, item in zip(element, document, strict=True):
        assert [inner.tag for inner in child] == list(item)


def test_what_xml_cannot_hold_is_replaced() -> None:
    text = "a\x00b\ud800c\ufffed\re"
    shown = ElementTree.fromstring(render(Format.XML, "description", text)).text
    assert shown == "a\ufffdb\ufffdc\ufffdd\re"


if FILES:

    @pytest.mark.parametrize("path", [path for path in FILES if path.suffix == ".xml"])
    def test_real_documents_keep_their_sense_in_our_rendering(path: Path) -> None:
        def spark(element: Any) -> Any:
            children = list(element)
            if element.tag in CHILDREN:
                return [spark(child) for child in children]
            return {child.tag: spark(child) for child in children} if children else element.text

        document = spark(ElementTree.fromstring(path.read_bytes()))
        root = ElementTree.fromstring(path.read_bytes()).tag
        again = ElementTree.fromstring(render(Format.XML, root, document))
        assert spark(again) == document
        assert json.loads(render(Format.JSON, root, document)) == document

    @pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
    async def test_real_files_as_reports_are_refused_by_name(
        path: Path, client_of: Callable[..., httpx.AsyncClient], service: Any
    ) -> None:
        body = CONTENTS[path]
        async with client_of(routers) as http:
            for kind in (
                "application/x-www-form-urlencoded",
                "text/xml",
                "application/json",
                "multipart/form-data; boundary=x",
            ):
                response = await http.post(
                    "/open311/v2/requests.json",
                    content=body,
                    headers={"Content-Type": kind},
                )
                assert response.status_code in {400, 403, 404}
                assert response.json()[0]["description"]
        assert service.raws == {}

else:

    @pytest.mark.skip(reason="shared/data/open311 is absent")
    def test_real_documents_keep_their_sense_in_our_rendering() -> None:
        """Shown as one line where the data is missing."""


def test_place_without_position_keeps_the_address() -> None:
    form = Form((("address_string", "Calle 12"), ("lat", "91"), ("long", "0")))
    assert message_of(form).place == Place(address="Calle 12")
