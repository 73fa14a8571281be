"""The roles: `python -m atiende_admin api|worker|all|indexes|openapi`."""

from atiende_admin.bootstrap import build
from atiende_admin.settings import Settings
from atiende_kit.runtime import service_main

app = service_main("admin", build, settings=Settings)

if __name__ == "__main__":
    app()
