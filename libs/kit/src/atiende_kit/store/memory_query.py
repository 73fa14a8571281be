"""The part of MongoDB's query language that the code base uses, in plain Python.

What it does not know it refuses, so that a test cannot pass by accident.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cmp_to_key, lru_cache
from typing import Any

from atiende_kit.store.engine import Projection, Sort
from atiende_kit.store.operations import Document

_MISSING: Any = object()


@lru_cache(4096)
def _path(name: str) -> tuple[str, ...]:
    return tuple(name.split("."))


def _lookup(value: Any, path: Sequence[str]) -> list[Any]:
    """Return every value a dotted path reaches; arrays are entered, as the server does."""
    if not path:
        return [value]
    head, rest = path[0], path[1:]
    if isinstance(value, dict):
        return _lookup(value[head], rest) if head in value else [_MISSING]
    if isinstance(value, list):
        if head.isdigit():
            index = int(head)
            return _lookup(value[index], rest) if index < len(value) else [_MISSING]
        reached = [one for item in value for one in _lookup(item, path)]
        return reached or [_MISSING]
    return [_MISSING]


def _order(left: Any, right: Any) -> int:
    """Compare as BSON does for the types in use: nothing, numbers, text, the rest."""
    ranks = [
        0
        if v is _MISSING or v is None
        else 1
        if isinstance(v, int | float)
        else 2
        if isinstance(v, str)
        else 3
        for v in (left, right)
    ]
    if ranks[0] != ranks[1]:
        return ranks[0] - ranks[1]
    if ranks[0] == 0:
        return 0
    return int(left > right) - int(left < right)


def _compares(wanted: Callable[[int], bool]) -> Callable[[Any, Any], bool]:
    def test(found: Any, operand: Any) -> bool:
        if found is _MISSING or found is None or operand is None:
            return False
        comparable = isinstance(found, int | float) and isinstance(operand, int | float)
        if not comparable and type(found) is not type(operand):
            return False
        return wanted(_order(found, operand))

    return test


def _equal(found: Any, operand: Any) -> bool:
    if operand is None:
        return found is None or found is _MISSING
    return bool(found is not _MISSING and found == operand)


_TESTS: dict[str, Callable[[Any, Any], bool]] = {
    "$eq": _equal,
    "$gt": _compares(lambda order: order > 0),
    "$gte": _compares(lambda order: order >= 0),
    "$lt": _compares(lambda order: order < 0),
    "$lte": _compares(lambda order: order <= 0),
    "$in": lambda found, operand: any(_equal(found, one) for one in operand),
}


def _condition(reached: list[Any], operator: str, operand: Any) -> bool:
    if operator in _TESTS:
        test = _TESTS[operator]
        return any(
            test(one, operand)
            or (isinstance(one, list) and any(test(item, operand) for item in one))
            for one in reached
        )
    if operator == "$exists":
        return bool(operand) == any(one is not _MISSING for one in reached)
    if operator in {"$ne", "$nin"}:
        positive = "$eq" if operator == "$ne" else "$in"
        return not _condition(reached, positive, operand)
    if operator == "$not":
        return not all(_condition(reached, name, inner) for name, inner in operand.items())
    if operator == "$size":
        return any(isinstance(one, list) and len(one) == operand for one in reached)
    if operator == "$all":
        return all(_condition(reached, "$eq", one) for one in operand)
    if operator == "$elemMatch":
        items = [item for one in reached if isinstance(one, list) for item in one]
        if all(str(name).startswith("$") for name in operand):
            return any(all(_condition([i], n, v) for n, v in operand.items()) for i in items)
        return any(matches(item, operand) for item in items)
    raise LookupError(f"{operator} is not part of the in-memory store")


def matches(document: Mapping[str, Any], query: Mapping[str, Any]) -> bool:
    """Tell whether a document matches a filter."""
    for key, wanted in query.items():
        if key == "$and":
            ok = all(matches(document, one) for one in wanted)
        elif key == "$or":
            ok = any(matches(document, one) for one in wanted)
        elif key == "$nor":
            ok = not any(matches(document, one) for one in wanted)
        elif key == "$text":
            ok = _text(document, wanted["$search"])
        else:
            reached = _lookup(document, _path(key))
            if isinstance(wanted, Mapping) and any(str(n).startswith("$") for n in wanted):
                ok = all(_condition(reached, name, value) for name, value in wanted.items())
            else:
                ok = _condition(reached, "$eq", wanted)
        if not ok:
            return False
    return True


def _text(value: Any, search: str) -> bool:
    """Any word anywhere; no stemming."""
    if isinstance(value, str):
        return any(word.casefold() in value.casefold() for word in search.split())
    if isinstance(value, Mapping):
        return any(_text(one, search) for one in value.values())
    return isinstance(value, list) and any(_text(one, search) for one in value)


def sort_documents(documents: list[Document], sort: Sort) -> list[Document]:
    """Sort by several keys; what is missing comes first."""

    def compare(left: Document, right: Document) -> int:
        for name, direction in sort:
            path = _path(name)
            order = _order(_lookup(left, path)[0], _lookup(right, path)[0])
            if order:
                return order * direction
        return 0

    return sorted(documents, key=cmp_to_key(compare))


def project(document: Document, projection: Projection | None) -> Document:
    """Keep or leave out fields; a dotted path names a field of a subdocument."""
    if not projection:
        return document
    if not isinstance(projection, Mapping):
        projection = dict.fromkeys(projection, 1)
    kept = {name for name, flag in projection.items() if flag}
    if kept:
        result: Document = {}
        for name in kept | ({"_id"} if projection.get("_id", 1) else set()):
            _copy_path(document, result, name.split("."))
        return result
    for name in projection:
        _drop_path(document, name.split("."))
    return document


def _copy_path(source: Any, target: Document, path: list[str]) -> None:
    if not isinstance(source, Mapping) or path[0] not in source:
        return
    if len(path) == 1:
        target[path[0]] = source[path[0]]
    elif isinstance(source[path[0]], Mapping):
        _copy_path(source[path[0]], target.setdefault(path[0], {}), path[1:])
    else:
        target[path[0]] = source[path[0]]


def _drop_path(document: Any, path: list[str]) -> None:
    if isinstance(document, list):
        for item in document:
            _drop_path(item, path)
    elif isinstance(document, dict):
        if len(path) == 1:
            document.pop(path[0], None)
        else:
            _drop_path(document.get(path[0]), path[1:])


def apply_update(document: Document, update: Mapping[str, Any]) -> Document:
    """Apply the updates that `Collection` makes: $set of whole fields, $push, $pull."""
    for operator, fields in update.items():
        for name, operand in fields.items():
            if operator == "$set":
                document[name] = operand
            elif operator == "$push":
                values = [*document.get(name, []), *operand["$each"]]
                document[name] = values[operand["$slice"] :] if "$slice" in operand else values
            elif operator == "$pull":
                document[name] = [
                    one for one in document.get(name, []) if not matches(one, operand)
                ]
            else:
                raise LookupError(f"{operator} is not part of the in-memory store")
    return document


def aggregate(documents: list[Document], pipeline: Sequence[Mapping[str, Any]]) -> list[Document]:
    """Run $match, $sort, $skip, $limit, $count and $group with $sum, $min, $max, $avg, $first."""
    for stage in pipeline:
        [(name, operand)] = stage.items()
        if name == "$match":
            documents = [one for one in documents if matches(one, operand)]
        elif name == "$sort":
            documents = sort_documents(documents, list(operand.items()))
        elif name == "$skip":
            documents = documents[operand:]
        elif name == "$limit":
            documents = documents[:operand]
        elif name == "$count":
            documents = [{operand: len(documents)}] if documents else []
        elif name == "$project":
            documents = [project(one, operand) for one in documents]
        elif name == "$group":
            documents = _group(documents, operand)
        else:
            raise LookupError(f"{name} is not part of the in-memory store")
    return documents


def _expression(document: Document, expression: Any) -> Any:
    if isinstance(expression, str) and expression.startswith("$"):
        found = _lookup(document, _path(expression[1:]))[0]
        return None if found is _MISSING else found
    if isinstance(expression, Mapping):
        return {name: _expression(document, one) for name, one in expression.items()}
    return expression


def _group(documents: list[Document], spec: Mapping[str, Any]) -> list[Document]:
    groups: dict[str, tuple[Any, list[Document]]] = {}
    for document in documents:
        key = _expression(document, spec["_id"])
        groups.setdefault(repr(key), (key, []))[1].append(document)
    results = []
    for key, members in groups.values():
        result: Document = {"_id": key}
        for name, accumulator in spec.items():
            if name == "_id":
                continue
            [(function, expression)] = accumulator.items()
            values = [v for m in members if (v := _expression(m, expression)) is not None]
            result[name] = _accumulate(function, values)
        results.append(result)
    return results


def _accumulate(function: str, values: list[Any]) -> Any:
    if function == "$sum":
        return sum(v for v in values if isinstance(v, int | float))
    if not values:
        return None
    if function == "$avg":
        return sum(values) / len(values)
    simple: dict[str, Callable[[list[Any]], Any]] = {
        "$min": min,
        "$max": max,
        "$first": lambda v: v[0],
        "$last": lambda v: v[-1],
    }
    if function in simple:
        return simple[function](values)
    raise LookupError(f"{function} is not part of the in-memory store")
