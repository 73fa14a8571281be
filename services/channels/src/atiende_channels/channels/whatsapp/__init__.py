"""WhatsApp Cloud API."""

import httpx

from atiende_channels.adapters.safe_http import SafeHttp
from atiende_channels.channels.whatsapp.adapter import WhatsAppAdapter
from atiende_channels.channels.whatsapp.graph import GraphApi
from atiende_channels.channels.whatsapp.webhook import routers
from atiende_channels.settings import Settings


def adapter(settings: Settings) -> WhatsAppAdapter:
    """Makes the adapter."""
    graph = GraphApi(
        httpx.AsyncClient(
            timeout=settings.whatsapp.timeout_seconds,
            follow_redirects=False,
            # Meta may be reached through the environment's proxy; this machine never is.
            mounts={"all://127.0.0.1": None, "all://localhost": None},
        ),
        SafeHttp(allowed=settings.fetch.allowed_private),
        url=settings.whatsapp.graph_url,
        version=settings.whatsapp.graph_version,
    )
    return WhatsAppAdapter(graph)


__all__ = ["adapter", "routers"]
