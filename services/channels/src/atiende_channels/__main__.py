"""`python -m atiende_channels api|worker|all|indexes|openapi`."""

from __future__ import annotations

from atiende_channels.bootstrap import build
from atiende_channels.settings import Settings
from atiende_kit.runtime import service_main

app = service_main("channels", build, settings=Settings)

if __name__ == "__main__":
    app()
