"""All collections of the service, declared in one place."""

from __future__ import annotations

from atiende_cases.adapters.mongo.audit import MongoAudit
from atiende_cases.adapters.mongo.cases import MongoCases
from atiende_cases.adapters.mongo.citizens import MongoCitizens
from atiende_cases.adapters.mongo.conversations import MongoConversations
from atiende_cases.adapters.mongo.folios import MongoFolios
from atiende_cases.adapters.mongo.messages import MongoMessages
from atiende_kit.store import Database


class Store:
    """The repositories over one database."""

    def __init__(self, database: Database) -> None:
        self.citizens = MongoCitizens(database)
        self.conversations = MongoConversations(database)
        self.messages = MongoMessages(database)
        self.cases = MongoCases(database)
        self.folios = MongoFolios(database)
        self.audit = MongoAudit(database)
