"""Checks of everything that citizens read: templates, questions, surveys, translations."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from atiende_catalog.domain.problem import Problem, listing, pointer
from atiende_city.errors import TemplateBroken
from atiende_city.parse import SHORT
from atiende_city.render import SAMPLES, placeholders

REQUIRED_TEMPLATES = (
    "case_received",
    "case_received_out_of_hours",
    "case_received_unreadable",
    "case_update",
    "case_transferred",
    "case_resolved",
    "case_reopened",
    "reply_waiting",
    "survey_invitation",
    "survey_thanks",
    "verification_code",
)
"""Keys that services send; a city without one of them would fall silent."""


def check_translations(content: Any, language: str) -> Iterator[Problem]:
    """Checks that every text exists in the default language."""
    languages = set(content["city"]["languages"])
    for path, texts in _texts([], content):
        if language not in texts:
            yield Problem(
                pointer(path),
                f"Falta el texto en el idioma por defecto («{language}»).",
                "Agregue la traducción.",
            )
        for extra in sorted(set(texts) - languages):
            yield Problem(
                pointer([*path, extra]),
                f"El idioma «{extra}» no es un idioma de la ciudad.",
                "Agréguelo a /city/languages o quite el texto.",
            )


_TEXT_FIELDS = frozenset(
    {"name", "description", "audience", "cost", "public_text", "text", "question", "answer"}
    | {"comment_question", "title", "help", "result"}
)
_TEXT_LISTS = frozenset({"requirements", "steps"})


def _texts(path: list[str | int], node: Any) -> Iterator[tuple[list[str | int], dict[str, Any]]]:
    if path and path[-1] == "form":
        return
    if isinstance(node, dict):
        for key, value in node.items():
            here = [*path, key]
            is_texts = isinstance(value, dict) and (
                key in _TEXT_FIELDS or (len(path) == 3 and path[2] == "texts")  # noqa: PLR2004 -- templates/<key>/texts
            )
            if is_texts:
                yield here, value
            else:
                yield from _texts(here, value)
    elif isinstance(node, list):
        for index, value in enumerate(node):
            if path[-1] in _TEXT_LISTS and isinstance(value, dict):
                yield [*path, index], value
            else:
                yield from _texts([*path, index], value)


def check_templates(templates: Any) -> Iterator[Problem]:
    """Checks that the templates that services send are there."""
    for key in REQUIRED_TEMPLATES:
        if key not in templates:
            yield Problem(
                pointer(["templates", key]),
                f"Falta la plantilla «{key}», que la plataforma envía.",
                "Agréguela con textos «short» y «email».",
            )


def check_template(key: str, template: Any) -> Iterator[Problem]:
    """Checks one template."""
    base = ["templates", key]
    declared = set(template["variables"])
    for index, name in enumerate(template["variables"]):
        if name not in SAMPLES:
            yield Problem(
                pointer([*base, "variables", index]),
                f"El dato «{name}» no existe.",
                f"Use uno de estos: {listing(SAMPLES)}.",
            )
    texts = template["texts"]
    for wanted in (SHORT, "email"):
        if wanted not in texts:
            yield Problem(
                pointer([*base, "texts", wanted]),
                f"Falta el texto «{wanted}».",
                "Sin él hay canales por los que no se podría avisar.",
            )
    for channel, by_language in texts.items():
        for language, parts in by_language.items():
            here = [*base, "texts", channel, language]
            if channel == "email" and "subject" not in parts:
                yield Problem(pointer(here), "El correo no tiene asunto.", "Agregue «subject».")
            for field, source in parts.items():
                yield from _check_source([*here, field], source, declared)
    provider = template.get("whatsapp_template")
    for index, name in enumerate(provider["parameters"] if provider else ()):
        if name not in declared:
            yield Problem(
                pointer([*base, "whatsapp_template", "parameters", index]),
                f"El dato «{name}» no está en «variables».",
                f"Use uno de estos: {listing(declared)}.",
            )


def _check_source(path: list[str], source: str, declared: set[str]) -> Iterator[Problem]:
    try:
        used = placeholders(source)
    except TemplateBroken as error:
        yield Problem(
            pointer(path),
            f"La plantilla tiene un error: {error.message}",
            "Revise las llaves {{ }} y los bloques {% %}.",
        )
        return
    for name in sorted(used - declared):
        yield Problem(
            pointer(path),
            f"Usa el dato «{name}», que no está en «variables».",
            f"Declárelo en «variables» o use uno de estos: {listing(declared)}.",
        )


def check_faq(content: Any) -> Iterator[Problem]:
    """Checks that questions point to procedures that exist and are asked once."""
    asked: dict[str, str] = {}
    language = content["city"]["default_language"]
    for key, entry in content["faq"].items():
        procedure = entry.get("procedure")
        if procedure is not None and procedure not in content["procedures"]:
            yield Problem(
                pointer(["faq", key, "procedure"]),
                f"El trámite «{procedure}» no existe.",
                f"Use uno de estos: {listing(content['procedures'])}.",
            )
        question = entry["question"].get(language, "").strip().lower()
        if question and question in asked:
            yield Problem(
                pointer(["faq", key, "question"]),
                f"La pregunta es igual a la de «{asked[question]}».",
                "Deje una sola.",
            )
        asked.setdefault(question, key)


def check_answer(key: str, answer: Any, procedures: Any) -> Iterator[Problem]:
    """Checks an approved answer: what it points to, and that it can be filled in."""
    for index, code in enumerate(answer.get("procedures", ())):
        if code not in procedures:
            yield Problem(
                pointer(["answers", key, "procedures", index]),
                f"El trámite «{code}» no existe.",
                f"Use uno de estos: {listing(procedures)}.",
            )
    for language, source in answer["text"].items():
        yield from _check_source(["answers", key, "text", language], source, set(SAMPLES))


def check_surveys(surveys: Any) -> Iterator[Problem]:
    """Checks the scales."""
    if "csat" not in surveys:
        yield Problem("/surveys/csat", "Falta la encuesta «csat».", "Agréguela.")
    for key, survey in surveys.items():
        low, high = survey["minimum"], survey["maximum"]
        base = ["surveys", key]
        if low >= high:
            what = "El puntaje mínimo no es menor que el máximo."
            yield Problem(pointer([*base, "minimum"]), what, "Cambie uno de los dos.")
        if not low <= survey["recovery_at_most"] < high:
            yield Problem(
                pointer([*base, "recovery_at_most"]),
                "El puntaje que reabre el caso está fuera de la escala.",
                f"Use un número entre {low} y {high - 1}.",
            )
        for word, score in survey["score_words"].items():
            if not low <= score <= high:
                yield Problem(
                    pointer([*base, "score_words", word]),
                    f"El puntaje {score} está fuera de la escala de {low} a {high}.",
                    "Cambie el número.",
                )


def check_crisis(content: Any) -> Iterator[Problem]:
    """Checks that crisis mode names procedures that exist."""
    for index, code in enumerate(content["crisis"]["procedures"]):
        if code not in content["procedures"]:
            yield Problem(
                pointer(["crisis", "procedures", index]),
                f"El trámite «{code}» no existe.",
                f"Use uno de estos: {listing(content['procedures'])}.",
            )


def check_routing(routing: Any) -> Iterator[Problem]:
    """Checks that the ladder goes up."""
    last = 0
    for index, step in enumerate(routing["escalation"]):
        if step["after_minutes"] <= last:
            yield Problem(
                pointer(["routing", "escalation", index, "after_minutes"]),
                "El escalón no es posterior al anterior.",
                f"Use más de {last} minutos.",
            )
        last = max(last, step["after_minutes"])
