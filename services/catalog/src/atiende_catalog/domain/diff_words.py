"""A change in words, for the person who decides whether to publish it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from atiende_catalog.domain.diff import Change

_SHOWN = 90
_SECTIONS: Final = {
    "answers": ("la respuesta aprobada", "Respuesta aprobada"),
    "calendar": ("el calendario", "Calendario"),
    "city": ("la ciudad", "Ciudad"),
    "crisis": ("el modo de crisis", "Modo de crisis"),
    "faq": ("la pregunta frecuente", "Pregunta frecuente"),
    "procedures": ("el trámite", "Trámite"),
    "routing": ("el reparto del trabajo", "Reparto del trabajo"),
    "skills": ("la habilidad", "Habilidad"),
    "surveys": ("la encuesta", "Encuesta"),
    "templates": ("la plantilla", "Plantilla"),
    "units": ("la dependencia", "Dependencia"),
    "workflows": ("el flujo", "Flujo"),
}
NAMED: Final = frozenset(_SECTIONS) - {"calendar", "city", "crisis", "routing"}
"""Sections whose entries have names; the others are one thing."""
_FIELDS: Final = {
    "active": "activo", "address": "dirección", "after_minutes": "minutos", "amount": "cantidad",
    "answer": "respuesta", "attachments": "fotos o archivos", "audience": "a quién va dirigido",
    "capacity_per_agent": "casos por operador", "categories": "categorías",
    "category": "categoría", "channels": "canales",
    "comment_question": "pregunta del comentario", "contact": "contacto", "cost": "costo",
    "date": "fecha", "deadline": "plazo", "default_language": "idioma por defecto",
    "description": "descripción", "email": "correo", "emergency": "emergencias",
    "escalation": "escalones", "expire_hours": "vigencia en horas", "fields": "campos",
    "first_answer_minutes": "minutos para la primera respuesta",
    "folio_prefix": "prefijo del folio",
    "form": "formulario", "from": "desde", "help": "ayuda", "holidays": "festivos",
    "hours": "horario", "items": "opciones", "keywords": "palabras clave", "kind": "clase",
    "languages": "idiomas", "legal_basis": "norma", "legal_weekdays": "días hábiles",
    "max_offers": "ofertas", "maximum": "máximo", "minimum": "mínimo", "name": "nombre",
    "number": "número", "numbers": "números", "offer_seconds": "segundos de cada oferta",
    "offices": "oficinas", "oneOf": "opciones", "online": "se hace en línea",
    "outcomes": "resultados", "pages": "páginas", "parent": "depende de", "phone": "teléfono",
    "phrases": "frases", "place": "punto en el mapa", "portal_url": "dirección del portal",
    "priority": "prioridad", "procedure": "trámite", "procedures": "trámites",
    "properties": "campos", "public": "es público", "public_text": "texto para el ciudadano",
    "question": "pregunta", "quiet_hours": "horas de silencio", "recovery_at_most":
    "puntaje que reabre", "recovery_priority": "prioridad al reabrir", "reopen_hours":
    "horas para reabrir", "required": "obligatorio", "requirements": "requisitos", "result":
    "qué se obtiene", "roles": "roles", "score_words": "palabras de puntaje", "short_name":
    "nombre corto", "skills": "habilidades", "solved": "queda resuelto", "source": "fuente",
    "states": "estados", "steps": "pasos", "strong_keywords": "palabras clave fuertes",
    "subject": "asunto", "text": "texto", "texts": "textos", "timezone": "zona horaria",
    "title": "título", "to": "hacia", "topic": "tema", "transitions": "transiciones",
    "trigger": "lo causa", "unit": "dependencia", "variables": "datos", "whatsapp": "WhatsApp",
    "workflow": "flujo", "years": "años",
    "mon": "lunes", "tue": "martes", "wed": "miércoles", "thu": "jueves", "fri": "viernes",
    "sat": "sábado", "sun": "domingo", "es": "en español", "en": "en inglés",
}  # fmt: skip


def in_words(change: Change, before: Any, after: Any) -> str:
    """Says a change in Spanish, with the names that the people of the city use.

    Args:
        change: the change.
        before: the tree before it, where names of what was removed are found.
        after: the tree after it.
    """
    parts = [_unescape(part) for part in change.path.split("/")[1:]]
    if not parts:
        return "Cambia todo el contenido."
    article, title = _SECTIONS.get(parts[0], (f"«{parts[0]}»", parts[0]))
    rest = parts[1:]
    if parts[0] in NAMED and rest:
        tree = before if change.kind == "removed" else after
        name = f"«{_name_of(tree, parts[0], rest[0])}»"
        article, title, rest = f"{article} {name}", f"{title} {name}", rest[1:]
    if not rest:
        verb = {"added": "Se agrega", "removed": "Se quita", "changed": "Cambia"}[change.kind]
        return f"{verb} {article}."
    where = " › ".join([title, *(_label(part) for part in rest)])
    old, new = _value(change.before), _value(change.after)
    if change.kind == "added":
        return f"{where}: se agrega {new}."
    if change.kind == "removed":
        return f"{where}: se quita {old}."
    return f"{where}: cambia de {old} a {new}."


def _unescape(part: str) -> str:
    return part.replace("~1", "/").replace("~0", "~")


def _label(part: str) -> str:
    if part.isdigit():
        return str(int(part) + 1)
    return _FIELDS.get(part, f"«{part}»")


def _name_of(tree: Any, section: str, key: str) -> str:
    entries = tree.get(section) if isinstance(tree, Mapping) else None
    entry = entries.get(key) if isinstance(entries, Mapping) else None
    if isinstance(entry, Mapping):
        for field in ("name", "title", "question"):
            name = entry.get(field)
            if isinstance(name, Mapping) and name:
                return _short(str(name.get("es") or next(iter(name.values()))))
    return key


def _value(value: Any) -> str:
    if value is None:
        return "nada"
    if isinstance(value, bool):
        return "sí" if value else "no"
    if isinstance(value, str):
        return f"«{_short(value)}»"
    if isinstance(value, list):
        return (
            f"«{_short(', '.join(_inside(one) for one in value))}»" if value else "una lista vacía"
        )
    return f"«{_short(_inside(value))}»"


def _inside(value: Any) -> str:
    if not isinstance(value, Mapping):
        return str(value)
    for field in ("es", "name", "title", "question", "text", "id", "date", "const"):
        if value.get(field):
            return _inside(value[field])
    return ", ".join(f"{_label(str(key))}: {_inside(one)}" for key, one in value.items())


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else line[: _SHOWN - 1].rstrip() + "…"
