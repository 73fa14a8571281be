"""What a batch of citizens' messages does to one city: pure, no I/O.

The workspace holds what was read for the batch and what the messages before made of it, so
several messages of one new citizen within a batch make one citizen and one conversation. Deciding
again after a crash or a lost race finds what is already there and adds only the rest.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from atiende_cases.domain import lifecycle
from atiende_cases.domain.case import Case
from atiende_cases.domain.change import Change, procedure_of
from atiende_cases.domain.citizen import Citizen
from atiende_cases.domain.conversation import Conversation, Opening, Prompt
from atiende_cases.domain.events import CaseEvent, MessageEvent
from atiende_cases.domain.inbound import Inbound
from atiende_cases.domain.joining import (
    answer_to,
    entry_of,
    events_of,
    generation,
    heard_in,
    is_another_matter,
    may_join,
)
from atiende_cases.domain.message import Message
from atiende_cases.domain.opening import open_case, procedure_for
from atiende_cases.domain.recognise import is_courtesy
from atiende_cases.domain.values import Actor, ActorKind, Channel, Quality
from atiende_city.release import Release
from atiende_kit.ids import derived_id

_CLASSIFIED_CHARACTERS = 4_000


@dataclass(slots=True)
class Entry:
    """One message's result and what it depends on.

    Attributes:
        case_id: of the case under which the message's own is attended; mostly the same.
    """

    message: Message
    events: tuple[MessageEvent, ...]
    citizen_id: str
    conversation_id: str
    case_id: str


@dataclass(slots=True)
class Workspace:
    """What is known of the citizens, conversations and cases that a batch touches.

    Attributes:
        existing: ids of messages that are already entered.
        early: ids of messages about a case that is not opened yet; they come again.
        changed_citizens: ids of those that must be written; likewise for the others.
        case_events: what happened to each case, in order.
    """

    tenant: str
    release: Release
    existing: set[str] = field(default_factory=set)
    early: set[str] = field(default_factory=set)
    citizens: dict[str, Citizen] = field(default_factory=dict)
    conversations: dict[str, Conversation] = field(default_factory=dict)
    cases: dict[str, Case] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    changed_citizens: dict[str, None] = field(default_factory=dict)
    changed_conversations: dict[str, None] = field(default_factory=dict)
    changed_cases: dict[str, None] = field(default_factory=dict)
    case_events: dict[str, list[CaseEvent]] = field(default_factory=dict)
    _by_point: dict[str, str] = field(default_factory=dict)
    _by_key: dict[str, dict[str, None]] = field(default_factory=dict)
    _by_folio: dict[str, str] = field(default_factory=dict)

    def know(
        self,
        *,
        citizens: Iterable[Citizen] = (),
        conversations: Iterable[Conversation] = (),
        cases: Iterable[Case] = (),
    ) -> None:
        """Adds what was read; what the batch has changed since stays."""
        for citizen in citizens:
            if citizen.citizen_id not in self.citizens:
                self._keep_citizen(citizen)
        for conversation in conversations:
            if conversation.conversation_id not in self.conversations:
                self._keep_conversation(conversation)
        for case in cases:
            if case.case_id not in self.cases:
                self.cases[case.case_id] = case
                self._by_folio[case.folio] = case.case_id

    def _keep_citizen(self, citizen: Citizen) -> None:
        self.citizens[citizen.citizen_id] = citizen
        for key in citizen.keys:
            self._by_point[key] = citizen.citizen_id

    def _keep_conversation(self, conversation: Conversation) -> None:
        self.conversations[conversation.conversation_id] = conversation
        for key in conversation.lookup_keys:
            self._by_key.setdefault(key, {})[conversation.conversation_id] = None

    def take(self, inbound: Inbound) -> None:
        """Decides what one message does. A message that is already entered does nothing."""
        if inbound.message_id in self.existing:
            return
        if inbound.proved_case_id and inbound.proved_case_id not in self.cases:
            self.early.add(inbound.message_id)
            return
        self.existing.add(inbound.message_id)
        sender = self._sender_of(inbound)
        suggestion, mentioned = self._mentioned(inbound, sender)
        conversation = self._conversation_of(inbound, sender, mentioned)
        if conversation is None and inbound.contact_only:
            # It overtook what it belongs to.
            self.existing.discard(inbound.message_id)
            self.early.add(inbound.message_id)
            return
        if conversation is not None and sender is None:
            # Answering what was sent to an address that was given for this matter only.
            sender = self.citizens.get(conversation.citizen_id)
        if sender is None:
            sender = self._new_citizen(inbound)
        else:
            self._hear(sender, inbound)
        if conversation is None:
            conversation = self._new_conversation(inbound, sender, mentions=suggestion)
        case = self._case_of(conversation)
        answer = answer_to(inbound, conversation, self.release)
        if answer is None and is_another_matter(inbound, conversation, self._attended(case)):
            conversation = self._new_conversation(
                inbound, sender, mentions=suggestion, linked=case.case_id, joins=conversation
            )
            case = self._case_of(conversation)
        self._enter(inbound, conversation, case, answer, suggestion)

    # -- finding ---------------------------------------------------------------------------

    def _sender_of(self, inbound: Inbound) -> Citizen | None:
        """Who writes: whoever a session proved, else the owner of the address."""
        proved = inbound.proved_citizen_id
        if inbound.proved_case_id:
            proved = self.cases[inbound.proved_case_id].citizen_id
        return self.citizens.get(proved) or self._citizen_of(inbound.sender_key)

    def _citizen_of(self, key: str) -> Citizen | None:
        citizen_id = self._by_point.get(key)
        return None if citizen_id is None else self.citizens[citizen_id]

    def _mentioned(
        self, inbound: Inbound, sender: Citizen | None
    ) -> tuple[str, Conversation | None]:
        """Splits the folios of a text: a foreign one is a suggestion, an own one a way home."""
        suggestion = ""
        own: Conversation | None = None
        for folio in inbound.mentions():
            case = self.cases.get(self._by_folio.get(str(folio), ""))
            if case is None:
                continue
            if sender is not None and case.citizen_id == sender.citizen_id:
                own = own or self.conversations.get(case.conversation_id)
            elif not suggestion:
                suggestion = case.folio
        return suggestion, own

    def _conversation_of(
        self, inbound: Inbound, sender: Citizen | None, mentioned: Conversation | None
    ) -> Conversation | None:
        """Finds where a message belongs.

        On e-mail the thread says which matter is meant. A WhatsApp number or a chat is one
        thread for all matters of a person, so there a folio that is theirs says it better. A
        form is a matter of its own, and a session says itself which matter it is about.
        """
        begun = self.conversations.get(self._conversation_id(inbound))
        if begun is not None:
            return begun  # by this very message, before whoever entered it was cut off
        if inbound.begins_a_matter:
            return None
        threaded = self._by_keys(inbound, sender)
        if inbound.proved_case_id:
            # When that matter was over for good, its thread went on in another conversation.
            home = self.cases[inbound.proved_case_id].conversation_id
            return threaded or self.conversations[home]
        if inbound.sender.channel is Channel.EMAIL:
            return threaded or mentioned
        return mentioned or threaded

    def _by_keys(self, inbound: Inbound, sender: Citizen | None) -> Conversation | None:
        for key in inbound.lookup_keys:
            found = [
                conversation
                for conversation in map(self.conversations.__getitem__, self._by_key.get(key, ()))
                if may_join(conversation, inbound, sender)
            ]
            if found:
                return max(found, key=lambda c: generation(c, key))
        return None

    def _case_of(self, conversation: Conversation) -> Case:
        """The case of a conversation; one that a crash left unopened is opened now."""
        known = self.cases.get(conversation.case_id)
        if known is not None:
            return known
        citizen = self.citizens.get(conversation.citizen_id)
        change = open_case(
            conversation, self.release, citizen_name=citizen.display_name if citizen else ""
        )
        self._keep_change(change)
        return change.case

    def _attended(self, case: Case) -> Case:
        """The case under which another is attended; itself when it stands alone."""
        return self.cases.get(case.merged_into, case)

    # -- changing --------------------------------------------------------------------------

    def _new_citizen(self, inbound: Inbound) -> Citizen:
        key = inbound.sender_key
        blank = Citizen(
            citizen_id=derived_id(inbound.receive_time, self.tenant, "citizen", inbound.message_id),
            tenant=self.tenant,
            keys=(key,),
            points=(),
            create_time=inbound.receive_time,
            display_name=inbound.sender.display_name,
            language=inbound.language or self.release.default_language,
        )
        citizen = blank.heard_from(
            inbound.sender, at=inbound.receive_time, language=inbound.language
        )
        self._keep_citizen(citizen)
        self.changed_citizens[citizen.citizen_id] = None
        return citizen

    def _hear(self, citizen: Citizen, inbound: Inbound) -> None:
        # Who asks to go on elsewhere has left the place where they asked it.
        if not citizen.owns(inbound.sender_key) or inbound.contact_only:
            return
        heard = citizen.heard_from(
            inbound.sender, at=inbound.receive_time, language=inbound.language
        )
        if heard != citizen:
            self._keep_citizen(heard)
            self.changed_citizens[heard.citizen_id] = None

    def _new_conversation(
        self,
        inbound: Inbound,
        citizen: Citizen,
        *,
        mentions: str,
        linked: str = "",
        joins: Conversation | None = None,
    ) -> Conversation:
        unreadable = inbound.quality is Quality.UNREADABLE
        written = f"{inbound.subject}\n{inbound.text}"[:_CLASSIFIED_CHARACTERS]
        release = self.release
        procedure_code = procedure_for(
            inbound.procedure_code, written, release, unreadable=unreadable
        )
        conversation = Conversation(
            conversation_id=self._conversation_id(inbound),
            tenant=self.tenant,
            citizen_id=citizen.citizen_id,
            case_id=inbound.case_id_if_new,
            create_time=inbound.receive_time,
            opening=Opening(
                message_id=inbound.message_id,
                channel=inbound.sender.channel,
                open_time=inbound.receive_time,
                procedure_code=procedure_code,
                subject=inbound.subject,
                text=inbound.text[:_CLASSIFIED_CHARACTERS],
                unreadable=unreadable,
                emergency=not unreadable and release.is_emergency(written),
                mentions_folio=mentions,
                place=inbound.place,
                linked_case_id=linked,
                form_values=inbound.form_values,
                submitted_by=inbound.submitted_by,
            ),
            threads=(replace(inbound.thread, generation=self._next_generation(inbound)),),
            given_points=inbound.given_points,
            language=inbound.language
            or (joins.language if joins else citizen.language)
            or release.default_language,
        )
        self._keep_conversation(conversation)
        self.changed_conversations[conversation.conversation_id] = None
        return conversation

    def _conversation_id(self, inbound: Inbound) -> str:
        """Of the conversation that a message, known by its id, may begin."""
        return derived_id(inbound.receive_time, self.tenant, "conversation", inbound.message_id)

    def _next_generation(self, inbound: Inbound) -> int:
        key = inbound.thread_lookup_key
        return 1 + max(
            (generation(self.conversations[c], key) for c in self._by_key.get(key, ())),
            default=-1,
        )

    def _keep_change(self, change: Change) -> None:
        case = change.case
        before = self.cases.get(case.case_id)
        if before == case:
            return
        self.cases[case.case_id] = case
        self.changed_cases[case.case_id] = None
        self.case_events.setdefault(case.case_id, []).extend(change.events)

    def _enter(
        self,
        inbound: Inbound,
        conversation: Conversation,
        case: Case,
        answer: Prompt | None,
        suggestion: str,
    ) -> None:
        known = self.citizens.get(conversation.citizen_id)
        proved_name = known.display_name if known and inbound.proved_case_id else ""
        name = inbound.sender.display_name or proved_name
        citizen = Actor(ActorKind.CITIZEN, conversation.citizen_id, name)
        attended = self._attended(case)
        opens = conversation.opening.message_id == inbound.message_id
        says = not (inbound.contact_only or is_courtesy(inbound.text))
        asks = opens or (answer is None and says)
        if opens or attended.has_effect(inbound.message_id):
            # Entered again after a crash, it asks only while nobody has answered the case.
            asks = attended.needs_answer
        if not opens:
            self._hear_in_case(inbound, case, citizen, asks=asks)
            if attended is not case:
                self._hear_of_duplicate(inbound, attended, case.case_id, citizen, asks=asks)
        key = inbound.thread_lookup_key
        is_elsewhere = conversation.thread(key) is None and bool(self._by_key.get(key))
        heard = heard_in(conversation, inbound, answer, is_elsewhere=is_elsewhere)
        if heard != conversation:
            self._keep_conversation(heard)
            self.changed_conversations[heard.conversation_id] = None
        self.entries.append(
            Entry(
                message=entry_of(inbound, conversation, citizen, suggestion),
                events=events_of(inbound, citizen, answer, asks=asks),
                citizen_id=conversation.citizen_id,
                conversation_id=conversation.conversation_id,
                case_id=attended.case_id,
            )
        )

    def _hear_in_case(self, inbound: Inbound, case: Case, citizen: Actor, *, asks: bool) -> None:
        procedure = procedure_of(self.release, case.procedure_code)
        at = inbound.receive_time
        if not case.merged_into:
            case = self._reopened(inbound, case, citizen, asks=asks)
        self._keep_change(
            lifecycle.heard_inbound(
                case, procedure, channel=inbound.goes_on_by, at=at, text=inbound.text, asks=asks
            )
        )

    def _hear_of_duplicate(
        self, inbound: Inbound, case: Case, duplicate: str, citizen: Actor, *, asks: bool
    ) -> None:
        procedure = procedure_of(self.release, case.procedure_code)
        case = self._reopened(inbound, case, citizen, asks=asks)
        self._keep_change(
            lifecycle.heard_duplicate(
                case,
                procedure,
                case_id=duplicate,
                citizen=citizen,
                at=inbound.receive_time,
                asks=asks,
            )
        )

    def _reopened(self, inbound: Inbound, case: Case, citizen: Actor, *, asks: bool) -> Case:
        """A case that is over is taken up again by a message, once."""
        if not asks or case.is_active or case.has_effect(inbound.message_id):
            return case
        change = lifecycle.reopen(
            case,
            procedure_of(self.release, case.procedure_code),
            reason="citizen_message",
            actor=citizen,
            at=inbound.receive_time,
        )
        reopened = lifecycle.with_effect(change.case, inbound.message_id)
        self._keep_change(Change(reopened, change.events))
        return reopened
