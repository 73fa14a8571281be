"""Every address of portal and desk; a route that is not here fails `test_every_page.py`."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

_WEB: Final = Path(__file__).resolve().parents[2] / "web" / "apps"
_PATH: Final = re.compile(r'\bpath: "([^"]+)"')

PORTAL: Final = {
    "/": "/",
    "/tramites": "/tramites",
    "/tramites/$code": "/tramites/alumbrado-publico",
    "/tramites/$code/iniciar": "/tramites/alumbrado-publico/iniciar",
    "/preguntas": "/preguntas",
    "/cifras": "/cifras",
    "/accesibilidad": "/accesibilidad",
    "/datos-personales": "/datos-personales",
    "/kiosco": "/kiosco?unidad=atencion",
    "/kiosco/turno": "/kiosco/turno",
    "/turnos": "/turnos?unidad=atencion",
    "/embed/chat": "/embed/chat",
    "/recibo": "/recibo",
    "/seguimiento": "/seguimiento",
    "/ingresar": "/ingresar",
    "/encuesta": "/encuesta",
    "/callback": "/callback",
    "/preferencias": "/preferencias",
    "/mis-datos": "/mis-datos",
    "/casos": "/casos",
    "/casos/$caseId": "/casos/01JAAAAAAAAAAAAAAAAAAAAAAA",
}
"""What the portal's routes are called, and an address of each."""

DESK: Final = {
    "/": "/desk/",
    "/casos": "/desk/casos",
    "$caseId": "/desk/casos/{case_id}",
    "/incidentes": "/desk/incidentes",
    "/incidentes/$incidentId": "/desk/incidentes/0",
    "/menciones": "/desk/menciones",
    "/ventanilla": "/desk/ventanilla",
    "/tablero": "/desk/tablero",
    "/tablero/personas": "/desk/tablero/personas",
    "/tablero/plazos": "/desk/tablero/plazos",
    "/tablero/fallos": "/desk/tablero/fallos",
    "/tablero/encuestas": "/desk/tablero/encuestas",
    "/personas": "/desk/personas",
    "/personas/$person": "/desk/personas/{person}",
    "/crisis": "/desk/crisis",
    "/administracion": "/desk/administracion",
    "/administracion/versiones/$version": "/desk/administracion/versiones/1",
    "/administracion/borradores/$draft": "/desk/administracion/borradores/{draft}",
    "/$part": "/desk/administracion/borradores/{draft}/tramites",
    "/$part/$key": "/desk/administracion/borradores/{draft}/tramites/alumbrado-publico",
}
"""The same of the desk; `{case_id}` and `{draft}` are what the test made, `{person}` somebody of the staff."""


def routes(app: str) -> set[str]:
    """The paths that an application's source registers."""
    source = (_WEB / app / "src").rglob("route*.ts*")
    return {path for file in source for path in _PATH.findall(file.read_text(encoding="utf-8"))}
