"""Helpers of the tests of surveys."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pytest

from atiende_kit.clock import FixedClock
from atiende_kit.store import Database, MemoryDatabase, OutboxEntry
from atiende_surveys.adapters.mongo.invitations import MongoInvitations
from atiende_surveys.application.issue_invitations import IssueInvitations, Resolution
from atiende_surveys.application.ports import SurveyRules
from atiende_surveys.application.take_answers import GivenAnswer, TakeAnswers
from atiende_surveys.application.tend_surveys import LapseInvitations, SettleTask
from atiende_surveys.contract import CONTRACT
from atiende_surveys.domain.answer import Lexicon
from atiende_surveys.domain.invitation import Invitation

NOW = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)
TENANT = "sanaurelio"


@dataclass
class FakeCities:
    """Rules of every city; satisfies `Cities`."""

    rules: SurveyRules

    async def get(self, tenant: str) -> SurveyRules:
        return self.rules


class Office:
    """All use cases over one database."""

    now = NOW
    tenant = TENANT

    def __init__(self, database: Database) -> None:
        self.clock = FixedClock(NOW)
        self.cities = FakeCities(
            SurveyRules(active=True, expire_hours=72, recovery_at_most=2, lexicon=Lexicon())
        )
        self.invitations = MongoInvitations(database, self.clock)
        self.issue = IssueInvitations(self.invitations, self.cities, self.clock)
        self.take = TakeAnswers(self.invitations, self.cities)
        self.lapse = LapseInvitations(self.invitations, self.clock)
        self.settle = SettleTask(self.invitations, self.clock)
        self.outbox: list[OutboxEntry] = []
        database.attach(self.outbox.extend)

    def said(self) -> list[str]:
        """Names of everything published, in order."""
        return [entry.type.rsplit(".", 1)[1] for entry in self.outbox]

    def ask(self, kind: type, index: int = 0):
        """Returns a published message of a kind."""
        found = [e for e in self.outbox if e.type == kind.DESCRIPTOR.full_name]
        return kind.FromString(found[index].body)

    def resolution(self, **changes: object) -> Resolution:
        known = Resolution(
            tenant=TENANT, case_id="c1", resolution_number=1, folio="SA-2026-0000001-K",
            citizen_id="ci", conversation_id="co", procedure_code="alumbrado-publico",
            unit_id="alumbrado", agent_id="ana", channel="whatsapp", language="es",
        )  # fmt: skip
        return replace(known, **changes)  # type: ignore[arg-type] -- values of a test

    async def invitation(self, **changes: object) -> Invitation:
        from atiende_surveys.application.issue_invitations import invitation_id_of

        asked = self.resolution(**changes)
        await self.issue([asked])
        found = await self.invitations.get(
            asked.tenant, invitation_id_of(asked.tenant, asked.case_id, asked.resolution_number)
        )
        assert found is not None
        return found

    async def answer(
        self, invitation: Invitation, text: str, message_id: str = "m1", **more: object
    ):
        given = GivenAnswer(
            event_id=f"e-{message_id}", tenant=invitation.tenant, message_id=message_id,
            invitation_id=invitation.invitation_id, text=text, channel=invitation.channel,
            receive_time=self.clock.now(),
        )  # fmt: skip
        failed = await self.take([replace(given, **more)])  # type: ignore[arg-type] -- values of a test
        assert failed == {}
        return await self.invitations.get(invitation.tenant, invitation.invitation_id)


@pytest.fixture
def office() -> Office:
    """All use cases over a store in memory, with its unique indexes."""
    return Office(MemoryDatabase(CONTRACT))


@pytest.fixture(scope="session")
def make_office() -> type[Office]:
    """For tests with a database of their own."""
    return Office
