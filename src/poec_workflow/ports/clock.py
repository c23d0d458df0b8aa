"""The clock port, the machine's clock, and one that stands still."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from typing import Protocol

from attrs import frozen

from poec_workflow.policies.calendar import local_instant


class Clock(Protocol):
    """Gives the current instant."""

    def now(self) -> datetime:
        """An aware instant."""
        ...


def local_now(clock: Clock, zone: tzinfo) -> datetime:
    """A clock's instant in a zone.

    Raises:
        Malformed: it is outside of the years 1900 to 2999.
    """
    return local_instant(clock.now(), zone, "$.clock").instant


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
