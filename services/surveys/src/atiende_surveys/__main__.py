"""The roles: `python -m atiende_surveys api|worker|all|indexes|openapi`."""

from atiende_kit.runtime import service_main
from atiende_surveys.bootstrap import build
from atiende_surveys.settings import Settings

app = service_main("surveys", build, settings=Settings)

if __name__ == "__main__":
    app()
