"""Services and their definitions out of the city's release."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import re2

from atiende_channels.channels.open311.rendering import Value
from atiende_city.model import Procedure
from atiende_city.release import Release

# Form fields that a standard argument of GeoReport already carries: asking twice would puzzle apps.
STANDARD_ARGUMENTS = {
    "direccion": "address_string",
    "address": "address_string",
    "descripcion": "description",
    "description": "description",
}

_TEXT_FROM_CHARACTERS = 500
_MAX_VALUE_CHARACTERS = 4_000
_UNITS = {"working_days": "días hábiles", "working_hours": "horas hábiles", "hours": "horas"}
_YES_NO = (("true", "Sí"), ("false", "No"))


@dataclass(frozen=True, slots=True)
class Attribute:
    """One field of a service definition."""

    code: str
    datatype: str
    required: bool
    order: int
    description: str
    datatype_description: str | None
    values: tuple[tuple[str, str], ...]
    schema: Mapping[str, Any]

    def document(self) -> dict[str, Value]:
        """As the specification writes it."""
        document: dict[str, Value] = {
            "variable": True,
            "code": self.code,
            "datatype": self.datatype,
            "required": self.required,
            "datatype_description": self.datatype_description,
            "order": self.order,
            "description": self.description,
        }
        if self.values:
            document["values"] = [{"key": key, "name": name} for key, name in self.values]
        return document


def service_document(procedure: Procedure) -> dict[str, Value]:
    """One entry of GET services."""
    return {
        "service_code": procedure.code,
        "service_name": str(procedure.name),
        "description": str(procedure.description),
        "metadata": bool(attributes_of(procedure)),
        "type": "realtime",
        "keywords": ", ".join(procedure.keywords[:30]),
        "group": procedure.category,
    }


def definition_document(procedure: Procedure) -> dict[str, Value]:
    """GET service definition."""
    attributes = [attribute.document() for attribute in attributes_of(procedure)]
    return {"service_code": procedure.code, "attributes": attributes}


def service_notice(procedure: Procedure) -> str:
    """What the city does with a report, in one sentence."""
    amount, unit = procedure.deadline.amount, _UNITS[procedure.deadline.kind]
    return f"La ciudad atiende este reporte en un plazo de {amount} {unit}."


def public_procedure(release: Release, code: str) -> Procedure | None:
    """The procedure of a service code, if the public may use it."""
    procedure = release.procedure(code)
    return procedure if procedure and procedure.public else None


def attributes_of(procedure: Procedure) -> tuple[Attribute, ...]:
    """Fields of the procedure's form, in its order, without those that arguments carry."""
    properties: Mapping[str, Any] = procedure.form.get("properties", {})
    required: Sequence[str] = procedure.form.get("required", ())
    asked = [
        (code, schema) for code, schema in properties.items() if code not in STANDARD_ARGUMENTS
    ]
    return tuple(
        Attribute(
            code=code,
            datatype=_datatype(schema),
            required=code in required,
            order=order,
            description=str(schema.get("title", code)),
            datatype_description=str(schema["description"]) if "description" in schema else None,
            values=_values(schema),
            schema=schema,
        )
        for order, (code, schema) in enumerate(asked, start=1)
    )


def _datatype(schema: Mapping[str, Any]) -> str:
    kind = schema.get("type", "string")
    if kind == "array":
        return "multivaluelist" if _values(schema) else "text"
    if _values(schema):
        return "singlevaluelist"
    if kind in {"number", "integer"}:
        return "number"
    if schema.get("format") in {"date", "date-time"}:
        return "datetime"
    return "text" if schema.get("maxLength", 0) >= _TEXT_FROM_CHARACTERS else "string"


def _values(schema: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    if schema.get("type") == "array":
        return _values(schema.get("items", {}))
    if schema.get("type") == "boolean":
        return _YES_NO
    if "oneOf" in schema:
        choices = schema["oneOf"]
        return tuple(
            (str(choice["const"]), str(choice.get("title", choice["const"]))) for choice in choices
        )
    return tuple((str(value), str(value)) for value in schema.get("enum", ()))


def check_attributes(procedure: Procedure, given: Mapping[str, Sequence[str]]) -> list[str]:
    """Compares the values of a report with the definition.

    Returns:
        What is wrong, one sentence each; empty when all is right.
    """
    attributes = attributes_of(procedure)
    known = {attribute.code for attribute in attributes} | set(procedure.form.get("properties", ()))
    wrong = [f"attribute[{code}] was not found" for code in given if code not in known]
    for attribute in attributes:
        values = given.get(attribute.code, ())
        name = f"attribute[{attribute.code}]"
        if not values and attribute.required:
            wrong.append(f"{name} was not provided")
        if len(values) > 1 and attribute.datatype != "multivaluelist":
            wrong.append(f"{name} takes one value")
        wrong += [f"{name} {fault}" for value in values if (fault := _fault(attribute, value))]
    return wrong


def _fault(attribute: Attribute, value: str) -> str:
    """What is wrong with one value; empty when nothing is."""
    if attribute.values:
        known = any(value == key for key, _ in attribute.values)
        return "" if known else "is not one of the listed keys"
    if attribute.datatype == "number":
        return _number_fault(attribute.schema, value)
    if attribute.datatype == "datetime":
        return "" if _is_time(value) else "is not an ISO 8601 date"
    shortest = attribute.schema.get("minLength", 0)
    longest = attribute.schema.get("maxLength", _MAX_VALUE_CHARACTERS)
    if not shortest <= len(value) <= longest:
        return f"must have between {shortest} and {longest} characters"
    pattern = attribute.schema.get("pattern")
    # RE2 reads in linear time, whatever a pattern and a stranger's value look like together.
    if pattern and not re2.search(pattern, value):
        return "does not have the expected form"
    return ""


def _number_fault(schema: Mapping[str, Any], value: str) -> str:
    try:
        number = float(value)
    except ValueError:
        return "is not a number"
    if not math.isfinite(number) or (schema.get("type") == "integer" and number % 1):
        return "is not a number" if not math.isfinite(number) else "is not a whole number"
    lowest, highest = schema.get("minimum", -math.inf), schema.get("maximum", math.inf)
    return "" if lowest <= number <= highest else f"must lie between {lowest} and {highest}"


def _is_time(value: str) -> bool:
    for read in (date.fromisoformat, datetime.fromisoformat):
        try:
            read(value)
        except ValueError:
            continue
        return True
    return False
