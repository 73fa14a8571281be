"""The port `Publications`: cases read through a covering index, publications as documents."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

from atiende_cases.application.public_figures import Publication
from atiende_cases.domain.public_figures import Figure, Measured, Times
from atiende_kit.store import BlobStore, Collection, Database, Index, Insert, Outcome, Replace

# Everything that is read stands in it, so that no case is fetched.
TIMES_INDEX: Final = Index(
    [
        ("open_time", 1),
        ("_id", 1),
        ("unit_id", 1),
        ("procedure_code", 1),
        ("legal_time", 1),
        ("first_answer_time", 1),
        ("resolve_time", 1),
    ]
)
_READ: Final = {
    "open_time": 1,
    "unit_id": 1,
    "procedure_code": 1,
    "legal_time": 1,
    "first_answer_time": 1,
    "resolve_time": 1,
}


class MongoPublications:
    """Publications of all cities; the file of each is a blob, since it may be large."""

    def __init__(self, database: Database, cases: Collection) -> None:
        self._cases = cases
        self._publications = database.collection("publications")
        self._files: BlobStore = database.bucket("public_figures")

    async def times(
        self, tenant: str, since: datetime, *, after: tuple[datetime, str] | None, limit: int
    ) -> tuple[list[Times], tuple[datetime, str] | None]:
        """A part of the cases, and where the next part begins."""
        wanted: dict[str, Any] = {"open_time": {"$gte": since}}
        if after is not None:
            at, case_id = after
            wanted["open_time"] = {"$gte": at}
            wanted["$nor"] = [{"open_time": at, "_id": {"$lte": case_id}}]
        found = await self._cases.find(
            tenant, wanted, sort=[("open_time", 1), ("_id", 1)], limit=limit, projection=_READ
        )
        times = [
            Times(
                doc["unit_id"],
                doc["procedure_code"],
                doc["open_time"],
                doc["legal_time"],
                doc["first_answer_time"],
                doc["resolve_time"],
            )
            for doc in found
        ]
        last = found[-1] if len(found) == limit else None
        return times, None if last is None else (last["open_time"], last["_id"])

    async def get(self, tenant: str, days: int) -> Publication | None:
        """What is published of a period."""
        doc = await self._publications.get(tenant, f"{tenant}/{days}")
        if doc is None:
            return None
        return Publication(
            days=days,
            publish_time=doc["publish_time"],
            real_time=doc["real_time"],
            figures=tuple(_figure(figure) for figure in doc["figures"]),
        )

    async def file(self, tenant: str, days: int) -> bytes | None:
        """The file of a period, compressed."""
        doc = await self._publications.get(tenant, f"{tenant}/{days}")
        return None if doc is None else await self._files.get(tenant, doc["file"])

    async def put(self, tenant: str, publication: Publication, file: bytes) -> None:
        """Publishes; the file before stays once more, for whoever is reading it."""
        key = f"{tenant}/{publication.days}"
        name = f"{publication.days}-{int(publication.real_time.timestamp() * 1000)}"
        await self._files.put(tenant, name, file)
        known = await self._publications.get(tenant, key)
        fields = {
            "publish_time": publication.publish_time,
            "real_time": publication.real_time,
            "figures": [asdict(figure) for figure in publication.figures],
            "file": name,
            "file_before": known["file"] if known else "",
        }
        if known is None:
            await self._publications.write([Insert(tenant, {"_id": key, **fields})])
            return
        [outcome] = await self._publications.write([Replace(tenant, {**known, **fields})])
        if outcome is Outcome.DONE:
            await self._files.delete(tenant, known["file_before"])


def _figure(doc: dict[str, Any]) -> Figure:
    return Figure(
        unit=doc["unit"],
        procedure=doc["procedure"],
        cases=doc["cases"],
        first_answer=Measured(**doc["first_answer"]),
        resolution=Measured(**doc["resolution"]),
    )
