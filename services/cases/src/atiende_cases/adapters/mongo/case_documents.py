"""Cases as documents."""

from __future__ import annotations

from dataclasses import asdict
from typing import Final

from atiende_cases.adapters.mongo.codec import Doc, get_actor, get_place, put_actor, put_place
from atiende_cases.domain.case import Case, Claim, Duplicate, HistoryEntry, Phase, Tick, Transfer
from atiende_cases.domain.inbox import Sort, facets_of, keys_of, position
from atiende_cases.domain.merging import is_unsettled
from atiende_cases.domain.values import Channel, Status

POSITIONS: Final = {
    Sort.DUE: "due_position",
    Sort.NEWEST: "open_position",
    Sort.UPDATED: "update_position",
}
"""Field that holds a case's place in each order."""

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
    "merged_into",
    "incident_id",
    "incident_answer",
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
    """Writes the document; what the inbox finds it by is computed here and never read back."""
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
        "checklist": [
            {
                "requirement_id": tick.requirement_id,
                "done": tick.done,
                "actor": put_actor(tick.actor),
                "time": tick.time,
            }
            for tick in case.checklist
        ],
        "duplicates": [_put_duplicate(one) for one in case.duplicates],
        "unsettled": is_unsettled(case),
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
        "facets": [str(facet) for facet in facets_of(case)],
        "inbox": list(keys_of(case)),
        **{field: position(sort, case) for sort, field in POSITIONS.items()},
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
        checklist=tuple(
            Tick(tick["requirement_id"], tick["done"], get_actor(tick["actor"]), tick["time"])
            for tick in doc.get("checklist", ())
        ),
        duplicates=tuple(_get_duplicate(one) for one in doc.get("duplicates", ())),
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
        # A field that is younger than the document has its default.
        **{name: doc[name] for name in _PLAIN if name in doc},
    )


def _put_duplicate(one: Duplicate) -> Doc:
    return {
        "case_id": one.case_id,
        "folio": one.folio,
        "citizen_id": one.citizen_id,
        "conversation_id": one.conversation_id,
        "claim": asdict(one.claim),
        "phase": one.phase.value,
        "actor": put_actor(one.actor),
        "reason": one.reason,
        "time": one.time,
    }


def _get_duplicate(doc: Doc) -> Duplicate:
    return Duplicate(
        case_id=doc["case_id"],
        folio=doc["folio"],
        citizen_id=doc["citizen_id"],
        conversation_id=doc["conversation_id"],
        claim=Claim(**doc["claim"]),
        phase=Phase(doc["phase"]),
        actor=get_actor(doc["actor"]),
        reason=doc["reason"],
        time=doc["time"],
    )
