"""The clock port, the machine's clock, and one that stands still."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Protocol

from attrs import frozen


class Clock(Protocol):
    """Gives the current instant."""

    def now(self) -> datetime:
        """An aware instant."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The instant, in UTC."""
        return datetime.now(UTC)


@frozen
class FixedClock:
    """A clock that gives one instant, for what is decided as of then."""

    instant: datetime

    def now(self) -> datetime:
        """The instant."""
        return self.instant
