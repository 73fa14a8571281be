"""NATS JetStream: file storage, every acknowledgement synced, one user per service."""

from __future__ import annotations

import os

from nats import connect
from nats.aio.client import Client

from atiende_kit.permissions import OPERATOR, NatsPorts, render_nats_config
from atiende_kit.provision import ProvisionRefused, provision
from atiende_setup.contracts import contracts
from dev.stack.context import Context
from dev.stack.files import write_private
from dev.stack.jobs import stack_job
from dev.stack.process import Process, Ready
from dev.stack.programs import NATS, find_program


def external_url() -> str | None:
    """Returns the URL of a NATS that the user runs: ATIENDE_NATS_URL."""
    return os.environ.get("ATIENDE_NATS_URL") or None


def url(context: Context) -> str:
    """Returns where services reach NATS."""
    return external_url() or f"nats://127.0.0.1:{context.ports.get('nats')}"


def processes(context: Context) -> list[Process]:
    """Returns the server and the job that provisions streams and consumers."""
    if external_url():
        return [stack_job(context, "nats-setup", "nats", after=())]
    port, monitor = context.ports.get("nats"), context.ports.get("nats-monitor")
    data = context.layout.data / "nats"
    data.mkdir(mode=0o700, exist_ok=True)
    config = context.layout.config / "nats.conf"
    credentials = {
        name: context.credentials.secret(f"nats/{name}")
        for name in (OPERATOR, *(service.name for service in context.services))
    }
    ports = NatsPorts(client=port, monitor=monitor)
    write_private(config, render_nats_config(contracts(), credentials, ports, data))
    return [
        Process(
            "nats",
            (str(find_program(NATS, context)), "--config", str(config)),
            context.system_env(),
            port=port,
            # Its own health only: what streams there are is for the job after it to judge.
            ready=Ready(monitor, "/healthz?js-server-only=true"),
            # A stream that once failed to write stays shut, and only this says so.
            alive=Ready(monitor, "/healthz"),
        ),
        stack_job(context, "nats-setup", "nats", after=("nats",)),
    ]


async def provision_streams(context: Context) -> None:
    """Makes and compares the streams and consumers of every service: the job `nats-setup`."""
    client = await connect_admin(context)
    try:
        done = await provision(client.jetstream(), contracts())
    except ProvisionRefused as refused:
        raise SystemExit(f"NATS has something else than the code declares: {refused}") from refused
    finally:
        await client.close()
    for name in done.created:
        print(f"created {name}")
    print(f"{len(done.kept)} streams and consumers were in place")


async def connect_admin(context: Context) -> Client:
    """Connects as the operator: provisioning and dead letters, never a service's work."""
    if external_url():
        return await connect(url(context))
    return await connect(
        url(context),
        user=OPERATOR,
        password=context.credentials.secret(f"nats/{OPERATOR}"),
        name="dev.stack",
    )
