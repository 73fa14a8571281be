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
from atiende_cases.domain.conversation import Conversation, Opening, Prompt, Thread
from atiende_cases.domain.events import CaseEvent, MessageAdded, MessageEvent, PromptAnswered
from atiende_cases.domain.inbound import Inbound
from atiende_cases.domain.joining import entry_of, generation, may_join
from atiende_cases.domain.message import Message
from atiende_cases.domain.opening import open_case
from atiende_cases.domain.recognise import is_courtesy, is_prompt_answer
from atiende_cases.domain.values import Actor, ActorKind, Channel, Direction, Quality
from atiende_city.release import Release
from atiende_kit.ids import derived_id

_CLASSIFIED_CHARACTERS = 4_000
_ANSWER_CHARACTERS = 2_000


@dataclass(slots=True)
class Entry:
    """One message's result and what it depends on."""

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
        changed_citizens: ids of those that must be written; likewise for the others.
        case_events: what happened to each case, in order.
    """

    tenant: str
    release: Release
    existing: set[str] = field(default_factory=set)
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
        self.existing.add(inbound.message_id)
        sender = self._citizen_of(inbound.sender_key)
        suggestion, mentioned = self._mentioned(inbound, sender)
        conversation = self._conversation_of(inbound, sender, mentioned)
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
        answer = self._answer(inbound, conversation)
        if answer is None and self._needs_new_case(inbound, conversation, case):
            conversation = self._new_conversation(
                inbound, sender, mentions=suggestion, linked=case.case_id, joins=conversation
            )
            case = self._case_of(conversation)
        self._enter(inbound, conversation, case, answer, suggestion)

    # -- finding ---------------------------------------------------------------------------

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
        thread for all matters of a person, so there a folio that is theirs says it better.
        """
        threaded = self._by_keys(inbound, sender)
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

    def _needs_new_case(self, inbound: Inbound, conversation: Conversation, case: Case) -> bool:
        """Whether the matter is over for good, so that what is written now is another one."""
        if case.is_active or conversation.opening.message_id == inbound.message_id:
            return False
        if case.has_effect(inbound.message_id) or is_courtesy(inbound.text):
            return False
        return not lifecycle.may_reopen(case, inbound.receive_time)

    def _answer(self, inbound: Inbound, conversation: Conversation) -> Prompt | None:
        before = conversation.answered_by(inbound.message_id)
        if before is not None:
            return before
        prompt = conversation.open_prompt(inbound.receive_time)
        if prompt is None or inbound.receive_time < prompt.open_time:
            return None
        survey = self.release.survey()
        words = (
            (*survey.score_words, *survey.solved_words, *survey.not_solved_words) if survey else ()
        )
        return prompt if is_prompt_answer(inbound.text, words) else None

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
        if not citizen.owns(inbound.sender_key):
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
        if unreadable:
            procedure_code = release.city.default_procedure
        elif release.procedure(inbound.procedure_code) is not None:
            procedure_code = inbound.procedure_code
        else:
            procedure_code = release.classify(written)
        # A provider may deliver two messages in one millisecond: the ids come from the message.
        conversation = Conversation(
            conversation_id=derived_id(
                inbound.receive_time, self.tenant, "conversation", inbound.message_id
            ),
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
        citizen = Actor(ActorKind.CITIZEN, conversation.citizen_id, inbound.sender.display_name)
        opens = conversation.opening.message_id == inbound.message_id
        asks = opens or (answer is None and not is_courtesy(inbound.text))
        if not opens:
            self._hear_in_case(inbound, case, citizen, asks=asks)
        heard = self._heard_in_conversation(inbound, conversation, answer)
        if heard != conversation:
            self._keep_conversation(heard)
            self.changed_conversations[heard.conversation_id] = None
        events: list[MessageEvent] = [
            MessageAdded(inbound.message_id, Direction.INBOUND, citizen, needs_answer=asks)
        ]
        if answer is not None:
            events.append(
                PromptAnswered(
                    prompt_id=answer.prompt_id,
                    prompt_kind=answer.kind,
                    message_id=inbound.message_id,
                    text=inbound.text[:_ANSWER_CHARACTERS],
                    channel=inbound.sender.channel,
                    receive_time=inbound.receive_time,
                )
            )
        self.entries.append(
            Entry(
                message=entry_of(inbound, conversation, citizen, suggestion),
                events=tuple(events),
                citizen_id=conversation.citizen_id,
                conversation_id=conversation.conversation_id,
                case_id=case.case_id,
            )
        )

    def _hear_in_case(self, inbound: Inbound, case: Case, citizen: Actor, *, asks: bool) -> None:
        procedure = procedure_of(self.release, case.procedure_code)
        at = inbound.receive_time
        if asks and not case.is_active and not case.has_effect(inbound.message_id):
            reopened = lifecycle.reopen(
                case, procedure, reason="citizen_message", actor=citizen, at=at
            )
            case = lifecycle.with_effect(reopened.case, inbound.message_id)
            self._keep_change(Change(case, reopened.events))
        self._keep_change(
            lifecycle.heard_inbound(
                case, procedure, channel=inbound.sender.channel, at=at, text=inbound.text, asks=asks
            )
        )

    def _heard_in_conversation(
        self, inbound: Inbound, conversation: Conversation, answer: Prompt | None
    ) -> Conversation:
        thread: Thread = inbound.thread
        key = inbound.thread_lookup_key
        if conversation.thread(key) is None and self._by_key.get(key):
            # The thread belongs to another matter, and stays there: a folio brought this message.
            heard = conversation
        else:
            heard = conversation.with_inbound(
                thread, at=inbound.receive_time, message_key=inbound.provider_message_id
            )
        if answer is not None:
            heard = heard.with_answer(answer.prompt_id, inbound.message_id)
        return heard
