"""A clock that stands still until it is set."""

from __future__ import annotations

from datetime import datetime


class SettableClock:
    """A `Clock` that says what it was last set to.

    >>> clock = SettableClock("2022-03-25T23:59:59+01:00")
    >>> clock.set("2022-03-26T00:00:00+01:00")
    >>> clock.now().isoformat()
    '2022-03-26T00:00:00+01:00'
    """

    def __init__(self, instant: datetime | str) -> None:
        self.set(instant)

    def now(self) -> datetime:
        """The instant that it was last set to."""
        return self._instant

    def set(self, instant: datetime | str) -> None:
        """Set it to an aware instant, or to ISO 8601 text with an offset.

        Raises:
            ValueError: a naive instant, or not one at all.
        """
        parsed = datetime.fromisoformat(instant) if isinstance(instant, str) else instant
        if parsed.tzinfo is None:
            raise ValueError("a clock's instants are aware")
        self._instant = parsed
