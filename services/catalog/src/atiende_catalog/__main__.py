"""`python -m atiende_catalog api|worker|all|indexes|openapi`, and the city's commands."""

from atiende_catalog.bootstrap import build
from atiende_catalog.commands import commands
from atiende_catalog.settings import Settings
from atiende_kit.runtime import service_main

app = service_main("catalog", build, commands, settings=Settings)

if __name__ == "__main__":
    app()
