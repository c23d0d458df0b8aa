"""`LifecycleMachine`: commands in any order on a workflow, each step judged; what fails is told as a short journal."""

from __future__ import annotations

import unittest
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from functools import cache, partial
from pathlib import Path
from typing import Any, ClassVar

import hypothesis
from attrs import evolve
from hypothesis import HealthCheck, Phase
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from poec_workflow.adapters.memory import MemoryStorage
from poec_workflow.commands import Command, CreateSession, Request
from poec_workflow.decider import Accepted, Refused
from poec_workflow.model import Actor
from poec_workflow.policies.settings import Settings
from poec_workflow.ports import Storage
from poec_workflow.testing.journals import Lines, requests_of
from poec_workflow.testing.minimize import simplified
from poec_workflow.testing.reference import PROMISES, Promise
from poec_workflow.testing.scenario import Ground, PromiseBroken, Settable, Step, Trial
from poec_workflow.testing.settable_clock import SettableClock
from poec_workflow.testing.strategies.drawn_requests import proposals, steps
from poec_workflow.testing.strategies.known_subjects import World
from poec_workflow.testing.strategies.weights import FAVOURITES

_EXAMPLE = hypothesis.settings(
    deadline=None,
    stateful_step_count=40,
    suppress_health_check=list(HealthCheck),
    # Shortening the journal takes seconds, where shrinking the choices that led to it takes minutes.
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)


class _TestCase:
    """`Machine.TestCase`: what pytest and unittest collect; one class for each machine."""

    def __get__(self, machine: object, kind: type[LifecycleMachine]) -> type[unittest.TestCase]:
        return _test_case(kind)


@cache
def _test_case(machine: type[LifecycleMachine]) -> type[unittest.TestCase]:
    class MachineTestCase(unittest.TestCase):
        settings = _EXAMPLE

        def runTest(self) -> None:  # noqa: N802 - unittest's name
            machine.check(self.settings)

        runTest.is_hypothesis_test = True  # type: ignore[attr-defined]

    MachineTestCase.__name__ = MachineTestCase.__qualname__ = f"{machine.__name__}.TestCase"
    MachineTestCase.__module__ = machine.__module__
    return MachineTestCase


def _world(machine: LifecycleMachine) -> World:
    return World(machine.trial.snapshot, machine.trial.now, machine.settings, favoured=machine.favoured)


_next = st.runner().flatmap(lambda machine: steps(_world(machine), machine.trial.keyed))


class LifecycleMachine(RuleBasedStateMachine):
    """Commands in any order on a service's own workflow; subclass it, and collect its `TestCase`.

    Attributes:
        settings: the rules' settings.
        promises: what must hold after every step; add a service's own.
        trial: the workflow, what is stored, and what was done so far.

    >>> class Ours(LifecycleMachine):
    ...     settings = Settings(max_convocations=2)
    >>> TestOurs = Ours.TestCase
    """

    settings: ClassVar[Settings] = Settings()
    promises: ClassVar[tuple[Promise, ...]] = PROMISES
    TestCase: Any = _TestCase()

    def __init__(self) -> None:
        super().__init__()
        self.trial = Trial(self.ground())
        self.favoured: tuple[type[Command], ...] = ()

    def empty_storage(self, folder: Path) -> AbstractContextManager[Storage]:
        """A storage that holds nothing yet, for one example; the folder is empty, and is the example's own."""
        del folder
        return nullcontext(MemoryStorage())

    def clock_at(self, instant: datetime) -> Settable:
        """A clock that stands at an instant, and can be set."""
        return SettableClock(instant)

    @classmethod
    def ground(cls) -> Ground:
        """What its trials are made of."""
        made = cls.__new__(cls)
        return Ground(
            empty_storage=made.empty_storage, clock_at=made.clock_at, settings=cls.settings, promises=cls.promises
        )

    @classmethod
    def replay(cls, journal: Lines) -> None:
        """A journal, line by line, judged after each: what a failure printed, or a season of the service's own.

        Raises:
            PromiseBroken: a promise does not hold.
        """
        with Trial(cls.ground()) as trial:
            trial.play(requests_of(journal))

    @classmethod
    def check(cls, settings: hypothesis.settings | None = None) -> None:
        """Run it; what fails carries a note with the shortest journal that was found.

        Raises:
            PromiseBroken: a promise does not hold.
        """
        try:
            run_state_machine_as_test(cls, settings=settings or cls.TestCase.settings)
        except Exception as error:
            for each in _failures(error):
                _tell(each, cls.ground())
            raise

    def execute(self, command: Command, actor: Actor, **more: Any) -> Accepted | Refused:  # noqa: ANN401 - as `Request`
        """Carry out a command now, and judge: for rules of a service's own."""
        with _Carried(self.trial):
            return self.trial.execute(Request(command=command, actor=actor, at=self.trial.now, **more))

    @initialize(favoured=st.sampled_from(FAVOURITES), data=st.data())
    def found(self, favoured: tuple[type[Command], ...], data: st.DataObject) -> None:
        """An action, published, and a session of it: without them nothing can be done."""
        self.favoured = favoured
        for _ in range(3):
            self._do(data.draw(proposals(_world(self))))

    @rule(step=_next)
    def go_on(self, step: Step) -> None:
        """A command, or a sweep, now or later."""
        self._do(step)

    def teardown(self) -> None:
        """Let the storage go."""
        self.trial.close()

    def _do(self, step: Step) -> Accepted | Refused | None:
        with _Carried(self.trial):
            return self.trial.do(step)


class _Carried:
    """Whatever is raised within carries the trial's steps."""

    def __init__(self, trial: Trial) -> None:
        self._trial = trial

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, Exception):
            error.poec_steps = tuple(self._trial.steps)  # type: ignore[attr-defined]


def _failures(error: BaseException) -> Iterable[BaseException]:
    """The failures that an exception is or holds."""
    if isinstance(error, BaseExceptionGroup):
        for each in error.exceptions:
            yield from _failures(each)
    elif hasattr(error, "poec_steps"):
        yield error


def _tell(error: Any, ground: Ground) -> None:  # noqa: ANN401 - any exception that carries steps
    """Note the shortest journal that fails in the same way, in the place of Hypothesis's long account of the steps."""

    def fails(steps: Sequence[Step]) -> bool:
        return _same(_failure(ground, steps)[0], error)

    if not fails(error.poec_steps):
        return
    _, journal = _failure(ground, simplified(error.poec_steps, fails, partial(_simpler, settings=ground.settings)))
    error.poec_journal = journal
    error.__notes__ = [f"The shortest journal that was found ({len(journal)} lines):\n" + "\n".join(journal)]


def _simpler(step: Step, *, settings: Settings) -> Iterable[Step]:
    """A session of fewer seats, which takes fewer candidates to fill."""
    if isinstance(step, Request) and isinstance(step.command, CreateSession):
        small: dict[str, Any] = {"capacity": 1, "coefficient": settings.coefficient_min, "minimum_headcount": 0}
        smaller = evolve(step, command=evolve(step.command, **small))
        if smaller != step:
            yield smaller


def _failure(ground: Ground, steps: Sequence[Step]) -> tuple[Exception | None, tuple[str, ...]]:
    """What fails when these steps are done again, and the lines that lead there."""
    with Trial(ground) as trial:
        try:
            trial.play(steps)
        except Exception as error:  # noqa: BLE001 - whatever an adapter raises is a failure to be told
            return error, trial.journal
        return None, trial.journal


def _same(found: Exception | None, told: Exception) -> bool:
    if isinstance(told, PromiseBroken):
        return isinstance(found, PromiseBroken) and found.promise == told.promise
    return type(found) is type(told)
