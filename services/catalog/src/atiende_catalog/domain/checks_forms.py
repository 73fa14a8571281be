"""Checks of how a form is shown: its pages, its translations, its special fields."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from atiende_catalog.domain.problem import Problem, listing, pointer
from atiende_city.form_language import INPUTS, TRANSLATED
from atiende_city.model import ATTACHMENTS, PLACE

_ASKED_BESIDE = {PLACE: "place", ATTACHMENTS: "attachments"}


def check_form(code: str, procedure: Any, languages: frozenset[str] | None) -> Iterator[Problem]:
    """Checks the part of a procedure's form that JSON Schema does not know.

    Args:
        code: of the procedure.
        procedure: its document, of the right shape.
        languages: of the city; None when they are not known.
    """
    base: list[str | int] = ["procedures", code]
    fields = procedure["form"].get("properties")
    if not isinstance(fields, dict):
        return  # told by the check of the form itself
    for name, field in fields.items():
        if isinstance(field, dict):
            yield from _check_field([*base, "form", "properties", name], field, languages)
    if "pages" in procedure:
        yield from _check_pages([*base, "pages"], procedure, fields)


def _check_field(
    path: list[str | int], field: dict[str, Any], languages: frozenset[str] | None
) -> Iterator[Problem]:
    shown = field.get("x-input")
    if shown is not None and INPUTS.get(str(shown)) != field.get("type"):
        yield Problem(
            pointer([*path, "x-input"]),
            f"«{shown}» no es una forma de llenar este campo.",
            f"Use una de estas en un campo de texto: {listing(INPUTS)}.",
        )
    yield from _check_translations(path, field, languages)
    items = field.get("items")
    options = [*_dicts(path, "oneOf", field), *_dicts(path, "anyOf", field)]
    if isinstance(items, dict):
        inside = [*path, "items"]
        yield from _check_translations(inside, items, languages)
        options += [*_dicts(inside, "oneOf", items), *_dicts(inside, "anyOf", items)]
    for place, option in options:
        yield from _check_translations(place, option, languages)
        if "const" in option and not option.get("title"):
            what = "La opción no tiene título."
            yield Problem(pointer(place), what, "Agregue «title» en español.")


def _dicts(
    path: list[str | int], word: str, field: dict[str, Any]
) -> Iterator[tuple[list[str | int], dict[str, Any]]]:
    options = field.get(word)
    if isinstance(options, list):
        for index, option in enumerate(options):
            if isinstance(option, dict):
                yield [*path, word, index], option


def _check_translations(
    path: list[str | int], node: dict[str, Any], languages: frozenset[str] | None
) -> Iterator[Problem]:
    for extra, plain in TRANSLATED.items():
        if extra not in node:
            continue
        texts = node[extra]
        good = isinstance(texts, dict) and all(isinstance(t, str) and t for t in texts.values())
        if not good or plain not in node:
            yield Problem(
                pointer([*path, extra]),
                f"Las traducciones de «{plain}» no tienen la forma esperada.",
                f'Escriba «{plain}» y luego, por ejemplo, {{"en": "Address"}}.',
            )
            continue
        for language in sorted(set(texts) - languages) if languages is not None else ():
            yield Problem(
                pointer([*path, extra, language]),
                f"El idioma «{language}» no es un idioma de la ciudad.",
                "Agréguelo a /city/languages o quite el texto.",
            )


def _check_pages(
    path: list[str | int], procedure: Any, fields: dict[str, Any]
) -> Iterator[Problem]:
    beside = {mark for mark, part in _ASKED_BESIDE.items() if procedure.get(part, "none") != "none"}
    wanted = {*fields, *beside}
    seen: dict[str, str] = {}
    ids: set[str] = set()
    for number, page in enumerate(procedure["pages"]):
        if page["id"] in ids:
            yield Problem(
                pointer([*path, number, "id"]),
                f"La página «{page['id']}» está repetida.",
                "Cambie el identificador.",
            )
        ids.add(page["id"])
        for index, name in enumerate(page["fields"]):
            here = pointer([*path, number, "fields", index])
            if name in seen:
                yield Problem(
                    here,
                    f"El campo «{name}» ya está en la página «{seen[name]}».",
                    "Déjelo en una sola.",
                )
            elif name not in wanted:
                yield Problem(
                    here,
                    f"El formulario no pregunta «{name}».",
                    f"Use uno de estos: {listing(wanted)}.",
                )
            seen.setdefault(name, page["id"])
    for name in sorted(wanted - seen.keys()):
        yield Problem(
            pointer(path),
            f"El campo «{name}» no está en ninguna página.",
            "Agréguelo a una página.",
        )
