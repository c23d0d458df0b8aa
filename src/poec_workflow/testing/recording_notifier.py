"""A notifier that keeps its notices."""

from __future__ import annotations

from typing import Any


class RecordingNotifier:
    """A `Notifier` that keeps its notices, and fails where a test asks for it.

    Attributes:
        notices: the notices so far, oldest first.
        failing: what it raises instead of listening; None lets it listen.

    >>> notifier = RecordingNotifier()
    >>> notifier.notify("retained")
    >>> notifier.failing = ConnectionError("no route")
    >>> notifier.notify("rejected")
    Traceback (most recent call last):
    ConnectionError: no route
    >>> notifier.notices
    ['retained']
    """

    def __init__(self) -> None:
        self.notices: list[Any] = []
        self.failing: Exception | None = None

    def notify(self, notice: Any) -> None:  # noqa: ANN401 - as in the port
        """Keep a notice, unless it is to fail."""
        if self.failing is not None:
            raise self.failing
        self.notices.append(notice)
