"""`python -m atiende_setup mongo|streams|realm|backup|…`: before the services start, and after."""

from __future__ import annotations

import asyncio
import json
import secrets as randomness
import signal
import time
from pathlib import Path
from typing import Annotated

import typer
import yaml
from keycloak import KeycloakAdmin
from keycloak.exceptions import KeycloakConnectionError

from atiende_kit.permissions import OPERATOR, nats_permissions
from atiende_kit.provision import BUS_AWAY, ProvisionRefused, provision_server
from atiende_setup.backup.commands import REFUSED, restore_backup, take_backup
from atiende_setup.contracts import SERVICES, contracts
from atiende_setup.mongo import connect, make_replica_set, make_users, open_url
from atiende_setup.patience import await_server
from atiende_setup.play import Doors, PlayFailed, play_message
from atiende_setup.realm import (
    Person,
    RealmSettings,
    check_realm,
    example_citizens,
    example_staff,
    render_realm,
)
from atiende_setup.realm_apply import apply_realm
from atiende_setup.realm_apply import connect as connect_keycloak
from atiende_setup.secrets import secret_manifests
from atiende_setup.settings import (
    MongoSettings,
    RealmSettingsOfEnvironment,
    StreamSettings,
    missing,
)

REALM = "atiende"
app = typer.Typer(
    help=__doc__, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False
)


@app.command()
def mongo(
    stay: Annotated[
        bool, typer.Option(help="Wait to be ended afterwards, as a container beside mongod.")
    ] = False,
) -> None:
    """Make database users (and a replica set of one, when asked for). Safe to repeat."""
    settings = MongoSettings()  # type: ignore[call-arg]  # from the environment
    if lacking := missing(settings.mongo_passwords):
        raise SystemExit(f"ATIENDE_SETUP_MONGO_PASSWORDS: nothing for {', '.join(lacking)}")
    users = {
        f"atiende_{name}": (name, settings.mongo_passwords[name].get_secret_value())
        for name in SERVICES
    }
    if settings.mongo_member:
        password = settings.mongo_admin_password.get_secret_value()
        make_replica_set("127.0.0.1:27017", settings.mongo_member, password)
        with connect("127.0.0.1:27017", password) as client:
            make_users(client, users)
    else:
        with open_url(settings.mongo_url.get_secret_value()) as client:
            make_users(client, users)
    if stay:
        print("done; waiting to be ended", flush=True)
        signal.sigwait({signal.SIGTERM, signal.SIGINT})


@app.command()
def streams() -> None:
    """Make streams and consumers that are missing; refuse when one differs from the code."""
    settings = StreamSettings()  # type: ignore[call-arg]  # from the environment
    try:
        done = await_server(
            "NATS",
            lambda: asyncio.run(
                provision_server(
                    settings.nats_url,
                    settings.nats_user,
                    settings.nats_password.get_secret_value(),
                    contracts(),
                    replicas=settings.replicas,
                )
            ),
            BUS_AWAY,
        )
    except ProvisionRefused as refused:
        raise SystemExit(f"NATS has something else than the code declares: {refused}") from refused
    for name in done.created:
        print(f"created {name}")
    print(f"{len(done.kept)} streams and consumers were in place")


@app.command()
def realm() -> None:
    """Bring Keycloak's realm in line with the code. Safe to repeat; says what it changed."""
    settings = RealmSettingsOfEnvironment()  # type: ignore[call-arg]  # from the environment
    if lacking := missing(settings.client_secrets):
        raise SystemExit(f"ATIENDE_SETUP_CLIENT_SECRETS: nothing for {', '.join(lacking)}")
    wanted = render_realm(
        RealmSettings(
            settings.public_url,
            service_clients=tuple(f"svc-{name}" for name in SERVICES),
            ssl_required=settings.ssl_required,
            smtp=settings.smtp or None,
        )
    )
    production = settings.ssl_required == "all"
    if problems := check_realm(wanted, production=production):
        raise SystemExit("the realm breaks its rules:\n" + "\n".join(problems))
    people = _people(settings)
    admin = await_server(
        "Keycloak",
        lambda: _sign_in(settings),
        (KeycloakConnectionError,),
    )
    changes = apply_realm(
        admin,
        wanted,
        secrets={
            f"svc-{name}": secret.get_secret_value()
            for name, secret in settings.client_secrets.items()
        },
        people=people,
        passwords={
            person.username: settings.person_password.get_secret_value() for person in people
        },
        temporary=not settings.example_people,
    )
    print("\n".join(changes) or "the realm is as it should be")


@app.command()
def backup(
    root: Annotated[Path, typer.Argument(help="Folder in which the backup's folder is made.")],
    keep: Annotated[int, typer.Option(min=0, help="Keep the newest so many; 0: all.")] = 0,
) -> None:
    """Take a backup of databases and bus while the city works."""
    began = time.monotonic()
    try:
        take_backup(root, keep)
    except REFUSED as refused:
        raise SystemExit(str(refused)) from refused
    print(f"done in {time.monotonic() - began:.1f} s")


@app.command()
def restore(
    folder: Annotated[Path, typer.Argument(help="A finished backup.", exists=True)],
) -> None:
    """Put a backup onto empty servers, before the services start."""
    began = time.monotonic()
    try:
        manifest = restore_backup(folder)
    except REFUSED as refused:
        raise SystemExit(str(refused)) from refused
    print(f"as of {manifest.taken}, in {time.monotonic() - began:.1f} s; now start the services")


@app.command(name="nats-users")
def nats_users() -> None:
    """Print who may say what on the bus, as the chart and the official NATS chart take it."""
    print(json.dumps(users_of_nats(), indent=1))


@app.command()
def secrets(
    release: Annotated[str, typer.Option(help="Name of the Helm release.")] = "atiende",
    mongo: Annotated[
        str, typer.Option(help="host:port[,host:port]/?options of MongoDB, without user.")
    ] = "mongo:27017/?replicaSet=atiende",
) -> None:
    """Print fresh Secrets for a release as YAML: to be kept in a vault, or piped to kubectl."""
    typer.echo(yaml.safe_dump_all(secret_manifests(release, mongo, randomness.token_hex)), nl=False)


@app.command()
def play(
    public_url: Annotated[str, typer.Option(help="Of the city, as people type it.")],
    channels: Annotated[str, typer.Option(help="Base URL of channels; default: the city's.")] = "",
    cases: Annotated[str, typer.Option(help="Base URL of cases; default: the city's.")] = "",
    procedure: Annotated[str, typer.Option(help="Code of a procedure.")] = "consulta-general",
    field: Annotated[str, typer.Option(help="Its field that takes a text.")] = "consulta",
    seconds: Annotated[float, typer.Option(help="How long a folio may take.")] = 30,
) -> None:
    """Submit a form as a citizen and follow it until it has a folio. It makes a real case."""
    doors = Doors(channels or public_url, cases or public_url, public_url)
    values = {field: "Prueba de la instalación: este mensaje no necesita respuesta."}
    try:
        print(f"folio {play_message(doors, procedure, values, seconds)}")
    except PlayFailed as failed:
        raise SystemExit(str(failed)) from None


def users_of_nats() -> dict[str, dict[str, list[str]]]:
    """Returns publish and subscribe rights by user; the operator's are not limited."""
    return {
        OPERATOR: {},
        **{
            name: {"publish": list(rights.publish), "subscribe": list(rights.subscribe)}
            for name, rights in sorted(nats_permissions(contracts()).items())
        },
    }


def _sign_in(settings: RealmSettingsOfEnvironment) -> KeycloakAdmin:
    admin = connect_keycloak(
        settings.keycloak_url,
        settings.keycloak_admin,
        settings.keycloak_password.get_secret_value(),
        REALM,
    )
    # Asks for something, because the client itself connects when it must.
    admin.connection.get_token()
    return admin


def _people(settings: RealmSettingsOfEnvironment) -> list[Person]:
    people = [*example_staff(), *example_citizens()] if settings.example_people else []
    if settings.first_admin:
        name, tenant, email = settings.first_admin.split(":")
        people.append(Person(name, name, name, email, tenant, roles=("admin",), units=()))
    if people and not settings.person_password.get_secret_value():
        raise SystemExit("ATIENDE_SETUP_PERSON_PASSWORD: people are to be made, and it is empty")
    return people


if __name__ == "__main__":
    app()
