"""What the Graph API says of a message before it takes it; after Meta's OpenAPI of `/messages`."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

MAX_TEXT_CHARACTERS = 4096
KINDS = frozenset(
    {
        "audio",
        "contacts",
        "document",
        "image",
        "interactive",
        "location",
        "reaction",
        "sticker",
        "template",
        "text",
        "video",
    }
)
_FILES = frozenset({"audio", "document", "image", "video"})
_NUMBER = re.compile(r"\+?\d{7,15}")
_TEMPLATE_NAME = re.compile(r"[a-z0-9_]{1,512}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(_[A-Z]{2,3})?")
_BAD_BLANKS = re.compile(r"[\n\t]| {5,}")


class GraphError(Exception):
    """The Graph API refuses.

    Args:
        code: Meta's error code.
        details: What is wrong.
        status: HTTP status.
    """

    def __init__(
        self, code: int, details: str, *, status: int = 400, retry_after: int | None = None
    ) -> None:
        super().__init__(details)
        self.code = code
        self.details = details
        self.status = status
        self.retry_after = retry_after

    def body(self) -> dict[str, Any]:
        """The error as the Graph API writes it."""
        return {
            "error": {
                "message": f"(#{self.code}) {self.details}",
                "type": "OAuthException",
                "code": self.code,
                "error_data": {"messaging_product": "whatsapp", "details": self.details},
                "fbtrace_id": "AfakeTrace",
            }
        }


def check_message(payload: object, media: Collection[str] = ()) -> str:
    """Checks the body of `POST /messages`.

    Args:
        payload: The body.
        media: Ids of files that were put up.

    Returns:
        The recipient.

    Raises:
        GraphError: With the code that Meta uses.
    """
    if not isinstance(payload, dict):
        raise GraphError(100, "The body is not an object")
    if payload.get("messaging_product") != "whatsapp":
        raise GraphError(100, "The parameter messaging_product is required.")
    to = payload.get("to") or payload.get("recipient")
    if not isinstance(to, str) or not (_NUMBER.fullmatch(to) or "recipient" in payload):
        raise GraphError(131009, "Parameter value is not valid: to")
    kind = payload.get("type", "text")
    if kind not in KINDS:
        raise GraphError(131051, "Unsupported message type")
    content = payload.get(kind)
    if not isinstance(content, (list if kind == "contacts" else dict)):
        raise GraphError(131008, f"Required parameter is missing: {kind}")
    if kind == "text":
        _check_text(content)
    elif kind == "template":
        _check_template(content)
    elif kind in _FILES and isinstance(content, dict) and str(content.get("id")) not in media:
        raise GraphError(131053, "Media upload error: no such media id")
    context = payload.get("context")
    if context is not None and not (
        isinstance(context, dict) and isinstance(context.get("message_id"), str)
    ):
        raise GraphError(131009, "Parameter value is not valid: context")
    return to.removeprefix("+")


def _check_text(content: Any) -> None:
    body = content.get("body")
    if not isinstance(body, str) or not body.strip():
        raise GraphError(131008, "Required parameter is missing: text.body")
    if len(body) > MAX_TEXT_CHARACTERS:
        raise GraphError(100, f"text.body must be at most {MAX_TEXT_CHARACTERS} characters")


def _check_template(content: Any) -> None:
    if not _TEMPLATE_NAME.fullmatch(str(content.get("name", ""))):
        raise GraphError(132001, "Template name does not exist in the translation")
    language = content.get("language")
    code = language.get("code") if isinstance(language, dict) else None
    if not isinstance(code, str) or not _LANGUAGE.fullmatch(code):
        raise GraphError(132001, "Template language does not exist")
    for component in content.get("components", []):
        for parameter in component.get("parameters", []):
            if parameter.get("type") != "text":
                continue
            text = parameter.get("text")
            if not isinstance(text, str) or not text:
                raise GraphError(131008, "Required parameter is missing: text")
            if _BAD_BLANKS.search(text):
                raise GraphError(132012, "Parameter format does not match")
