"""The orders of the lists: by what each list can be sorted, and the key of a row in each order.

Keys are tuples of texts, compared by code points, and the same in every storage. A key names its row, so that a page
begins after a key.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Literal

from attrs import frozen

from poec_workflow.model import ApplicationState
from poec_workflow.views.folded_text import folded
from poec_workflow.views.list_rows import ActionRow, ApplicationRow, SessionRow

Key = tuple[str, ...]

_BEGINNING = datetime(1, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
STAMP_LENGTH = 17
FOLDED_LENGTH = 64
"""How much of a name or a place counts: an index takes no more of a text than that."""
FIRST, LAST = "", "1"
"""What stands before and after the names of all candidates."""
_RANKS: Mapping[str, str] = {state: str(number) for number, state in enumerate(ApplicationState)}
RANKS = frozenset(_RANKS.values())
"""The places of the states."""


class Sort(StrEnum):
    """By what a list is sorted; what is equal is sorted by reference."""

    REFERENCE = "reference"
    REGISTRATION = "registration"
    SESSION_START = "session-start"
    SESSION_END = "session-end"
    CANDIDATE = "candidate"
    STATE = "state"
    PLACE = "place"


SortName = Literal["reference", "registration", "session-start", "session-end", "candidate", "state", "place"]

SORTS: Mapping[type[Any], Mapping[Sort, Sequence[str]]] = {
    ApplicationRow: {
        Sort.REFERENCE: ("reference",),
        Sort.REGISTRATION: ("registered_at", "reference"),
        # Session by session, so that a page costs the same however many sessions start on one day.
        Sort.SESSION_START: ("session_start", "session", "reference"),
        Sort.SESSION_END: ("session_end", "session", "reference"),
        # Person by person, for the same reason.
        Sort.CANDIDATE: ("candidate_name", "candidate", "reference"),
        Sort.STATE: ("state", "reference"),
    },
    SessionRow: {
        Sort.REFERENCE: ("reference",),
        Sort.SESSION_START: ("start", "reference"),
        Sort.SESSION_END: ("end", "reference"),
        Sort.PLACE: ("place", "reference"),
    },
    ActionRow: {Sort.REFERENCE: ("reference",)},
}
"""A list's rows ▸ by what it can be sorted ▸ the columns of the key."""


def stamp(instant: datetime) -> str:
    """An instant as a text that sorts: microseconds since the year 1, in as many digits whatever the year."""
    return f"{(instant - _BEGINNING) // _MICROSECOND:0{STAMP_LENGTH}}"


def name_key(name: str) -> str:
    """What a candidate is sorted by: the beginning of their name, accents and case apart. It begins with "0"."""
    return f"0{folded(name)[:FOLDED_LENGTH]}"


def place_key(place: str) -> str:
    """What a session is sorted by: the beginning of its place, accents and case apart."""
    return folded(place)[:FOLDED_LENGTH]


def rank(state: ApplicationState) -> str:
    """The place of a state in the lifecycle, as a text that sorts."""
    return _RANKS[state]


def key_of(row: object, sort: Sort, nameless: str = LAST) -> Key:
    """The key of a row of a list in an order; `nameless` stands for the name of a person who was erased."""
    return tuple(_text(name, getattr(row, name), nameless) for name in SORTS[type(row)][sort])


def _text(column: str, value: Any, nameless: str) -> str:  # noqa: ANN401 - any of the columns
    if column == "candidate_name":
        return nameless if value is None else name_key(value)
    if column == "state":
        return rank(value)
    if column == "place":
        return place_key(value)
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
        nameless: what stands for the name of a person who was erased, so that they come last both ways.
    """

    sort: Sort = Sort.REFERENCE
    descending: bool = False
    after: Key | None = None
    limit: int | None = None
    nameless: str = LAST

    @property
    def backwards(self) -> bool:
        """Whether it is read towards the beginning of the list."""
        return self.descending is (self.nameless == LAST)
