"""Calendar days and time zones: the only file that knows which day an instant is, and with which offset to write it."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import NamedTuple

from poec_workflow.errors import Malformed
from poec_workflow.model import FIRST_YEAR, LAST_YEAR

_NONE, _MINUTE, _FAR = timedelta(), timedelta(minutes=1), timedelta(days=2)
_YEARS = range(FIRST_YEAR, LAST_YEAR + 1)


def local_day(instant: datetime, zone: tzinfo) -> date:
    """The calendar day that an aware instant falls on in a zone, whatever offset it was written with."""
    return instant.astimezone(zone).date()


def later_day(day: date, instant: datetime, zone: tzinfo) -> date | None:
    """The calendar day of an instant in a zone, where it comes after a day; else None."""
    # Two offsets are less than two days apart: only near the instant the zone's own day is computed.
    if day - instant.date() >= _FAR:
        return None
    falls_on = local_day(instant, zone)
    return falls_on if day < falls_on else None


def first_instant(day: date, zone: tzinfo) -> datetime:
    """The first instant of a day in a zone, with the fixed offset that the zone has then."""
    return in_zone(datetime.combine(day, time(), zone), zone)


class LocalTime(NamedTuple):
    """An instant in a zone.

    Attributes:
        instant: with the fixed offset that the zone has then, so that its date is the day there.
        written: as it is written down: in UTC where RFC 3339 can't say that offset.
        day: the day there.
        readable: whether the wire format has the years of both.
    """

    instant: datetime
    written: datetime
    day: date
    readable: bool


def local_time(instant: datetime, zone: tzinfo) -> LocalTime:
    """An aware instant in a zone."""
    # Fixed offsets alone: equal instants of one zone may be two, when its clock is turned back.
    return (_kept if type(instant.tzinfo) is timezone else _local_time)(instant, zone)


def _local_time(instant: datetime, zone: tzinfo) -> LocalTime:
    there = instant.astimezone(zone)
    offset = there.utcoffset() or _NONE
    local = there.replace(tzinfo=timezone(offset))
    # Before 1911 Paris was 9 minutes and 21 seconds ahead.
    written = local.astimezone(UTC) if offset % _MINUTE else local
    return LocalTime(local, written, local.date(), local.year in _YEARS and written.year in _YEARS)


_kept = lru_cache(maxsize=256)(_local_time)
"""A call asks again for its own instant, a batch for few."""


def in_zone(instant: datetime, zone: tzinfo) -> datetime:
    """The same instant as it is written down: at the zone's offset, or in UTC where RFC 3339 can't say that offset."""
    return local_time(instant, zone).written


def local_instant(instant: object, zone: tzinfo, place: str) -> LocalTime:
    """A clock's or a caller's instant in a zone.

    Raises:
        Malformed: at `place`; it is not an aware datetime, or its year, in the zone or as it is written down, is not
            from 1900 to 2999.
    """
    if not isinstance(instant, datetime) or instant.tzinfo is None or instant.utcoffset() is None:
        raise Malformed.at(place, "an instant must be aware")
    try:
        known = local_time(instant, zone)
    except OverflowError:
        known = None
    if known is not None and known.readable:
        return known
    raise Malformed.at(place, f"expected a year from {FIRST_YEAR} to {LAST_YEAR} in {zone}")
