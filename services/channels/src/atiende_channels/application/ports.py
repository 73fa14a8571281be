"""What the use cases need from the world, and what entry points need from the use cases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from atiende_channels.domain.model import Account, Channel, RawIntake


@dataclass(frozen=True, slots=True)
class Accepted:
    """A raw item is durable: now the provider may be told so.

    Attributes:
        inbox_id: Key of the row in the inbox.
        message_id: Id of the message that the row becomes; the same for every redelivery.
        case_id_if_new: Id of the case if this message opens one.
        receive_time: When it was first taken.
        duplicate: True when the same bytes came before under the same provider id.
        conflict: True when other bytes came before under the same provider id; these bytes are
            kept aside for a person and change nothing.
    """

    inbox_id: str
    message_id: str
    case_id_if_new: str
    receive_time: datetime
    duplicate: bool = False
    conflict: bool = False


class Intake(Protocol):
    """Takes raw items of any channel."""

    async def accept(self, raw: RawIntake) -> Accepted:
        """Stores one raw item durably; items of the same moment share one write.

        Nothing but signature and size is checked before. Parsing follows in the background.

        Raises:
            Unavailable: Not durable; the provider must try again.
        """

    async def accept_all(self, raws: Sequence[RawIntake]) -> list[Accepted]:
        """Stores the items of one webhook call; returns when all are durable."""


class Accounts(Protocol):
    """The cities' addresses on the channels."""

    async def find(self, channel: Channel, account_id: str) -> Account | None:
        """The account of any tenant with that id, or None."""

    async def of_tenant(self, tenant: str) -> list[Account]:
        """All accounts of one tenant."""

    async def default(self, tenant: str, channel: Channel) -> Account | None:
        """The account that sends when none is named."""


class Inbox(Protocol):
    """Reads of the inbox for entry points.

    Rows are plain mappings with at least: `_id`, `tenant`, `channel`, `account_id`, `provider_id`,
    `state` (received | published | handled | refused | waiting | conflict), `reason`,
    `message_id`, `case_id_if_new`, `receive_time`, `size_bytes`, `body_sha256`, `body` or
    `body_blob`.
    """

    async def get(self, tenant: str, inbox_id: str) -> Mapping[str, Any] | None:
        """One row by its key."""

    async def by_case_id(self, tenant: str, case_id: str) -> Mapping[str, Any] | None:
        """The row whose message would have opened that case."""

    async def by_provider_id(
        self, tenant: str, channel: Channel, account_id: str, provider_id: str
    ) -> Mapping[str, Any] | None:
        """The row of one provider id."""

    async def body(self, row: Mapping[str, Any]) -> bytes:
        """The raw bytes of a row."""
