"""Filters are built by code; this refuses what looks like it came from outside.

A JSON body may carry ``{"$ne": ""}`` where a string was meant. Request models are strict and stop
it first; the repository base does not rely on them.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from atiende_kit.errors import InvalidInput

_LOGICAL = frozenset({"$and", "$or", "$nor"})
_SCALAR = frozenset({"$eq", "$ne", "$gt", "$gte", "$lt", "$lte"})
_LISTS = frozenset({"$in", "$nin", "$all"})
_OTHER = frozenset({"$exists", "$size", "$elemMatch", "$not", "$mod"})
_FORBIDDEN_STAGES = frozenset(
    {"$out", "$merge", "$lookup", "$graphLookup", "$unionWith", "$collStats", "$currentOp"}
)


class Op(dict[str, Any]):
    """An operator that code built on purpose: ``op({"$gt": last})``."""


def op(operator: Mapping[str, Any]) -> Op:
    """Mark an operator dictionary as built by code."""
    return Op(operator)


def _refuse(field: str) -> InvalidInput:
    return InvalidInput(
        "FILTER_INVALID", "El filtro no es válido.", fields={field: "wants a plain value"}
    )


def check_text(field: str, value: object) -> str:
    """Return the value when it is a string.

    Raises:
        InvalidInput: It is anything else, such as an operator.
    """
    if not isinstance(value, str):
        raise _refuse(field)
    return value


def check_filter(given: Mapping[str, Any], text_fields: Iterable[str] = ()) -> None:
    """Walk a filter and refuse unknown operators and operators in the place of a string.

    Raises:
        InvalidInput: With the field that is wrong.
    """
    texts = frozenset(text_fields)
    for key, value in given.items():
        if key in _LOGICAL:
            if not isinstance(value, list | tuple):
                raise _refuse(key)
            for branch in value:
                if not isinstance(branch, Mapping):
                    raise _refuse(key)
                check_filter(branch, texts)
        elif key == "$text":
            if not isinstance(value, Mapping):
                raise _refuse(key)
            check_text(key, value.get("$search"))
        elif key.startswith("$"):
            # $where, $expr, $function and whatever comes next run code or reach other fields.
            raise _refuse(key)
        elif isinstance(value, Mapping):
            if key in texts and not isinstance(value, Op):
                raise _refuse(key)
            _check_operators(key, value, texts)


def _check_operators(field: str, operators: Mapping[str, Any], texts: frozenset[str]) -> None:
    if not any(str(name).startswith("$") for name in operators):
        return  # equality with a subdocument
    for name, operand in operators.items():
        if name in _SCALAR:
            if isinstance(operand, Mapping):
                raise _refuse(field)
        elif name in _LISTS:
            if not isinstance(operand, list | tuple | set | frozenset) or any(
                isinstance(item, Mapping) for item in operand
            ):
                raise _refuse(field)
        elif name in {"$elemMatch", "$not"}:
            if not isinstance(operand, Mapping):
                raise _refuse(field)
            if any(str(inner).startswith("$") for inner in operand):
                _check_operators(field, operand, texts)
            else:
                check_filter(operand, texts)
        elif name not in _OTHER:
            raise _refuse(field)


def tenant_pipeline(
    tenant: str, pipeline: Iterable[Mapping[str, Any]], text_fields: Iterable[str] = ()
) -> list[dict[str, Any]]:
    """Put the tenant before an aggregation, and refuse stages that leave the collection.

    Raises:
        InvalidInput: A $match holds an operator that code does not build.
        ValueError: A stage reads or writes elsewhere: its documents would escape the tenant.
    """
    stages = [dict(stage) for stage in pipeline]
    for stage in stages:
        if _FORBIDDEN_STAGES & stage.keys():
            raise ValueError(f"{sorted(stage)} is not allowed in a tenant's aggregation")
        if "$match" in stage:
            check_filter(stage["$match"], text_fields)
    first: dict[str, Any] = {"tenant": tenant}
    # $text must stand in the very first stage, so a leading $match is merged, not followed.
    if stages and "$match" in stages[0]:
        first = {"$and": [first, stages.pop(0)["$match"]]}
        text = first["$and"][1].get("$text")
        if text is not None:
            rest = {k: v for k, v in first["$and"][1].items() if k != "$text"}
            first = {"$text": text, "$and": [{"tenant": tenant}, rest]}
    return [{"$match": first}, *stages]
