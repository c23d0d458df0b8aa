"""A scenario: a workflow from an empty storage on, each step executed, judged, and kept as a line of a journal."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, ExitStack
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol

from attrs import evolve, frozen

from poec_workflow.commands import Expire, Request
from poec_workflow.decider import Accepted, Refused
from poec_workflow.machines import LIFECYCLES, Lifecycles
from poec_workflow.messages import Message
from poec_workflow.model import SYSTEM
from poec_workflow.notices import NOTICES, Notices
from poec_workflow.policies.settings import Settings
from poec_workflow.ports import Clock, Storage
from poec_workflow.testing.emptied_outbox import emptied
from poec_workflow.testing.journals import to_line
from poec_workflow.testing.reference import PROMISES, ObservedStep, Promise, Snapshot
from poec_workflow.testing.reference.asked_promises import PromiseRaisedError, contradictions_of, name_of
from poec_workflow.workflow import Workflow

BEGINNING = datetime.fromisoformat("2021-11-02T09:00:00+01:00")
"""The instant at which every scenario begins."""


class Settable(Clock, Protocol):
    """A clock that can be set."""

    def set(self, instant: datetime) -> None:
        """Set it to an instant."""
        ...


@frozen
class Sweep:
    """A step that is no command: the sweep."""

    at: datetime


Step = Request | Sweep
"""A step to take: a command with its instant, or a sweep."""


@frozen(kw_only=True)
class ScenarioSetup:
    """What scenarios are made of: the same for each, so that a journal can be played again.

    Attributes:
        empty_storage: makes a storage that holds nothing; the folder is the scenario's own.
        clock_at: makes a clock that stands at an instant.
        settings: the rules' settings.
        promises: what must hold after every step.
        lifecycles: the tables, with a service's own rows if it has any.
    """

    empty_storage: Callable[[Path], AbstractContextManager[Storage]]
    clock_at: Callable[[datetime], Settable]
    settings: Settings
    promises: tuple[Promise, ...] = PROMISES
    lifecycles: Lifecycles = LIFECYCLES
    notices: Notices = NOTICES


class PromiseBroken(AssertionError):
    """A promise does not hold.

    Attributes:
        promise: its name.
        journal: the lines that lead there, the last one included.
        poec_journal: the shortest journal that was found; only where `LifecycleMachine.check` raises it.
    """

    poec_journal: tuple[str, ...]

    def __init__(self, promise: str, contradictions: Sequence[str], journal: Sequence[str]) -> None:
        self.promise = promise
        self.contradictions = tuple(contradictions)
        self.journal = tuple(journal)
        super().__init__(f"{promise}: " + "; ".join(self.contradictions))


class PromiseRaised(PromiseBroken):
    """A promise raised itself, so that nothing is known of what it says; `__cause__` has the exception."""


class Scenario(ExitStack):
    """One workflow, from an empty storage on; every step is judged as it is taken.

    Each method that takes a step raises `PromiseBroken` where a promise does not hold.

    Attributes:
        steps: the steps so far.
        snapshot: what is stored now.
        now: the instant of the latest step.
    """

    def __init__(self, setup: ScenarioSetup) -> None:
        super().__init__()
        self._setup = setup
        folder = self.enter_context(TemporaryDirectory(prefix="poec-"))
        self.storage = self.enter_context(setup.empty_storage(Path(folder)))
        self.clock = setup.clock_at(BEGINNING)
        self.workflow = Workflow(
            self.storage,
            clock=self.clock,
            settings=setup.settings,
            lifecycles=setup.lifecycles,
            notices=setup.notices,
        )
        self.steps: list[Step] = []
        self.now = BEGINNING
        self.snapshot = Snapshot.of(self.storage)
        self._keyed: dict[str, Request] = {}

    @property
    def keyed(self) -> tuple[Request, ...]:
        """The accepted requests that carried a key."""
        return tuple(self._keyed.values())

    @property
    def journal(self) -> tuple[str, ...]:
        """The steps so far, in the wire format; a sweep as the `expire` of each application that it expired."""
        return tuple(to_line(each) for each in self._requests())

    def execute(self, request: Request) -> Accepted | Refused:
        """Execute a request at its own instant; one without key and version is previewed first."""
        self._begin(request)
        simple = request.key is None and request.expected_version is None
        previewed = self._previewed(request) if simple else None
        answer = self.workflow.submit(evolve(request, at=None))
        key_used = request.key in self._keyed
        if isinstance(answer, Accepted) and request.key is not None:
            self._keyed.setdefault(request.key, request)
        self._judge(request=request, answer=answer, previewed=previewed, key_used=key_used)
        return answer

    def sweep(self, at: datetime) -> tuple[str, ...]:
        """Sweep at an instant, and return the references that expired."""
        self._begin(Sweep(at))
        swept = self.workflow.sweep().expired
        self._judge(swept=swept)
        return swept

    def play(self, steps: Iterable[Step]) -> Accepted | Refused | None:
        """Take some steps, in order, and return the answer to the last one; None for a sweep."""
        answer = None
        for each in steps:
            if isinstance(each, Request):
                answer = self.execute(each)
            else:
                answer = None
                self.sweep(each.at)
        return answer

    def _begin(self, step: Step) -> None:
        self.now = step.at or self.now
        self.clock.set(self.now)
        self.steps.append(evolve(step, at=self.now))

    def _previewed(self, request: Request) -> Accepted | Refused:
        """Preview at the same instant in the settings' zone: no answer may depend on the offset of the clock."""
        self.clock.set(self.now.astimezone(self._setup.settings.zone))
        answer = self.workflow.preview(request.command, request.actor)
        self.clock.set(self.now)
        return answer

    def _judge(self, **observed: Any) -> None:  # noqa: ANN401 - fields of a step
        before, self.snapshot = self.snapshot, Snapshot.of(self.storage)
        step = ObservedStep(
            before=before,
            after=self.snapshot,
            now=self.now,
            settings=self._setup.settings,
            lifecycles=self._setup.lifecycles,
            notices=self._setup.notices,
            sent=self._sent(),
            **observed,
        )
        for promise in self._setup.promises:
            try:
                contradictions = contradictions_of(promise, step)
            except PromiseRaisedError as error:
                raise PromiseRaised(name_of(promise), [str(error)], self.journal) from error.__cause__
            if contradictions:
                raise PromiseBroken(name_of(promise), contradictions, self.journal)

    def _sent(self) -> tuple[Message, ...]:
        """Take everything out of the outbox."""
        return tuple(emptied(self.storage.outbox, self.now))

    def _requests(self) -> Iterable[Request]:
        for each in self.steps:
            if isinstance(each, Request):
                yield each
            else:
                yield from (Request(Expire(one), SYSTEM, at=each.at) for one in self._swept_at(each.at))

    def _swept_at(self, at: datetime) -> list[str]:
        """List whom a sweep at an instant expired, as the histories have it."""
        return [
            reference
            for (_, reference), history in self.snapshot.histories.items()
            if any(each.recorded_at == at and each.command == Expire.type for each in history)
        ]
