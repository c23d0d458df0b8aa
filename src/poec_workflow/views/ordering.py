"""The orders of the lists: by what each list can be sorted, and the key of a row in each order.

Keys are tuples of texts, compared by code points, and the same in every storage. A key names its row, so that a page
begins after a key.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any, Literal

from attrs import frozen

from poec_workflow.views.list_rows import ActionRow, ApplicationRow, SessionRow

Key = tuple[str, ...]

_BEGINNING = datetime(1, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
STAMP_LENGTH = 17


class Sort(StrEnum):
    """By what a list is sorted; what is equal is sorted by reference."""

    REFERENCE = "reference"
    REGISTRATION = "registration"
    SESSION_START = "session-start"


SortName = Literal["reference", "registration", "session-start"]

SORTS: Mapping[type[Any], Mapping[Sort, Sequence[str]]] = {
    ApplicationRow: {
        Sort.REFERENCE: ("reference",),
        Sort.REGISTRATION: ("registered_at", "reference"),
        # Session by session, so that a page costs the same however many sessions start on one day.
        Sort.SESSION_START: ("session_start", "session", "reference"),
    },
    SessionRow: {Sort.REFERENCE: ("reference",), Sort.SESSION_START: ("start", "reference")},
    ActionRow: {Sort.REFERENCE: ("reference",)},
}
"""A list's rows ▸ by what it can be sorted ▸ the columns of the key."""


def stamp(instant: datetime) -> str:
    """An instant as a text that sorts: microseconds since the year 1, in as many digits whatever the year."""
    return f"{(instant - _BEGINNING) // _MICROSECOND:0{STAMP_LENGTH}}"


def key_of(row: object, sort: Sort) -> Key:
    """The key of a row of a list in an order."""
    return tuple(_text(getattr(row, name)) for name in SORTS[type(row)][sort])


def _text(value: str | date | datetime) -> str:
    if isinstance(value, str):
        return value
    return stamp(value) if isinstance(value, datetime) else value.isoformat()


@frozen(kw_only=True)
class Span:
    """What is to be read of a list.

    Attributes:
        sort: the order.
        descending: the order backwards, equal ones too.
        after: the key that comes before the first row; None is from the beginning.
        limit: how many rows at most; None is all.
    """

    sort: Sort = Sort.REFERENCE
    descending: bool = False
    after: Key | None = None
    limit: int | None = None
