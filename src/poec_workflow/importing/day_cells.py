"""Days, times and instants as exports write them, told and not guessed where one text could be two days."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, time, tzinfo
from functools import cache

from poec_workflow.importing.cell_cleaning import folded
from poec_workflow.importing.mapping import DateMapping
from poec_workflow.model import FIRST_YEAR, LAST_YEAR
from poec_workflow.policies.calendar import in_zone, local_day
from poec_workflow.serialization.scalars import read_instant

_CLOCK = r"(?P<hour>[0-2]?[0-9])\s*(?::|h|H)\s*(?P<minute>[0-5][0-9])?(?::(?P<second>[0-5][0-9])(?:[.,][0-9]+)?)?"
_TIME = re.compile(rf"(?:à\s*)?{_CLOCK}")
_YEAR_FIRST = r"(?P<year>[0-9]{4})[-/.](?P<month>[0-9]{1,2})[-/.](?P<day>[0-9]{1,2})"
_YEAR_LAST = r"(?P<first>[0-9]{1,2})(?P<mark>[-/.])(?P<second_>[0-9]{1,2})(?P=mark)(?P<last>[0-9]{4}|[0-9]{2})"
_REST = rf"(?:(?:\s*,?\s+(?:à\s*)?|T){_CLOCK})?"
_FORMS = tuple(re.compile(each + _REST) for each in (_YEAR_FIRST, _YEAR_LAST))
_COMPACT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_NUMBER = re.compile(r"[0-9]{4,6}(?:[.,][0-9]+)?")
_NAMED = re.compile(r"(?:[^\W\d]+\s+)?([0-9]{1,2})(?:er)?\s+([^\W\d]+)\s+([0-9]{4})")
_MONTHS = (
    ("janvier", "january", "janv", "jan"), ("fevrier", "february", "fevr", "fev", "feb"), ("mars", "march", "mar"),
    ("avril", "april", "avr", "apr"), ("mai", "may"), ("juin", "june", "jun"), ("juillet", "july", "juil", "jul"),
    ("aout", "august", "aug"), ("septembre", "september", "sept", "sep"), ("octobre", "october", "oct"),
    ("novembre", "november", "nov"), ("decembre", "december", "dec"),
)  # fmt: skip
_MIDNIGHT = time()
_ORIGINS: Mapping[int, int] = {1900: date(1899, 12, 30).toordinal(), 1904: date(1904, 1, 1).toordinal()}
"""Day 0 of a spreadsheet: 1900 was no leap year, which the first of them did not know."""
_SHORT = 2
_MONTHS_A_YEAR = 12


@cache
def _month(name: str) -> int | None:
    word = folded(name)
    return next((number for number, names in enumerate(_MONTHS, 1) if word in names), None)


def moment_of(text: str, how: DateMapping) -> tuple[date, time | None]:
    """The day of a text, and the time where it has one.

    Raises:
        ValueError: it is no day, or could be several.
    """
    for form in _FORMS:
        if found := form.fullmatch(text):
            parts = found.groupdict()
            return _day(parts, how), _clock(parts) if parts["hour"] else None
    if found := _COMPACT.fullmatch(text):
        return _made(*map(int, found.groups())), None
    if found := _NAMED.fullmatch(folded(text)):
        month = _month(found[2])
        if month is not None:
            return _made(int(found[3]), month, int(found[1])), None
    if _NUMBER.fullmatch(text):
        return _numbered(text, how)
    raise ValueError("expected a day, as 31/12/2025 or 2025-12-31")


def _day(parts: Mapping[str, str], how: DateMapping) -> date:
    if "year" in parts:
        return _made(int(parts["year"]), int(parts["month"]), int(parts["day"]))
    first, second = int(parts["first"]), int(parts["second_"])
    day, month = (first, second) if how.order == "day-first" else (second, first)
    year = int(parts["last"])
    if len(parts["last"]) == _SHORT:
        if how.two_digit_years is None:
            raise ValueError(
                f"of which century is {parts['last']}? Say it in the mapping file: two_digit_years in [dates]"
            )
        year += how.two_digit_years
    if month > _MONTHS_A_YEAR >= day:
        raise ValueError("no such day: where months come first, say it in the mapping file: order in [dates]")
    return _made(year, month, day)


def _made(year: int, month: int, day: int) -> date:
    try:
        made = date(year, month, day)
    except ValueError:
        raise ValueError("no such day") from None
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(f"expected a year from {FIRST_YEAR} to {LAST_YEAR}")
    return made


def _clock(parts: Mapping[str, str]) -> time:
    try:
        return time(int(parts["hour"]), int(parts["minute"] or 0), int(parts["second"] or 0))
    except ValueError:
        raise ValueError("expected a time HH:MM") from None


def _numbered(text: str, how: DateMapping) -> tuple[date, time | None]:
    """A spreadsheet's number of a day, which counts from one of two days."""
    number = float(text.replace(",", "."))
    days = {year: date.fromordinal(origin + int(number)) for year, origin in _ORIGINS.items()}
    if how.day_numbers is None:
        raise ValueError(
            f"{text} is a spreadsheet's number of a day: {days[1900]} counted from 1900, {days[1904]} from 1904. Say "
            f"which in the mapping file: day_numbers in [dates]"
        )
    minutes = round(number % 1 * 1440) % 1440
    day = days[how.day_numbers]
    return _made(day.year, day.month, day.day), time(*divmod(minutes, 60)) if minutes else None


def day_text(text: str, how: DateMapping, zone: tzinfo) -> str:
    """A day as the wire format has it; of an instant the day in the zone."""
    instant = _instant(text)
    return (local_day(instant, zone) if instant else moment_of(text, how)[0]).isoformat()


def instant_text(text: str, how: DateMapping, zone: tzinfo) -> str:
    """An instant as the wire format has it: a time without an offset is the zone's, a day its first instant there.

    Raises:
        ValueError: it is no day, could be several, or the zone's clocks were turned past that time.
    """
    instant = _instant(text)
    if instant is not None:
        return instant.isoformat()
    day, clock = moment_of(text, how)
    local = datetime.combine(day, clock or _MIDNIGHT, zone)
    written = in_zone(local, zone)
    if clock is not None and written.astimezone(zone).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise ValueError("no such instant")
    return written.isoformat()


def _instant(text: str) -> datetime | None:
    try:
        return read_instant(text.replace(" ", "T", 1), str)
    except ValueError:
        return None


def time_text(text: str) -> str:
    """A time as the wire format has it: of 9h, 9h30, 09:30:00.

    Raises:
        ValueError: it is none.
    """
    found = _TIME.fullmatch(text)
    if found is None or ("h" not in text.lower() and not found["minute"]):
        raise ValueError("expected a time HH:MM")
    return f"{_clock(found.groupdict()):%H:%M}"
