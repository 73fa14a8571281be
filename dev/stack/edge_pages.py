"""Renders the part of the edge that serves the built web applications, with their security policy.

The pages are static. The edge puts a fresh nonce into each page it hands out and into the policy
that goes with it (CSP level 3, section 8.1), so that style sheets added at run time need no
`unsafe-inline`; scripts come from our own files only.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Pages:
    """Folders of the built applications.

    Args:
        portal: of the citizens' portal, served at `/`.
        desk: of the staff's desk, served at `/desk/`.
        embed_origins: sites that may show the chat in a frame, as CSP source expressions.
    """

    portal: Path
    desk: Path
    embed_origins: str = "*"


_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{http.request.uuid}'; "
    "img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; worker-src 'self'; "
    "media-src 'self' blob:; manifest-src 'self'; frame-src 'self'; form-action 'self'; "
    "base-uri 'none'; object-src 'none'; frame-ancestors "
)


def render_pages(pages: Pages) -> str:
    """Returns the handlers; they come after those of the services, because the portal takes all."""
    return "\n".join(
        (
            _folder(
                "desk_silent",
                "/desk/silent",
                pages.desk,
                strip="/desk",
                framed_by="'self'",
                # Read by the desk itself in a hidden frame: the sign-in without a click.
                extra="header X-Frame-Options SAMEORIGIN",
            ),
            "\thandle /desk {\n\t\tredir /desk/ 308\n\t}\n",
            _assets("desk", "/desk/assets/*", pages.desk, strip="/desk"),
            _folder("desk", "/desk/*", pages.desk, strip="/desk", framed_by="'none'"),
            _folder("embed", "/embed/*", pages.portal, framed_by=pages.embed_origins),
            _assets("portal", "/assets/*", pages.portal),
            _folder("portal", "/*", pages.portal, framed_by="'none'"),
        )
    )


def _assets(name: str, paths: str, root: Path, strip: str = "") -> str:
    """Files whose name changes with their content."""
    return f"""\
	@{name}_assets path {paths}
	handle @{name}_assets {{
		root * {root}
		{_strip(strip)}
		header Cache-Control "public, max-age=31536000, immutable"
		encode zstd gzip
		file_server {{
			precompressed br gzip
		}}
	}}
"""


def _folder(
    name: str, paths: str, root: Path, *, framed_by: str, strip: str = "", extra: str = ""
) -> str:
    """Files of an application; an address that is no file is its one page."""
    return f"""\
	@page_{name} {{
		path {paths}
		not path /api/* /auth/* /webhooks/* /open311/* /metrics /readyz
	}}
	handle @page_{name} {{
		root * {root}
		{_strip(strip)}
		{extra}
		try_files {{path}} /index.html
		header Cache-Control no-cache
		header Content-Security-Policy "{_POLICY}{framed_by}"
		encode zstd gzip
		templates
		file_server
	}}
"""


def _strip(prefix: str) -> str:
    return f"uri strip_prefix {prefix}" if prefix else ""
