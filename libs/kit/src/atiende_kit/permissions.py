"""Who may say what on the bus: one user per service, only the subjects that it declares."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from atiende_kit.contract import ServiceContract, hand_over_subject, stream_of, subject_of

OPERATOR = "operator"


@dataclass(frozen=True, slots=True)
class Permissions:
    """Subjects of one user; everything else is refused by the server."""

    publish: tuple[str, ...]
    subscribe: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NatsPorts:
    """Where the server listens; no monitoring page without a port for it."""

    client: int
    monitor: int | None = None
    host: str = "127.0.0.1"


def nats_permissions(contracts: Iterable[ServiceContract]) -> dict[str, Permissions]:
    """Return what each service may publish and subscribe to, by its name.

    Nobody may administer: streams and consumers belong to the operator. A service that offers a
    live feed may make consumers of its own stream, which deliver to its private inbox.
    """
    return {contract.name: _permissions(contract) for contract in contracts}


def _permissions(contract: ServiceContract) -> Permissions:
    publish = [f"{subject_of(message)}.*" for message in contract.publishes]
    for consume in contract.consumes:
        place = f"{consume.stream}.{consume.durable}"
        publish += [
            f"$JS.API.CONSUMER.INFO.{place}",
            f"$JS.API.CONSUMER.MSG.NEXT.{place}",
            f"$JS.ACK.{place}.>",
            # The longer form, with domain and account, that newer servers may use.
            f"$JS.ACK.*.*.{place}.>",
        ]
    if contract.consumes:
        publish.append(f"dlq.{contract.name}.*.*")
    for stream in sorted({stream_of(message) for message in contract.feeds}):
        publish += [f"$JS.API.STREAM.INFO.{stream}", f"$JS.API.CONSUMER.CREATE.{stream}.*"]
    handed = [hand_over_subject(contract.name, topic) for topic in contract.hand_overs]
    return Permissions((*publish, *handed), (f"_INBOX_{contract.name}.>", *handed))


def render_accounts(contracts: Sequence[ServiceContract], credentials: Mapping[str, str]) -> str:
    """Return the accounts part of a nats-server configuration.

    Args:
        contracts: Of all services.
        credentials: Password by user: each service's name, and `operator` for provisioning and
            the dead-letter tool.

    Raises:
        KeyError: A user has no password.
        ValueError: A password that the server would take for a hash or a variable.
    """
    users = [f"      {{ user: {OPERATOR}, password: {_quoted(credentials[OPERATOR])} }}"]
    for name, allowed in sorted(nats_permissions(contracts).items()):
        users.append(
            f"      {{ user: {_quoted(name)}, password: {_quoted(credentials[name])}\n"
            "        permissions: {\n"
            f"          publish: {{ {_rule(allowed.publish)} }}\n"
            f"          subscribe: {{ {_rule(allowed.subscribe)} }}\n"
            "        } }"
        )
    listed = "\n".join(users)
    return f"""\
accounts {{
  ATIENDE {{
    jetstream: enabled
    users: [
{listed}
    ]
  }}
}}
"""


def render_nats_config(
    contracts: Sequence[ServiceContract],
    credentials: Mapping[str, str],
    ports: NatsPorts,
    store_dir: Path,
) -> str:
    """Return a whole nats-server configuration: durable, and with one user per service.

    Args:
        contracts: Of all services.
        credentials: As in `render_accounts`.
        ports: Where it listens.
        store_dir: Where the streams live.
    """
    monitor = f'http: "{ports.host}:{ports.monitor}"\n' if ports.monitor else ""
    return (
        "# Generated from the services' contracts.\n"
        "server_name: atiende\n"
        f'listen: "{ports.host}:{ports.client}"\n'
        f"{monitor}"
        "max_payload: 1MB\n"
        "jetstream {\n"
        f"  store_dir: {_quoted(str(store_dir))}\n"
        "  # Acknowledged means on disk only with this; the default syncs every two minutes.\n"
        "  sync_interval: always\n"
        "}\n"
        f"{render_accounts(contracts, credentials)}"
    )


def _quoted(text: str) -> str:
    if text.startswith("$") or not text.isprintable() or not text.isascii():
        raise ValueError("a name or password must be printable ASCII and not begin with $")
    return json.dumps(text)


def _rule(subjects: Sequence[str]) -> str:
    # An empty list of what is allowed allows everything.
    return f"allow: {_listed(subjects)}" if subjects else 'deny: ">"'


def _listed(subjects: Sequence[str]) -> str:
    return "[\n" + "".join(f"            {json.dumps(one)}\n" for one in subjects) + "          ]"
