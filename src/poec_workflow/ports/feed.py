"""An option of the queries port: to read the histories of all subjects in one order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeGuard

from attrs import frozen

from poec_workflow.history import HistoryEntry
from poec_workflow.ports.queries import Queries


@frozen
class FeedEntry:
    """A history entry in its place.

    Attributes:
        place: which one it is, in the storage's own words; no NUL is in them. It is the entry's for ever.
        entry: what happened.
    """

    place: str
    entry: HistoryEntry


class ReadsFeed(Queries, Protocol):
    """Queries that can read a feed; a workflow on others has none.

    A new entry comes after all those that were ever read, whatever else is being stored meanwhile. So an entry is
    given only once no transaction is open that may yet store one before it. A subject's entries come in the order of
    their versions, and what a decision moved comes after the decision's own entry.
    """

    def feed(self, start: str | None, *, limit: int | None) -> Sequence[FeedEntry]:
        """Entries from a place on, in order, at most so many: its own entry comes first, where the place has one.

        Args:
            start: a place that the storage gave, or what somebody made up; None is the beginning.
            limit: None is all.

        Raises:
            Malformed: at `$.after`; the storage gives no such place.
        """
        ...

    def held_back(self) -> int:
        """How many entries are stored, and not given yet because of a transaction that is open."""
        ...


# As for the options of transactions, the class is looked at: a wrapper may pass unknown names on.


def reads_feed(queries: Queries) -> TypeGuard[ReadsFeed]:
    """Whether the queries' own class can read a feed."""
    return hasattr(type(queries), ReadsFeed.feed.__name__)
