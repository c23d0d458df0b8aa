"""The notifier port."""

from __future__ import annotations

from typing import Any, Protocol


class Notifier(Protocol):
    """Delivers notices."""

    def notify(self, notice: Any) -> None:  # noqa: ANN401 - its shape comes with the notices
        """Deliver a notice; raising means that it was not delivered, and is to be tried again."""
        ...
