"""Pages: how one is asked for, and the mark that the next one begins after."""

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
    """Which page: at most `limit` items (0: all), `after` the mark that the page before gave."""

    limit: int = 50
    after: Text | None = None

    def __attrs_post_init__(self) -> None:
        if type(self.limit) is not int or self.limit < 0:
            raise Malformed.at("$.limit", "expected an integer from 0 on")


def span(page: PageRequest) -> tuple[str | None, int | None]:
    """After which reference, and how many: one more than the page has, which says whether there is a next one."""
    after = None if page.after is None else _read_mark(page.after)
    return after, page.limit + 1 if page.limit else None


def paged(rows: Sequence[Row], page: PageRequest) -> Page[Row]:
    """The page of what was found, one more perhaps than was asked for."""
    if not page.limit or len(rows) <= page.limit:
        return Page(items=rows)
    items = tuple(rows[: page.limit])
    return Page(items=items, next=_mark(items[-1].reference))


def _mark(reference: str) -> str:
    return base64.urlsafe_b64encode(reference.encode()).decode().rstrip("=")


def _read_mark(mark: str) -> str:
    try:
        reference = base64.urlsafe_b64decode(mark + "=" * (-len(mark) % 4)).decode()
    except (binascii.Error, ValueError):
        reference = ""
    if _mark(reference) != mark or not reference:
        raise Malformed.at("$.after", "not the mark of a page")
    return reference
