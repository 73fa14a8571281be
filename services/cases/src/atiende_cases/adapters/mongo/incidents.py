"""The port `Incidents` over a collection."""

from __future__ import annotations

from typing import Final

from atiende_cases.adapters.mongo.codec import Doc, get_actor, put_actor
from atiende_cases.domain.incident import Answer, Incident
from atiende_kit.store import Collection, Database, Index, Insert, Outcome, Replace

INDEXES: Final = [
    Index([("open", 1), ("create_time", -1), ("_id", -1)]),
    # Those whose answer may not have reached every case yet.
    Index([("create_time", 1)], partial={"answering": True}, tenant_first=False),
]


class MongoIncidents:
    """Incidents of all cities."""

    def __init__(self, database: Database) -> None:
        self.collection: Collection = database.collection("incidents", INDEXES)

    async def get(self, tenant: str, incident_id: str) -> Incident | None:
        """One incident, or None."""
        doc = await self.collection.get(tenant, incident_id)
        return None if doc is None else read_incident(doc)

    async def newest(self, tenant: str, *, is_open: bool, limit: int) -> list[Incident]:
        """Open or closed ones, newest first."""
        found = await self.collection.find(
            tenant, {"open": is_open}, sort=[("create_time", -1), ("_id", -1)], limit=limit
        )
        return [read_incident(doc) for doc in found]

    async def answering(self, limit: int) -> list[Incident]:
        """Those of every tenant that are open and have an answer."""
        found = await self.collection.across_tenants(
            {"answering": True}, sort=[("create_time", 1)], limit=limit
        )
        return [read_incident(doc) for doc in found]

    async def write(self, incident: Incident) -> Outcome:
        """Writes one: inserted when its version is 0, else compared and set."""
        make = Replace if incident.version else Insert
        [outcome] = await self.collection.write([make(incident.tenant, _write(incident))])
        return outcome


def _write(incident: Incident) -> Doc:
    return {
        "_id": incident.incident_id,
        "tenant": incident.tenant,
        "version": incident.version,
        "title": incident.title,
        "area": incident.area,
        "unit_id": incident.unit_id,
        "procedure_code": incident.procedure_code,
        "create_time": incident.create_time,
        "created_by": put_actor(incident.created_by),
        "answers": [
            {
                "number": answer.number,
                "text": answer.text,
                "outcome": answer.outcome,
                "actor": put_actor(answer.actor),
                "time": answer.time,
            }
            for answer in incident.answers
        ],
        "close_time": incident.close_time,
        "open": incident.is_open,
        "settled": incident.settled,
        "answering": bool(incident.answers) and not incident.settled,
    }


def read_incident(doc: Doc) -> Incident:
    """Reads the document."""
    return Incident(
        incident_id=doc["_id"],
        tenant=doc["tenant"],
        version=doc["version"],
        title=doc["title"],
        area=doc["area"],
        unit_id=doc["unit_id"],
        procedure_code=doc["procedure_code"],
        create_time=doc["create_time"],
        created_by=get_actor(doc["created_by"]),
        answers=tuple(
            Answer(
                answer["number"],
                answer["text"],
                answer["outcome"],
                get_actor(answer["actor"]),
                answer["time"],
            )
            for answer in doc["answers"]
        ),
        close_time=doc["close_time"],
        settled=doc["settled"],
    )
