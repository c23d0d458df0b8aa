"""What relays are tested with: a store whose streams have several messages, channels that note and fail, a judge."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import time, timedelta
from decimal import Decimal
from pathlib import Path
from threading import Lock

from attrs import define, field

from guarantees import ADVISER, NOW, PLATFORM, TRAINER, registering, workflow_on, workflow_with_session
from poec_workflow import Content, Message, Workflow, commands
from poec_workflow.ports import Storage
from poec_workflow.testing import SettableClock


def fill(storage: Storage, applications: int) -> list[Message]:
    """Take applications to a seat, and move their session: each stream has five messages to the candidate.

    Returns:
        All messages, in the order of sending.
    """
    workflow_with_session(storage, seats=applications, coefficient=2)
    workflow = workflow_on(storage)
    for number in range(1, applications + 1):
        reference = f"C-{number}"
        workflow.execute(registering(number), ADVISER)
        workflow.execute(commands.Convoke(reference, on=NOW.date()), TRAINER)
        workflow.execute(commands.MoveConvocation(reference, on=NOW.date(), time=time(14)), TRAINER)
        workflow.execute(commands.RecordPresence(reference), TRAINER) if number % 2 else None
    session = workflow.session("S-1")
    for weeks in (1, 2):
        dates = (session.start, session.end, session.registration_deadline, session.late_entry_deadline)
        start, end, closing, entry = (each + timedelta(weeks=weeks) for each in dates)
        moved = commands.RescheduleSession(
            "S-1", start=start, end=end, registration_deadline=closing, late_entry_deadline=entry
        )
        workflow.execute(moved, PLATFORM)
    for number in range(1, applications + 1, 2):
        workflow.execute(commands.Retain(f"C-{number}", entry=start, exit=end, weekly_hours=Decimal(35)), TRAINER)
    return [each.message for each in storage.outbox.queued()]


def at(storage: Storage, after: timedelta) -> Workflow:
    """A workflow whose clock stands still, a while after everything was stored."""
    return Workflow(storage, clock=SettableClock(NOW + after))


Fail = Callable[[Message, int], None]
"""Raises, or kills, at a message and the number of its delivery."""


def never(_message: Message, _number: int) -> None:
    """Let everything through."""


@define
class NotingChannel:
    """Notes each delivery in a file that survives its process, a line an id; may fail before it, or after."""

    file: Path
    before: Fail = never
    after: Fail = never
    _calls: int = field(init=False, default=0)
    _lock: Lock = field(init=False, factory=Lock)

    def deliver(self, message: Message, content: Content) -> None:
        """Note the message."""
        assert content.session is not None or content.expiring
        with self._lock:
            self._calls += 1
            number = self._calls
        self.before(message, number)
        handle = os.open(self.file, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        try:
            os.write(handle, f"{message.id}\n".encode())
        finally:
            os.close(handle)
        self.after(message, number)


def noted(file: Path) -> list[str]:
    """The ids that arrived, in their order."""
    return file.read_text().split() if file.exists() else []


def judge(arrived: Sequence[str], told: Iterable[Message]) -> int:
    """Assert that every message arrived, and none of a stream to an addressee before those before it.

    Returns:
        How many arrived once more.
    """
    by_id = {each.id: each for each in told}
    assert set(arrived) == set(by_id), f"{len(set(by_id) - set(arrived))} did not arrive"
    expected: dict[object, list[str]] = defaultdict(list)
    for each in by_id.values():
        expected[each.stream, each.to].append(each.id)
    places: dict[object, int] = defaultdict(int)
    for known in arrived:
        key = (by_id[known].stream, by_id[known].to)
        place = expected[key].index(known)
        assert place <= places[key], "one came before its predecessor"
        assert place >= places[key] - 1, "one came again after its successor"
        places[key] = max(places[key], place + 1)
    return len(arrived) - len(by_id)
