"""A page of a list as a template shows it: its rows, tabs with counts, and the ways to other pages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Generic, TypeVar

from attrs import evolve, frozen

from poec_workflow.contrib.django.screens.list_address import SIZES, ListAddress
from poec_workflow.model import Page
from poec_workflow.views import PageRequest

Row = TypeVar("Row")
T = TypeVar("T", bound=StrEnum)

_AT_ONCE = 500
"""So many rows of a file are read in one go."""


@frozen(kw_only=True)
class Choice:
    """A way to another page: a tab, a size, an order."""

    code: str
    url: str
    current: bool
    count: int | None = None


@frozen(kw_only=True)
class ListPage(Generic[Row]):
    """What a template shows of a list.

    Attributes:
        rows: of this page.
        total: how many there are in this tab.
        tabs: with their counts.
        sizes: how many rows a page may have.
        previous, following: the addresses of the pages beside this one; empty where there is none.
        spreadsheet: the address of all rows as a file.
        address: what was asked for.
    """

    rows: Sequence[Row]
    total: int
    tabs: Sequence[Choice]
    sizes: Sequence[Choice]
    previous: str
    following: str
    spreadsheet: str
    address: ListAddress

    @property
    def kept(self) -> Sequence[tuple[str, str]]:
        """The parameters that a form of filters sends along: the tab, the size and the order."""
        return [(name, value) for name, value in self.address.given.items() if name in ("tab", "size", "sort", "order")]

    @property
    def filtered(self) -> bool:
        """Whether a filter besides the tab restricts it."""
        return any(name in self.address.given for name in self.address.filters if name != "tab")

    @property
    def unfiltered(self) -> str:
        """The address without filters."""
        return self.address.url(**{name: None for name in self.address.filters if name != "tab"})


def list_page(
    address: ListAddress,
    read: Callable[[PageRequest], Page[Row]],
    tabs: Mapping[T, int],
    total: int,
    *,
    tab: T | None,
    offered: Iterable[T] = (),
) -> ListPage[Row]:
    """Read a page of a list.

    Args:
        address: what is asked for.
        read: gives the rows of a page.
        tabs: how many rows each tab has.
        total: how many this one has.
        tab: the one that is shown.
        offered: the tabs that the visitor is shown; all of them by default.

    Raises:
        Malformed: the page: its size, order or place.
    """
    asked = address.page
    found = read(asked)
    return ListPage(
        rows=found.items,
        total=total,
        tabs=[
            Choice(code=each, url=address.url(tab=each), current=each == tab, count=tabs[each])
            for each in (tuple(offered) or tuple(tabs))
        ],
        sizes=[Choice(code=str(each), url=address.url(size=each), current=each == asked.limit) for each in SIZES],
        previous=address.url(before=found.previous) if found.previous else "",
        following=address.url(after=found.next) if found.next else "",
        spreadsheet=address.url(format="csv"),
        address=address,
    )


def orders(address: ListAddress, sorts: Mapping[str, str]) -> Mapping[str, Choice]:
    """For each column that can be sorted, the way to its order, or to the same backwards where it is the present one.

    Args:
        address: what is asked for.
        sorts: the order of each column.
    """
    current, order = address.given.get("sort", "reference"), address.given.get("order", "ascending")
    found: dict[str, Choice] = {}
    for column, sort in sorts.items():
        own = sort == current
        turned = "descending" if own and order == "ascending" else None
        url = address.url(sort=None if sort == "reference" else sort, order=turned)
        found[column] = Choice(code=order if own else "", url=url, current=own)
    return found


def every_row(read: Callable[[PageRequest], Page[Row]], asked: PageRequest) -> Iterator[Row]:
    """All rows of a list in the order of a page, wherever that page is: some at a time, as they are taken.

    Raises:
        Malformed: the list has no such order; the first rows are read at once.
    """
    order = evolve(asked, limit=_AT_ONCE, after=None, before=None)
    return _from(read(order), read, order)


def _from(page: Page[Row], read: Callable[[PageRequest], Page[Row]], order: PageRequest) -> Iterator[Row]:
    yield from page.items
    while page.next is not None:
        page = read(evolve(order, after=page.next))
        yield from page.items
