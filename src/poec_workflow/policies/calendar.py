"""Calendar days and time zones: the only file that knows which day an instant is, and with which offset to write it."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import cache, lru_cache

from poec_workflow.errors import Malformed
from poec_workflow.model import FIRST_YEAR, LAST_YEAR

_NONE, _MINUTE = timedelta(), timedelta(minutes=1)
_YEARS = range(FIRST_YEAR, LAST_YEAR + 1)
_APART = 3


def local_day(instant: datetime, zone: tzinfo) -> date:
    """The calendar day that an aware instant falls on in a zone, whatever offset it was written with."""
    return instant.astimezone(zone).date()


def is_before(day: date, instant: datetime, zone: tzinfo) -> bool:
    """Whether a day ends before an instant, in a zone."""
    # No two zones are two days apart: only near the instant the zone's own day is computed.
    return day.toordinal() < instant.date().toordinal() + _APART and day < local_day(instant, zone)


def first_instant(day: date, zone: tzinfo) -> datetime:
    """The first instant of a day in a zone, with the fixed offset that the zone has then."""
    return in_zone(datetime.combine(day, time(), zone), zone)


@cache
def _fixed(offset: timedelta | None) -> timezone:
    return timezone(offset or _NONE)


def at_offset(instant: datetime, zone: tzinfo) -> datetime:
    """The same instant with the fixed offset that a zone has then, so that its date is the day there."""
    # Fixed offsets alone: equal instants of one zone may be two, when its clock is turned back.
    return (_kept if type(instant.tzinfo) is timezone else _at_offset)(instant, zone)


def _at_offset(instant: datetime, zone: tzinfo) -> datetime:
    local = instant.astimezone(zone)
    return local.replace(tzinfo=_fixed(local.utcoffset()))


_kept = lru_cache(maxsize=256)(_at_offset)
"""A call asks again for its own instant, a batch for few."""


def in_zone(instant: datetime, zone: tzinfo) -> datetime:
    """The same instant as it is written down: at the zone's offset, or in UTC where RFC 3339 can't say that offset.

    Before 1911 Paris was 9 minutes and 21 seconds ahead.
    """
    return written(at_offset(instant, zone))


def written(local: datetime) -> datetime:
    """An instant at a fixed offset as it is written down: in UTC where RFC 3339 can't say the offset."""
    return local if _can_be_written(local.tzinfo) else local.astimezone(UTC)


@cache
def _can_be_written(offset: tzinfo | None) -> bool:
    return offset is None or not (offset.utcoffset(None) or _NONE) % _MINUTE


def local_instant(instant: object, zone: tzinfo, place: str) -> datetime:
    """A clock's or a caller's instant at the offset of a zone.

    Raises:
        Malformed: at `place`; it is not an aware datetime, or its year, in the zone or as it is written down, is not
            from 1900 to 2999.
    """
    if not isinstance(instant, datetime) or instant.utcoffset() is None:
        raise Malformed.at(place, "an instant must be aware")
    with suppress(OverflowError):
        local = at_offset(instant, zone)
        if local.year in _YEARS and written(local).year in _YEARS:
            return local
    raise Malformed.at(place, f"expected a year from {FIRST_YEAR} to {LAST_YEAR} in {zone}")
