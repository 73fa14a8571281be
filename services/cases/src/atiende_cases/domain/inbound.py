"""A citizen's message as it comes from channels."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from atiende_cases.domain.citizen import ContactPoint, anonymous_key
from atiende_cases.domain.conversation import (
    Thread,
    message_lookup_key,
    thread_lookup_key,
)
from atiende_cases.domain.folio import Folio, mentioned_folios
from atiende_cases.domain.values import Attachment, Channel, Place, Quality

# A provider's clock may be wrong and an e-mail's date is the sender's word: outside of this
# span the time of receipt orders the entry.
_AHEAD: Final = timedelta(minutes=5)
_BEHIND: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Inbound:
    """One durable and parsed message of a citizen, made safe to store.

    Attributes:
        proved_case_id: case that a session of the portal proved to be the sender's.
        proved_citizen_id: citizen that a session of the portal proved the sender to be.
        submitted_by: who wrote it down for the citizen at the counter; empty otherwise.
        contact_only: it says nothing but where to go on: at its given points, in its matter.
    """

    tenant: str
    message_id: str
    case_id_if_new: str
    account_id: str
    sender: ContactPoint
    thread_key: str
    receive_time: datetime
    text: str
    reply_to_keys: tuple[str, ...] = ()
    provider_message_id: str = ""
    provider_time: datetime | None = None
    subject: str = ""
    folded_text: str = ""
    attachments: tuple[Attachment, ...] = ()
    place: Place | None = None
    procedure_code: str = ""
    form_values: tuple[tuple[str, str], ...] = ()
    quality: Quality = Quality.READABLE
    given_points: tuple[ContactPoint, ...] = ()
    language: str = ""
    proved_case_id: str = ""
    proved_citizen_id: str = ""
    submitted_by: str = ""
    contact_only: bool = False

    @property
    def begins_a_matter(self) -> bool:
        """Whether it is a filled-in form: a matter of its own, whose receipt names its case."""
        return self.sender.channel.is_form and not self.proved_case_id

    @property
    def goes_on_by(self) -> Channel:
        """Channel on which the citizen is now: where they wrote from, or asked to go on."""
        if self.contact_only and self.given_points:
            return self.given_points[-1].channel
        return self.sender.channel

    @property
    def sender_key(self) -> str:
        """Key of the citizen: by address, or by this message alone when there is none."""
        return self.sender.key if self.sender.address else anonymous_key(self.message_id)

    @property
    def order_time(self) -> datetime:
        """When it was written, as far as that can be believed."""
        told = self.provider_time
        if told is None or not self.receive_time - _BEHIND <= told <= self.receive_time + _AHEAD:
            return self.receive_time
        return told

    @property
    def thread(self) -> Thread:
        """Its thread; a message without one is a thread of its own."""
        return Thread(
            channel=self.sender.channel,
            account_id=self.account_id,
            thread_key=self.thread_key or self.message_id,
            address=self.sender.address,
        )

    @property
    def thread_lookup_key(self) -> str:
        """Key of its thread."""
        return thread_lookup_key(
            self.sender.channel, self.account_id, self.thread_key or self.message_id
        )

    @property
    def message_lookup_keys(self) -> tuple[str, ...]:
        """Keys of what it answers, newest first, and of itself: a reply may have overtaken it."""
        keys = (*self.reply_to_keys, self.provider_message_id)
        return tuple(message_lookup_key(self.sender.channel, key) for key in keys if key)

    @property
    def lookup_keys(self) -> tuple[str, ...]:
        """All keys under which its conversation may be found."""
        return (self.thread_lookup_key, *self.message_lookup_keys)

    def mentions(self) -> list[Folio]:
        """Folios that the citizen wrote, subject first."""
        return mentioned_folios(f"{self.subject}\n{self.text[:4_000]}")
