"""Channels, each broken in one way that a hurried author might not notice: the contract finds it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest
from attrs import evolve

from poec_workflow.messages import Message
from poec_workflow.ports import Content
from poec_workflow.testing import RecordingChannel
from poec_workflow.testing.contracts.channel_contract import ChannelContract, OpenedChannel


class Swallows(RecordingChannel):
    """A failure is logged, and nobody hears of it."""

    def deliver(self, message: Message, content: Content) -> None:
        try:
            super().deliver(message, content)
        except ConnectionError:
            return


class NamesAnew(RecordingChannel):
    """Each attempt has an id of its own."""

    def deliver(self, message: Message, content: Content) -> None:
        super().deliver(evolve(message, id=str(uuid4())), content)


class Holds(RecordingChannel):
    """One message is always kept back, and comes after the next."""

    def __init__(self) -> None:
        super().__init__()
        self._held: list[tuple[Message, Content]] = []

    def deliver(self, message: Message, content: Content) -> None:
        self._held.append((message, content))
        if len(self._held) == 2:
            for each in reversed(self._held):
                super().deliver(*each)
            self._held.clear()


class DropsWhatItCannotWrite(RecordingChannel):
    """What is not ASCII does not arrive."""

    def deliver(self, message: Message, content: Content) -> None:
        name = content.candidate.name if content.candidate else ""
        if name.isascii():
            super().deliver(message, content)


class SharesState(RecordingChannel):
    """The message in hand is the channel's, so that one thread sends what another one has in hand."""

    def __init__(self) -> None:
        super().__init__()
        self._current: tuple[Message, Content] | None = None

    def deliver(self, message: Message, content: Content) -> None:
        # As if every thread had come here before the first went on.
        self._current = self._current or (message, content)
        super().deliver(*self._current)


BROKEN: dict[type[RecordingChannel], str] = {
    Swallows: "test_what_does_not_arrive_is_said",
    NamesAnew: "test_a_message_that_comes_again_is_known_by_its_id",
    Holds: "test_every_message_arrives_once_and_in_order",
    DropsWhatItCannotWrite: "test_every_message_arrives_once_and_in_order",
    SharesState: "test_several_threads_deliver_at_once",
}


def contract_of(made: type[RecordingChannel], test: str) -> Callable[[Path], None]:
    """One test of the contract, on a channel of a class."""

    class Suite(ChannelContract):
        def open_broken(self, folder: Path) -> RecordingChannel:  # type: ignore[override]
            del folder
            channel = made()
            channel.failing[None] = ConnectionError("no route")
            return _Entered(channel)  # type: ignore[return-value]

    def run(folder: Path) -> None:
        if test == "test_what_does_not_arrive_is_said":
            Suite().test_what_does_not_arrive_is_said(folder)
        else:
            channel = made()
            getattr(Suite(), test)(OpenedChannel(channel, lambda: [each.id for each in channel.messages]))

    return run


class _Entered:
    def __init__(self, channel: RecordingChannel) -> None:
        self._channel = channel

    def __enter__(self) -> RecordingChannel:
        return self._channel

    def __exit__(self, *_: object) -> None:
        return


@pytest.mark.parametrize("made", BROKEN)
def test_a_broken_channel_is_found(made: type[RecordingChannel], tmp_path: Path) -> None:
    """By the contract that is about it; the sound one passes the same."""
    contract_of(RecordingChannel, BROKEN[made])(tmp_path)
    with pytest.raises((AssertionError, pytest.fail.Exception)):
        contract_of(made, BROKEN[made])(tmp_path)
