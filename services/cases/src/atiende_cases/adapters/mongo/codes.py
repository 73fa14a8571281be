"""The port `Codes` over a collection."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any, Final

from atiende.common.v1 import common_pb2
from atiende.notifications.v1 import events_pb2
from atiende_cases.domain.challenge import Challenge
from atiende_cases.domain.values import Channel
from atiende_cases.wire import CHANNEL
from atiende_kit.ids import derived_id
from atiende_kit.store import Database, Event, Index, Insert, Outcome, Replace

TEMPLATE: Final = "verification_code"
INDEXES: Final = [
    Index([("point_key", 1)]),
    # An hour after it ended: the command to send it has left by then, or is worth nothing.
    Index([("delete_time", 1)], tenant_first=False, expire_after_seconds=0),
]
_KEPT: Final = timedelta(hours=1)


class MongoCodes:
    """One document a challenge, with the command that sends its code."""

    def __init__(self, database: Database) -> None:
        self._codes = database.collection("codes", INDEXES, outbox=True)

    async def add(self, challenge: Challenge, code: str) -> None:
        """Stores a challenge and the command."""
        [outcome] = await self._codes.write(
            [Insert(challenge.tenant, _document(challenge), [_command(challenge, code)])]
        )
        if outcome is not Outcome.DONE:
            raise ValueError("a new id was there before")

    async def get(self, tenant: str, challenge_id: str) -> Challenge | None:
        """One challenge, or None."""
        doc = await self._codes.get(tenant, challenge_id)
        return None if doc is None else _challenge(doc)

    async def save(self, challenge: Challenge) -> bool:
        """Compare-and-set."""
        [outcome] = await self._codes.write([Replace(challenge.tenant, _document(challenge))])
        return outcome is Outcome.DONE

    async def forget(self, tenant: str, point_keys: Iterable[str]) -> None:
        """Removes the challenges of contact points."""
        wanted = list(point_keys)
        if not wanted:
            return
        found = await self._codes.find(
            tenant, {"point_key": {"$in": wanted}}, projection={"_id": 1}
        )
        for doc in found:
            await self._codes.delete(tenant, doc["_id"])


def _command(challenge: Challenge, code: str) -> Event:
    channel = CHANNEL[challenge.channel]
    request = events_pb2.RequestNotification(
        notification_id=derived_id(challenge.create_time, "code", challenge.challenge_id),
        template_key=TEMPLATE,
        values={"code": code},
        channel=channel,
        same_channel_only=True,
        at_most_once=True,
        recipient=common_pb2.ContactPoint(channel=channel, address=challenge.address),
        language=challenge.language,
    )
    return Event(request, derived_id(challenge.create_time, "request", challenge.challenge_id))


def _document(challenge: Challenge) -> dict[str, Any]:
    return {
        "_id": challenge.challenge_id,
        "tenant": challenge.tenant,
        "version": challenge.version,
        "channel": challenge.channel.value,
        "address": challenge.address,
        "point_key": challenge.point_key,
        "code_digest": challenge.code_digest,
        "language": challenge.language,
        "create_time": challenge.create_time,
        "tries_left": challenge.tries_left,
        "delete_time": challenge.expire_time + _KEPT,
    }


def _challenge(doc: dict[str, Any]) -> Challenge:
    return Challenge(
        challenge_id=doc["_id"],
        tenant=doc["tenant"],
        version=doc["version"],
        channel=Channel(doc["channel"]),
        address=doc["address"],
        code_digest=doc["code_digest"],
        language=doc["language"],
        create_time=doc["create_time"],
        tries_left=doc["tries_left"],
    )
