"""What each service declares of itself, found by the names of their packages."""

from __future__ import annotations

import importlib

from atiende_kit.contract import ServiceContract

SERVICES = ("channels", "cases", "routing", "notifications", "surveys", "catalog", "admin")
"""Every service, in the order in which people think of them."""


def contracts() -> list[ServiceContract]:
    """Returns the declared contract of every service.

    Raises:
        TypeError: a service's `CONTRACT` is something else.
    """
    found = []
    for name in SERVICES:
        contract = importlib.import_module(f"atiende_{name}.contract").CONTRACT
        if not isinstance(contract, ServiceContract):
            raise TypeError(f"atiende_{name}.contract.CONTRACT is no ServiceContract")
        found.append(contract)
    return found
