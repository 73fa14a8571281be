"""docs/asyncapi.json: the same as an AsyncAPI 3.0 document, for tools."""

from __future__ import annotations

import json
from typing import Any

from dev.contracts.catalogue import Declared, contracts, declared
from dev.contracts.samples import sample


def render() -> str:
    """The document as JSON with a final newline."""
    items = declared()
    document: dict[str, Any] = {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Atiende: events and commands",
            "version": "1.0.0",
            "description": "Generated from proto/ and the services' contracts by `make generate`.",
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/protobuf",
        "servers": {"nats": {"host": "nats:4222", "protocol": "nats"}},
        "channels": {_key(item): _channel(item) for item in items},
        "operations": dict(sorted(_operations(items).items())),
        "components": {"messages": {item.name: _message(item) for item in items}},
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _key(item: Declared) -> str:
    return item.subject.replace(".", "_")


def _channel(item: Declared) -> dict[str, Any]:
    return {
        "address": f"{item.subject}.{{tenant}}",
        "parameters": {"tenant": {"description": "The city."}},
        "messages": {"message": {"$ref": f"#/components/messages/{item.name}"}},
        "bindings": {"nats": {}},
        "description": f"Stream {item.stream}.",
    }


def _operations(items: list[Declared]) -> dict[str, Any]:
    operations: dict[str, Any] = {}
    names = contracts().keys()
    for item in items:
        channel = {"$ref": f"#/channels/{_key(item)}"}
        for service in sorted(set(item.publishers) & set(names)):
            operations[f"{service}-sends-{_key(item)}"] = {"action": "send", "channel": channel}
        for _service, durable in item.consumers:
            operations[durable] = {"action": "receive", "channel": channel}
    return operations


def _message(item: Declared) -> dict[str, Any]:
    filled = sample(item.message)
    return {
        "name": item.name,
        "summary": item.comment,
        "contentType": "application/protobuf",
        "payload": {
            "schemaFormat": "application/vnd.google.protobuf;version=3",
            "schema": f'import "{filled.DESCRIPTOR.file.name}"; // {item.name}',
        },
        "headers": {
            "type": "object",
            "required": [
                "Nats-Msg-Id",
                "ce-id",
                "ce-type",
                "ce-source",
                "ce-time",
                "atiende-tenant",
            ],
            "properties": {
                name: {"type": "string"}
                for name in (
                    "Nats-Msg-Id",
                    "ce-id",
                    "ce-type",
                    "ce-source",
                    "ce-time",
                    "ce-specversion",
                    "traceparent",
                    "atiende-tenant",
                    "atiende-correlation-id",
                    "atiende-causation-id",
                )
            },
        },
    }
