"""Preview of a draft's templates, before anybody receives them."""

from __future__ import annotations

import json

from atiende_city import parse
from atiende_city.errors import TemplateBroken
from atiende_city.model import CHANNELS
from atiende_city.render import SAMPLES, Rendered, render
from atiende_kit.errors import NotFound


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


def _absent() -> NotFound:
    return NotFound("TEMPLATE_NOT_FOUND", "El borrador no tiene ese texto de plantilla.")
