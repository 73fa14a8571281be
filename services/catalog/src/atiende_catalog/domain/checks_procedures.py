"""Checks of workflows and procedures: everything they point to exists and can be reached."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError

from atiende_catalog.domain.problem import Problem, listing, pointer
from atiende_city.forms import pattern_problem
from atiende_city.model import IN_PERSON
from atiende_city.text import fold, stems

FIELD_TYPES = ("string", "integer", "number", "boolean", "array")
_NESTED_REPEAT = re.compile(r"\([^()]*[+*][^()]*\)\s*[+*{]")


def check_workflow(workflow_id: str, workflow: Any) -> Iterator[Problem]:
    """Checks one state machine."""
    base: list[str | int] = ["workflows", workflow_id]
    states = workflow["states"]
    ids = [state["id"] for state in states]
    kinds = {state["id"]: state["kind"] for state in states}
    yield from _repeated([*base, "states"], ids, "El estado")
    if workflow["initial"] not in kinds:
        yield Problem(
            pointer([*base, "initial"]),
            f"El estado inicial «{workflow['initial']}» no existe.",
            f"Use uno de estos: {listing(kinds)}.",
        )
    elif kinds[workflow["initial"]] != "open":
        yield Problem(
            pointer([*base, "initial"]),
            "El estado inicial debe ser de clase «open».",
            "Un caso nuevo siempre espera a una persona de la ciudad.",
        )
    for kind, word in (("resolved", "resuelto"), ("closed", "cerrado")):
        if kind not in kinds.values():
            yield Problem(
                pointer([*base, "states"]),
                f"No hay ningún estado de clase «{kind}».",
                f"Agregue un estado {word}.",
            )
    yield from _check_transitions(base, workflow["transitions"], kinds)
    yield from _check_reach(base, workflow, kinds)


def _check_transitions(
    base: list[str | int], transitions: list[Any], kinds: dict[str, str]
) -> Iterator[Problem]:
    ways: dict[tuple[str, str], int] = {}
    triggers: dict[tuple[str, str], int] = {}
    for index, transition in enumerate(transitions):
        here = [*base, "transitions", index]
        for position, source in enumerate(transition["from"]):
            path = pointer([*here, "from", position])
            if source not in kinds:
                known = f"Use uno de estos: {listing(kinds)}."
                yield Problem(path, f"El estado «{source}» no existe.", known)
            way = (transition["id"], source)
            if way in ways:
                yield Problem(
                    path,
                    f"La transición «{way[0]}» desde «{source}» está repetida"
                    f" (ya está en la posición {ways[way]}).",
                    "Deje una sola.",
                )
            ways.setdefault(way, index)
            trigger = transition.get("trigger")
            if trigger is not None and (trigger, source) in triggers:
                yield Problem(
                    path,
                    f"Desde «{source}» hay dos transiciones con el disparador «{trigger}».",
                    "Un disparador solo puede tener una transición por estado.",
                )
            triggers.setdefault((str(trigger), source), index)
        target = transition["to"]
        if target not in kinds:
            yield Problem(
                pointer([*here, "to"]),
                f"El estado «{target}» no existe.",
                f"Use uno de estos: {listing(kinds)}.",
            )
        wanted = {"resolve": "resolved", "close_timer": "closed", "reopen": "open"}.get(
            transition.get("trigger", "")
        )
        if wanted and kinds.get(target, wanted) != wanted:
            yield Problem(
                pointer([*here, "to"]),
                f"El disparador «{transition['trigger']}» debe llevar a un estado «{wanted}».",
                "Cambie el destino o el disparador.",
            )


def _check_reach(base: list[str | int], workflow: Any, kinds: dict[str, str]) -> Iterator[Problem]:
    ways: dict[str, set[str]] = {state: set() for state in kinds}
    for transition in workflow["transitions"]:
        for source in transition["from"]:
            ways.setdefault(source, set()).add(transition["to"])
    reached = _closure({workflow["initial"]}, ways)
    back: dict[str, set[str]] = {}
    for source, targets in ways.items():
        for target in targets:
            back.setdefault(target, set()).add(source)
    ends = _closure({state for state, kind in kinds.items() if kind == "resolved"}, back)
    for index, state in enumerate(workflow["states"]):
        path = pointer([*base, "states", index])
        if state["id"] not in reached and workflow["initial"] in kinds:
            yield Problem(
                path,
                f"Al estado «{state['id']}» no se puede llegar desde el inicial.",
                "Agregue una transición que llegue a él o quítelo.",
            )
        if state["kind"] in ("open", "waiting_citizen") and state["id"] not in ends:
            yield Problem(
                path,
                f"Desde el estado «{state['id']}» no se puede llegar a resolver el caso.",
                "Agregue una transición de salida.",
            )


def _closure(start: set[str], ways: dict[str, set[str]]) -> set[str]:
    reached, waiting = set(start), list(start)
    while waiting:
        for target in ways.get(waiting.pop(), set()) - reached:
            reached.add(target)
            waiting.append(target)
    return reached


def _repeated(path: list[str | int], ids: list[str], noun: str) -> Iterator[Problem]:
    for value, count in Counter(ids).items():
        if count > 1:
            yield Problem(
                pointer([*path, ids.index(value)]),
                f"{noun} «{value}» está {count} veces.",
                "Deje cada uno una sola vez.",
            )


def check_procedure(code: str, procedure: Any, content: Any) -> Iterator[Problem]:
    """Checks what a procedure points to."""
    base: list[str | int] = ["procedures", code]
    for field, part, word in (
        ("unit", "units", "La dependencia"),
        ("workflow", "workflows", "El flujo"),
    ):
        if procedure[field] not in content[part]:
            yield Problem(
                pointer([*base, field]),
                f"{word} «{procedure[field]}» no existe.",
                f"Use una de estas opciones: {listing(content[part])}.",
            )
    for index, office in enumerate(procedure.get("offices", ())):
        if office not in content["units"]:
            yield Problem(
                pointer([*base, "offices", index]),
                f"La dependencia «{office}» no existe.",
                f"Use una de estas opciones: {listing(content['units'])}.",
            )
    if not IN_PERSON & set(procedure.get("channels", IN_PERSON)):
        yield Problem(
            pointer([*base, "channels"]),
            "Quien no usa una pantalla no tiene cómo pedir este trámite.",
            f"Agregue uno de estos: {listing(IN_PERSON)}.",
        )
    for index, skill in enumerate(procedure["skills"]):
        if skill not in content["skills"]:
            yield Problem(
                pointer([*base, "skills", index]),
                f"La habilidad «{skill}» no existe.",
                f"Use una de estas: {listing(content['skills'])}.",
            )
    yield from _repeated(
        [*base, "outcomes"], [item["id"] for item in procedure["outcomes"]], "El resultado"
    )
    yield from _check_form([*base, "form"], procedure["form"])


def check_keywords(procedures: Any) -> Iterator[Problem]:
    """Checks that no keyword stands twice in a procedure, and no strong one names two of them."""
    owners: dict[str, str] = {}
    for code, procedure in procedures.items():
        seen: dict[str, str] = {}
        for field in ("strong_keywords", "keywords"):
            for index, word in enumerate(procedure[field]):
                path = pointer(["procedures", code, field, index])
                key = fold(word).strip()
                if not stems(word):
                    yield Problem(
                        path,
                        f"La palabra clave «{word}» no distingue nada.",
                        "Use una palabra con significado.",
                    )
                elif key in seen:
                    yield Problem(
                        path,
                        f"La palabra clave «{word}» está repetida ({seen[key]}).",
                        "Quite una de las dos.",
                    )
                elif field == "strong_keywords" and owners.get(key, code) != code:
                    yield Problem(
                        path,
                        f"La palabra clave fuerte «{word}» ya es del trámite «{owners[key]}».",
                        "Déjela en uno solo o pásela a «keywords».",
                    )
                seen.setdefault(key, f"{field}/{index}")
                if field == "strong_keywords":
                    owners.setdefault(key, code)


def _check_form(path: list[str | int], form: Any) -> Iterator[Problem]:
    fault = _schema_fault(json.dumps(form, sort_keys=True))
    if fault is not None:
        place, message = fault
        yield Problem(
            pointer([*path, *place]),
            f"El formulario no es un JSON Schema 2020-12 válido: {message[:200]}",
            "Corrija esa parte del formulario.",
        )
        return
    fields = form.get("properties")
    if form.get("type") != "object" or not isinstance(fields, dict) or not fields:
        yield Problem(
            pointer(path),
            "El formulario debe ser de tipo «object» y tener campos en «properties».",
            "Agregue al menos un campo.",
        )
        return
    for index, name in enumerate(form.get("required", [])):
        if name not in fields:
            yield Problem(
                pointer([*path, "required", index]),
                f"El campo obligatorio «{name}» no está en el formulario.",
                f"Use uno de estos: {listing(fields)}.",
            )
    for name, field in fields.items():
        yield from _check_field([*path, "properties", name], field)


@lru_cache(maxsize=1_000)
def _schema_fault(form: str) -> tuple[tuple[str | int, ...], str] | None:
    """Returns where and why a form is no JSON Schema; known by its text.

    An administrator edits one procedure and the others are checked again with it, each time.
    """
    try:
        Draft202012Validator.check_schema(json.loads(form))
    except SchemaError as error:
        return tuple(error.absolute_path), error.message
    return None


def _check_field(path: list[str | int], field: Any) -> Iterator[Problem]:
    if not isinstance(field, dict) or field.get("type") not in FIELD_TYPES:
        yield Problem(
            pointer(path),
            "El campo no tiene un tipo que los canales sepan mostrar.",
            f"Use uno de estos tipos: {', '.join(FIELD_TYPES)}.",
        )
        return
    if not field.get("title"):
        yield Problem(pointer(path), "El campo no tiene título.", "Agregue «title» en español.")
    pattern = field.get("pattern")
    if pattern is None:
        return
    # Citizens fill these fields: a pattern that backtracks could be made to run for minutes.
    if wrong := pattern_problem(pattern):
        what = f"El patrón no es una expresión válida (RE2): {wrong}."
        yield Problem(pointer([*path, "pattern"]), what, "Corríjalo.")
    elif len(pattern) > 200 or _NESTED_REPEAT.search(pattern):  # noqa: PLR2004 -- a readable rule
        yield Problem(
            pointer([*path, "pattern"]),
            "El patrón es demasiado largo o repite un grupo que ya se repite.",
            "Escríbalo sin repeticiones dentro de repeticiones.",
        )
