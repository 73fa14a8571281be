"""What can go wrong when a release is read, its calendar asked or its templates filled."""

from __future__ import annotations

from atiende_kit.errors import FailedPrecondition


class ReleaseUnreadable(FailedPrecondition):
    """The bytes are not the content of a release."""

    def __init__(self, why: str) -> None:
        super().__init__("RELEASE_UNREADABLE", f"La publicación no se puede leer: {why}")


class CalendarYearMissing(FailedPrecondition):
    """The calendar says nothing about a year.

    The deadline engine stops here on purpose: assuming "no holidays" would give citizens and the
    city a wrong legal date without anybody noticing.
    """

    def __init__(self, year: int) -> None:
        super().__init__(
            "CALENDAR_YEAR_MISSING",
            f"El calendario de la ciudad no tiene los festivos del año {year}; agréguelos.",
        )
        self.year = year


class TemplateBroken(FailedPrecondition):
    """A template cannot be read or lacks a value."""

    def __init__(self, why: str) -> None:
        super().__init__("TEMPLATE_BROKEN", why)
