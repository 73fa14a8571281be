"""The API's documentation pages, served from our own files: nothing is loaded from elsewhere."""

import html
import json
from pathlib import Path

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from swagger_ui_bundle import swagger_ui_path

_FILES = {
    "swagger-ui.css": "text/css",
    "swagger-ui-bundle.js": "text/javascript",
    "favicon-32x32.png": "image/png",
}

_PAGE = """<!doctype html>
<html lang="es">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="stylesheet" href="{base}/swagger-ui.css">
<link rel="icon" href="{base}/favicon-32x32.png">
</head>
<body>
<div id="ui"></div>
<script src="{base}/swagger-ui-bundle.js"></script>
<script src="{base}/start.js"></script>
</body>
</html>
"""

# The bundled viewer knows OpenAPI 3.0 only; it shows our 3.1 documents well when told so and when
# a schema's examples (3.1) are said as 3.0 does.
_START = """function known(key, value) {{
  if (value && Array.isArray(value.examples) && !("example" in value)) {{
    value.example = value.examples[0];
  }}
  return value;
}}
fetch({document})
  .then((response) => response.text())
  .then((text) => {{
    const spec = JSON.parse(text, known);
    spec.openapi = "3.0.3";
    window.SwaggerUIBundle({{ spec, dom_id: "#ui", deepLinking: true, validatorUrl: null }});
  }});
"""


def install(app: FastAPI, *, base: str, title: str, document: str) -> None:
    """Serve the pages under `base`.

    Args:
        app: Where.
        base: `/api/cases/docs`.
        title: Of the page.
        document: Path of the OpenAPI document.
    """
    root = Path(str(swagger_ui_path))

    async def page(_request: Request) -> Response:
        return HTMLResponse(_PAGE.format(title=html.escape(title), base=base))

    async def start(_request: Request) -> Response:
        script = _START.format(document=json.dumps(document))
        return Response(script, media_type="text/javascript")

    async def asset(request: Request) -> Response:
        # Looked up, never joined: the name comes from the address.
        name = request.path_params["name"]
        if name not in _FILES:
            return Response(status_code=404)
        return FileResponse(root / name, media_type=_FILES[name])

    app.state.kit_endpoints |= {page, start, asset}
    app.add_route(base, page, include_in_schema=False)
    app.add_route(f"{base}/start.js", start, include_in_schema=False)
    app.add_route(f"{base}/{{name}}", asset, include_in_schema=False)
