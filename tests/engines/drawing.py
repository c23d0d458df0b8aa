"""Traces: commands with the verdicts of the conditions, drawn over a lifecycle's table, and where ours goes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import product
from random import Random
from typing import Any

from attrs import evolve, frozen

from poec_workflow import ApplicationState, Facts, SubjectKind
from poec_workflow.commands import Command, RecordAbsence
from poec_workflow.machines import Lifecycle
from poec_workflow.machines.executor import NOTHING
from poec_workflow.model import SYSTEM, Application, State, Subject
from world import ACTION, SAMPLES, SESSION, application, facts

LONGEST = 20
STRAYING = 0.3
"""How often a command is drawn that the table does not have in the state."""
ENDING = 8
"""How much rarer a command is that ends the lifecycle."""
AFTERWARDS = 2
"""How many commands a subject is still sent when its lifecycle has ended."""

SUBJECTS: dict[SubjectKind, Subject] = {
    SubjectKind.APPLICATION: application(),
    SubjectKind.SESSION: SESSION,
    SubjectKind.ACTION: ACTION,
}
ONE = application(ApplicationState.CONVOKED).convocations
KNOWN = facts(SYSTEM)


@frozen
class Step:
    """A command, and what each condition of the table says meanwhile."""

    command: str
    verdicts: dict[str, bool]


Trace = list[Step]
Way = list[tuple[str, str | None]]
"""The state after each step of a trace, and the row that led there; None where the table has none."""
Cell = tuple[str, str, tuple[tuple[str, bool], ...]]
"""A state, a command, and the verdicts that choose among its rows."""


def conditions(lifecycle: Lifecycle) -> list[str]:
    """The names of the conditions that choose rows."""
    return sorted({atom.name for rule in lifecycle.steps for atom in rule.given})


def after(lifecycle: Lifecycle, state: str, step: Step) -> tuple[str, str | None]:
    """Where our executor goes, by which row: the table's own conditions are asked, where they say the verdicts."""
    subject, known, command = _situation(lifecycle, state, step)
    for rule in lifecycle.rows(subject.state if subject else None, type(command)):
        for atom in rule.given:
            assert (atom.holds(subject, known, command) is atom.expected) is step.verdicts[atom.name], atom
    taken = lifecycle.executor.choose(subject, known, command)
    return (state, None) if taken is None else (taken.targets[subject.state if subject else None].value, taken.id)


def ours(lifecycle: Lifecycle, trace: Trace) -> Way:
    """Our executor's way along a trace."""
    went: Way = []
    for step in trace:
        went.append(after(lifecycle, went[-1][0] if went else NOTHING, step))
    return went


def drawn(lifecycle: Lifecycle, count: int, seed: int) -> Iterator[Trace]:
    """Traces that go deep, and stray: most commands are of the state, fewer of them end the lifecycle."""
    random = Random(seed)  # noqa: S311 - a seed, not a secret
    names = conditions(lifecycle)
    for _ in range(count):
        trace: Trace = []
        state, left = NOTHING, random.randint(1, LONGEST)
        while left:
            step = Step(_command(lifecycle, state, random), {name: random.random() < 0.5 for name in names})
            trace.append(step)
            state, _ = after(lifecycle, state, step)
            left = min(left - 1, AFTERWARDS) if state in lifecycle.final and left > AFTERWARDS else left - 1
        yield trace


def cells(lifecycle: Lifecycle, traces: Iterable[Trace]) -> set[Cell]:
    """What the traces came by."""
    return {
        _cell(lifecycle, state, step)
        for trace in traces
        for (state, _), step in zip([(NOTHING, None), *ours(lifecycle, trace)], trace, strict=False)
    }


def every_cell(lifecycle: Lifecycle) -> set[Cell]:
    """All that there is to come by: each state with each command, under each truth of its conditions."""
    names = conditions(lifecycle)
    return {
        _cell(lifecycle, state, Step(command.type, dict(zip(names, values, strict=True))))
        for state in (NOTHING, *lifecycle.states)
        for command in lifecycle.step_commands
        for values in product((True, False), repeat=len(names))
    }


def covering(lifecycle: Lifecycle, traces: Iterable[Trace]) -> list[Trace]:
    """The few traces that each came by something new."""
    kept: list[Trace] = []
    seen: set[Cell] = set()
    for trace in traces:
        if new := cells(lifecycle, [trace]) - seen:
            kept.append(trace)
            seen |= new
    return kept


def _command(lifecycle: Lifecycle, state: str, random: Random) -> str:
    accepted = [each for each in lifecycle.commands(_state(lifecycle, state)) if each in lifecycle.step_commands]
    others = [each for each in lifecycle.step_commands if each not in accepted]
    if not accepted or random.random() < STRAYING:
        return random.choice(others).type
    ending = [all(rule.target in lifecycle.final for rule in lifecycle.by_command[each]) for each in accepted]
    return random.choices(accepted, [1 if each else ENDING for each in ending])[0].type


def _cell(lifecycle: Lifecycle, state: str, step: Step) -> Cell:
    rows = lifecycle.rows(_state(lifecycle, state), type(SAMPLES[step.command]))
    asked = sorted({atom.name for rule in rows for atom in rule.given})
    return state, step.command, tuple((name, step.verdicts[name]) for name in asked)


def _situation(lifecycle: Lifecycle, state: str, step: Step) -> tuple[Subject | None, Facts, Command]:
    command = SAMPLES[step.command]
    if isinstance(command, RecordAbsence):
        command = evolve(command, notified=step.verdicts["gave-notice"])
    if state == NOTHING:
        return None, KNOWN, command
    now: Any = _state(lifecycle, state)
    subject = evolve(SUBJECTS[lifecycle.kind], state=now)
    if isinstance(subject, Application):
        used = 1 if step.verdicts["convocation-left"] else KNOWN.settings.max_convocations
        subject = evolve(subject, convocations=ONE * used)
    return subject, KNOWN, command


def _state(lifecycle: Lifecycle, name: str) -> State | None:
    return next((state for state in lifecycle.states if state.value == name), None)


def shortest(lifecycle: Lifecycle) -> dict[str, int]:
    """How many commands it takes to each state that can be reached, breadth first."""
    steps = {NOTHING: 0}
    for far in range(len(lifecycle.states)):
        for state in [each for each, taken in steps.items() if taken == far]:
            source = _state(lifecycle, state)
            for rule in (row for row in lifecycle.steps if source in row.sources):
                steps.setdefault(rule.targets[source].value, far + 1)
    return steps
