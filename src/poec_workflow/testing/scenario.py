"""A workflow on trial: each step is executed, judged, and kept as a line of a journal."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol, Self

from attrs import evolve, frozen

from poec_workflow.commands import Expire, Request
from poec_workflow.decider import Accepted, Refused
from poec_workflow.events import Position
from poec_workflow.model import SYSTEM
from poec_workflow.policies.settings import Settings
from poec_workflow.ports import Clock, Delivery, Storage
from poec_workflow.testing.journals import to_line
from poec_workflow.testing.reference import PROMISES, Moment, Promise, Snapshot
from poec_workflow.workflow import Workflow

BEGINNING = datetime.fromisoformat("2021-11-02T09:00:00+01:00")
"""When every trial begins."""


class Settable(Clock, Protocol):
    """A clock that says what it was told."""

    def set(self, instant: datetime) -> None:
        """From now on it is this instant."""
        ...


@frozen
class Sweep:
    """A step that is no command: the sweep."""

    at: datetime


Step = Request | Sweep
"""What a trial does: a command with its instant, or a sweep."""


@frozen(kw_only=True)
class Ground:
    """What trials are made of: the same for every one, so that a journal can be tried again.

    Attributes:
        empty_storage: a storage that holds nothing, for one trial; the folder is the trial's own.
        clock_at: a clock that stands at an instant.
        settings: the rules' settings.
        promises: what must hold after every step.
    """

    empty_storage: Callable[[Path], AbstractContextManager[Storage]]
    clock_at: Callable[[datetime], Settable]
    settings: Settings
    promises: tuple[Promise, ...] = PROMISES


class PromiseBroken(AssertionError):
    """A promise does not hold.

    Attributes:
        promise: its name.
        journal: the lines that lead there, the last one included.
    """

    def __init__(self, promise: str, contradictions: Sequence[str], journal: Sequence[str]) -> None:
        self.promise = promise
        self.contradictions = tuple(contradictions)
        self.journal = tuple(journal)
        super().__init__(f"{promise}: " + "; ".join(self.contradictions))


class Trial:
    """One workflow, from an empty storage on; every step is judged as it is made.

    Attributes:
        steps: what was done so far.
        snapshot: what is stored now.
        now: the instant of the latest step.
    """

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._open = ExitStack()
        folder = self._open.enter_context(TemporaryDirectory(prefix="poec-"))
        self.storage = self._open.enter_context(ground.empty_storage(Path(folder)))
        self.clock = ground.clock_at(BEGINNING)
        self.workflow = Workflow(self.storage, clock=self.clock, settings=ground.settings)
        self.steps: list[Step] = []
        self.now = BEGINNING
        self.snapshot = Snapshot.of(self.storage)
        self._answered: dict[str, Request] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let the storage and its folder go."""
        self._open.close()

    @property
    def keyed(self) -> tuple[Request, ...]:
        """The accepted requests that carried a key."""
        return tuple(self._answered.values())

    @property
    def journal(self) -> tuple[str, ...]:
        """What was done so far, in the wire format; a sweep as the `expire` of each that it expired."""
        return tuple(to_line(each) for each in self._requests())

    def execute(self, request: Request) -> Accepted | Refused:
        """Carry out a request at its own instant, after `preview` had its say, and judge.

        Raises:
            PromiseBroken: a promise does not hold.
        """
        self._begin(request, request.at)
        asked = evolve(request, at=None)
        simple = request.key is None and request.expected_version is None
        foretold = self.workflow.preview(request.command, request.actor) if simple else None
        answer = self.workflow.submit(asked)
        answered = request.key in self._answered
        if isinstance(answer, Accepted) and request.key is not None:
            self._answered.setdefault(request.key, request)
        self._judge(request=request, answer=answer, foretold=foretold, answered=answered)
        return answer

    def sweep(self, at: datetime) -> tuple[str, ...]:
        """Sweep at an instant, and judge.

        Raises:
            PromiseBroken: a promise does not hold.
        """
        self._begin(Sweep(at), at)
        swept = self.workflow.sweep().expired
        self._judge(swept=swept)
        return swept

    def do(self, step: Step) -> Accepted | Refused | None:
        """A command, and its answer; or a sweep.

        Raises:
            PromiseBroken: a promise does not hold.
        """
        if isinstance(step, Request):
            return self.execute(step)
        self.sweep(step.at)
        return None

    def play(self, steps: Iterable[Step]) -> None:
        """All of these, in order.

        Raises:
            PromiseBroken: a promise does not hold.
        """
        for each in steps:
            self.do(each)

    def _begin(self, step: Step, at: datetime | None) -> None:
        self.now = at or self.now
        self.clock.set(self.now)
        self.steps.append(step if step.at else evolve(step, at=self.now))

    def _judge(self, **happened: object) -> None:
        before, self.snapshot = self.snapshot, Snapshot.of(self.storage)
        sent = self._sent()
        moment = Moment(
            before=before,
            after=self.snapshot,
            now=self.now,
            settings=self._ground.settings,
            sent=sent,
            **happened,  # type: ignore[arg-type]
        )
        for promise in self._ground.promises:
            contradictions = tuple(promise(moment))
            if contradictions:
                raise PromiseBroken(promise.__name__.replace("_", "-"), contradictions, self.journal)

    def _sent(self) -> tuple[Position, ...]:
        """All that waits to be sent, taken out."""
        sent: list[Position] = []
        outbox = self.storage.outbox
        while claimed := outbox.claim(limit=1_000, now=self.now, lease=timedelta(minutes=1)):
            for each in claimed:
                outbox.settle(each, Delivery.SENT)
            sent.extend(claimed)
        return tuple(sent)

    def _requests(self) -> Iterable[Request]:
        for each in self.steps:
            if isinstance(each, Request):
                yield each
            else:
                yield from (Request(Expire(one), SYSTEM, at=each.at) for one in self._swept_at(each.at))

    def _swept_at(self, at: datetime) -> list[str]:
        """Whom a sweep at an instant expired, as the histories have it."""
        return [
            reference
            for (_, reference), history in self.snapshot.histories.items()
            if any(each.recorded_at == at and each.command == Expire.type for each in history)
        ]
