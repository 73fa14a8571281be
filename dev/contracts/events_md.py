"""docs/events.md: every event and command, for people."""

from __future__ import annotations

from typing import Any

from google.protobuf.descriptor import FieldDescriptor

from dev.contracts.catalogue import Declared, comment_of, declared

SCALARS = {
    FieldDescriptor.TYPE_STRING: "string",
    FieldDescriptor.TYPE_BOOL: "bool",
    FieldDescriptor.TYPE_BYTES: "bytes",
    FieldDescriptor.TYPE_DOUBLE: "double",
    FieldDescriptor.TYPE_INT64: "int64",
    FieldDescriptor.TYPE_INT32: "int32",
}

HEAD = """<!-- Generated from proto/ and the services' contracts by `make generate`. -->

# Events and commands

The subject of a message ends with the tenant: `evt.cases.case.opened.v1.sanaurelio`. Bodies are
protobuf; `Nats-Msg-Id`, `ce-*`, `traceparent`, `atiende-tenant`, `atiende-correlation-id` and
`atiende-causation-id` travel as headers. Every consumer is idempotent.
"""


def render() -> str:
    """The whole page."""
    parts = [HEAD]
    by_stream: dict[str, list[Declared]] = {}
    for item in declared():
        by_stream.setdefault(item.stream, []).append(item)
    for stream, items in sorted(by_stream.items()):
        parts.append(f"## {stream}\n")
        parts.extend(_message(item) for item in items)
    return "\n".join(parts)


def _message(item: Declared) -> str:
    senders = ", ".join(item.publishers) or "nobody yet"
    listeners = ", ".join(f"{service} (`{durable}`)" for service, durable in item.consumers)
    rows = [
        f"| `{field.name}` | {_type(field)} | {comment_of(item.message.DESCRIPTOR, field.name)} |"
        for field in item.message.DESCRIPTOR.fields
    ]
    return "\n".join(
        [
            f"### {item.message.DESCRIPTOR.name}\n",
            f"{item.comment}\n",
            f"- subject: `{item.subject}.<tenant>`",
            f"- from: {senders}",
            f"- to: {listeners or 'nobody yet'}\n",
            "| field | type | meaning |",
            "|---|---|---|",
            *rows,
            "",
        ]
    )


def _type(field: Any) -> str:
    message_type = field.message_type
    enum_type = field.enum_type
    if message_type is not None and message_type.GetOptions().map_entry:
        return "map of text"
    if message_type is not None:
        name = message_type.name
    elif enum_type is not None:
        name = enum_type.name
    else:
        name = SCALARS[field.type]
    return f"{name}[]" if field.is_repeated else name
