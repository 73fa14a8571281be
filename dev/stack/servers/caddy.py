"""The edge: Caddy on one port, routing by path, as an Ingress does in Kubernetes."""

from __future__ import annotations

from dev.stack.context import Context
from dev.stack.edge import Upstreams, render_caddyfile
from dev.stack.edge_pages import Pages
from dev.stack.files import write_private
from dev.stack.process import Process, Ready
from dev.stack.programs import CADDY, find_program
from dev.stack.servers import keycloak
from dev.stack.services import http_port


def processes(context: Context) -> list[Process]:
    """Returns the edge's process."""
    port = context.ports.get("edge")
    config = context.layout.config / "Caddyfile"
    upstreams = Upstreams(
        services={
            service.name: http_port(context, service, "api")
            for service in context.services
            if service.can_run
        },
        keycloak=None if keycloak.external_url() else context.ports.get("keycloak"),
        pages=_pages(context),
    )
    write_private(config, render_caddyfile(port, upstreams))
    storage = context.layout.data / "caddy"
    storage.mkdir(mode=0o700, exist_ok=True)
    return [
        Process(
            "edge",
            (str(find_program(CADDY, context)), "run", "--config", str(config)),
            {
                **context.system_env(),
                "XDG_DATA_HOME": str(storage),
                "XDG_CONFIG_HOME": str(storage),
            },
            port=port,
            ready=Ready(port, "/livez"),
        )
    ]


def _pages(context: Context) -> Pages | None:
    """The built web applications, when `make web` has been there."""
    apps = context.layout.root / "web" / "apps"
    portal, desk = (apps / name / "dist" for name in ("portal", "desk"))
    if all((folder / "index.html").exists() for folder in (portal, desk)):
        return Pages(portal, desk)
    context.notes.append("the web applications are not built (make web)")
    return None
