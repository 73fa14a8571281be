"""Reasons of an offer in words, so that whoever is asked knows why it is them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from atiende_routing.application.ports import CityRouting

_LANGUAGES: Final = {
    "es": {"en": "inglés", "es": "español", "pt": "portugués", "fr": "francés"},
    "en": {"en": "English", "es": "Spanish", "pt": "Portuguese", "fr": "French"},
}
_PLAIN: Final = {
    "es": {
        "only_agent": "Es la única persona disponible para esto",
        "least_loaded": "Es quien menos casos tiene ahora",
        "longest_idle": "Es quien lleva más tiempo sin recibir casos",
        "previous_agent": "Ya atendió este caso",
    },
    "en": {
        "only_agent": "You are the only person available for this",
        "least_loaded": "You have the fewest cases now",
        "longest_idle": "You have waited longest for a case",
        "previous_agent": "You had this case before",
    },
}
_WITH_VALUE: Final = {
    "es": {
        "skill": "Tiene la habilidad «{}»",
        "unit": "Es de {}",
        "language": "Habla {}",
        "escalated": "Nadie lo tomó a tiempo (escalón {})",
        "waited": "La persona espera desde hace {}",
    },
    "en": {
        "skill": "You have the skill “{}”",
        "unit": "You belong to {}",
        "language": "You speak {}",
        "escalated": "Nobody took it in time (step {})",
        "waited": "The person has waited for {}",
    },
}
_SPANS: Final = {
    "es": ((86400, "día", "días"), (3600, "hora", "horas"), (60, "minuto", "minutos")),
    "en": ((86400, "day", "days"), (3600, "hour", "hours"), (60, "minute", "minutes")),
}
_MOMENT: Final = {"es": "un momento", "en": "a moment"}


def reason_in_words(code: str, city: CityRouting, language: str) -> str:
    """Returns a reason as a sentence; a code that is not known comes back as it is.

    Args:
        code: such as ``skill:alumbrado`` or ``waited:320s``.
        city: whose skills and units are named.
        language: "es" or "en"; another one is told in Spanish.
    """
    language = language if language in _PLAIN else "es"
    if code in _PLAIN[language]:
        return _PLAIN[language][code]
    kind, _, value = code.partition(":")
    pattern = _WITH_VALUE[language].get(kind)
    if pattern is None or not value:
        return code
    named: dict[str, Callable[[], str]] = {
        "skill": lambda: city.skill_name(value, language),
        "unit": lambda: city.unit_name(value, language),
        "language": lambda: _LANGUAGES[language].get(value, value),
        "waited": lambda: span_in_words(int(value.removesuffix("s")), language),
    }
    return pattern.format(named.get(kind, lambda: value)())


def span_in_words(seconds: int, language: str) -> str:
    """Returns a span in its largest whole unit: ``5 minutos``."""
    for size, one, many in _SPANS[language]:
        count = seconds // size
        if count:
            return f"{count} {one if count == 1 else many}"
    return _MOMENT[language]
