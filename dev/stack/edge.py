"""Renders the edge's configuration (a Caddyfile) from the services that there are. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from dev.stack.edge_pages import Pages, render_pages

# Attachments of citizens are the largest bodies; services have tighter limits of their own.
_BODY_LIMIT = "30MB"
_HEADERS = """\
(safe) {
	header ?X-Content-Type-Options nosniff
	header ?Referrer-Policy strict-origin-when-cross-origin
	header ?Permissions-Policy "geolocation=(self), camera=(self), microphone=(self)"
	header -Server
	header @own ?X-Frame-Options DENY
	header @own ?Cross-Origin-Opener-Policy same-origin
}
"""


@dataclass(frozen=True)
class Upstreams:
    """What stands behind the edge; Keycloak may be elsewhere (None), the web may not be built."""

    services: Mapping[str, int]
    keycloak: int | None
    pages: Pages | None = None


def render_caddyfile(port: int, upstreams: Upstreams) -> str:
    """Returns the Caddyfile for plain HTTP on loopback."""
    parts = [_HEAD.format(port=port, limit=_BODY_LIMIT, headers=_HEADERS)]
    if upstreams.keycloak:
        parts.append(_KEYCLOAK.format(port=upstreams.keycloak))
    for name, service_port in upstreams.services.items():
        parts.append(_route(f"/api/{name}/*", name, service_port))
    if channels := upstreams.services.get("channels"):
        parts.append(
            _route("/webhooks/* /open311/*", "channels", channels, matcher="channels_public")
        )
    if upstreams.pages:
        parts.append(render_pages(upstreams.pages))
    parts.append(_tail())
    return "\n".join(parts)


def render_pages_only(port: int, pages: Pages) -> str:
    """Returns the Caddyfile of an image that serves the pages behind somebody else's edge."""
    head = _HEAD.format(port=port, limit=_BODY_LIMIT, headers=_HEADERS)
    return "\n".join((head.replace("bind 127.0.0.1", "bind 0.0.0.0"), render_pages(pages), _tail()))


def _tail() -> str:
    """Returns the error pages: problem details (RFC 9457), as the services themselves answer."""
    text = _TAIL
    for mark, status, title, reason, detail in _PROBLEMS:
        body = {
            "type": "about:blank",
            "title": title,
            "status": status,
            "reason": reason,
            "detail": detail,
        }
        rendered = json.dumps(body, ensure_ascii=False)
        # A status that Caddy fills in is a number, without quotes.
        text = text.replace(mark, rendered.replace(f'"{_STATUS}"', _STATUS))
    return text


def _route(paths: str, service: str, port: int, matcher: str | None = None) -> str:
    name = matcher or f"service_{service}"
    return f"""\
	@{name} path {paths}
	handle @{name} {{
		reverse_proxy 127.0.0.1:{port} {{
			# Events and chat are passed on as they come.
			flush_interval -1
			stream_close_delay 5s
			lb_try_duration 2s
			lb_try_interval 250ms
		}}
	}}
"""


_HEAD = """\
# Generated; see dev/stack/edge.py.
{{
	admin off
	auto_https off
	persist_config off
	servers {{
		# No proxy stands before this edge: forwarded headers of clients are not believed.
		timeouts {{
			read_header 10s
			read_body 60s
			idle 5m
		}}
		max_header_size 32KB
	}}
	log {{
		format json
	}}
}}

{headers}
http://:{port} {{
	bind 127.0.0.1
	request_body {{
		max_size {limit}
	}}
	log {{
		output stdout
		format filter {{
			wrap json
			fields {{
				# Folios and one-time codes travel in query strings; no matter for a log.
				request>uri regexp \\?.* ""
				request>headers delete
				resp_headers delete
			}}
		}}
	}}
	# Keycloak sets its own framing rules for the sign-in page.
	# The chat may stand in other sites' pages; its own policy says in which.
	@own not path /auth/* /embed/*
	import safe

	handle /livez {{
		respond 200
	}}
"""

_KEYCLOAK = """\
	# Sign-in only: the administration console and its REST interface stay on loopback.
	@auth path /auth/realms/atiende /auth/realms/atiende/* /auth/resources/*
	handle @auth {{
		reverse_proxy 127.0.0.1:{port}
	}}
	handle /auth/* {{
		error 404
	}}
"""

_STATUS = "{err.status_code}"
_PROBLEMS = (
    (
        "@DOWN@",
        503,
        "Service Unavailable",
        "SERVICE_DOWN",
        "El servicio no está disponible en este momento. Inténtelo de nuevo en unos segundos.",
    ),
    (
        "@LARGE@",
        413,
        "Content Too Large",
        "BODY_TOO_LARGE",
        "El contenido enviado es demasiado grande.",
    ),
    ("@OTHER@", _STATUS, "{err.status_text}", "NOT_FOUND", "La dirección no existe."),
)

_TAIL = """\
	handle {
		error 404
	}

	handle_errors {
		import safe
		header Content-Type application/problem+json
		header Cache-Control no-store
		@down expression `{err.status_code} in [502, 503, 504]`
		handle @down {
			header Retry-After 5
			respond `@DOWN@` 503
		}
		@large expression `{err.status_code} == 413`
		handle @large {
			respond `@LARGE@` 413
		}
		handle {
			respond `@OTHER@` {err.status_code}
		}
	}
}
"""
