"""Citizens as documents."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Final

from atiende_cases.adapters.mongo.codec import Doc, get_point, put_point
from atiende_cases.adapters.protobuf import citizen_events
from atiende_cases.application.ports import SaveCitizen
from atiende_cases.domain.citizen import Citizen, Withdrawal
from atiende_cases.domain.values import Channel
from atiende_kit.store import Collection, Database, Index, Insert, Outcome, Replace

INDEXES: Final = [
    # One owner for each contact point: what makes one citizen of two messages at once.
    Index([("keys", 1)], unique=True),
    Index([("create_time", 1)], partial={"withdrawal_open": True}, tenant_first=False),
]


class MongoCitizens:
    """The port `Citizens` over a collection."""

    def __init__(self, database: Database) -> None:
        self.collection: Collection = database.collection("citizens", INDEXES, outbox=True)

    async def get(self, tenant: str, citizen_id: str) -> Citizen | None:
        """One citizen, or None."""
        doc = await self.collection.get(tenant, citizen_id)
        return None if doc is None else read_citizen(doc)

    async def get_many(self, tenant: str, citizen_ids: Iterable[str]) -> list[Citizen]:
        """Those that exist."""
        found = await self.collection.get_many(tenant, citizen_ids)
        return [read_citizen(doc) for doc in found.values()]

    async def by_keys(self, tenant: str, keys: Iterable[str]) -> list[Citizen]:
        """The owners of contact points."""
        wanted = list(dict.fromkeys(keys))
        if not wanted:
            return []
        return [
            read_citizen(doc)
            for doc in await self.collection.find(tenant, {"keys": {"$in": wanted}})
        ]

    async def write(self, saves: Sequence[SaveCitizen]) -> list[Outcome]:
        """Writes a batch."""
        ops: list[Insert | Replace] = []
        for save in saves:
            citizen = save.citizen
            make = Replace if citizen.version else Insert
            ops.append(make(citizen.tenant, write_citizen(citizen), citizen_events(save)))
        return await self.collection.write(ops)


def write_citizen(citizen: Citizen) -> Doc:
    """Writes the document."""
    return {
        "_id": citizen.citizen_id,
        "tenant": citizen.tenant,
        "version": citizen.version,
        "keys": list(citizen.keys),
        "points": [put_point(point) for point in citizen.points],
        "create_time": citizen.create_time,
        "display_name": citizen.display_name,
        "language": citizen.language,
        "preferred_channel": citizen.preferred_channel and citizen.preferred_channel.value,
        "consents": {channel.value: agreed for channel, agreed in citizen.consents},
        "session_generation": citizen.session_generation,
        "withdrawal": None if citizen.withdrawal is None else asdict(citizen.withdrawal),
        # What the sweeper looks for.
        "withdrawal_open": citizen.withdrawal is not None
        and citizen.withdrawal.suppress_time is None,
    }


def read_citizen(doc: Doc) -> Citizen:
    """Reads the document."""
    return Citizen(
        citizen_id=doc["_id"],
        tenant=doc["tenant"],
        version=doc["version"],
        keys=tuple(doc["keys"]),
        points=tuple(get_point(point) for point in doc["points"]),
        create_time=doc["create_time"],
        display_name=doc["display_name"],
        language=doc["language"],
        preferred_channel=Channel(doc["preferred_channel"]) if doc["preferred_channel"] else None,
        consents=tuple(sorted((Channel(c), agreed) for c, agreed in doc["consents"].items())),
        # Documents written before there were sessions have neither.
        session_generation=doc.get("session_generation", 0),
        withdrawal=Withdrawal(**doc["withdrawal"]) if doc.get("withdrawal") else None,
    )
