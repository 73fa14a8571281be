"""Filters of GET requests."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from atiende_channels.channels.open311.errors import bad_request

LONGEST_SPAN = timedelta(days=90)
MAX_REQUESTS = 1_000
_MAX_DIGITS = 6

# W3C note on date and time; the specification demands the time zone. A "+" that an app forgot to
# escape arrives as a blank. A leap second counts as the second before it.
_TIME = re.compile(
    r"(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2})(?::(\d{2})(?:\.\d{1,30})?)?(Z|[+\- ]\d{2}:\d{2})",
    re.ASCII | re.IGNORECASE,
)
_FIRST = datetime.min.replace(tzinfo=UTC)
_LAST = datetime.max.replace(microsecond=0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Query:
    """What GET requests asks for.

    Attributes:
        ids: When given, they override everything else.
        status: `open`, `closed` or empty for both.
        page: From 1.
    """

    ids: tuple[str, ...]
    service_codes: tuple[str, ...]
    status: str
    start: datetime
    end: datetime
    page: int
    page_size: int


def read_query(
    *,
    service_request_id: Sequence[str] = (),
    service_code: Sequence[str] = (),
    status: Sequence[str] = (),
    start_date: str = "",
    end_date: str = "",
    page: str = "",
    page_size: str = "",
    now: datetime,
) -> Query:
    """Reads the filters; an empty one is as good as none.

    Raises:
        GeoReportError: 400 with the argument that is wrong.
    """
    ids = _listed(service_request_id)
    if len(ids) > MAX_REQUESTS:
        raise bad_request(f"service_request_id lists more than {MAX_REQUESTS}")
    states = set(_listed(status))
    if states - {"open", "closed"} and not ids:
        raise bad_request("status must be open or closed")
    start, end = (now - LONGEST_SPAN, now) if ids else _span(start_date, end_date, now)
    return Query(
        ids=ids,
        service_codes=_listed(service_code),
        status=states.pop() if len(states) == 1 else "",
        start=start,
        end=end,
        page=_count("page", page, 1, MAX_REQUESTS),
        page_size=_count("page_size", page_size, MAX_REQUESTS, MAX_REQUESTS),
    )


def read_time(name: str, text: str) -> datetime:
    """Reads a W3C date and time with zone.

    Raises:
        GeoReportError: 400.
    """
    match = _TIME.fullmatch(text)
    if match:
        day, minute, second, zone = match.groups()
        second = "59" if second == "60" else second or "00"
        try:
            local = datetime.fromisoformat(
                f"{day}T{minute}:{second}{zone.replace(' ', '+').upper()}"
            )
        except ValueError:
            pass
        else:
            return _in_utc(local)
    raise bad_request(f"{name} must be a date and time with zone, such as 2010-01-01T00:00:00Z")


def _in_utc(local: datetime) -> datetime:
    """The instant in UTC; the ends of the calendar stay where they are."""
    try:
        return local.astimezone(UTC)
    except OverflowError:
        return _FIRST if local.year == 1 else _LAST


def _span(start_date: str, end_date: str, now: datetime) -> tuple[datetime, datetime]:
    """The range; of a longer one than 90 days the last 90, of an inverted one nothing matches."""
    start = read_time("start_date", start_date) if start_date else None
    end = read_time("end_date", end_date) if end_date else None
    if end is None:
        end = now if start is None else _moved(start, LONGEST_SPAN)
    earliest = _moved(end, -LONGEST_SPAN)
    return (earliest if start is None else max(start, earliest)), end


def _moved(instant: datetime, by: timedelta) -> datetime:
    try:
        return instant + by
    except OverflowError:
        return _FIRST if by < timedelta(0) else _LAST


def _listed(values: Sequence[str]) -> tuple[str, ...]:
    """Values given several times or with commas, each once, in their order."""
    parts = (part.strip() for value in values for part in value.split(","))
    return tuple(dict.fromkeys(part for part in parts if part))


def _count(name: str, text: str, default: int, highest: int) -> int:
    if not text:
        return default
    if (
        text.isascii()
        and text.isdecimal()
        and len(text) <= _MAX_DIGITS
        and 1 <= int(text) <= highest
    ):
        return int(text)
    raise bad_request(f"{name} must be a number from 1 to {highest}")
