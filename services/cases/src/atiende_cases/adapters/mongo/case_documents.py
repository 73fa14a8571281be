"""Cases as documents."""

from __future__ import annotations

from atiende_cases.adapters.mongo.codec import Doc, get_actor, get_place, put_actor, put_place
from atiende_cases.domain.case import Case, HistoryEntry, Transfer
from atiende_cases.domain.values import Channel, Status

# Fields whose document form is their domain form.
_PLAIN = (
    "folio",
    "citizen_id",
    "conversation_id",
    "procedure_code",
    "unit_id",
    "state",
    "priority",
    "language",
    "open_time",
    "legal_time",
    "first_answer_due_time",
    "due_time",
    "update_time",
    "release_version",
    "opened_by_message_id",
    "subject",
    "description",
    "out_of_hours",
    "unreadable",
    "calendar_missing",
    "emergency",
    "public",
    "mentions_folio",
    "linked_case_id",
    "media_url",
    "assignee_id",
    "assignee_name",
    "work_item_id",
    "work_version",
    "outcome_code",
    "resolution_number",
    "resolve_time",
    "reopen_until",
    "reopen_count",
    "first_answer_time",
    "first_answer_seconds",
    "first_answer_working_seconds",
    "last_inbound_time",
    "last_outbound_time",
    "needs_answer",
    "undelivered",
)


def write_case(case: Case) -> Doc:
    """Writes the document; `next_due_time` and `visible_units` are there for the inbox's index."""
    doc: Doc = {name: getattr(case, name) for name in _PLAIN}
    transfer = case.transfer
    doc |= {
        "_id": case.case_id,
        "tenant": case.tenant,
        "version": case.version,
        "status": case.status.value,
        "channel": case.channel.value,
        "opened_channel": case.opened_channel and case.opened_channel.value,
        "place": put_place(case.place),
        "transfer": None
        if transfer is None
        else {
            "from_unit_id": transfer.from_unit_id,
            "to_unit_id": transfer.to_unit_id,
            "reason": transfer.reason,
            "request_time": transfer.request_time,
            "requested_by": put_actor(transfer.requested_by),
        },
        "history": [
            {
                "time": entry.time,
                "actor": put_actor(entry.actor),
                "kind": entry.kind,
                "detail": entry.detail,
                "note": entry.note,
            }
            for entry in case.history
        ],
        "effects": list(case.effects),
        "terms": list(case.terms),
        "next_due_time": case.next_due_time,
        "visible_units": list(case.visible_units),
        "can_lapse": case.status is Status.RESOLVED and case.reopen_until is not None,
    }
    return doc


def read_case(doc: Doc) -> Case:
    """Reads the document; a listing leaves the search terms and effects away."""
    transfer = doc["transfer"]
    return Case(
        case_id=doc["_id"],
        tenant=doc["tenant"],
        version=doc["version"],
        status=Status(doc["status"]),
        channel=Channel(doc["channel"]),
        opened_channel=Channel(doc["opened_channel"]) if doc["opened_channel"] else None,
        place=get_place(doc["place"]),
        transfer=None
        if transfer is None
        else Transfer(
            transfer["from_unit_id"],
            transfer["to_unit_id"],
            transfer["reason"],
            transfer["request_time"],
            get_actor(transfer["requested_by"]),
        ),
        history=tuple(
            HistoryEntry(
                entry["time"],
                get_actor(entry["actor"]),
                entry["kind"],
                entry["detail"],
                entry["note"],
            )
            for entry in doc.get("history", ())
        ),
        effects=tuple(doc.get("effects", ())),
        terms=tuple(doc.get("terms", ())),
        **{name: doc[name] for name in _PLAIN},
    )
