"""Saved views as documents, one for each member of staff."""

from __future__ import annotations

from atiende_cases.application.desk.ports import SavedViews
from atiende_kit.store import Collection, Database, Insert, Outcome, Replace


class MongoViews:
    """The port `Views` over a collection."""

    def __init__(self, database: Database) -> None:
        self.collection: Collection = database.collection("views")

    async def get(self, tenant: str, subject: str) -> SavedViews:
        """The person's views."""
        doc = await self.collection.get(tenant, _id(tenant, subject))
        if doc is None:
            return SavedViews()
        views = tuple((view["name"], view["query"]) for view in doc["views"])
        return SavedViews(views, doc["version"])

    async def put(self, tenant: str, subject: str, views: SavedViews) -> Outcome:
        """Replaces them if they are still as they were read."""
        doc = {
            "_id": _id(tenant, subject),
            "tenant": tenant,
            "version": views.version,
            "views": [{"name": name, "query": query} for name, query in views.views],
        }
        make = Replace if views.version else Insert
        [outcome] = await self.collection.write([make(tenant, doc)])
        return outcome


def _id(tenant: str, subject: str) -> str:
    return f"{tenant}/{subject}"
