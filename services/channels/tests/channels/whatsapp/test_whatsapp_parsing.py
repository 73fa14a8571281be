"""Every kind of webhook gives the entry, the status or the named refusal that its fixture says."""

import contextlib
import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atiende_channels.channels.base import Unreadable
from atiende_channels.channels.whatsapp.adapter import WhatsAppAdapter
from atiende_channels.channels.whatsapp.phone import canonical_address
from atiende_channels.channels.whatsapp.splitting import PieceKind, split
from atiende_channels.domain.model import (
    Channel,
    ParsedItem,
    ParsedMessage,
    ParsedStatus,
    RawIntake,
    Refusal,
)

pytestmark = pytest.mark.unit

ACCOUNT = "100200300400500"
FIXTURES = sorted((Path(__file__).parent / "fixtures").glob("*.json"))
DATA = Path(os.environ.get("ATIENDE_DATA", Path(__file__).parents[5].parent / "shared/data"))
REAL = sorted((DATA / "whatsapp" / "pywa-updates").glob("*.json"))


def parsed(body: bytes, account: str = ACCOUNT) -> list[ParsedItem]:
    """What the inbox rows of one webhook become."""
    adapter = WhatsAppAdapter(graph=None)  # type: ignore[arg-type]  # parsing never calls it
    found: list[ParsedItem] = []
    for piece in split(body):
        raw = RawIntake(
            "sanaurelio",
            Channel.WHATSAPP,
            account,
            piece.key,
            piece.data,
            receive_time=datetime(2026, 1, 2, tzinfo=UTC),
        )
        found.extend(adapter.parse(raw))
    return found


def shown(item: ParsedItem) -> dict:
    """The item in the words of the fixtures."""
    match item:
        case ParsedMessage():
            return {
                "kind": "message",
                "text": item.text,
                "folded": item.folded_text,
                "sender": item.sender.address,
                "name": item.sender.display_name,
                "quality": item.quality.value,
                "reply_to": list(item.reply_to_keys),
                "form": dict(item.form_values),
                "place": item.place
                and {
                    "latitude": item.place.latitude,
                    "longitude": item.place.longitude,
                    "address": item.place.address,
                },
                "media": [
                    {
                        "media_id": media.media_id,
                        "filename": media.filename,
                        "claimed_type": media.claimed_type,
                    }
                    for media in item.attachments
                ],
            }
        case ParsedStatus():
            return {"kind": "status", "state": item.state, "error": item.error_code}
        case Refusal():
            return {"kind": "refusal", "reason": item.reason}


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.stem)
def test_each_kind_gives_what_its_fixture_says(path: Path) -> None:
    fixture = json.loads(path.read_text())
    items = [shown(item) for item in parsed(json.dumps(fixture["webhook"]).encode())]
    assert len(items) == len(fixture["expect"])
    for item, expected in zip(items, fixture["expect"], strict=True):
        assert {name: item[name] for name in expected} == expected


def test_media_digest_comes_as_hex() -> None:
    webhook = json.loads((Path(__file__).parent / "fixtures/image.json").read_text())["webhook"]
    (item,) = parsed(json.dumps(webhook).encode())
    assert isinstance(item, ParsedMessage)
    assert item.attachments[0].sha256.startswith("9f86d081884c7d65")
    assert item.provider_time == datetime(2026, 1, 2, 14, 40, tzinfo=UTC)


def test_a_whole_webhook_reads_like_its_pieces() -> None:
    body = json.dumps(
        json.loads((Path(__file__).parent / "fixtures/batch.json").read_text())["webhook"]
    ).encode()
    raw = RawIntake("t", Channel.WHATSAPP, ACCOUNT, "x", body, receive_time=datetime.now(UTC))
    assert list(WhatsAppAdapter(graph=None).parse(raw)) == parsed(body)


def test_redelivery_with_other_neighbours_makes_the_same_pieces() -> None:
    batch = json.loads((Path(__file__).parent / "fixtures/batch.json").read_text())["webhook"]
    alone = json.loads(json.dumps(batch))
    alone["entry"] = alone["entry"][:1]
    value = alone["entry"][0]["changes"][0]["value"]
    value["messages"] = value["messages"][1:]
    del value["statuses"]
    (piece,) = split(json.dumps(alone, indent=1).encode())
    assert piece in split(json.dumps(batch).encode())
    assert piece.key == "wamid.SAb2"


def test_the_same_message_twice_in_one_body_is_one_piece() -> None:
    batch = json.loads((Path(__file__).parent / "fixtures/text.json").read_text())["webhook"]
    batch["entry"].append(batch["entry"][0])
    assert len(split(json.dumps(batch).encode())) == 1


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"{",
        b"\xff\xfe{\x00}\x00",
        b'{"object":"page","entry":[]}',
        b'{"object":"whatsapp_business_account"}',
        b'{"object":"whatsapp_business_account","entry":7}',
        b"[" * 100_000,
        b'{"a":' * 50_000,
        b'{"object":"whatsapp_business_account","entry":[' + b"9" * 5_000 + b"]}",
    ],
    ids=range(11),
)
def test_what_is_no_webhook_is_kept_whole_and_refused_by_name(body: bytes) -> None:
    (piece,) = split(body)
    assert piece.kind is PieceKind.MALFORMED
    assert piece.data == body
    assert [shown(item) for item in parsed(body)] == [
        {"kind": "refusal", "reason": "NOT_A_WEBHOOK"}
    ]


@pytest.mark.parametrize("wrong", [{"text": 7}, {"text": {"body": {"a": 1}}}, {"context": []}])
def test_a_malformed_message_of_a_known_person_is_unreadable_not_lost(wrong: dict) -> None:
    webhook = json.loads((Path(__file__).parent / "fixtures/text.json").read_text())["webhook"]
    webhook["entry"][0]["changes"][0]["value"]["messages"][0].update(wrong)
    with pytest.raises(Unreadable) as caught:
        parsed(json.dumps(webhook).encode())
    assert caught.value.reason == "MESSAGE_MALFORMED"
    assert caught.value.sender_address == "573005550142"
    assert caught.value.provider_message_id == "wamid.SAtext"


def test_null_fields_and_numbers_for_texts_do_not_cost_the_message() -> None:
    webhook = json.loads((Path(__file__).parent / "fixtures/image.json").read_text())["webhook"]
    message = webhook["entry"][0]["changes"][0]["value"]["messages"][0]
    message["image"].update({"caption": None, "id": 70010})
    message["timestamp"] = 1767364800
    (item,) = parsed(json.dumps(webhook).encode())
    assert shown(item)["media"][0]["media_id"] == "70010"


def test_webhook_of_another_number_is_refused_by_name() -> None:
    body = json.dumps(
        json.loads((Path(__file__).parent / "fixtures/text.json").read_text())["webhook"]
    )
    (item,) = parsed(body.encode(), account="999")
    assert shown(item) == {"kind": "refusal", "reason": "OTHER_ACCOUNT"}


@pytest.mark.parametrize(
    ("given_address", "canonical"),
    [
        ("573005550142", "573005550142"),
        ("+57 300 555 0142", "573005550142"),
        ("0057 (300) 555-0142", "573005550142"),
        ("5215512345678", "525512345678"),
        ("525512345678", "525512345678"),
        ("521551234567", "521551234567"),
        ("5491155550142", "5491155550142"),
        ("US.ENT.118157", "US.ENT.118157"),
        ("٥٧٣٠٠٥٥٥٠١٤٢", None),
        ("12", None),
        ("9" * 16, None),
        ("juan", None),
        ("", None),
        ("<WHATSAPP_USER_PHONE_NUMBER>", None),
    ],
)
def test_one_person_has_one_address(given_address: str, canonical: str | None) -> None:
    assert canonical_address(given_address) == canonical


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(
    st.sampled_from(FIXTURES),
    st.lists(st.integers(0, 40), min_size=1, max_size=8),
    json_values,
)
def test_any_damage_gives_an_entry_or_a_refusal(path: Path, way: list[int], damage: object) -> None:
    webhook = json.loads(path.read_text())["webhook"]
    node, key, parent = webhook, None, None
    for step in way:
        if isinstance(node, dict) and node:
            key, parent = sorted(node)[step % len(node)], node
        elif isinstance(node, list) and node:
            key, parent = step % len(node), node
        else:
            break
        node = parent[key]
    parent[key] = damage
    with contextlib.suppress(Unreadable):  # one of the two outcomes that keep the message
        for item in parsed(json.dumps(webhook).encode()):
            assert isinstance(item, ParsedMessage | ParsedStatus | Refusal)
            if isinstance(item, ParsedMessage):
                item.text.encode()
                item.sender.display_name.encode()


if REAL:

    @pytest.mark.parametrize("path", REAL, ids=lambda path: path.stem)
    def test_real_webhooks_give_entries_or_named_refusals(path: Path) -> None:
        for name, webhook in json.loads(path.read_text()).items():
            value = webhook["entry"][0]["changes"][0]["value"]
            account = value.get("metadata", {}).get("phone_number_id", ACCOUNT)
            items = parsed(json.dumps(webhook).encode(), account)
            assert items, name
            for item in items:
                assert not isinstance(item, Refusal) or item.reason.isupper()
                assert not isinstance(item, Refusal) or item.reason not in {
                    "NOT_A_WEBHOOK",
                    "FIELD_UNKNOWN",
                    "STATUS_UNKNOWN",
                    "OTHER_ACCOUNT",
                }, (name, item)

else:

    @pytest.mark.skip(reason="shared/data/whatsapp is absent")
    def test_real_webhooks_give_entries_or_named_refusals() -> None:
        """Shown as one line where the data is missing."""
