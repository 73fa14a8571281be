"""Ten ways to break a promise, each a patch of one rule (reliability section 6).

A checker that never failed proves nothing: with each of these in place it must fail.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any
from unittest import mock

from atiende_cases.adapters.mongo import audit
from atiende_channels.application import inbox, send_message
from atiende_channels.application.accept_raw import AcceptRaw, _accepted, whole_body
from atiende_channels.application.process_intake import ProcessIntake
from atiende_kit.bus.workers import Worker
from atiende_kit.ids import new_id
from atiende_kit.outbox import Relay
from atiende_kit.store.collection import Collection
from dev.simulation.broker import Broker

_key_of_row = inbox.inbox_key


def _patched(target: Any, name: str, value: Any) -> AbstractContextManager[Any]:
    return mock.patch.object(target, name, value)


@contextlib.contextmanager
def acknowledged_before_insert() -> Iterator[None]:
    """The provider is answered before the row is durable."""

    async def accept(self: Any, raw: Any) -> Any:
        row = await self._inbox.new_row(raw, whole_body(raw.body))
        later = asyncio.ensure_future(self._group.submit((raw.tenant, row)))
        later.add_done_callback(lambda task: task.cancelled() or task.exception())
        return _accepted(row)

    with _patched(AcceptRaw, "accept", accept):
        yield


@contextlib.contextmanager
def key_without_tenant() -> Iterator[None]:
    """A provider's id counts for all cities together."""

    def key(_tenant: str, channel: Any, _account: str, provider_id: str) -> str:
        return _key_of_row("all", channel, "all", provider_id)

    with _patched(inbox, "inbox_key", key):
        yield


@contextlib.contextmanager
def no_unique_index() -> Iterator[None]:
    """A provider's id may be taken twice."""

    def key(tenant: str, channel: Any, account: str, provider_id: str) -> str:
        return _key_of_row(tenant, channel, account, f"{provider_id}/{new_id()}")

    with _patched(inbox, "inbox_key", key):
        yield


@contextlib.contextmanager
def acknowledged_before_effect() -> Iterator[None]:
    """A worker says that it is done before it has begun."""
    process = Worker._process  # noqa: SLF001 - the rule that is broken

    async def hasty(self: Worker, batch: Any) -> None:
        await asyncio.gather(*(raw.ack() for raw in batch))
        await process(self, batch)

    with _patched(Worker, "_process", hasty):
        yield


@contextlib.contextmanager
def broker_syncs_later() -> Iterator[None]:
    """The broker's default: acknowledged, and on the disk within two minutes."""
    make = Broker.__init__

    def lazy(self: Broker, *contracts: Any) -> None:
        make(self, *contracts)
        self.syncs_always = False

    with _patched(Broker, "__init__", lazy):
        yield


@contextlib.contextmanager
def broker_discards_old() -> Iterator[None]:
    """A full stream gives up its oldest messages, which nobody has read yet."""
    make = Broker.__init__

    def careless(self: Broker, *contracts: Any) -> None:
        make(self, *contracts)
        self.discards_old = True

    with _patched(Broker, "__init__", careless):
        yield


@contextlib.contextmanager
def no_sweeper() -> Iterator[None]:
    """Nobody looks for what a crash left behind."""

    async def nothing(_self: Any) -> int:
        return 0

    with _patched(Relay, "sweep", nothing), _patched(ProcessIntake, "sweep", nothing):
        yield


@contextlib.contextmanager
def survey_sent_again() -> Iterator[None]:
    """A question whose fate is unknown is asked once more."""
    read: Any = vars(send_message)["outbound_from_proto"]

    def repeatable(*args: Any) -> Any:
        return replace(read(*args), at_most_once=False)

    with _patched(send_message, "outbound_from_proto", repeatable):
        yield


@contextlib.contextmanager
def audit_without_compare_and_set() -> Iterator[None]:
    """Two relays write behind the same entry of the chain."""
    link: Any = vars(audit)["linked"]

    async def append(self: Any, tenant: str, entries: dict[str, Any]) -> None:
        seq, previous = self._heads.get(tenant) or await self._head(tenant)
        facts = [audit._fact(entry) for entry in entries.values()]  # noqa: SLF001 - as above
        links = link(tenant, facts, after_seq=seq, after_hash=previous)
        document = {
            "_id": new_id(),
            "tenant": tenant,
            "first_seq": seq + 1,
            "last_seq": links[-1].seq,
            "last_hash": links[-1].hash,
            "entries": [link.stored() for link in links],
        }
        await self.collection.insert(tenant, document)

    with _patched(audit.MongoAudit, "_append", append), _patched(audit, "INDEXES", []):
        yield


@contextlib.contextmanager
def filter_without_tenant() -> Iterator[None]:
    """A query finds what belongs to another city."""

    def everywhere(_self: Any, _tenant: str, query: Any) -> dict[str, Any]:
        return dict(query)

    with _patched(Collection, "_scoped", everywhere):
        yield


DEFECTS: dict[str, Callable[[], AbstractContextManager[None]]] = {
    "acknowledged before the insert": acknowledged_before_insert,
    "key of a message without its city": key_without_tenant,
    "no unique index on that key": no_unique_index,
    "acknowledged before the effect": acknowledged_before_effect,
    "the broker syncs later (its default)": broker_syncs_later,
    "a full stream discards what is old": broker_discards_old,
    "no sweeper": no_sweeper,
    "a survey of unknown fate is sent again": survey_sent_again,
    "audit without compare-and-set": audit_without_compare_and_set,
    "a filter without the city": filter_without_tenant,
}
