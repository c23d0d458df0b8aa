"""Those who use the workflow while its primaries die: writers, a sweep, a relay, each a process with its own storage.

Each notes what it was told, line by line, in a file that survives it.
"""

from __future__ import annotations

import json
import logging
import os
import signal
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from multiprocessing.synchronize import Event, Semaphore
from pathlib import Path
from time import monotonic
from typing import Any

from attrs import define, evolve, field, frozen

from guarantees import ADVISER, NOW, PLATFORM, TRAINER, registering, retaining, workflow_on
from poec_workflow import (
    Accepted,
    Actor,
    Backoff,
    Conflict,
    Content,
    Message,
    Relay,
    Request,
    StorageUnavailable,
    Workflow,
)
from poec_workflow.adapters.sql import SqlStorage, driver_transaction
from poec_workflow.adapters.sql.losses import LostBeforeCommit
from poec_workflow.commands import Command, CreateSession, SetCapacity
from poec_workflow.decider import Refused
from poec_workflow.testing import SettableClock
from poec_workflow.testing.contracts.fixtures import opening

WRITERS = 4
SEATS, COEFFICIENT, EACH = 4, 3, 6
"""Of each session; and how many candidates each writer has for it: more than there is room for."""
LATE = timedelta(days=40)
"""How late the sweep's clock is: some sessions are over then, and others not."""
_PACE, _AGAIN, _SWEEPS = 0.04, 0.1, 0.5
_TYPED = (StorageUnavailable, Conflict)
RESENDING = "resend"
"""A planted fault: a commit whose outcome is unknown is carried out again."""


@frozen
class Signals:
    """What the processes tell one another."""

    stop: Event
    acknowledged: Semaphore


class Untyped(Exception):
    """A client saw an error that is none of the two that it may see."""


def own_session(writer: int) -> str:
    """The session that one writer alone changes, without keys."""
    return f"W-{writer}"


def _short(reference: str) -> CreateSession:
    """A session that is over by the sweep's clock."""
    day = NOW.date()
    return evolve(
        opening(reference, seats=SEATS, coefficient=COEFFICIENT),
        start=day,
        end=day + timedelta(days=2),
        registration_deadline=day + timedelta(days=1),
        late_entry_deadline=day + timedelta(days=2),
    )


def _asked(writer: int) -> Iterator[tuple[Command, Actor]]:
    """Candidates of a writer's own, on sessions that all compete for; every third session ends soon."""
    yield opening(own_session(writer), seats=1, coefficient=2), PLATFORM
    number = 0
    while True:
        reference = f"S-{number // EACH}"
        short = number // EACH % 3 == 2
        if number % EACH == 0:
            opened = _short(reference) if short else opening(reference, seats=SEATS, coefficient=COEFFICIENT)
            yield opened, PLATFORM
        candidate = writer * 1_000_000 + number
        yield registering(candidate, reference), ADVISER
        for command in retaining(candidate)[: number % 3 if short else 3]:
            yield command, TRAINER
        number += 1


@define
class Writer:
    """Sends each command until it is answered, and notes the answer before it sends the next.

    Attributes:
        keyless: how many commands without a key follow each one with a key; 0 is one after every fourth.
        version: of the writer's own session, as last acknowledged.
        unknown: how many commands have been sent to it since then whose outcome is not known.
        seen: the errors since the last acknowledgement.
    """

    workflow: Workflow
    number: int
    note: Callable[[dict[str, Any]], None]
    signals: Signals
    keyless: int = 0
    version: int = 1
    unknown: int = 0
    seen: Counter[str] = field(factory=Counter)

    def work(self) -> None:
        """Until it is told to stop."""
        for number, (command, actor) in enumerate(_asked(self.number)):
            if self.signals.stop.is_set():
                return
            self._with_key(command, actor, f"{self.number}-{number}")
            for each in range(self.keyless or number % 4 == 3):
                self._without_key(SetCapacity(own_session(self.number), capacity=1 + (number + each) % 7))
            self.signals.stop.wait(_PACE)

    def _with_key(self, command: Command, actor: Actor, key: str) -> None:
        answer = None
        while answer is None:
            answer = self._tried(Request(command=command, actor=actor, key=key))
            if answer is None:
                self.signals.stop.wait(_AGAIN)
        if isinstance(answer, Refused):
            self.note({"refused": [each.code for each in answer.refusals]})
            return
        subject = answer.subject
        self._acknowledge(
            {
                "key": key,
                "at": [subject.subject_kind, subject.reference, subject.version],
                "state": subject.state,
                "replayed": answer.replayed,
            }
        )

    def _without_key(self, command: Command) -> None:
        """Sent once: where the outcome is unknown, the next answer's version says how often it was carried out."""
        answer = self._tried(Request(command=command, actor=PLATFORM))
        if not isinstance(answer, Accepted):
            self.unknown += answer is None
            return
        most, version = self.version + 1 + self.unknown, answer.subject.version
        self._acknowledge({"own": self.number, "version": version, "most": most, "after": self.version})
        self.version, self.unknown = version, 0

    def _tried(self, request: Request) -> Accepted | Refused | None:
        try:
            return self.workflow.submit(request)
        except _TYPED as error:
            if type(error) not in _TYPED:
                raise Untyped(type(error).__name__) from error
            self.seen[f"{type(error).__name__}: {_kind(error)}"] += 1
        return None

    def _acknowledge(self, noted: dict[str, Any]) -> None:
        self.note({**noted, "time": monotonic(), "errors": self.seen})
        self.seen.clear()
        self.signals.acknowledged.release()


def _kind(error: Exception) -> str:
    """What an error is about, without what differs each time."""
    text = str(error)
    known = ("nobody knows whether", "can't be reached", "not known to be on its standby", "is silent", "read-only")
    return next((each for each in known if each in text), "lost before the commit" if "can't be used" in text else text)


def write(url: str, number: int, log: Path, signals: Signals, plant: str | None) -> None:
    """One writer."""
    _be_a_client(plant)
    # So that one of the few commits that a death meets is without a key.
    keyless = 3 if plant == RESENDING else 0
    with SqlStorage.open(url) as storage:
        _noting_failures(log, lambda note: Writer(workflow_on(storage), number, note, signals, keyless).work())


def sweep(url: str, log: Path, signals: Signals) -> None:
    """One sweep after the other."""
    _be_a_client(None)

    def work(note: Callable[[dict[str, Any]], None]) -> None:
        with SqlStorage.open(url) as storage:
            workflow = Workflow(storage, clock=SettableClock(NOW + LATE))
            while not signals.stop.is_set():
                try:
                    note({"expired": len(workflow.sweep().expired)})
                except _TYPED as error:
                    note({"error": type(error).__name__})
                signals.stop.wait(_SWEEPS)

    _noting_failures(log, work)


class RunningClock:
    """Goes on from the writers' moment: leases end."""

    def __init__(self) -> None:
        self._began = monotonic()

    def now(self) -> datetime:
        """The moment."""
        return NOW + timedelta(seconds=monotonic() - self._began)


@frozen
class NotingDeliveries:
    """A channel that notes what arrives."""

    note: Callable[[dict[str, Any]], None]

    def deliver(self, message: Message, content: Content) -> None:
        """Note it."""
        del content
        about = message.about
        self.note(
            {
                "id": message.id,
                "about": [about.kind, about.reference, about.version],
                "stream": [message.stream_kind, message.stream],
                "to": [message.to.kind, message.to.reference],
            }
        )


def relay(url: str, log: Path, stop: Event) -> None:
    """One relay, which is told to stop when nothing waits any more."""
    _be_a_client(None)

    def work(note: Callable[[dict[str, Any]], None]) -> None:
        with SqlStorage.open(url) as storage:
            Relay(
                Workflow(storage, clock=RunningClock()),
                NotingDeliveries(note),
                workers=2,
                lease=timedelta(seconds=8),
                backoff=Backoff(first=timedelta(), rest=timedelta(), attempts=1_000),
                poll=0.2,
            ).run(stop)  # type: ignore[arg-type]

    _noting_failures(log, work)


def _be_a_client(plant: str | None) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the campaign ends its processes
    logging.disable()
    if plant == RESENDING:
        vars(driver_transaction)["unknown_outcome"] = lambda error: LostBeforeCommit(str(error))


def _noting_failures(log: Path, work: Callable[[Callable[[dict[str, Any]], None]], None]) -> None:
    """Do work that notes; what it raises is noted too."""
    handle = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def note(noted: dict[str, Any]) -> None:
        # One write a line, for the relay has several threads.
        os.write(handle, (json.dumps(noted, default=str) + "\n").encode())

    try:
        work(note)
    except BaseException:
        note({"untyped": traceback.format_exc()})
        raise
    finally:
        os.close(handle)
