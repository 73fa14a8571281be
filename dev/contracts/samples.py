"""Golden samples: one filled message of every kind, as canonical JSON and as wire bytes.

The bytes are written once and stay: a consumer of today must read what a publisher of yesterday
wrote. A new field is simply absent from the old JSON and the old bytes alike.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from google.protobuf import json_format
from google.protobuf.descriptor import FieldDescriptor

from dev.contracts.catalogue import ROOT, message_classes

FOLDER = ROOT / "proto" / "testdata"


def paths(message: Any) -> tuple[Path, Path]:
    """Where the JSON and the bytes of a message's sample are."""
    name = message.DESCRIPTOR.full_name
    return FOLDER / f"{name}.json", FOLDER / f"{name}.binpb"


def sample(message: Any) -> Any:
    """A message with every field set to a value derived from the field's name."""
    filled = message()
    _fill(filled)
    return filled


def canonical(message: Any) -> str:
    """The message as JSON with sorted keys and a final newline."""
    return json_format.MessageToJson(message, sort_keys=True, ensure_ascii=False) + "\n"


def write_missing() -> list[Path]:
    """Writes samples of messages that have none; never touches an existing one."""
    FOLDER.mkdir(exist_ok=True)
    written = []
    for message in message_classes():
        as_json, as_bytes = paths(message)
        if as_bytes.exists():
            continue
        filled = sample(message)
        as_bytes.write_bytes(filled.SerializeToString(deterministic=True))
        as_json.write_text(
            json_format.MessageToJson(filled, sort_keys=True, ensure_ascii=False) + "\n"
        )
        written.append(as_bytes)
    return written


def _fill(message: Any) -> None:
    for field in message.DESCRIPTOR.fields:
        if field.message_type is not None and field.message_type.GetOptions().map_entry:
            getattr(message, field.name)["campo"] = "valor"
        elif field.is_repeated:
            _fill_repeated(getattr(message, field.name), field)
        elif field.message_type is not None:
            _fill_message(getattr(message, field.name), field)
        else:
            setattr(message, field.name, _scalar(field))


def _fill_repeated(container: Any, field: Any) -> None:
    if field.message_type is not None:
        _fill_message(container.add(), field)
    else:
        container.append(_scalar(field))


def _fill_message(message: Any, field: Any) -> None:
    if field.message_type.full_name == "google.protobuf.Timestamp":
        message.FromJsonString("2026-03-02T13:00:00.123Z")
    else:
        _fill(message)


def _scalar(field: Any) -> Any:
    number = int.from_bytes(hashlib.sha256(field.name.encode()).digest()[:2])
    match field.type:
        case FieldDescriptor.TYPE_STRING:
            return f"{field.name}-ñandú"
        case FieldDescriptor.TYPE_BYTES:
            return field.name.encode()
        case FieldDescriptor.TYPE_BOOL:
            return True
        case FieldDescriptor.TYPE_DOUBLE | FieldDescriptor.TYPE_FLOAT:
            return number / 4
        case FieldDescriptor.TYPE_ENUM:
            return field.enum_type.values[-1].number
        case _:
            return number
