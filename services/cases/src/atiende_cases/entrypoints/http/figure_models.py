"""Bodies of answers that count."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, Field

from atiende_cases.domain.values import Channel, Direction, Quality


class Counts(BaseModel):
    """Numbers for the tabs of the inbox; one that is over `counted_to` means "more than that"."""

    counts: dict[str, int] = Field(
        description="By tab: mentions, overdue, open, mine, unassigned, waiting_citizen, "
        "needs_answer, mailbox, undelivered, emergency, incident, transfer_in, transfer_out."
    )
    counted_to: int


class ChannelCount(BaseModel):
    """Messages of one channel in one direction; notes have no channel."""

    channel: str | None
    direction: Direction
    count: int


class Figures(BaseModel):
    """Figures of the caller's units. Percentiles are nearest ranks, in seconds."""

    cases: int
    answered: int
    reopened: int
    procedures: dict[str, int]
    units: dict[str, int]
    states: dict[str, int]
    channels: dict[str, int]
    messages: list[ChannelCount]
    first_answer_seconds_p50: int | None
    first_answer_seconds_p95: int | None
    first_answer_working_seconds_p50: int | None
    first_answer_working_seconds_p95: int | None


class LedgerRow(BaseModel):
    """One inbound message, to be compared with what was sent."""

    message_id: str
    provider_message_id: str
    channel: Channel | None
    account_id: str
    case_id: str
    receive_time: datetime
    quality: Quality
