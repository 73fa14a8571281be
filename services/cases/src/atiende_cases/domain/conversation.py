"""Conversations: one matter with one citizen, over any number of threads and channels."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from atiende_cases.domain.citizen import Citizen, ContactPoint
from atiende_cases.domain.values import Channel, Place

_KEPT_MESSAGE_KEYS: Final = 200
_KEPT_REPLY_KEYS: Final = 20
_KEPT_PROMPTS: Final = 20
_KEPT_GIVEN_POINTS: Final = 20


@dataclass(frozen=True, slots=True)
class Thread:
    """One thread of a channel that belongs to a conversation.

    Attributes:
        generation: a WhatsApp number is one thread for ever; when its matter is long closed
            the thread goes on in the next conversation with the next generation. A unique
            index over key and generation makes one conversation of one thread, under any race.
        reply_to_keys: keys of the last messages, newest first, to answer within the thread.
    """

    channel: Channel
    account_id: str
    thread_key: str
    address: str
    generation: int = 0
    last_inbound_time: datetime | None = None
    reply_to_keys: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The same for all messages of the thread."""
        return thread_lookup_key(self.channel, self.account_id, self.thread_key)

    @property
    def slot(self) -> str:
        """Unique over all conversations of the tenant."""
        return f"{self.key}#{self.generation}"


def thread_lookup_key(channel: Channel, account_id: str, thread_key: str) -> str:
    """Key under which the conversation of a thread is found."""
    return f"t:{channel.value}:{account_id}:{thread_key}"


def message_lookup_key(channel: Channel, provider_message_id: str) -> str:
    """Key under which the conversation of a message is found by those who reply to it."""
    return f"m:{channel.value}:{provider_message_id}"


@dataclass(frozen=True, slots=True)
class Prompt:
    """A question that the city put to the citizen and that the next message may answer."""

    prompt_id: str
    kind: str
    open_time: datetime
    expire_time: datetime
    closed: bool = False
    answer_message_id: str = ""

    def is_open_at(self, instant: datetime) -> bool:
        """Whether a message received then may answer it."""
        return not self.closed and instant <= self.expire_time


@dataclass(frozen=True, slots=True)
class Opening:
    """What the case of a conversation is opened from.

    It is written with the conversation, so that whoever comes after a crash opens the very
    same case, also while handling another message.

    Attributes:
        submitted_by: who wrote it down for the citizen at the counter; empty otherwise.
    """

    message_id: str
    channel: Channel
    open_time: datetime
    procedure_code: str
    text: str
    subject: str = ""
    unreadable: bool = False
    emergency: bool = False
    mentions_folio: str = ""
    place: Place | None = None
    linked_case_id: str = ""
    form_values: tuple[tuple[str, str], ...] = ()
    submitted_by: str = ""


@dataclass(frozen=True, slots=True)
class Conversation:
    """The thread with one citizen about one matter; its case is opened with it."""

    conversation_id: str
    tenant: str
    citizen_id: str
    case_id: str
    create_time: datetime
    opening: Opening
    threads: tuple[Thread, ...] = ()
    message_keys: tuple[str, ...] = ()
    given_points: tuple[ContactPoint, ...] = ()
    prompts: tuple[Prompt, ...] = ()
    language: str = "es"
    version: int = 0

    @property
    def lookup_keys(self) -> tuple[str, ...]:
        """All keys under which it is found."""
        return (*(t.key for t in self.threads), *self.message_keys)

    @property
    def slots(self) -> tuple[str, ...]:
        """What no other conversation may have."""
        return tuple(t.slot for t in self.threads)

    @property
    def portal_point(self) -> ContactPoint | None:
        """Where the citizen reads the answers in the portal; None when they never used a form.

        Whoever filled in a form has its tracking secret; nobody else is told that they can look.
        """
        if not any(thread.channel.is_form for thread in self.threads):
            return None
        return ContactPoint(Channel.PORTAL, self.conversation_id, verified=True, source="portal")

    def thread(self, key: str) -> Thread | None:
        """The thread with that lookup key."""
        return next((t for t in self.threads if t.key == key), None)

    def thread_on(self, channel: Channel, address: str | None = None) -> Thread | None:
        """The thread last written on over a channel, and from an address when one is named."""
        found = [
            t
            for t in self.threads
            if t.channel is channel and (address is None or t.address == address)
        ]
        return max(
            found,
            key=lambda t: (
                t.last_inbound_time is not None,
                t.last_inbound_time or self.create_time,
            ),
            default=None,
        )

    def with_inbound(self, thread: Thread, *, at: datetime, message_key: str) -> Conversation:
        """Notes a message of the citizen on a thread, old or new."""
        known = self.thread(thread.key)
        base = known or thread
        keys = base.reply_to_keys
        lookup = self.message_keys
        if message_key and message_key not in keys:
            keys = (message_key, *keys)[:_KEPT_REPLY_KEYS]
        if message_key:
            lookup = _appended(lookup, message_lookup_key(thread.channel, message_key))
        latest = max(filter(None, (base.last_inbound_time, at)))
        heard = replace(base, last_inbound_time=latest, reply_to_keys=keys)
        if known is None:
            threads = (*self.threads, heard)
        else:
            threads = tuple(heard if t.key == known.key else t for t in self.threads)
        return replace(self, threads=threads, message_keys=lookup)

    def is_of(self, citizen: Citizen) -> bool:
        """Whether the matter is a citizen's: theirs, or one that goes on at their proved address.

        Whoever fills in a form without having entered is nobody the city knows. What it answers
        goes to the address that they gave, and so does the secret that opens the case.
        """
        if self.citizen_id == citizen.citizen_id:
            return True
        return any(point.key in citizen.proved_keys for point in self.given_points)

    def with_given(self, points: tuple[ContactPoint, ...], *, at: datetime) -> Conversation:
        """Notes where the citizen asked to go on; asked again, the later time counts."""
        if not points:
            return self
        chosen = {point.key: replace(point, chosen_time=at) for point in points}
        others = tuple(p for p in self.given_points if p.key not in chosen)
        return replace(self, given_points=(*others, *chosen.values())[-_KEPT_GIVEN_POINTS:])

    def with_outbound_key(self, channel: Channel, provider_message_id: str) -> Conversation:
        """Notes the provider's key of a message of ours, so that replies to it are found."""
        if not provider_message_id:
            return self
        key = message_lookup_key(channel, provider_message_id)
        return replace(self, message_keys=_appended(self.message_keys, key))

    def open_prompt(self, at: datetime) -> Prompt | None:
        """The newest question that may still be answered."""
        found = [p for p in self.prompts if p.is_open_at(at)]
        return max(found, key=lambda p: (p.open_time, p.prompt_id), default=None)

    def with_prompt(self, prompt: Prompt) -> Conversation:
        """Notes a question; the same question twice is one."""
        if any(p.prompt_id == prompt.prompt_id for p in self.prompts):
            return self
        return replace(self, prompts=(*self.prompts, prompt)[-_KEPT_PROMPTS:])

    def answered_by(self, message_id: str) -> Prompt | None:
        """The question that a message has answered."""
        return next((p for p in self.prompts if p.answer_message_id == message_id), None)

    def with_answer(self, prompt_id: str, message_id: str) -> Conversation:
        """Closes a question with the message that answers it."""
        return replace(
            self,
            prompts=tuple(
                replace(p, closed=True, answer_message_id=message_id)
                if p.prompt_id == prompt_id
                else p
                for p in self.prompts
            ),
        )

    def without_expired_prompts(self, now: datetime) -> Conversation:
        """Closes the questions whose time is over."""
        return replace(
            self,
            prompts=tuple(
                replace(p, closed=True) if not p.closed and p.expire_time < now else p
                for p in self.prompts
            ),
        )


def _appended(keys: tuple[str, ...], key: str) -> tuple[str, ...]:
    return keys if key in keys else (*keys, key)[-_KEPT_MESSAGE_KEYS:]
