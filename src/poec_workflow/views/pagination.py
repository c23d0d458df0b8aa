"""Pagination of the lists: the request for a page, and the opaque cursor of the next one."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from typing import Protocol, TypeVar

from attrs import frozen

from poec_workflow.errors import Malformed
from poec_workflow.model import Page, Text

Row = TypeVar("Row", bound="_Referenced")


class _Referenced(Protocol):
    @property
    def reference(self) -> str: ...


@frozen(kw_only=True)
class PageRequest:
    """Which page: at most `limit` items (0: all), `after` the cursor that the page before gave."""

    limit: int = 50
    after: Text | None = None

    def __attrs_post_init__(self) -> None:
        if type(self.limit) is not int or self.limit < 0:
            raise Malformed.at("$.limit", "expected an integer from 0 on")


def span(page: PageRequest) -> tuple[str | None, int | None]:
    """The reference that the page comes after, and how many rows to read: one more than the page has."""
    after = None if page.after is None else _reference(page.after)
    return after, page.limit + 1 if page.limit else None


def paged(rows: Sequence[Row], page: PageRequest) -> Page[Row]:
    """Make the page; a row more than its limit says that there is a next one."""
    if not page.limit or len(rows) <= page.limit:
        return Page(items=rows)
    items = tuple(rows[: page.limit])
    return Page(items=items, next=_cursor(items[-1].reference))


def _cursor(reference: str) -> str:
    return base64.urlsafe_b64encode(reference.encode()).decode().rstrip("=")


def _reference(cursor: str) -> str:
    try:
        reference = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except (binascii.Error, ValueError):
        reference = ""
    if _cursor(reference) != cursor or not reference:
        raise Malformed.at("$.after", "not the cursor of a page")
    return reference
