"""The port through which somebody is told."""

from __future__ import annotations

from typing import Any, Protocol


class Notifier(Protocol):
    """Somebody who is told."""

    def notify(self, notice: Any) -> None:  # noqa: ANN401 - its shape comes with the notices
        """Tell; raising means that it was not told, and will be again."""
        ...
