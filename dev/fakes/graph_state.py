"""What the fake Graph API remembers and how it may misbehave."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass
class Behaviour:
    """How the fake misbehaves; set by `PUT /admin/behaviour`.

    Attributes:
        fail_status: HTTP status of the next `fail_count` messages; 0 is none.
        fail_code: Meta's error code of those.
        lose_answers: So many messages are taken, but the connection breaks before the answer.
        slow_seconds: Every answer waits so long.
        lose_receipts: Share of webhooks about statuses that are never sent, 0 to 1.
        repeat_receipts: How often each status is sent.
        shuffle_receipts: Statuses come in any order.
        read_receipts: The person's phone tells that a message was read.
        failing: Numbers whose messages fail with the code given.
    """

    fail_status: int = 0
    fail_code: int = 131000
    fail_count: int = 0
    retry_after: int | None = None
    lose_answers: int = 0
    slow_seconds: float = 0
    lose_receipts: float = 0
    repeat_receipts: int = 1
    shuffle_receipts: bool = False
    read_receipts: bool = True
    receipt_seconds: float = 0.05
    failing: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Sent:
    """A message that the city sent."""

    wamid: str
    phone_number_id: str
    to: str
    time: str
    payload: Mapping[str, Any]

    def document(self) -> dict[str, Any]:
        """As the read API shows it; `text` holds the values of a template too."""
        content = self.payload.get(self.payload.get("type", "text"), {})
        text = content.get("body", "") if isinstance(content, dict) else ""
        if self.payload.get("type") == "template":
            values = [
                parameter.get("text", "")
                for component in content.get("components", [])
                for parameter in component.get("parameters", [])
            ]
            text = " ".join([f"[{content['name']}]", *values])
        return {**asdict(self), "text": text}
