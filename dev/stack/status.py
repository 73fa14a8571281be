"""The table of `make status`: what is up, what it uses, and how far its consumers are behind."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any

from rich.table import Table

from dev.stack.console import size, span
from dev.stack.probe import group_memory_bytes
from dev.stack.servers import nats
from dev.stack.stack import Stack

_COLOURS = {"up": "green", "done": "dim", "stopped": "dim"}


def rows(stack: Stack) -> list[dict[str, Any]]:
    """Returns one row per process, as `--json` prints them."""
    state = stack.state()
    lag = consumer_lag(stack)
    now = time.time()
    return [
        {
            "name": item.name,
            "kind": item.kind,
            "status": item.status,
            "well": item.well,
            "pid": item.pid,
            "port": item.port,
            "memory_bytes": group_memory_bytes(item.pid) if item.pid else None,
            "restarts": item.restarts,
            "uptime_seconds": round(now - item.started, 1) if item.pid and item.started else None,
            "ready_seconds": None if item.ready_seconds is None else round(item.ready_seconds, 1),
            "lag": lag.get(item.name.removesuffix("-worker"))
            if item.name.endswith("-worker")
            else None,
        }
        for item in (state.items if state else [])
    ]


def consumer_lag(stack: Stack) -> dict[str, int]:
    """Returns, per service, how many messages wait or are not acknowledged yet.

    Empty when NATS does not answer or runs elsewhere: lag is then unknown, not zero.
    """
    if nats.external_url():
        return {}
    port = stack.context().ports.get("nats-monitor")
    address = f"http://127.0.0.1:{port}/jsz?consumers=true"
    try:
        with urllib.request.urlopen(address, timeout=3) as answer:
            found = json.load(answer)
    except (urllib.error.URLError, TimeoutError, ValueError):
        return {}
    lag: dict[str, int] = {}
    for account in found.get("account_details") or []:
        for stream in account.get("stream_detail") or []:
            for consumer in stream.get("consumer_detail") or []:
                service = str(consumer["name"]).split("-", 1)[0]
                behind = consumer.get("num_pending", 0) + consumer.get("num_ack_pending", 0)
                lag[service] = lag.get(service, 0) + int(behind)
    return lag


def render(found: list[dict[str, Any]]) -> Table:
    """Returns the rows as a table for people."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in ("process", "state", "pid"):
        table.add_column(title)
    for title in ("port", "memory", "restarts", "uptime", "ready in", "lag"):
        table.add_column(title, justify="right")
    for row in found:
        colour = _COLOURS.get(row["status"], "red")
        table.add_row(
            row["name"],
            f"[{colour}]{row['status']}[/{colour}]",
            str(row["pid"] or "–"),
            str(row["port"] or "–"),
            _or_dash(row["memory_bytes"], size),
            str(row["restarts"]) if row["kind"] == "daemon" else "–",
            _or_dash(row["uptime_seconds"], span),
            _or_dash(row["ready_seconds"], span),
            _or_dash(row["lag"], str),
        )
    return table


def _or_dash(value: Any, render_one: Callable[[Any], str]) -> str:
    return "–" if value is None else render_one(value)
