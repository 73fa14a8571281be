"""What a citizen can do on a channel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from dev.demo.script import Citizen, Matter


@dataclass(frozen=True)
class Heard:
    """Something that the city said to a citizen.

    Attributes:
        key: the channel's id of the message, to answer to.
    """

    key: str
    text: str
    subject: str = ""


class Line(Protocol):
    """A channel as a citizen sees it."""

    async def open(self, matter: Matter, *, twice: bool = False) -> None:
        """Brings a matter to the city; `twice` lets the channel deliver it two times."""
        ...

    async def say(self, citizen: Citizen, text: str, answer_to: Heard | None = None) -> None:
        """Says something in the same conversation."""
        ...

    async def news(self) -> list[tuple[str, Heard]]:
        """What the city said since the last look, with the address that it said it to.

        The address is the phone, the e-mail address or, in the chat, the citizen's number.
        """
        ...
