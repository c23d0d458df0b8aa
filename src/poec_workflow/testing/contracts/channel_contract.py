"""What any channel does, as a suite of tests: subclass `ChannelContract`, and pytest does the rest.

>>> from contextlib import nullcontext
>>> from poec_workflow.testing import RecordingChannel
>>> class TestMine(ChannelContract):
...     def open_channel(self, folder):
...         channel = RecordingChannel()
...         return nullcontext(OpenedChannel(channel, lambda: [each.id for each in channel.messages]))
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from functools import cache
from pathlib import Path

import pytest
from attrs import frozen

from poec_workflow.messages import AddresseeKind
from poec_workflow.model import Candidate
from poec_workflow.ports import Channel
from poec_workflow.testing.contracts.sample_messages import Sample, sample_messages

PERSON = Candidate(reference="P-1", name="Zoé Nguyễn-d’Angelo", email="zoe@example.org")
THREADS = 4


@frozen
class OpenedChannel:
    """A channel, and what arrived where it leads.

    Attributes:
        channel: the channel.
        arrived: the ids of the messages that arrived so far, in their order; the same id twice where it came twice.
    """

    channel: Channel
    arrived: Callable[[], Sequence[str]]


@cache
def _samples() -> Sequence[Sample]:
    return sample_messages(PERSON, comment="« Trop loin »\n<b>&", title="Employé de rayon — œuvre n° 1")


class ChannelContract:
    """All that the port `Channel` promises, each promise a test."""

    reaches: frozenset[AddresseeKind] = frozenset(AddresseeKind)
    """The kinds of addressee that the channel is for."""

    def open_channel(self, folder: Path) -> AbstractContextManager[OpenedChannel]:
        """A channel whose receiver has nothing yet, for one test; the folder is empty, and is the test's own."""
        raise NotImplementedError("say how a channel is opened")

    def open_broken(self, folder: Path) -> AbstractContextManager[Channel]:
        """A channel whose receiver can't be reached, or takes nothing."""
        del folder
        raise pytest.skip.Exception("no broken one is made")

    @pytest.fixture
    def opened(self, tmp_path: Path) -> Iterator[OpenedChannel]:
        """An opened channel."""
        with self.open_channel(tmp_path) as opened:
            yield opened

    def test_every_message_arrives_once_and_in_order(self, opened: OpenedChannel) -> None:
        """Of every event and to every addressee, whatever its texts hold, under its own id."""
        told = self._told()
        for message, content in told:
            opened.channel.deliver(message, content)
        expected = [message.id for message, _ in told]
        arrived = [*opened.arrived()]
        assert sorted(arrived) == sorted(expected)
        for stream in {(message.stream_kind, message.stream, message.to) for message, _ in told}:
            of = {each.id for each, _ in told if (each.stream_kind, each.stream, each.to) == stream}
            assert [each for each in arrived if each in of] == [each for each in expected if each in of]

    def test_a_message_that_comes_again_is_known_by_its_id(self, opened: OpenedChannel) -> None:
        """It arrives as the same, once more or in its own place; nothing else does."""
        for message, content in self._told()[:3] * 2:
            opened.channel.deliver(message, content)
        assert {*opened.arrived()} == {message.id for message, _ in self._told()[:3]}

    def test_several_threads_deliver_at_once(self, opened: OpenedChannel) -> None:
        """Each its own message, never another's."""
        first = {(each[0].stream_kind, each[0].stream, each[0].to): each for each in reversed(self._told())}
        with ThreadPoolExecutor(THREADS) as pool:
            list(pool.map(lambda each: opened.channel.deliver(*each), first.values()))
        assert sorted(opened.arrived()) == sorted(message.id for message, _ in first.values())

    def test_what_does_not_arrive_is_said(self, tmp_path: Path) -> None:
        """A failure is raised, and never swallowed."""
        with self.open_broken(tmp_path) as broken:
            for message, content in self._told()[:3]:
                with pytest.raises(Exception, match=r"(?s).*"):
                    broken.deliver(message, content)

    def _told(self) -> list[Sample]:
        return [each for each in _samples() if each[0].to.kind in self.reaches]
