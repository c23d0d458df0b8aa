"""`LifecycleMachine`: commands in any order on a workflow, each step judged; failures come as a short journal."""

from __future__ import annotations

import unittest
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import datetime
from functools import cache, partial
from itertools import permutations
from pathlib import Path
from typing import Any, ClassVar

import hypothesis
from attrs import evolve
from hypothesis import HealthCheck, Phase
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from poec_workflow.adapters.memory import MemoryStorage
from poec_workflow.commands import Command, CreateSession, Request
from poec_workflow.decider import Accepted, Refused
from poec_workflow.machines import LIFECYCLES, Lifecycles
from poec_workflow.model import Actor
from poec_workflow.notices import NOTICES, Notices
from poec_workflow.policies.settings import Settings
from poec_workflow.ports import Storage
from poec_workflow.testing.journals import Lines, requests_of
from poec_workflow.testing.minimize import minimized
from poec_workflow.testing.reference import PROMISES, Promise
from poec_workflow.testing.reference.asked_promises import checked_promises
from poec_workflow.testing.scenario import PromiseBroken, Scenario, ScenarioSetup, Settable, Step
from poec_workflow.testing.settable_clock import SettableClock
from poec_workflow.testing.strategies.choice import chosen_by, seeds
from poec_workflow.testing.strategies.drawing_context import DrawingContext
from poec_workflow.testing.strategies.drawn_requests import next_step, proposal, proposal_of
from poec_workflow.testing.strategies.ways import WAYS
from poec_workflow.testing.strategies.weights import FAVOURITES

_EXAMPLE = hypothesis.settings(
    deadline=None,
    # They are drawn in little time.
    max_examples=2 * hypothesis.settings().max_examples,
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


def _world(machine: LifecycleMachine) -> DrawingContext:
    scenario = machine.scenario
    given = tuple(type(each.command) for each in scenario.steps if isinstance(each, Request))
    return DrawingContext(
        scenario.snapshot,
        scenario.now,
        machine.settings,
        favoured=machine.favoured,
        given=given,
        lifecycles=machine.lifecycles,
    )


class LifecycleMachine(RuleBasedStateMachine):
    """Commands in any order on a service's own workflow; subclass it, and collect its `TestCase`.

    Attributes:
        settings: the rules' settings.
        lifecycles: the tables, with a service's own rows if it has any.
        notices: who is told of what.
        promises: what must hold after every step; add a service's own.
        scenario: the workflow, what is stored, and the steps so far.

    >>> class Ours(LifecycleMachine):
    ...     settings = Settings(max_convocations=2)
    >>> TestOurs = Ours.TestCase
    """

    settings: ClassVar[Settings] = Settings()
    lifecycles: ClassVar[Lifecycles] = LIFECYCLES
    notices: ClassVar[Notices] = NOTICES
    promises: ClassVar[tuple[Promise, ...]] = PROMISES
    TestCase: Any = _TestCase()

    def __init_subclass__(cls, **more: Any) -> None:  # noqa: ANN401 - as any class
        """Check the promises when the class is made.

        Raises:
            Malformed: what is no function of the step, or has the name of another.
        """
        super().__init_subclass__(**more)
        cls.promises = checked_promises(cls.promises, "$.promises")

    def __init__(self) -> None:
        super().__init__()
        self.scenario = Scenario(self.scenario_setup())
        self.favoured: tuple[type[Command], ...] = ()
        self._seeds: list[bytes] = []
        self._way: list[type[Command]] = []

    def empty_storage(self, folder: Path) -> AbstractContextManager[Storage]:
        """Make a storage that holds nothing, for one example; the folder is empty, and is the example's own."""
        del folder
        return nullcontext(MemoryStorage())

    def clock_at(self, instant: datetime) -> Settable:
        """Make a clock that stands at an instant, and can be set."""
        return SettableClock(instant)

    @classmethod
    def scenario_setup(cls) -> ScenarioSetup:
        """Return what its scenarios are made of."""
        made = cls.__new__(cls)
        return ScenarioSetup(
            empty_storage=made.empty_storage,
            clock_at=made.clock_at,
            settings=cls.settings,
            promises=cls.promises,
            lifecycles=cls.lifecycles,
            notices=cls.notices,
        )

    @classmethod
    def replay(cls, journal: Lines) -> None:
        """Play a journal, and judge each line: one that a failure printed, or a season of the service's own.

        Raises:
            PromiseBroken: a promise does not hold.
        """
        with Scenario(cls.scenario_setup()) as scenario:
            scenario.play(requests_of(journal))

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
                _add_journal(each, cls.scenario_setup())
            raise

    def execute(self, command: Command, actor: Actor, **more: Any) -> Accepted | Refused:  # noqa: ANN401 - as `Request`
        """Execute a command now, and judge: for rules of a service's own."""
        with _steps_kept(self.scenario):
            return self.scenario.execute(Request(command=command, actor=actor, at=self.scenario.now, **more))

    @initialize(seed=seeds)
    def open_a_session(self, seed: bytes) -> None:
        """Create an action, publish it, and create a session: without them nothing can be done."""
        self._seeds.append(seed)
        choose = chosen_by(seed)
        self.favoured = choose(FAVOURITES)
        for _ in range(3):
            self._take(proposal(choose, _world(self)))
        self._way += choose(WAYS)

    @rule(seed=seeds)
    def go_on(self, seed: bytes) -> None:
        """Take a step: a command, or a sweep, now or later."""
        self._seeds.append(seed)
        choose, world = chosen_by(*self._seeds), _world(self)
        leading = proposal_of(choose, world, self._way.pop(0)) if self._way else None
        self._take(leading or next_step(choose, world, self.scenario.keyed))

    def _take(self, step: Step) -> None:
        with _steps_kept(self.scenario):
            self.scenario.play([step])

    def teardown(self) -> None:
        """Close the storage."""
        self.scenario.close()


@contextmanager
def _steps_kept(scenario: Scenario) -> Iterator[None]:
    """Whatever is raised within keeps the scenario's steps."""
    try:
        yield
    except Exception as error:
        error.poec_steps = tuple(scenario.steps)  # type: ignore[attr-defined]
        raise


def _failures(error: BaseException) -> Iterable[BaseException]:
    """Yield the failures that an exception is or holds."""
    if isinstance(error, BaseExceptionGroup):
        for each in error.exceptions:
            yield from _failures(each)
    elif hasattr(error, "poec_steps"):
        yield error


def _add_journal(error: Any, setup: ScenarioSetup) -> None:  # noqa: ANN401 - any exception that keeps steps
    """Note the shortest journal that fails in the same way, in the place of Hypothesis's long account of the steps."""

    def fails(steps: Sequence[Step]) -> bool:
        return _is_same(_failure(setup, steps)[0], error)

    if not fails(error.poec_steps):
        return
    _, journal = _failure(setup, minimized(error.poec_steps, fails, partial(_simpler, settings=setup.settings)))
    error.poec_journal = journal
    error.__notes__ = [f"The shortest journal that was found ({len(journal)} lines):\n" + "\n".join(journal)]


def _simpler(steps: Sequence[Step], *, settings: Settings) -> Iterable[Sequence[Step]]:
    """Yield the steps with one of them simpler, and with one actor less."""
    for index, step in enumerate(steps):
        for simpler in _simpler_steps(step, settings):
            yield [*steps[:index], simpler, *steps[index + 1 :]]
    for actor, other in permutations({each.actor: None for each in steps if isinstance(each, Request)}, 2):
        yield [
            evolve(each, actor=other) if isinstance(each, Request) and each.actor == actor else each for each in steps
        ]


def _simpler_steps(step: Step, settings: Settings) -> Iterable[Step]:
    """Yield the step with the settings' own offset, and a session of fewer seats, which fewer candidates fill."""
    at = step.at.astimezone(settings.zone) if step.at else None
    if step.at and at and at.utcoffset() != step.at.utcoffset():
        yield evolve(step, at=at)
    if isinstance(step, Request) and isinstance(step.command, CreateSession):
        small: dict[str, Any] = {"capacity": 1, "coefficient": settings.coefficient_min, "minimum_headcount": 0}
        smaller = evolve(step, command=evolve(step.command, **small))
        if smaller != step:
            yield smaller


def _failure(setup: ScenarioSetup, steps: Sequence[Step]) -> tuple[Exception | None, tuple[str, ...]]:
    """Return what fails when steps are taken again, and the lines that lead there."""
    with Scenario(setup) as scenario:
        try:
            scenario.play(steps)
        except Exception as error:  # noqa: BLE001 - whatever an adapter raises is a failure to report
            return error, scenario.journal
        return None, scenario.journal


def _is_same(found: Exception | None, known: Exception) -> bool:
    if isinstance(known, PromiseBroken):
        return type(found) is type(known) and found.promise == known.promise
    return type(found) is type(known)
