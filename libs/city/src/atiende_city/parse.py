"""From the document tree of a release to typed values.

Reads what the catalog has validated; a tree that it could not have published raises
`ReleaseUnreadable` with the place. Telling an administrator everything that is wrong is the
catalog's validation, not this module's business.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from atiende_city.model import (
    CONTACT_WAYS,
    WEEKDAYS,
    Answer,
    City,
    Crisis,
    Deadline,
    Emergency,
    EmergencyNumber,
    EscalationStep,
    FaqEntry,
    FormPage,
    Holiday,
    Outcome,
    Procedure,
    QuietHours,
    RoutingRules,
    Skill,
    State,
    Survey,
    Template,
    Transition,
    Unit,
)
from atiende_city.text import Text, fold

Tree = Mapping[str, Any]
SHORT = "short"
"""Key of a template's text for every channel that has none of its own, except e-mail."""


def minutes_of(text: str) -> int:
    """Reads "HH:MM" as minutes of the day; "24:00" is the end of the day."""
    hour, minute = text.split(":")
    return int(hour) * 60 + int(minute)


def hours(tree: Tree) -> Mapping[int, tuple[tuple[int, int], ...]]:
    """Reads the week of a unit: ``{"mon": ["07:30-12:00", …]}``."""
    week: dict[int, tuple[tuple[int, int], ...]] = {}
    for number, name in enumerate(WEEKDAYS):
        spans = [tuple(minutes_of(end) for end in span.split("-")) for span in tree.get(name, ())]
        week[number] = tuple(sorted((start, end) for start, end in spans))
    return MappingProxyType(week)


def city(tree: Tree) -> City:
    """Reads the city."""
    language = tree["default_language"]
    zone = ZoneInfo(tree["timezone"])
    danger = tree["emergency"]
    quiet = tree["quiet_hours"]
    contact = tree["contact"]
    return City(
        name=Text(tree["name"], language),
        short_name=tree["short_name"],
        country=tree["country"],
        timezone=zone,
        default_language=language,
        languages=tuple(tree["languages"]),
        folio_prefix=tree["folio_prefix"],
        default_procedure=tree["default_procedure"],
        jurisdiction_id=tree["jurisdiction_id"],
        portal_url=tree["portal_url"],
        email=contact["email"],
        whatsapp=contact["whatsapp"],
        phone=contact["phone"],
        address=contact["address"],
        quiet_hours=QuietHours(
            time.fromisoformat(quiet["start"]), time.fromisoformat(quiet["end"]), zone
        ),
        emergency=Emergency(
            phrases=tuple(danger["phrases"]),
            numbers=tuple(
                EmergencyNumber(item["number"], Text(item["name"], language))
                for item in danger["numbers"]
            ),
            text=Text(danger["text"], language),
        ),
        categories=MappingProxyType(
            {name: Text(told, language) for name, told in tree.get("categories", {}).items()}
        ),
    )


def crisis(tree: Tree, language: str) -> Crisis:
    """Reads crisis mode."""
    return Crisis(
        active=tree["active"],
        text=Text(tree["text"], language),
        procedures=tuple(tree["procedures"]),
        priority=tree["priority"],
    )


def unit(unit_id: str, tree: Tree, language: str) -> Unit:
    """Reads a unit."""
    return Unit(
        id=unit_id,
        name=Text(tree["name"], language),
        parent=tree.get("parent"),
        email=tree["email"],
        phone=tree["phone"],
        address=tree["address"],
        hours=hours(tree["hours"]),
    )


def skill(skill_id: str, tree: Tree, language: str) -> Skill:
    """Reads a skill."""
    return Skill(skill_id, Text(tree["name"], language))


def holidays(tree: Tree) -> tuple[Holiday, ...]:
    """Reads the calendar's holidays, by date."""
    return tuple(
        sorted(
            (Holiday(date.fromisoformat(i["date"]), i["name"]) for i in tree["holidays"]),
            key=lambda holiday: holiday.day,
        )
    )


def _transitions(tree: Tree, language: str) -> tuple[Transition, ...]:
    return tuple(
        Transition(
            id=item["id"],
            name=Text(item["name"], language),
            source=source,
            target=item["to"],
            roles=frozenset(item["roles"]),
            trigger=item.get("trigger"),
        )
        for item in tree["transitions"]
        for source in item["from"]
    )


def procedure(code: str, tree: Tree, workflows: Tree, language: str) -> Procedure:
    """Reads a procedure with the workflow that it names."""
    workflow = workflows[tree["workflow"]]
    return Procedure(
        code=code,
        name=Text(tree["name"], language),
        description=Text(tree["description"], language),
        audience=Text(tree["audience"], language),
        category=tree["category"],
        unit_id=tree["unit"],
        skills=tuple(tree["skills"]),
        priority=tree["priority"],
        public=tree["public"],
        online=tree["online"],
        keywords=tuple(tree["keywords"]),
        strong_keywords=tuple(tree["strong_keywords"]),
        form=tree["form"],
        requirements=tuple(Text(item, language) for item in tree["requirements"]),
        cost=Text(tree["cost"], language),
        legal_basis=tuple(tree["legal_basis"]),
        states=tuple(
            State(
                id=item["id"],
                name=Text(item["name"], language),
                kind=item["kind"],
                public_text=Text(item["public_text"], language),
            )
            for item in workflow["states"]
        ),
        initial=workflow["initial"],
        transitions=_transitions(workflow, language),
        outcomes=tuple(
            Outcome(
                id=item["id"],
                name=Text(item["name"], language),
                text=Text(item["text"], language),
                solved=item["solved"],
            )
            for item in tree["outcomes"]
        ),
        deadline=Deadline(tree["deadline"]["kind"], tree["deadline"]["amount"]),
        first_answer_minutes=tree["first_answer_minutes"],
        reopen_hours=tree["reopen_hours"],
        pages=tuple(_page(item, language) for item in tree.get("pages", ())),
        place=tree.get("place", "none"),
        attachments=tree.get("attachments", "none"),
        channels=tuple(tree.get("channels", CONTACT_WAYS)),
        offices=tuple(dict.fromkeys((tree["unit"], *tree.get("offices", ())))),
        steps=tuple(Text(item, language) for item in tree.get("steps", ())),
        result=Text(tree["result"], language) if "result" in tree else None,
    )


def _page(tree: Tree, language: str) -> FormPage:
    return FormPage(
        id=tree["id"],
        title=Text(tree["title"], language),
        help=Text(tree["help"], language) if "help" in tree else None,
        fields=tuple(tree["fields"]),
    )


def templates(tree: Tree, channels: tuple[str, ...]) -> dict[tuple[str, str, str], Template]:
    """Reads the templates, one for each (key, channel, language)."""
    made: dict[tuple[str, str, str], Template] = {}
    for key, entry in tree.items():
        for channel in channels:
            texts = entry["texts"].get(channel)
            if texts is None and channel != "email":
                texts = entry["texts"].get(SHORT)
            provider = entry.get("whatsapp_template") if channel == "whatsapp" else None
            for language, parts in (texts or {}).items():
                made[key, channel, language] = Template(
                    key=key,
                    channel=channel,
                    language=language,
                    subject=parts.get("subject"),
                    text=parts["text"],
                    provider_name=provider["name"] if provider else None,
                    provider_parameters=tuple(provider["parameters"]) if provider else (),
                )
    return made


def faq(key: str, tree: Tree, language: str) -> FaqEntry:
    """Reads a frequent question."""
    return FaqEntry(
        key=key,
        question=Text(tree["question"], language),
        answer=Text(tree["answer"], language),
        procedure=tree.get("procedure"),
        keywords=tuple(tree.get("keywords", ())),
    )


def answer(key: str, tree: Tree, language: str) -> Answer:
    """Reads an approved answer."""
    return Answer(
        key=key,
        topic=tree["topic"],
        title=Text(tree["title"], language),
        text=Text(tree["text"], language),
        procedures=tuple(tree.get("procedures", ())),
        keywords=tuple(tree.get("keywords", ())),
    )


def survey(key: str, tree: Tree, language: str) -> Survey:
    """Reads a survey."""
    return Survey(
        key=key,
        minimum=tree["minimum"],
        maximum=tree["maximum"],
        question=Text(tree["question"], language),
        comment_question=Text(tree["comment_question"], language),
        recovery_at_most=tree["recovery_at_most"],
        expire_hours=tree["expire_hours"],
        score_words=MappingProxyType({fold(w): n for w, n in tree["score_words"].items()}),
        solved_words=tuple(fold(word) for word in tree["solved_words"]),
        not_solved_words=tuple(fold(word) for word in tree["not_solved_words"]),
    )


def routing(tree: Tree) -> RoutingRules:
    """Reads the routing rules."""
    return RoutingRules(
        offer_seconds=tree["offer_seconds"],
        max_offers=tree["max_offers"],
        capacity_per_agent=tree["capacity_per_agent"],
        recovery_priority=tree["recovery_priority"],
        escalation=tuple(
            EscalationStep(level, item["after_minutes"], item["role"])
            for level, item in enumerate(tree["escalation"], start=1)
        ),
    )
