"""Builders for tests of this service."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from atiende_cases.adapters.mongo.store import Store
from atiende_cases.application.receive_messages import Arrival, ReceiveMessages
from atiende_cases.domain.citizen import ContactPoint
from atiende_cases.domain.inbound import Inbound
from atiende_cases.domain.values import Channel
from atiende_city.release import Release
from atiende_city.testing import example_release
from atiende_kit.ids import derived_id
from atiende_kit.store import Database

TENANT: Final = "sanaurelio"
OTHER_TENANT: Final = "otraciudad"
MORNING: Final = datetime(2026, 3, 10, 15, 0, tzinfo=UTC)
"""A Tuesday, 10:00 in Bogotá."""


class FixedReleases:
    """Every city has the example city's release."""

    async def get(self, tenant: str) -> Release:  # noqa: ARG002 - the port's argument
        """The example release."""
        return example_release()


def inbound(
    number: int = 1,
    *,
    channel: Channel = Channel.WHATSAPP,
    address: str = "573001112233",
    text: str = "No hay luz en el poste de mi calle",
    at: datetime | None = None,
    tenant: str = TENANT,
    **more: Any,
) -> Inbound:
    """Makes a message; the same arguments give the same message."""
    receive_time = at or MORNING + timedelta(seconds=number)
    message_id = more.pop("message_id", None) or derived_id(
        receive_time, tenant, channel.value, "message", number
    )
    sender = more.pop("sender", None) or ContactPoint(
        channel, address, display_name="Rosa", verified=True, account_id="account"
    )
    more.setdefault("thread_key", address)
    more.setdefault("provider_message_id", f"provider-{channel.value}-{number}")
    return Inbound(
        tenant=tenant,
        message_id=message_id,
        case_id_if_new=derived_id(receive_time, "case", message_id),
        account_id="account",
        sender=sender,
        receive_time=receive_time,
        text=text,
        **more,
    )


class City:
    """A store with the use case that everything begins with."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.store = Store(database)
        self.releases = FixedReleases()
        self.receive = self.worker()

    def worker(self, **instead: Any) -> ReceiveMessages:
        """Another worker over the same store, with some ports exchanged."""
        ports: dict[str, Any] = {
            "citizens": self.store.citizens,
            "conversations": self.store.conversations,
            "messages": self.store.messages,
            "cases": self.store.cases,
            "folios": self.store.folios,
            "releases": self.releases,
        }
        return ReceiveMessages(**{**ports, **instead})

    async def indexed(self) -> City:
        """Makes the indexes: what is unique is unique only with them."""
        await self.database.ensure_indexes()
        return self

    async def hear(self, *messages: Inbound) -> None:
        """Enters messages in one batch; all of them must be taken."""
        failed = await self.receive([Arrival(message) for message in messages])
        if failed:
            raise AssertionError(failed)

    async def all(self, name: str, tenant: str = TENANT) -> list[Mapping[str, Any]]:
        """All documents of a collection."""
        found: list[Mapping[str, Any]] = await getattr(self.store, name).collection.find(tenant, {})
        return sorted(found, key=lambda doc: str(doc["_id"]))

    async def events(self, name: str) -> list[str]:
        """Names of the events that wait in a collection."""
        far = datetime(2100, 1, 1, tzinfo=UTC)
        pending = await getattr(self.store, name).collection.pending(far, 10_000)
        return [entry.type.rsplit(".", 1)[-1] for entry in pending]
