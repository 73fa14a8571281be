"""What goes over the pipes between this process and a parser child.

A frame is a 4-byte length and that many bytes. Each direction carries a JSON head and blobs, never
pickles: the child has read hostile bytes, so nothing it says is executed.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any

from atiende_channels.channels.email.parser import Rules
from atiende_channels.domain.model import (
    Attachment,
    Channel,
    Contact,
    ParsedItem,
    ParsedMessage,
    ParsedStatus,
    Quality,
    Refusal,
)

LENGTH_BYTES = 4
MAX_FRAME_BYTES = 128 * 1024 * 1024


def pack(head: dict[str, Any], blobs: list[bytes]) -> bytes:
    """Builds one frame, its length included."""
    encoded = json.dumps({**head, "blobs": [len(blob) for blob in blobs]}).encode()
    size = LENGTH_BYTES + len(encoded) + sum(map(len, blobs))
    return b"".join(
        (
            size.to_bytes(LENGTH_BYTES, "big"),
            len(encoded).to_bytes(LENGTH_BYTES, "big"),
            encoded,
            *blobs,
        )
    )


def unpack(frame: bytes) -> tuple[dict[str, Any], list[bytes]]:
    """Reads one frame without its outer length.

    Raises:
        ValueError: When the lengths do not add up.
    """
    head_end = LENGTH_BYTES + int.from_bytes(frame[:LENGTH_BYTES], "big")
    head = json.loads(frame[LENGTH_BYTES:head_end])
    blobs: list[bytes] = []
    at = head_end
    for size in head.pop("blobs"):
        blobs.append(frame[at : at + size])
        at += size
    if at != len(frame):
        raise ValueError("frame lengths do not add up")
    return head, blobs


def pack_job(body: bytes, rules: Rules) -> bytes:
    """A question to the child."""
    return pack(asdict(rules), [body])


def unpack_job(frame: bytes) -> tuple[bytes, Rules]:
    """The question as the child reads it."""
    head, blobs = unpack(frame)
    return blobs[0], Rules(**head)


def pack_items(items: list[ParsedItem]) -> bytes:
    """The child's answer."""
    blobs: list[bytes] = []
    heads: list[dict[str, Any]] = []
    for item in items:
        if isinstance(item, ParsedMessage):
            heads.append(_message_head(item, blobs))
        elif isinstance(item, ParsedStatus):
            heads.append(
                {
                    "kind": "status",
                    "provider_message_id": item.provider_message_id,
                    "state": item.state,
                    "error_code": item.error_code,
                }
            )
        else:
            heads.append({"kind": "refusal", "reason": item.reason, "detail": item.detail})
    return pack({"items": heads}, blobs)


def pack_failure(reason: str, provider_message_id: str, sender_address: str) -> bytes:
    """The child's answer when the mail is unreadable."""
    head = {"unreadable": reason, "provider_message_id": provider_message_id}
    return pack({**head, "sender_address": sender_address}, [])


def unpack_items(head: dict[str, Any], blobs: list[bytes]) -> list[ParsedItem]:
    """The answer as this process reads it; every field is taken by name and type."""
    return [_item(entry, blobs) for entry in head["items"]]


def _message_head(item: ParsedMessage, blobs: list[bytes]) -> dict[str, Any]:
    files = []
    for file in item.attachments:
        if isinstance(file, Attachment):
            files.append([file.filename, file.claimed_type, len(blobs)])
            blobs.append(file.data)
    return {
        "kind": "message",
        "provider_message_id": item.provider_message_id,
        "sender": [item.sender.address, item.sender.display_name, item.sender.verified],
        "thread_key": item.thread_key,
        "reply_to_keys": list(item.reply_to_keys),
        "provider_time": item.provider_time.isoformat() if item.provider_time else None,
        "subject": item.subject,
        "text": item.text,
        "folded_text": item.folded_text,
        "files": files,
        "quality": item.quality.value,
        "language": item.language,
    }


def _item(entry: dict[str, Any], blobs: list[bytes]) -> ParsedItem:
    kind = entry["kind"]
    if kind == "refusal":
        return Refusal(str(entry["reason"]), str(entry["detail"]))
    if kind == "status":
        return ParsedStatus(
            provider_message_id=str(entry["provider_message_id"]),
            state=str(entry["state"]),
            error_code=str(entry["error_code"]),
        )
    address, name, verified = entry["sender"]
    moment = entry["provider_time"]
    return ParsedMessage(
        provider_message_id=str(entry["provider_message_id"]),
        sender=Contact(Channel.EMAIL, str(address), str(name), bool(verified)),
        thread_key=str(entry["thread_key"]),
        reply_to_keys=tuple(str(key) for key in entry["reply_to_keys"]),
        provider_time=datetime.fromisoformat(moment) if moment else None,
        subject=str(entry["subject"]),
        text=str(entry["text"]),
        folded_text=str(entry["folded_text"]),
        attachments=tuple(
            Attachment(str(filename), str(kind_), blobs[int(at)])
            for filename, kind_, at in entry["files"]
        ),
        quality=Quality(entry["quality"]),
        language=str(entry["language"]),
    )
