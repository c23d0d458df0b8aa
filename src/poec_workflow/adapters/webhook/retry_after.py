"""`Retry-After`: when a receiver wants to be asked again (RFC 9110, 10.2.3)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

LONGEST_WAIT = timedelta(days=1)
"""No receiver puts a message off for longer at once."""

_MOST_DIGITS = 9


def wait_of(value: str | None, now: datetime) -> timedelta | None:
    """The wait that a header asks for, in seconds or as an HTTP date; None where it says nothing that can be read."""
    if value is None:
        return None
    text = value.strip()
    if re.fullmatch("[0-9]+", text):
        wait = timedelta(seconds=int(text)) if len(text) <= _MOST_DIGITS else LONGEST_WAIT
    else:
        try:
            until = parsedate_to_datetime(text)
        except (ValueError, OverflowError):
            return None
        # A date that says "-0000" is read as naive; all HTTP dates are in UTC.
        wait = (until if until.tzinfo else until.replace(tzinfo=UTC)) - now
    return min(max(wait, timedelta(0)), LONGEST_WAIT)
