"""The bodies of the plan's own jobs: `python -m dev.stack job <name>`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from dev.stack.context import Context


def run_job(name: str, context: Context) -> None:
    """Runs one job in this process; an exception ends it with a code that the supervisor sees."""
    _JOBS[name](context)


def _mongo(context: Context) -> None:
    from dev.stack.servers import mongo

    mongo.job(context)


def _nats(context: Context) -> None:
    from dev.stack.servers import nats

    asyncio.run(nats.provision_streams(context))


def _realm(context: Context) -> None:
    from atiende_setup.realm import (
        RealmSettings,
        check_realm,
        example_citizens,
        example_staff,
        render_realm,
    )
    from atiende_setup.realm_apply import apply_realm, connect
    from dev.stack.extras import smtp_port
    from dev.stack.servers import keycloak

    clients = tuple(service.client_id for service in context.services)
    realm = render_realm(
        RealmSettings(
            context.public_url,
            service_clients=clients,
            ssl_required="external",
            smtp={
                "host": "127.0.0.1",
                "port": str(smtp_port(context)),
                "from": "cuentas@sanaurelio.example",
                "fromDisplayName": "Ciudad de San Aurelio",
            },
        )
    )
    if problems := check_realm(realm, production=False):
        raise SystemExit("the realm breaks its rules:\n" + "\n".join(problems))
    passwords = {
        **{
            p.username: context.credentials.password(f"staff/{p.username}") for p in example_staff()
        },
        **{
            p.username: context.credentials.password(f"account/{p.username}")
            for p in example_citizens()
        },
    }
    changes = apply_realm(
        connect(keycloak.direct_url(context), *keycloak.admin_login(context), keycloak.REALM),
        realm,
        secrets={name: context.credentials.secret(f"keycloak/{name}") for name in clients},
        people=[*example_staff(), *example_citizens()],
        passwords=passwords,
    )
    print("\n".join(changes) or "the realm is as it should be")


_JOBS: dict[str, Callable[[Context], None]] = {"mongo": _mongo, "nats": _nats, "realm": _realm}
