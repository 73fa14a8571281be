"""What chart and images take from the code: consumers, calls, rights, pages, service levels."""

from __future__ import annotations

import json
from pathlib import Path

import yaml

from atiende_setup.__main__ import users_of_nats
from dev.contracts import slo
from dev.contracts.catalogue import contracts
from dev.stack.edge import render_pages_only
from dev.stack.edge_pages import Pages

_FILES = Path("helm/atiende/files")
_CHARTS = Path("helm/atiende/charts")
WEB_PORT = 8080


def outputs() -> dict[Path, str]:
    """Every generated text by its place below deploy/."""
    pages = Pages(Path("/srv/portal"), Path("/srv/desk"))
    return {
        _CHARTS / "service/files/contracts.json": _json(service_contracts()),
        _CHARTS / "backing/files/nats-users.json": _json(users_of_nats()),
        _FILES / "slo.yaml": yaml.safe_dump({"groups": slo.groups()}, sort_keys=False, width=160),
        Path("images/Caddyfile"): render_pages_only(WEB_PORT, pages),
    }


def service_contracts() -> dict[str, dict[str, object]]:
    """Returns by service the durable consumers of its worker and the services that it calls."""
    found = contracts()
    served = {
        descriptor.full_name: name
        for name, contract in found.items()
        for descriptor in contract.rpc_services
    }
    return {
        name: {
            "calls": sorted({served[one.full_name] for one in contract.calls} - {name}),
            "consumers": [
                {"stream": consume.stream, "durable": consume.durable}
                for consume in contract.consumes
            ],
        }
        for name, contract in sorted(found.items())
    }


def _json(value: object) -> str:
    return json.dumps(value, indent=1) + "\n"
