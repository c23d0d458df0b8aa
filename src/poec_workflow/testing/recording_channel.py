"""A channel that keeps what it is given, and fails where a test asks for it."""

from __future__ import annotations

from threading import Lock

from poec_workflow.messages import Message
from poec_workflow.ports import Content


class RecordingChannel:
    """A `Channel` that keeps messages and their contents, oldest first; thread-safe.

    Attributes:
        delivered: each message with its content.
        failing: what it raises instead, for everybody (a key of None) or for addressees by reference.

    >>> from poec_workflow import Undeliverable
    >>> channel = RecordingChannel()
    >>> channel.failing["P-1"] = Undeliverable("no address")
    >>> channel.messages
    []
    """

    def __init__(self) -> None:
        self.delivered: list[tuple[Message, Content]] = []
        self.failing: dict[str | None, Exception] = {}
        self._lock = Lock()

    @property
    def messages(self) -> list[Message]:
        """The messages, oldest first."""
        return [message for message, _ in self.delivered]

    def deliver(self, message: Message, content: Content) -> None:
        """Keep a message, unless it is to fail."""
        error = self.failing.get(message.to.reference) or self.failing.get(None)
        if error is not None:
            raise error
        with self._lock:
            self.delivered.append((message, content))


RecordingNotifier = RecordingChannel
"""The same, by the name of the entry points `poec_workflow.notifiers`."""
