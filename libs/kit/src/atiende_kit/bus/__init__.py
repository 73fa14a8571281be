"""Events and commands over JetStream: publish with acknowledgement, pull in batches, follow."""

from atiende_kit.bus.client import Bus, inbox_prefix
from atiende_kit.bus.delivery import Delivery, Handler, RawMessage, each
from atiende_kit.bus.outcome import Ack, DeadLetter, Nak, Verdict, decide
from atiende_kit.bus.port import BusPort, Source
from atiende_kit.bus.workers import Workers

__all__ = [
    "Ack",
    "Bus",
    "BusPort",
    "DeadLetter",
    "Delivery",
    "Handler",
    "Nak",
    "RawMessage",
    "Source",
    "Verdict",
    "Workers",
    "decide",
    "each",
    "inbox_prefix",
]
