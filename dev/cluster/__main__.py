"""`python -m dev.cluster prepare|sizes|up|down|clean|kubectl`: a real Kubernetes of one node."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from dev.cluster.build import ClusterUnavailable

app = typer.Typer(help=__doc__, no_args_is_help=True, add_completion=False)


@app.command()
def prepare() -> None:
    """Build programs and images; instant when nothing changed."""
    from dev.cluster.cluster import Cluster

    try:
        Cluster().prepare()
    except ClusterUnavailable as missing:
        raise SystemExit(f"no cluster here: {missing}") from None


@app.command()
def sizes() -> None:
    """Print how large the images are."""
    from dev.cluster.folders import Folders
    from dev.cluster.sizes import image_sizes
    from dev.stack.console import out

    out.print(image_sizes(Folders.find().images))


@app.command()
def up() -> None:
    """Start the cluster and its add-ons."""
    from dev.cluster.cluster import Cluster

    cluster = Cluster()
    cluster.up()
    typer.echo(f"export KUBECONFIG={cluster.folders.kubeconfig}")


@app.command()
def down() -> None:
    """End it; its data stays."""
    from dev.cluster.cluster import Cluster

    Cluster().down()


@app.command()
def clean() -> None:
    """End it and remove its data."""
    from dev.cluster.cluster import Cluster

    Cluster().clean()


@app.command(context_settings={"ignore_unknown_options": True, "help_option_names": []})
def kubectl(arguments: Annotated[list[str], typer.Argument()]) -> None:
    """Run kubectl as the administrator."""
    from dev.cluster.folders import Folders

    folders = Folders.find()
    program = str(folders.kubectl)
    os.execv(program, [program, "--kubeconfig", str(folders.kubeconfig), *arguments])  # noqa: S606


@app.command(hidden=True)
def node() -> None:
    """The node itself, inside its namespaces."""
    from dev.cluster.node import main

    main()


if __name__ == "__main__":
    app()
