"""What became of outbound messages: one document each in `attempts`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from atiende_channels.application.mapping import delivery_updated
from atiende_channels.domain.delivery import DeliveryState, advance
from atiende_channels.domain.model import Channel, ParsedStatus
from atiende_kit.clock import Clock
from atiende_kit.errors import VersionMismatch
from atiende_kit.ids import derived_id
from atiende_kit.store import Collection, Database, Event, Index, Outcome, Replace, retry_stale

_SILENT = frozenset({DeliveryState.ACCEPTED, DeliveryState.SENDING})
"""States that tell nobody anything new: who asked for the message knows that it was asked for."""


@dataclass(frozen=True, slots=True)
class Change:
    """A document of `attempts` with a new state, and the events to write with it."""

    document: dict[str, Any]
    events: Sequence[Event]


class Deliveries:
    """The collection `attempts`.

    A document holds: `channel`, `account_id`, `conversation_id`, `purpose`, `purpose_id`, `state`,
    `error_code`, `tries`, `provider_ids` (one per part that was taken), `history`.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self.attempts: Collection = database.collection(
            "attempts",
            [
                Index([("channel", 1), ("provider_ids", 1)]),
                Index([("channel", 1), ("state", 1), ("_id", -1)]),
            ],
            outbox=True,
        )
        self._clock = clock

    def change(
        self,
        attempt: Mapping[str, Any],
        state: DeliveryState,
        *,
        error_code: str = "",
        update_time: datetime | None = None,
        fields: Mapping[str, Any] | None = None,
        cause: Any = None,
    ) -> Change:
        """Builds the next version of a document; pure.

        Args:
            attempt: The document as it was read.
            state: The new state.
            error_code: Of the closed list; empty when none.
            update_time: When it happened; now when absent.
            fields: What else changes.
            cause: The delivery that made this happen, for the event's story.
        """
        moment = update_time or self._clock.now()
        entry = {"state": state.value, "time": moment, "error_code": error_code}
        document = {
            "_id": attempt["_id"],
            "version": attempt.get("version", 0),
            "state": state.value,
            "error_code": error_code,
            # The last few are enough for a person; a provider may repeat a state for days.
            "history": [*attempt.get("history", []), entry][-30:],
            **(fields or {}),
        }
        if state in _SILENT or _is_repetition(attempt, state, error_code):
            return Change(document, ())
        event = delivery_updated(
            {**attempt, **document}, state, error_code=error_code, update_time=moment
        )
        event_id = derived_id(
            moment, "delivery", attempt["_id"], state.value, document["version"], error_code
        )
        return Change(document, (Event(event, event_id=event_id, time=moment, cause=cause),))

    async def apply(
        self, tenant: str, channel: Channel, statuses: Sequence[ParsedStatus]
    ) -> frozenset[str]:
        """Applies a provider's words in their order; late and repeated ones change nothing.

        Returns:
            The provider's keys that belong to no outbound message (yet).
        """
        if not statuses:
            return frozenset()
        wanted = list(dict.fromkeys(status.provider_message_id for status in statuses))

        async def once() -> frozenset[str]:
            found = await self.attempts.find(
                tenant, {"channel": channel.value, "provider_ids": {"$in": wanted}}
            )
            attempt_of = {key: attempt for attempt in found for key in attempt["provider_ids"]}
            changes = self._changes(statuses, attempt_of)
            outcomes = await self.attempts.write(
                [Replace(tenant, change.document, change.events) for change in changes]
            )
            if any(outcome is not Outcome.DONE for outcome in outcomes):
                # What was written is met again as a repetition.
                raise VersionMismatch("ATTEMPT_CHANGED", "El envío cambió mientras tanto.")
            return frozenset(wanted) - attempt_of.keys()

        return await retry_stale(once)

    def _changes(
        self, statuses: Sequence[ParsedStatus], attempt_of: Mapping[str, dict[str, Any]]
    ) -> list[Change]:
        """One write for each message, with all that was said of it."""
        changed: dict[str, Change] = {}
        for status in statuses:
            attempt = attempt_of.get(status.provider_message_id)
            if attempt is None:
                continue
            before = changed.get(attempt["_id"], Change({}, ()))
            current = {**attempt, **before.document}
            state = advance(DeliveryState(current["state"]), DeliveryState(status.state))
            if state is None:
                continue
            change = self.change(
                current, state, error_code=status.error_code, update_time=status.update_time
            )
            changed[attempt["_id"]] = Change(change.document, (*before.events, *change.events))
        return list(changed.values())


def _is_repetition(attempt: Mapping[str, Any], state: DeliveryState, error_code: str) -> bool:
    """The tenth temporary failure with the same code is not news."""
    return state is DeliveryState.TEMPORARY_FAILURE and any(
        entry["state"] == state.value and entry["error_code"] == error_code
        for entry in attempt.get("history", [])
    )
