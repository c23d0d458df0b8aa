"""Calendar days and time zones: the only file that knows which day an instant is, and with which offset to write it."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo

from poec_workflow.errors import Malformed
from poec_workflow.model import FIRST_YEAR, LAST_YEAR


def local_day(instant: datetime, zone: tzinfo) -> date:
    """The calendar day that an aware instant falls on in a zone, whatever offset it was written with."""
    return instant.astimezone(zone).date()


def first_instant(day: date, zone: tzinfo) -> datetime:
    """The first instant of a day in a zone, with the fixed offset that the zone has then."""
    return in_zone(datetime.combine(day, time(), zone), zone)


def in_zone(instant: datetime, zone: tzinfo) -> datetime:
    """The same instant with the fixed offset that a zone has then: comparisons do not depend on clock changes."""
    local = instant.astimezone(zone)
    offset = local.utcoffset() or timedelta()
    if type(instant.tzinfo) is timezone and instant.utcoffset() == offset:
        return instant
    # Before 1911 Paris was 9 minutes and 21 seconds ahead, which RFC 3339 can't say.
    return instant.astimezone(UTC) if offset % timedelta(minutes=1) else local.replace(tzinfo=timezone(offset))


def stored_instant(instant: object, zone: tzinfo, place: str) -> datetime:
    """An instant as the history stores it: with the offset of a zone, in the years of the wire format.

    Raises:
        Malformed: at `place`; it is not an aware datetime, or its year in the zone is not from 1900 to 2999.
    """
    if not isinstance(instant, datetime) or instant.utcoffset() is None:
        raise Malformed.at(place, "an instant must be aware")
    try:
        local = in_zone(instant, zone)
    except OverflowError:
        local = None
    if local is None or not FIRST_YEAR <= local.year <= LAST_YEAR:
        raise Malformed.at(place, f"expected a year from {FIRST_YEAR} to {LAST_YEAR} in {zone}")
    return local
