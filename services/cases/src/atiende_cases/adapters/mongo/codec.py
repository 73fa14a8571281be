"""Small values as parts of documents."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from atiende_cases.domain.citizen import ContactPoint
from atiende_cases.domain.values import Actor, ActorKind, Attachment, Channel, Place

Doc = dict[str, Any]


def put_point(point: ContactPoint) -> Doc:
    """Writes a contact point."""
    return {
        "channel": point.channel.value,
        "address": point.address,
        "display_name": point.display_name,
        "verified": point.verified,
        "source": point.source,
        "consent": point.consent,
        "account_id": point.account_id,
        "last_inbound_time": point.last_inbound_time,
        "chosen_time": point.chosen_time,
    }


def get_point(doc: Doc) -> ContactPoint:
    """Reads a contact point."""
    return ContactPoint(
        channel=Channel(doc["channel"]),
        address=doc["address"],
        display_name=doc["display_name"],
        verified=doc["verified"],
        source=doc["source"],
        consent=doc["consent"],
        account_id=doc["account_id"],
        last_inbound_time=doc["last_inbound_time"],
        chosen_time=doc.get("chosen_time"),
    )


def put_place(place: Place | None) -> Doc | None:
    """Writes a place."""
    if place is None:
        return None
    return {"latitude": place.latitude, "longitude": place.longitude, "address": place.address}


def get_place(doc: Doc | None) -> Place | None:
    """Reads a place."""
    return None if doc is None else Place(doc["latitude"], doc["longitude"], doc["address"])


def put_actor(actor: Actor) -> Doc:
    """Writes an actor."""
    return {"kind": actor.kind.value, "id": actor.id, "name": actor.name}


def get_actor(doc: Doc) -> Actor:
    """Reads an actor."""
    return Actor(ActorKind(doc["kind"]), doc["id"], doc["name"])


def put_attachment(attachment: Attachment) -> Doc:
    """Writes a reference to bytes."""
    return {
        "attachment_id": attachment.attachment_id,
        "filename": attachment.filename,
        "content_type": attachment.content_type,
        "size_bytes": attachment.size_bytes,
        "sha256": attachment.sha256,
    }


def get_attachment(doc: Doc) -> Attachment:
    """Reads a reference to bytes."""
    return Attachment(
        doc["attachment_id"],
        doc["filename"],
        doc["content_type"],
        doc["size_bytes"],
        doc["sha256"],
    )


def milliseconds(instant: datetime) -> datetime:
    """Cuts an instant to what a document keeps, so that what is read equals what was written."""
    return instant.replace(microsecond=instant.microsecond // 1000 * 1000)
