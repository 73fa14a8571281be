"""The roles and commands: `python -m atiende_cases api|worker|all|indexes|verify-audit|…`."""

from atiende_cases.bootstrap import build
from atiende_cases.commands import commands
from atiende_cases.settings import Settings
from atiende_kit.runtime import service_main

app = service_main("cases", build, commands, settings=Settings)

if __name__ == "__main__":
    app()
