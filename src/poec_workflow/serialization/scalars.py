"""How each single value is written: texts, numbers, dates, instants, decimals. Readers raise `ValueError`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta, timezone
from datetime import time as clock_time
from decimal import Decimal
from enum import Enum
from functools import cache

from poec_workflow.model import FIRST_YEAR, LAST_YEAR, TextLength

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt]([0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.([0-9]+))?"
    r"(?:[Zz]|([+-])([01][0-9]|2[0-3]):([0-5][0-9]))"
)
_TIME = re.compile(r"[0-9]{2}:[0-9]{2}")
DECIMAL = re.compile(r"-?[0-9]{1,4}(?:\.[0-9]{1,2})?")
NOT_TEXT = re.compile("[\0\ud800-\udfff]")
ANY_TEXT = TextLength(0, 10_000)
MOST = 2**31
LAST_INSTANT_YEAR = LAST_YEAR + 1
"""A year more than dates have, for histories that earlier releases wrote; nothing is recorded there any more."""
_FAR = 20


def read_text(limits: TextLength) -> Callable[[object, object], str]:
    """Reads text of a certain length, without NUL or lone surrogates."""

    def read(value: object, _: object) -> str:
        if not isinstance(value, str):
            raise ValueError("expected text")
        if not limits.least <= len(value) <= limits.most:
            raise ValueError(limits.fault(value))
        if NOT_TEXT.search(value):
            raise ValueError("text must not contain NUL or lone surrogates")
        return str(value)

    return read


def read_integer(value: object, _: object) -> int:
    """An integer within ±2³¹; 2.0 and true are none."""
    if type(value) is not int:
        raise ValueError("expected an integer within ±2³¹")
    if abs(value) > MOST:
        raise ValueError("beyond ±2³¹")
    return value


def read_boolean(value: object, _: object) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise ValueError("expected true or false")
    return value


def read_date(value: object, _: object) -> date:
    """A date `YYYY-MM-DD`, years 1900 to 2999."""
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        raise ValueError("expected a date YYYY-MM-DD")
    try:
        day = date.fromisoformat(value)
    except ValueError:
        raise ValueError("no such day") from None
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(f"expected a year from {FIRST_YEAR} to {LAST_YEAR}")
    return day


def read_instant(value: object, _: object) -> datetime:
    """An instant of RFC 3339 with an offset; digits beyond microseconds are cut."""
    found = _INSTANT.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError("expected an instant of RFC 3339 with an offset, as 2022-03-25T23:59:59+01:00")
    day, time, fraction, sign, hours, minutes = found.groups()
    offset = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
    try:
        local = datetime.fromisoformat(f"{day}T{time}.{(fraction or '0')[:6]:0<6}")
    except ValueError:
        raise ValueError("no such instant") from None
    if not FIRST_YEAR <= local.year <= LAST_INSTANT_YEAR:
        raise ValueError(f"expected a year from {FIRST_YEAR} to {LAST_YEAR}")
    return local.replace(tzinfo=timezone(-offset if sign == "-" else offset))


def read_time(value: object, _: object) -> clock_time:
    """A time `HH:MM`."""
    try:
        if isinstance(value, str) and _TIME.fullmatch(value):
            return clock_time.fromisoformat(value)
    except ValueError:
        pass
    raise ValueError("expected a time HH:MM")


def read_decimal(value: object, _: object) -> Decimal:
    """A decimal as text: up to four digits, and two after the point."""
    if not isinstance(value, str) or not DECIMAL.fullmatch(value):
        raise ValueError('expected a decimal as text, as "30.5"')
    return Decimal(value)


def read_enum(value: object, cls: type[Enum]) -> Enum:
    """A member by its value."""
    members = _members(cls)
    if not isinstance(value, str) or value not in members:
        raise ValueError(f"expected one of {', '.join(members)}")
    return members[value]


@cache
def _members(cls: type[Enum]) -> Mapping[str, Enum]:
    return {member.value: member for member in cls}


def write_decimal(value: object) -> object:
    """The shortest text of a decimal; a value without one is returned unchanged, and refused when read back."""
    if not isinstance(value, Decimal) or not value.is_finite():
        return value
    if not value:
        return "0"
    if abs(value.adjusted()) > _FAR:
        return value
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def write_time(value: object) -> object:
    """`HH:MM`; a time with seconds is returned unchanged, and refused when read back."""
    whole = isinstance(value, clock_time) and value == clock_time(value.hour, value.minute)
    return f"{value:%H:%M}" if whole else value
