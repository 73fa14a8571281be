"""Preview of a draft's templates and procedures, before anybody sees them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from atiende_city import parse
from atiende_city.channels import CHANNELS
from atiende_city.errors import TemplateBroken
from atiende_city.release import Release
from atiende_city.render import SAMPLES, Rendered, render
from atiende_kit.errors import FailedPrecondition, NotFound


def preview_template(content: bytes, key: str, channel: str, language: str) -> Rendered:
    """Renders a template of content with the sample values.

    Only the templates are read: the rest of a draft may be in any state.

    Raises:
        NotFound: the content has no such text.
        TemplateBroken: it cannot be read or filled.
    """
    try:
        tree = json.loads(content)["templates"][key]
        template = parse.templates({key: tree}, CHANNELS).get((key, channel, language))
    except (KeyError, TypeError, AttributeError, IndexError) as error:
        raise _absent() from error
    if template is None:
        raise _absent()
    if not isinstance(template.text, str) or not isinstance(template.subject, str | None):
        raise TemplateBroken("El texto de la plantilla no es un texto.")
    return render(template, SAMPLES)


def preview_procedure(content: bytes, code: str) -> Release:
    """Returns a release that holds one procedure of a draft, as citizens would see it.

    Only what its page shows is read (the city, the calendar, units, flows, questions): the rest
    of a draft may be in any state.

    Raises:
        NotFound: the draft has no such procedure.
        FailedPrecondition: what its page shows cannot be read; the draft's problems say why.
    """
    tree = json.loads(content)
    procedures = tree.get("procedures")
    if not isinstance(procedures, dict) or code not in procedures:
        raise NotFound("PROCEDURE_NOT_FOUND", "El borrador no tiene ese trámite.")
    try:
        shown = {part: tree[part] for part in ("city", "calendar", "units", "workflows", "faq")}
        quiet = {"text": {tree["city"]["default_language"]: ""}, "active": False}
        release = Release.from_tree(
            {
                **shown,
                **_NOT_SHOWN,
                "crisis": {**quiet, "procedures": [], "priority": 0},
                "procedures": {code: procedures[code]},
            },
            version=0,
            sha256="",
            size=0,
        )
        found = release.procedures[code]
        for office in found.offices:
            release.unit(office)
        _demand(isinstance(found.form, dict) and isinstance(found.form["properties"], dict))
    except (KeyError, TypeError, ValueError, AttributeError, OSError) as error:
        raise FailedPrecondition(
            "PREVIEW_NOT_POSSIBLE",
            "El borrador tiene errores en lo que muestra este trámite; corríjalos primero.",
        ) from error
    return release


_NOT_SHOWN: Mapping[str, Any] = {
    "skills": {},
    "templates": {},
    "surveys": {},
    "routing": {
        "offer_seconds": 60,
        "max_offers": 1,
        "capacity_per_agent": 1,
        "recovery_priority": 0,
        "escalation": [],
    },
}


def _demand(holds: bool) -> None:
    if not holds:
        raise ValueError


def _absent() -> NotFound:
    return NotFound("TEMPLATE_NOT_FOUND", "El borrador no tiene ese texto de plantilla.")
