"""Pagination of the lists: the request for a page, and the opaque cursors of its neighbours.

A cursor names a row, not a number: what is added or goes meanwhile moves no other row from one page to the next.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, TypeVar

from attrs import field, frozen

from poec_workflow.enum_values import member, not_a_member
from poec_workflow.errors import Fault, Malformed
from poec_workflow.model import Page, Text
from poec_workflow.views.ordering import FIRST, LAST, RANKS, SORTS, STAMP_LENGTH, Key, Sort, SortName, Span, key_of

Row = TypeVar("Row")

_SEPARATOR = "\0"
"""No reference contains it."""
_STAMP = re.compile(f"[0-9]{{{STAMP_LENGTH}}}")


def _sort(value: Sort | SortName) -> Sort:
    return member(Sort, value)


@frozen(kw_only=True)
class PageRequest:
    """Which page of which order.

    Attributes:
        limit: how many items at most; 0 is all.
        after: the cursor that the page before gave as `next`; it belongs to its order.
        before: the cursor that the page after gave as `previous`, in the place of `after`; of the rows before it the
            last ones, in the same order as ever.
        sort: by `reference`; applications also by `registration`, `session-start`, `session-end`, `candidate` (the
            name, accents and case apart) or `state` (in the lifecycle's order), sessions by `session-start`,
            `session-end` or `place`. What is equal is sorted by reference, by code points; applications of one day
            session by session, of one name person by person. A cursor by `candidate` has the beginning of a name in
            it: it is for who may see the list.
        descending: the same order backwards; people who were erased are last both ways.
    """

    limit: int = 50
    after: Text | None = None
    before: Text | None = None
    sort: Sort = field(default=Sort.REFERENCE, converter=_sort)
    descending: bool = False

    def __attrs_post_init__(self) -> None:
        if found := tuple(_faults(self)):
            raise Malformed(found)

    def pages_of(self, total: int) -> int:
        """How many pages a list of so many rows has; one, where it has none."""
        return max(1, -(-total // self.limit)) if self.limit else 1


def _faults(page: PageRequest) -> Iterator[Fault]:
    limit: object = page.limit
    if type(limit) is not int or limit < 0:
        yield Fault("$.limit", "expected an integer from 0 on")
    if page.after is not None and page.before is not None:
        yield Fault("$.before", "expected no cursor beside that of $.after")
    yield from not_a_member(Sort, page.sort, "$.sort")
    descending: object = page.descending
    if type(descending) is not bool:
        yield Fault("$.descending", "expected true or false")


def span(page: PageRequest, rows: type[Any]) -> Span:
    """What to read for a page of a list of such rows: one row more than the page has, towards the end or the beginning.

    Raises:
        Malformed: the list has no such order, or the cursor is none of this order.
    """
    if page.sort not in SORTS[rows]:
        raise Malformed.at("$.sort", f"expected one of {', '.join(SORTS[rows])}")
    columns, back = SORTS[rows][page.sort], page.before is not None
    cursor, place = (page.before, "$.before") if back else (page.after, "$.after")
    key = None if cursor is None else _key(cursor, page, columns, place)
    limit = page.limit + 1 if page.limit else None
    direction = page.descending is not back
    return Span(sort=page.sort, descending=direction, after=key, limit=limit, nameless=_nameless(page))


def paged(rows: Sequence[Row], page: PageRequest) -> Page[Row]:
    """Make the page of what its span read; a row more than its limit says that there is another page that way.

    There is one the other way where there was a cursor: its row was there. A page that has none left gives this cursor.
    """
    more = bool(page.limit) and len(rows) > page.limit
    items = tuple(rows[: page.limit] if more else rows)
    if page.before is not None:
        items = items[::-1]
        return Page(
            items=items,
            next=_cursor(items[-1], page) if items else page.before,
            previous=_cursor(items[0], page) if more else None,
        )
    previous = None
    if page.after is not None:
        previous = _cursor(items[0], page) if items else page.after
    return Page(items=items, next=_cursor(items[-1], page) if more else None, previous=previous)


def _cursor(row: object, page: PageRequest) -> str:
    return _encoded(_SEPARATOR.join((*_head(page), *key_of(row, page.sort, _nameless(page)))))


def _head(page: PageRequest) -> tuple[str, ...]:
    """What a cursor says of its order; nothing by reference, as those that earlier releases gave."""
    if page.sort is Sort.REFERENCE and not page.descending:
        return ()
    return "", page.sort.value, "descending" if page.descending else "ascending"


def _encoded(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _key(cursor: str, page: PageRequest, columns: Sequence[str], place: str) -> Key:
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except (binascii.Error, ValueError):
        text = ""
    head, parts = _head(page), tuple(text.split(_SEPARATOR))
    if _encoded(text) != cursor or not text:
        raise Malformed.at(place, "not the cursor of a page")
    key = parts[len(head) :]
    if parts[: len(head)] != head or len(key) != len(columns) or not all(map(_is_part, columns, key)):
        raise Malformed.at(place, "not the cursor of a page in this order")
    return key


def _nameless(page: PageRequest) -> str:
    """What stands for no name, so that it comes last."""
    return FIRST if page.descending else LAST


def _is_part(column: str, text: str) -> bool:
    match column:
        case "registered_at":
            return _STAMP.fullmatch(text) is not None
        case "session_start" | "session_end" | "start" | "end":
            return _is_day(text)
        case "candidate_name":
            return text in (FIRST, LAST) or text.startswith("0")
        case "state":
            return text in RANKS
        case "place":
            return True
        case _:
            return bool(text)


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
