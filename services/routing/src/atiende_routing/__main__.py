"""The roles: `python -m atiende_routing api|worker|all|indexes|openapi`."""

from atiende_kit.runtime import service_main
from atiende_routing.bootstrap import build
from atiende_routing.settings import Settings

app = service_main("routing", build, settings=Settings)

if __name__ == "__main__":
    app()
