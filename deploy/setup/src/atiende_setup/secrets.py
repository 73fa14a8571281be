"""The Secrets of a release: who keeps which word. Written by a machine once, read by pods only."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from atiende_setup.contracts import SERVICES

CITIZEN_KEY_HOLDERS = frozenset({"channels", "cases", "surveys"})
"""Services that check what citizens prove themselves with; they share one key."""


def secret_manifests(
    release: str, mongo: str, random: Callable[[int], str]
) -> list[dict[str, Any]]:
    """Returns one Secret per service and one for the setup jobs, with fresh words in them.

    Args:
        release: name of the Helm release; the chart's defaults find the Secrets by it.
        mongo: `host:port[,host:port]/?options`, without user.
        random: of a number of bytes, as hexadecimal text.
    """
    host, _, options = mongo.partition("/?")
    citizen_key = random(32)
    operator = random(24)
    words = {
        name: {"mongo": random(24), "nats": random(24), "client": random(24)} for name in SERVICES
    }
    manifests = []
    for name, word in words.items():
        database = f"atiende_{name}"
        query = "&".join(part for part in (options, f"authSource={database}") if part)
        data = {
            "ATIENDE_MONGO__URL": f"mongodb://{name}:{word['mongo']}@{host}/{database}?{query}",
            "ATIENDE_NATS__PASSWORD": word["nats"],
            "ATIENDE_AUTH__CLIENT_SECRET": word["client"],
        }
        if name in CITIZEN_KEY_HOLDERS:
            data["ATIENDE_CITIZEN__KEY"] = citizen_key
        if name == "channels":
            data["ATIENDE_WEBCHAT__TOKEN_SECRET"] = random(32)
        manifests.append(_secret(f"{release}-{name}", data))
        if name == "admin":
            # The worker alone gets it: the process that the edge reaches never holds it.
            manifests.append(
                _secret(f"{release}-admin-worker", {"ATIENDE_GRAVE__PASSWORD": operator})
            )
    manifests.append(
        _secret(
            f"{release}-setup",
            {
                "ATIENDE_SETUP_NATS_PASSWORD": operator,
                "ATIENDE_SETUP_KEYCLOAK_PASSWORD": random(24),
                # The realm wants letters of both cases and a digit.
                "ATIENDE_SETUP_PERSON_PASSWORD": f"Aa7-{random(12)}",
                "ATIENDE_SETUP_MONGO_PASSWORDS": json.dumps(
                    {name: word["mongo"] for name, word in words.items()}
                ),
                "ATIENDE_SETUP_CLIENT_SECRETS": json.dumps(
                    {name: word["client"] for name, word in words.items()}
                ),
            },
        )
    )
    return manifests


def _secret(name: str, data: dict[str, str]) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": name},
        "type": "Opaque",
        "stringData": data,
    }
