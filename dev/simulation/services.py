"""The services as a run puts them together: the real ones, over simulated ports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

from atiende_cases import bootstrap as cases
from atiende_cases.adapters.mongo.store import Store
from atiende_cases.application.desk.access import Desk
from atiende_cases.application.recipients import GetRecipients
from atiende_cases.contract import CONTRACT as CASES
from atiende_cases.entrypoints.grpc.servicers import CitizensServicer
from atiende_cases.settings import Settings as CasesSettings
from atiende_catalog.contract import CONTRACT as CATALOG
from atiende_channels import bootstrap as channels
from atiende_channels.adapters.mongo.accounts import ConfiguredAccounts
from atiende_channels.adapters.nats.hand_over import GiveRows
from atiende_channels.application.accept_raw import AcceptRaw
from atiende_channels.application.deliveries import Deliveries
from atiende_channels.application.inbox import InboxStore
from atiende_channels.application.process_intake import ProcessIntake
from atiende_channels.application.send_message import SendMessages
from atiende_channels.application.uploads import Uploads
from atiende_channels.channels.portal.adapter import PortalAdapter
from atiende_channels.channels.portal.document import fingerprint as form_fingerprint
from atiende_channels.channels.portal.service import PortalService
from atiende_channels.channels.whatsapp.adapter import WhatsAppAdapter
from atiende_channels.contract import CONTRACT as CHANNELS
from atiende_channels.domain.model import Account, Channel
from atiende_city.citizen_access import CitizenAccess, CitizenSettings
from atiende_city.release import Release
from atiende_city.testing import example_release
from atiende_kit.contract import ServiceContract
from atiende_kit.errors import NotFound, Unavailable
from atiende_kit.grpc_.caller import Caller, as_caller
from atiende_kit.http import Limiter
from atiende_kit.outbox import Relay
from atiende_kit.runtime import Component
from atiende_kit.store import Database
from atiende_kit.store.memory import MemoryBackend, MemoryEngine
from atiende_notifications import bootstrap as notifications
from atiende_notifications.adapters.city_texts import ReleaseTextsSource
from atiende_notifications.adapters.grpc_clients.recipients import CasesRecipients
from atiende_notifications.adapters.mongo.store import MongoNotifications
from atiende_notifications.contract import CONTRACT as NOTIFICATIONS
from atiende_routing import bootstrap as routing
from atiende_routing.adapters.city import ReleaseCities
from atiende_routing.adapters.mongo.agents import MongoAgents
from atiende_routing.adapters.mongo.work_items import MongoWorkItems
from atiende_routing.application.assign_work import AssignWork
from atiende_routing.application.moments import Clocks
from atiende_routing.application.sign_presence import SignPresence
from atiende_routing.contract import CONTRACT as ROUTING
from atiende_routing.settings import RoutingSettings
from atiende_surveys import bootstrap as surveys
from atiende_surveys.adapters.city import ReleaseCities as SurveyCities
from atiende_surveys.adapters.mongo.invitations import MongoInvitations
from atiende_surveys.contract import CONTRACT as SURVEYS
from dev.simulation.broker import Broker, SimBus
from dev.simulation.determined import VirtualClock
from dev.simulation.dice import READING, Dice, Fault
from dev.simulation.process import Gone, Life, Process
from dev.simulation.provider import GraphOfLife, Provider, Taken
from dev.simulation.store import SimBackend
from dev.simulation.trace import Trace

CONTRACTS = (CASES, CHANNELS, ROUTING, NOTIFICATIONS, SURVEYS, CATALOG)
TENANTS = ("sanaurelio", "otraciudad")
_CASES_SETTINGS = CasesSettings.example()
_ACCESS = CitizenAccess(CitizenSettings.example(), secure=False)
_Parts = tuple[Sequence[Component], Any]


class Releases:
    """Every city has the example city's release, always at hand."""

    async def get(self, tenant: str) -> Release:  # noqa: ARG002 - the port's argument
        """The release in force."""
        return example_release()

    refresh = get


class CasesPeer:
    """The RPCs of cases, called by another process over an unreliable network."""

    def __init__(self, process: Process, life: Life, service: str) -> None:
        self._process = process
        self._life = life
        self._service = service

    async def unary(
        self, stub: Any, method: str, request: Any, *, tenant: str, timeout: float
    ) -> Any:
        """See `GrpcPeer.unary`."""
        del stub, timeout

        async def effect(_: Fault) -> Any:
            async def serve(api: Any) -> Any:
                with as_caller(Caller(self._service, tenant)):
                    return await getattr(api.citizens, method)(request, None)

            try:
                return await self._process.call(serve)
            except Gone:
                raise Unavailable("SIMULATED", "No responde.") from None

        return await self._life.step(f"rpc {method}", READING, effect)


@dataclass
class Platform:
    """All servers and processes of a run.

    Attributes:
        memory: What the database server holds, by service.
        clocks: Of the processes, by name; the ones of machines that are off.
    """

    dice: Dice
    trace: Trace
    broker: Broker
    provider: Provider
    memory: Mapping[str, MemoryBackend]
    clocks: Mapping[str, VirtualClock]
    processes: dict[str, Process]
    breaches: list[str] = field(default_factory=list)

    def look_at_agents(self, memory: MemoryEngine) -> None:
        """Look after every write whether somebody has more than they may have."""
        for agent in memory.stored():
            held = {slot["item_id"] for slot in agent["slots"]}
            if len(held) > agent["capacity"]:
                self.breaches.append(f"agent {agent['_id']} had {len(held)} for a moment")

    def notes(self, taken: Taken) -> bool:
        """Whether the database says that the provider took something."""
        attempts = self.memory[CHANNELS.name].engine("attempts").stored()
        return any(
            one["tenant"] == taken.tenant and taken.wamid in one["provider_ids"] for one in attempts
        )

    def start(self) -> None:
        """Start every process."""
        for process in self.processes.values():
            process.start()

    def heal(self) -> None:
        """End all faults: nothing strikes any more, the paused wake up."""
        self.dice.heal()
        for process in self.processes.values():
            process.heal()

    def stop(self) -> None:
        """End every process."""
        for process in self.processes.values():
            process.stop()


def assemble(seed: int, *, keep_trace: bool = False) -> Platform:
    """Make the platform of a run; the seed also says how many workers there are."""
    dice, trace = Dice(seed), Trace(keep=keep_trace)
    names = ["channels-api", "channels-worker", "cases-api", "cases-worker", "routing-api"]
    names += ["routing-worker", "notifications-worker", "surveys-worker"]
    twins = ("cases-worker", "routing-worker", "notifications-worker", "channels-worker")
    names += [f"{name}-2" for name in twins if dice.random.getrandbits(1)]
    skews = {name: timedelta(milliseconds=dice.random.randint(-400, 400)) for name in names}
    platform = Platform(
        dice=dice,
        trace=trace,
        broker=Broker(*CONTRACTS),
        provider=Provider(dice),
        memory={contract.name: MemoryBackend() for contract in CONTRACTS},
        clocks={name: VirtualClock(skew) for name, skew in skews.items()},
        processes={},
    )
    platform.provider.is_noted = platform.notes
    makers = {
        "channels": _channels,
        "cases": _cases,
        "routing": _routing,
        "notifications": _notifications,
        "surveys": _surveys,
    }
    for name in names:
        service, role, *_ = name.split("-")
        make = makers[service]

        def build(life: Life, name: str = name, role: str = role, make: Any = make) -> _Parts:
            parts: _Parts = make(platform, life, platform.clocks[name], role)
            return parts

        platform.processes[name] = Process(name, build, dice, trace)
    return platform


def _database(platform: Platform, life: Life, contract: ServiceContract, clock: Any) -> Database:
    watched = {"agents": platform.look_at_agents}
    backend = SimBackend(platform.memory[contract.name], life, watched)
    return Database(backend, contract, clock=clock)


class _Indexes:
    """What the installation does once: unique is unique only with its index."""

    name = "indexes"

    def __init__(self, database: Database) -> None:
        self._database = database

    async def start(self) -> None:
        await self._database.ensure_indexes()

    async def stop(self) -> None:
        """Nothing."""

    async def check(self) -> None:
        """Nothing."""


def _channels(platform: Platform, life: Life, clock: VirtualClock, role: str) -> _Parts:
    database = _database(platform, life, CHANNELS, clock)
    bus = SimBus(platform.broker, CHANNELS, life)
    inbox, deliveries = InboxStore(database), Deliveries(database, clock)
    accounts = ConfiguredAccounts(database, [one for city in TENANTS for one in _accounts(city)])
    uploads = Uploads(database, timedelta(days=1))
    adapters: dict[Channel, Any] = {
        Channel.WHATSAPP: WhatsAppAdapter(cast("Any", GraphOfLife(platform.provider, life))),
        Channel.PORTAL: PortalAdapter(uploads),
    }
    processing = ProcessIntake(inbox, adapters, accounts, deliveries)
    give = GiveRows(bus)
    intake = AcceptRaw(inbox, give.offer, {Channel.PORTAL: form_fingerprint})
    portal = PortalService(
        *(intake, inbox, accounts, uploads, _ACCESS),
        cast("Any", None),  # asked of messages about a case only
        Releases().get,
        clock,
        message_limit=Limiter(1_000),
    )
    components: list[Component] = [_Indexes(database), Relay(database, bus)]
    if role == "api":
        components.append(give)
    if role == "worker":
        sending = SendMessages(deliveries, adapters, accounts, _no_file, clock)
        components += channels.background(bus, processing, sending)
    return components, SimpleNamespace(intake=intake, portal=portal, clock=clock)


def _accounts(tenant: str) -> list[Account]:
    return [
        Account(tenant, Channel.WHATSAPP, f"number-{tenant}", secrets={"access_token": "x"}),
        Account(tenant, Channel.PORTAL, f"portal-{tenant}", can_send=False),
    ]


async def _no_file(*_: Any) -> Any:
    raise NotFound("ATTACHMENT_NOT_FOUND", "Nadie envía archivos.")


def _cases(platform: Platform, life: Life, clock: VirtualClock, role: str) -> _Parts:
    database = _database(platform, life, CASES, clock)
    bus, store = SimBus(platform.broker, CASES, life), Store(database)
    releases = cast("Any", Releases())
    desk = Desk(
        citizens=store.citizens,
        conversations=store.conversations,
        messages=store.messages,
        cases=store.cases,
        releases=releases,
        clock=clock,
    )
    components: list[Component] = [_Indexes(database), Relay(database, bus, store.audit.append)]
    if role == "worker":
        components += cases.background(_CASES_SETTINGS, bus, store, desk, releases)
    citizens = CitizensServicer(GetRecipients(store.citizens, store.conversations), _ACCESS)
    return components, SimpleNamespace(desk=desk, citizens=citizens)


def _routing(platform: Platform, life: Life, clock: VirtualClock, role: str) -> _Parts:
    database = _database(platform, life, ROUTING, clock)
    bus, clocks = SimBus(platform.broker, ROUTING, life), Clocks(clock, clock)
    items, agents = MongoWorkItems(database, clock), MongoAgents(database)
    cities = ReleaseCities(Releases().get)
    assign = AssignWork(items, agents, cities, clocks)
    components: list[Component] = [_Indexes(database), Relay(database, bus)]
    if role == "worker":
        components += routing.background(
            RoutingSettings(), bus, items, agents, cities, assign, clocks, cast("Any", Releases())
        )
    presence = SignPresence(agents, cities, clocks)
    return components, SimpleNamespace(items=items, assign=assign, presence=presence)


def _notifications(platform: Platform, life: Life, clock: VirtualClock, role: str) -> _Parts:
    del role
    database = _database(platform, life, NOTIFICATIONS, clock)
    bus = SimBus(platform.broker, NOTIFICATIONS, life)
    peer: Any = CasesPeer(platform.processes["cases-api"], life, "notifications")
    use_cases = notifications.UseCases(
        MongoNotifications(database),
        CasesRecipients(peer),
        ReleaseTextsSource(cast("Any", Releases()), clock),
        clock,
    )
    work = notifications.background(bus, use_cases)
    return [_Indexes(database), Relay(database, bus), *work], None


def _surveys(platform: Platform, life: Life, clock: VirtualClock, role: str) -> _Parts:
    del role
    database = _database(platform, life, SURVEYS, clock)
    bus = SimBus(platform.broker, SURVEYS, life)
    invitations, cities = MongoInvitations(database, clock), SurveyCities(Releases().get)
    releases = cast("Any", Releases())
    work = surveys.background(10.0, bus, invitations, cities, clock, releases)
    return [_Indexes(database), Relay(database, bus), *work], None
