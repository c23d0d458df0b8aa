"""Calendar days and time zones: the only file that knows which day an instant is, and with which offset to write it."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo


def local_day(instant: datetime, zone: tzinfo) -> date:
    """The calendar day that an aware instant falls on in a zone, whatever offset it was written with."""
    return instant.astimezone(zone).date()


def first_instant(day: date, zone: tzinfo) -> datetime:
    """When a day begins in a zone, with the fixed offset of that moment."""
    return in_zone(datetime.combine(day, time(), zone), zone)


def in_zone(instant: datetime, zone: tzinfo) -> datetime:
    """The same instant with a zone's offset of that moment, so that comparing it never meets a clock change."""
    local = instant.astimezone(zone)
    offset = local.utcoffset() or timedelta()
    # Before 1911 Paris was 9 minutes and 21 seconds ahead, which RFC 3339 can't say.
    return instant.astimezone(UTC) if offset % timedelta(minutes=1) else local.replace(tzinfo=timezone(offset))
