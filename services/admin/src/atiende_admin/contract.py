"""Administration says and hears nothing on the bus: people live in the identity provider."""

from __future__ import annotations

from atiende_kit.contract import ServiceContract

CONTRACT = ServiceContract(name="admin")
