"""HTML mail to plain text. Nothing is ever loaded from elsewhere."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import nh3

MAX_HTML_CHARACTERS = 1_000_000
MAX_TAGS = 60_000
MAX_UNCLOSED = 500

_BLOCK_WORDS = (
    "address article aside blockquote center dd div dl dt fieldset figure footer form h1 h2 h3 h4 "
    "h5 h6 header hr li main nav ol p pre section table tbody tfoot thead tr ul"
)
_PARAGRAPH_WORDS = "p h1 h2 h3 h4 h5 h6 ul ol table blockquote pre"
_INLINE_WORDS = (
    "a b br i u em strong span font td th img caption col colgroup code tt small big sub sup s"
)
_BLOCKS = frozenset(_BLOCK_WORDS.split())
_PARAGRAPHS = frozenset(_PARAGRAPH_WORDS.split())
_TAGS = frozenset(_INLINE_WORDS.split()) | _BLOCKS
_ATTRIBUTES = {
    "a": {"href"},
    "img": {"alt"},
    "div": {"class", "id", "style"},
    "span": {"id"},
    "hr": {"id", "tabindex"},
    "blockquote": {"class", "type"},
    "p": {"class"},
}
# Where mail programs begin the quoted letter without a <blockquote>.
_QUOTE_DIVS = re.compile(
    r"(?i)\b(gmail_quote|gmail_extra|yahoo_quoted|moz-cite-prefix|divRplyFwdMsg|appendonsend|"
    r"OLK_SRC_BODY_SECTION|protonmail_quote|zmail_extra|WordSection1-quote)\b"
)
_OUTLOOK_LINE = re.compile(r"(?i)border:\s*none;\s*border-top:\s*solid")
_HIDDEN = re.compile(r"(?i)display:\s*none")
_SPACES = re.compile(r"[ \t\r\n\f\u00a0]+")
_ANY_TAG = re.compile(r"<[^<>]{0,2000}>")
_INVISIBLE = re.compile(r"(?is)<(?:style|script)[^<>]{0,500}>[^<]{0,200000}")
_EMPTY_LINES = re.compile(r"\n{3,}")

QUOTE_MARK = "\u2063\u2063"
"""A line that says: from here on somebody else's letter is quoted. `folding` removes it."""


def html_to_text(html: str) -> str:
    """Converts HTML to text with line structure, `> ` for quotes and links written out."""
    if html.count("<") > MAX_TAGS or _is_nested_absurdly(html):
        # A tree of that size costs the cleaner more than the time a mail gets.
        return _EMPTY_LINES.sub("\n\n", _ANY_TAG.sub(" ", _INVISIBLE.sub(" ", html))).strip()
    cleaned = nh3.clean(
        html[:MAX_HTML_CHARACTERS].replace("\x00", ""),
        tags=set(_TAGS),
        attributes=_ATTRIBUTES,
        clean_content_tags={"script", "style", "title", "head", "template", "svg", "math"},
        strip_comments=True,
        link_rel=None,
        url_schemes={"http", "https", "mailto", "tel"},
        filter_style_properties=None,
    )
    writer = _Writer()
    writer.feed(cleaned)
    writer.close()
    return writer.text()


def _is_nested_absurdly(html: str) -> bool:
    lowered = html.lower()
    return any(
        lowered.count(f"<{tag}") - lowered.count(f"</{tag}") > MAX_UNCLOSED
        for tag in ("div", "blockquote", "table", "span", "font", "b", "i", "ul")
    )


class _Writer(HTMLParser):
    """Writes text while the (already balanced) tags go by."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._lines: list[str] = []
        self._line: list[str] = []
        self._depth = 0
        self._pre = 0
        self._link: tuple[str, int] | None = None
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if self._hidden or (tag == "div" and _HIDDEN.search(values.get("style", ""))):
            self._hidden += tag == "div"
            return
        if tag == "br":
            self._break()
            return
        if tag in _BLOCKS:
            self._end_block(paragraph=tag in _PARAGRAPHS)
        if tag == "blockquote":
            self._depth = min(self._depth + 1, 20)
        elif tag == "pre":
            self._pre += 1
        elif tag == "li":
            self._line.append("- ")
        elif tag in {"td", "th"} and self._line:
            self._line.append(" ")
        elif tag == "a":
            self._link = (values.get("href", ""), len(self._line))
        elif tag == "img" and values.get("alt"):
            self._line.append(f"[{values['alt'][:200]}]")
        self._mark_quote(tag, values)

    def _mark_quote(self, tag: str, values: dict[str, str]) -> None:
        names = f"{values.get('class', '')} {values.get('id', '')}"
        outlook = tag == "div" and _OUTLOOK_LINE.search(values.get("style", ""))
        if _QUOTE_DIVS.search(names) or outlook or values.get("id") == "stopSpelling":
            self._end_block(paragraph=False)
            self._lines.append(QUOTE_MARK)

    def handle_endtag(self, tag: str) -> None:
        if self._hidden:
            self._hidden -= tag == "div"
            return
        if tag == "a" and self._link:
            href, start = self._link
            shown = "".join(self._line[start:]).strip()
            target = href.removeprefix("mailto:").removeprefix("tel:").rstrip("/")
            if target and target not in shown and shown not in target and len(href) < 500:  # noqa: PLR2004 - trackers are longer
                self._line.append(f" <{target}>")
            self._link = None
        if tag in _BLOCKS:
            self._end_block(paragraph=tag in _PARAGRAPHS)
        if tag == "blockquote":
            self._depth = max(self._depth - 1, 0)
        elif tag == "pre":
            self._pre = max(self._pre - 1, 0)

    def handle_data(self, data: str) -> None:
        if self._hidden:
            return
        if self._pre:
            first, *rest = data.split("\n")
            self._line.append(first)
            for line in rest:
                self._break()
                self._line.append(line)
            return
        text = _SPACES.sub(" ", data)
        if text.startswith(" ") and (not self._line or self._line[-1].endswith(" ")):
            text = text[1:]
        if text:
            self._line.append(text)

    def _break(self) -> None:
        mark = "> " * self._depth
        self._lines.append((mark + "".join(self._line)).rstrip())
        self._line = []
        if self._link:
            self._link = (self._link[0], 0)

    def _end_block(self, *, paragraph: bool) -> None:
        if "".join(self._line).strip():
            self._break()
            if paragraph:
                self._lines.append(("> " * self._depth).rstrip())
        else:
            self._line = []

    def text(self) -> str:
        """Everything written, with at most one empty line in a row."""
        self._end_block(paragraph=False)
        return _EMPTY_LINES.sub("\n\n", "\n".join(self._lines)).strip("\n ")
