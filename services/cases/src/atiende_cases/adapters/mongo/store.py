"""All collections of the service, declared in one place."""

from __future__ import annotations

from atiende_cases.adapters.mongo.attempts import MongoAttempts
from atiende_cases.adapters.mongo.audit import MongoAudit
from atiende_cases.adapters.mongo.cases import MongoCases
from atiende_cases.adapters.mongo.citizen_cases import MongoCitizenCases
from atiende_cases.adapters.mongo.citizens import MongoCitizens
from atiende_cases.adapters.mongo.codes import MongoCodes
from atiende_cases.adapters.mongo.conversations import MongoConversations
from atiende_cases.adapters.mongo.directory import MongoDirectory
from atiende_cases.adapters.mongo.folios import MongoFolios
from atiende_cases.adapters.mongo.incidents import MongoIncidents
from atiende_cases.adapters.mongo.messages import MongoMessages
from atiende_cases.adapters.mongo.publications import MongoPublications
from atiende_cases.adapters.mongo.views import MongoViews
from atiende_cases.adapters.mongo.withdrawals import MongoWithdrawals
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
        self.incidents = MongoIncidents(database)
        self.views = MongoViews(database)
        self.own_cases = MongoCitizenCases(self.cases.collection, self.conversations.collection)
        self.attempts = MongoAttempts(database)
        self.codes = MongoCodes(database)
        self.withdrawals = MongoWithdrawals(self.citizens.collection, self.messages.collection)
        self.publications = MongoPublications(database, self.cases.collection)
        self.directory = MongoDirectory(database)
