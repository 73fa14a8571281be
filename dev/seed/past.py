"""What happened in San Aurelio before today; the same for a seed."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from atiende_cases.domain import lifecycle
from atiende_cases.domain.case import Case
from atiende_cases.domain.change import procedure_of
from atiende_cases.domain.citizen import Citizen as Person
from atiende_cases.domain.citizen import ContactPoint
from atiende_cases.domain.conversation import Conversation, Opening, Thread
from atiende_cases.domain.message import Message
from atiende_cases.domain.opening import open_case
from atiende_cases.domain.values import (
    Actor,
    ActorKind,
    Attachment,
    Channel,
    DeliveryState,
    Direction,
    Place,
)
from atiende_city.release import Release
from atiende_kit.ids import derived_id
from dev.demo.script import Citizen, citizen, texts

SHARES = {
    Channel.WHATSAPP: 0.4,
    Channel.EMAIL: 0.25,
    Channel.WEBCHAT: 0.2,
    Channel.OPEN311: 0.15,
}
ACCOUNT = "100200300400500"


@dataclass(frozen=True)
class Agent:
    """Who works for a unit."""

    subject: str
    name: str
    unit: str


@dataclass(frozen=True)
class Past:
    """One citizen with their matters."""

    person: Person
    conversations: tuple[Conversation, ...]
    cases: tuple[Case, ...]
    messages: tuple[Message, ...]


def agents_of(release: Release, each: int = 3) -> list[Agent]:
    """Invented agents, some for each unit."""
    names = texts()["nombres"]
    return [
        Agent(f"agente-{unit}-{n}", names[(n * 7 + len(unit)) % len(names)], unit)
        for unit in release.units
        for n in range(1, each + 1)
    ]


class History:
    """Makes the past of a city.

    Args:
        tenant: the city.
        release: its configuration.
        now: until when.
        days: since when.
        active: part of the cases that the city still owes something.
        agents: who works on them.
        seed: makes the same past again.
    """

    def __init__(
        self,
        tenant: str,
        release: Release,
        *,
        now: datetime,
        days: float = 45,
        active: float = 0.6,
        agents: Sequence[Agent] = (),
        seed: int = 1,
    ) -> None:
        self._tenant = tenant
        self._release = release
        self._now = now
        self._days = days
        self._active = active
        self._chance = random.Random(seed)  # noqa: S311 - a play, not a secret
        self._seed = seed
        self._source = texts()
        known = agents or agents_of(release)
        self._agents = {unit: [a for a in known if a.unit == unit] for unit in release.units}
        self._lines = [
            (code, line) for code, lines in self._source["textos"].items() for line in lines
        ]

    def people(self, cases: int) -> Iterator[Past]:
        """People until there are so many cases."""
        left = cases
        for number in count(1):
            if left <= 0:
                return
            matters = min(left, self._chance.choices([1, 2, 3], [6, 3, 1])[0])
            left -= matters
            yield self._life(number, matters)

    def _life(self, number: int, matters: int) -> Past:
        who = citizen(self._source, self._seed * 10_000_000 % 90_000_000 + number)
        times = sorted(self._moment() for _ in range(matters))
        person = Person(
            citizen_id=self._id(times[0], "citizen", number),
            tenant=self._tenant,
            keys=(),
            points=(),
            create_time=times[0],
            display_name=who.name,
        )
        parts = []
        phones = 0
        for turn, at in enumerate(times):
            [channel] = self._chance.choices(list(SHARES), list(SHARES.values()))
            point = _point(who, channel, f"{self._seed}-{number}-{turn}", at)
            known = replace(person, keys=(*person.keys, point.key))
            person = (
                person if person.owns(point.key) else known.heard_from(point, at=at, language="es")
            )
            parts.append(self._matter(person, point, at, f"{number}/{turn}", phones))
            phones += channel is Channel.WHATSAPP
        return Past(
            person,
            tuple(part[0] for part in parts),
            tuple(part[1] for part in parts),
            tuple(message for part in parts for message in part[2]),
        )

    def _moment(self) -> datetime:
        """Any time of the past, most of them by day."""
        chance = self._chance
        at = self._now - timedelta(days=chance.uniform(0.01, self._days))
        local = at.astimezone(self._release.city.timezone)
        if chance.random() < 0.8:  # noqa: PLR2004 - the rest writes whenever it likes
            local = local.replace(hour=chance.randint(7, 16))
        at = min(local.astimezone(self._now.tzinfo), self._now - timedelta(minutes=10))
        return at.replace(microsecond=at.microsecond // 1000 * 1000)

    def _matter(
        self, person: Person, point: ContactPoint, at: datetime, name: str, generation: int
    ) -> tuple[Conversation, Case, list[Message]]:
        chance, release = self._chance, self._release
        code, line = chance.choice(self._lines)
        where = chance.choice(self._source["lugares"])
        body, _, subject = line.partition(" | ")
        text = body.replace("{lugar}", where["texto"]).replace(" de el ", " del ")
        text = f"{text} {chance.choice(self._source['despedidas'])}".strip()
        place = Place(
            where["lat"] + chance.uniform(-0.02, 0.02),
            where["lon"] + chance.uniform(-0.02, 0.02),
            where["texto"],
        )
        message_id = self._id(at, "message", name)
        thread_key = point.address if point.channel is Channel.WHATSAPP else f"seed-{name}"
        conversation = Conversation(
            conversation_id=self._id(at, "conversation", name),
            tenant=self._tenant,
            citizen_id=person.citizen_id,
            case_id=self._id(at, "case", name),
            create_time=at,
            opening=Opening(
                message_id=message_id,
                channel=point.channel,
                open_time=at,
                procedure_code=code,
                text=text,
                subject=subject if point.channel is Channel.EMAIL else "",
                emergency=release.is_emergency(text) or chance.random() < 0.004,  # noqa: PLR2004
                place=place if "{lugar}" in line else None,
            ),
            threads=(
                Thread(
                    point.channel,
                    ACCOUNT,
                    thread_key,
                    point.address,
                    generation=generation if point.channel is Channel.WHATSAPP else 0,
                    last_inbound_time=at,
                ),
            ),
        )
        case = open_case(conversation, release, citizen_name=person.display_name).case
        first = self._message(
            conversation, "message", name, Direction.INBOUND, _citizen(person), at, text, point
        )
        if point.channel is not Channel.WEBCHAT and chance.random() < 0.2:  # noqa: PLR2004
            photo = Attachment(f"{message_id}.1", "foto.jpg", "image/jpeg", 184_320, "0" * 64)
            first = replace(first, attachments=(photo,))
        case, answers = self._work(case, conversation, person, point, name)
        return conversation, case, [first, *answers]

    def _work(
        self,
        case: Case,
        conversation: Conversation,
        person: Person,
        point: ContactPoint,
        name: str,
    ) -> tuple[Case, list[Message]]:
        """What has been done to a case since."""
        chance = self._chance
        stages = chance.choices(
            ["new", "taken", "answered", "asked", "resolved", "lapsed"],
            [
                *(self._active * part for part in (0.4, 0.2, 0.28, 0.12)),
                *((1 - self._active) * part for part in (0.6, 0.4)),
            ],
        )
        stage = stages[0]
        at = case.open_time
        left = self._now - at
        steps = sorted(at + left * chance.uniform(0.02, 0.9) for _ in range(3))
        taken, told, done = (s.replace(microsecond=s.microsecond // 1000 * 1000) for s in steps)
        team = self._agents.get(case.unit_id, [])
        if stage == "new" or not team:
            return case, []
        agent = chance.choice(team)
        actor = Actor(ActorKind.STAFF, agent.subject, agent.name)
        procedure = procedure_of(self._release, case.procedure_code)
        case = lifecycle.assign(
            case,
            procedure,
            agent_id=agent.subject,
            name=agent.name,
            work_item_id=self._id(at, "work", name),
            work_version=1,
            at=taken,
        ).case
        if stage == "taken":
            return case, []
        text = "Recibimos su solicitud y la estamos revisando. Le avisamos por este medio."
        if stage == "asked":
            text = "¿Nos puede enviar una foto y la dirección exacta, por favor?"
        hours = self._release.working_time(case.unit_id)
        case = lifecycle.answered(case, at=told, hours=hours, text=text)
        reply = self._message(
            conversation, "reply", name, Direction.OUTBOUND, actor, told, text, point
        )
        lost = chance.random() < 0.02  # noqa: PLR2004 - one answer in fifty does not arrive
        reply = replace(
            reply,
            delivery=DeliveryState.PERMANENT_FAILURE if lost else DeliveryState.DELIVERED,
            delivery_error="RECIPIENT_INVALID" if lost else "",
            delivery_time=told,
        )
        if stage == "asked":
            ask = next(
                (
                    move
                    for move in procedure.transitions_from(case.state)
                    if (to := procedure.state(move.target)) and to.kind == "waiting_citizen"
                ),
                None,
            )
            if ask is not None:
                case = lifecycle.transition(
                    case, procedure, ask.id, actor=actor, roles=ask.roles, at=told
                ).case
        if stage in {"resolved", "lapsed"}:
            outcome = chance.choice(procedure.outcomes).id
            case = lifecycle.resolve(case, procedure, outcome=outcome, actor=actor, at=done).case
            if stage == "lapsed":
                case = lifecycle.lapse(case, procedure, at=self._now).case
        elif lost:
            case = lifecycle.not_delivered(case, at=told).case
        elif chance.random() < 0.3:  # noqa: PLR2004
            again = chance.choice(self._source["seguimientos"])
            case = lifecycle.heard_inbound(
                case, procedure, channel=point.channel, at=done, text=again, asks=True
            ).case
            more = self._message(
                conversation, "more", name, Direction.INBOUND, _citizen(person), done, again, point
            )
            return case, [reply, more]
        return case, [reply]

    def _message(
        self,
        conversation: Conversation,
        kind: str,
        name: str,
        direction: Direction,
        actor: Actor,
        at: datetime,
        text: str,
        point: ContactPoint,
    ) -> Message:
        return Message(
            message_id=self._id(at, kind, name),
            tenant=self._tenant,
            conversation_id=conversation.conversation_id,
            case_id=conversation.case_id,
            citizen_id=conversation.citizen_id,
            direction=direction,
            actor=actor,
            order_time=at,
            receive_time=at,
            text=text,
            channel=point.channel,
            account_id=ACCOUNT,
            address=point.address,
            sender_verified=point.verified,
        )

    def _id(self, at: datetime, *parts: Any) -> str:
        return derived_id(at, self._tenant, "seed", self._seed, *parts)


def _citizen(person: Person) -> Actor:
    return Actor(ActorKind.CITIZEN, person.citizen_id, person.display_name)


def _point(who: Citizen, channel: Channel, session: str, at: datetime) -> ContactPoint:
    address = {
        Channel.WHATSAPP: who.phone,
        Channel.EMAIL: who.email,
        Channel.WEBCHAT: f"seed-session-{session}",
        Channel.OPEN311: f"seed-report-{session}",
    }[channel]
    return ContactPoint(
        channel,
        address,
        display_name=who.name,
        verified=channel is not Channel.OPEN311,
        account_id=ACCOUNT,
        last_inbound_time=at,
    )


def in_batches(people: Iterator[Past], cases: int) -> Iterator[list[Past]]:
    """Groups people so that a group has about so many cases."""
    batch: list[Past] = []
    size = 0
    for past in people:
        batch.append(past)
        size += len(past.cases)
        if size >= cases:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
