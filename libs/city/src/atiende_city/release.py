"""A release: everything a city configures, as one immutable snapshot."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from types import MappingProxyType
from typing import Any

from atiende_city import parse
from atiende_city.channels import CHANNELS
from atiende_city.classify import Classifier, Score
from atiende_city.content import sha256_hex
from atiende_city.errors import ReleaseUnreadable
from atiende_city.model import (
    WEEKDAYS,
    Answer,
    City,
    Crisis,
    FaqEntry,
    Holiday,
    Procedure,
    RoutingRules,
    Skill,
    Survey,
    Template,
    Unit,
)
from atiende_city.text import stems
from atiende_city.working_time import WorkingTime


@dataclass(frozen=True, slots=True)
class DueTimes:
    """When the city owes a first answer and when the matter has to be done."""

    first_answer: datetime
    due: datetime


@dataclass(frozen=True)
class Release:
    """A snapshot of a city's configuration.

    Make one with `Release.parse`; the maps are keyed by id and cannot be changed.
    """

    version: int
    sha256: str
    city: City
    units: Mapping[str, Unit]
    skills: Mapping[str, Skill]
    holidays: tuple[Holiday, ...]
    calendar_years: frozenset[int]
    legal_weekdays: frozenset[int]
    procedures: Mapping[str, Procedure]
    templates: Mapping[tuple[str, str, str], Template]
    faq: Mapping[str, FaqEntry]
    surveys: Mapping[str, Survey]
    routing: RoutingRules
    crisis: Crisis
    answers: Mapping[str, Answer] = field(default_factory=dict)
    size_bytes: int = field(default=0, compare=False)

    @classmethod
    def parse(cls, content: bytes, *, version: int = 0) -> Release:
        """Reads the canonical bytes of a release.

        Args:
            content: Canonical JSON, as the catalog publishes it.
            version: Number of the publication; it is not part of the bytes, because a roll-back
                publishes equal bytes under a new number.

        Raises:
            ReleaseUnreadable: the bytes are not a release.
        """
        try:
            return cls.from_tree(
                json.loads(content), version=version, sha256=sha256_hex(content), size=len(content)
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise ReleaseUnreadable(f"{type(error).__name__} {error}") from error

    @classmethod
    def from_tree(cls, tree: Mapping[str, Any], *, version: int, sha256: str, size: int) -> Release:
        """Reads a validated document tree; see `parse`."""
        city = parse.city(tree["city"])
        language = city.default_language
        calendar = tree["calendar"]
        return cls(
            version=version,
            sha256=sha256,
            city=city,
            units=MappingProxyType(
                {k: parse.unit(k, t, language) for k, t in tree["units"].items()}
            ),
            skills=MappingProxyType(
                {k: parse.skill(k, t, language) for k, t in tree["skills"].items()}
            ),
            holidays=parse.holidays(calendar),
            calendar_years=frozenset(calendar["years"]),
            legal_weekdays=frozenset(WEEKDAYS.index(d) for d in calendar["legal_weekdays"]),
            procedures=MappingProxyType(
                {
                    code: parse.procedure(code, item, tree["workflows"], language)
                    for code, item in tree["procedures"].items()
                }
            ),
            templates=MappingProxyType(parse.templates(tree["templates"], CHANNELS)),
            faq=MappingProxyType({k: parse.faq(k, t, language) for k, t in tree["faq"].items()}),
            surveys=MappingProxyType(
                {k: parse.survey(k, t, language) for k, t in tree["surveys"].items()}
            ),
            routing=parse.routing(tree["routing"]),
            crisis=parse.crisis(tree["crisis"], language),
            # Releases from before there were any have none.
            answers=MappingProxyType(
                {k: parse.answer(k, t, language) for k, t in tree.get("answers", {}).items()}
            ),
            size_bytes=size,
        )

    @property
    def default_language(self) -> str:
        """Language of a citizen who chose none."""
        return self.city.default_language

    def procedure(self, code: str) -> Procedure | None:
        """Returns a procedure by code."""
        return self.procedures.get(code)

    @property
    def default_procedure(self) -> Procedure:
        """The catch-all for matters that fit nothing else."""
        return self.procedures[self.city.default_procedure]

    def public_procedures(self) -> tuple[Procedure, ...]:
        """Procedures that Open311 offers, by code."""
        return tuple(p for _, p in sorted(self.procedures.items()) if p.public)

    def unit(self, unit_id: str) -> Unit:
        """Returns a unit.

        Raises:
            KeyError: the release has no such unit.
        """
        return self.units[unit_id]

    def survey(self, key: str = "csat") -> Survey | None:
        """Returns a survey by key."""
        return self.surveys.get(key)

    def answers_for(self, procedure_code: str) -> tuple[Answer, ...]:
        """Returns the approved answers for a procedure: its own first, then the general ones."""
        own = [a for a in self.answers.values() if procedure_code in a.procedures]
        general = [a for a in self.answers.values() if not a.procedures]
        return (*own, *general)

    @cached_property
    def _classifier(self) -> Classifier:
        return Classifier(
            {code: p.keywords for code, p in self.procedures.items()},
            {code: p.strong_keywords for code, p in self.procedures.items()},
            {code: p.priority for code, p in self.procedures.items()},
        )

    def classify(self, text: str) -> str:
        """Returns the code of the procedure that a text is most likely about."""
        return self._classifier.best(text, self.city.default_procedure)

    def scores(self, text: str) -> list[Score]:
        """Returns how well each procedure fits a text, best first, with the words found."""
        return self._classifier.scores(text)

    @cached_property
    def _emergency_phrases(self) -> frozenset[tuple[str, ...]]:
        return frozenset(
            tuple(stems(phrase, keep_stopwords=True)) for phrase in self.city.emergency.phrases
        )

    def is_emergency(self, text: str) -> bool:
        """Says whether a text tells of danger to life; the citizen is then given the numbers."""
        words = stems(text, keep_stopwords=True)
        lengths = {len(phrase) for phrase in self._emergency_phrases}
        return any(
            tuple(words[start : start + length]) in self._emergency_phrases
            for length in lengths
            for start in range(len(words) - length + 1)
        )

    def template(self, key: str, channel: str, language: str) -> Template | None:
        """Returns a template in a language, or in the default language when it is not translated.

        Args:
            key: "case_received" …
            channel: one of `atiende_city.channels.CHANNELS`.
            language: "es", "en" …
        """
        return self.templates.get((key, channel, language)) or self.templates.get(
            (key, channel, self.default_language)
        )

    @cached_property
    def _working_times(self) -> dict[str, WorkingTime]:
        days = frozenset(holiday.day for holiday in self.holidays)
        return {
            unit.id: WorkingTime(
                hours=unit.hours,
                holidays=days,
                years=self.calendar_years,
                timezone=self.city.timezone,
                legal_weekdays=self.legal_weekdays,
            )
            for unit in self.units.values()
        }

    def working_time(self, unit_id: str) -> WorkingTime:
        """Returns the working time of a unit.

        Raises:
            KeyError: the release has no such unit.
        """
        return self._working_times[unit_id]

    def due_times(
        self, procedure: Procedure, receive_time: datetime, unit_id: str | None = None
    ) -> DueTimes:
        """Works out both clocks of a case.

        Args:
            procedure: The procedure.
            receive_time: When the city received the matter.
            unit_id: Unit that has the case, when it is not the procedure's own.

        Raises:
            CalendarYearMissing: a clock runs into a year without calendar.
        """
        clock = self.working_time(unit_id or procedure.unit_id)
        amount = procedure.deadline.amount
        if procedure.deadline.kind == "working_days":
            due = clock.add_days(receive_time, amount)
        elif procedure.deadline.kind == "working_hours":
            due = clock.add_minutes(receive_time, amount * 60)
        else:
            due = receive_time + timedelta(hours=amount)
        return DueTimes(clock.add_minutes(receive_time, procedure.first_answer_minutes), due)
