"""`python -m atiende_notifications api|worker|all|indexes|openapi`."""

from __future__ import annotations

from atiende_kit.runtime import service_main
from atiende_notifications.bootstrap import build
from atiende_notifications.settings import Settings

app = service_main("notifications", build, settings=Settings)

if __name__ == "__main__":
    app()
