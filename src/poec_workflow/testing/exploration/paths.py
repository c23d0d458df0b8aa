"""Journals for acceptance tests: a shortest one to each state and over each row, and all simple paths.

A *simple path* leads one subject from its creation to a final state and is at no stage twice: the same state, with as
many convocations used. Whoever else is needed (somebody who takes the last seat) is in its journal too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from attrs import evolve, frozen

from poec_workflow import commands
from poec_workflow.commands import Command, Request
from poec_workflow.decider import Accepted
from poec_workflow.machines import LIFECYCLES, Lifecycle, Lifecycles
from poec_workflow.model import Application, State, Subject, SubjectKind
from poec_workflow.policies.settings import Settings
from poec_workflow.testing.exploration.bounds import Bounds
from poec_workflow.testing.exploration.enabled_commands import Purpose
from poec_workflow.testing.exploration.search import Search
from poec_workflow.testing.exploration.state_space import ACTION, SESSION, Node, progress
from poec_workflow.testing.journals import to_line
from poec_workflow.testing.reference import Snapshot
from poec_workflow.testing.reference.snapshot import key_of

TRACKED = {SubjectKind.APPLICATION: "C-1", SubjectKind.SESSION: SESSION, SubjectKind.ACTION: ACTION}
"""The subjects of the simple paths."""
_HELPING = frozenset(
    {
        commands.CreateAction,
        commands.PublishAction,
        commands.CreateSession,
        commands.Preregister,
        commands.Convoke,
        commands.RecordPresence,
        commands.Retain,
        commands.DeclareSessionFull,
        commands.CancelSession,
    }
)
"""What others may have to do for a path."""


@frozen(kw_only=True)
class Path:
    """A journal, and the rows that its subject takes.

    Attributes:
        kind, reference: the subject.
        rows: the rows that move it, in order.
        state: where it ends.
        journal: what `execute_many` takes; `lines` are the same for `poec-workflow run`.
    """

    kind: SubjectKind
    reference: str
    rows: tuple[str, ...]
    state: State
    journal: tuple[Request, ...]

    @property
    def lines(self) -> list[str]:
        """The journal's lines."""
        return [to_line(each) for each in self.journal]


@frozen
class ShortestPaths:
    """A shortest path to each state and over each row that the settings allow; in the order of the tables."""

    to: Mapping[tuple[SubjectKind, State], Path]
    over: Mapping[str, Path]


def shortest_paths(settings: Settings | None = None, lifecycles: Lifecycles = LIFECYCLES) -> ShortestPaths:
    """Search a shortest path to each state, and over each row.

    >>> shortest_paths().over["L9"].rows
    ('L1', 'L2', 'L3', 'L9')
    """
    settings = settings or Settings()
    search = _ShortestSearch(_needed(settings), settings, lifecycles)
    found = search.run()
    return ShortestPaths(
        {where: _ending(found.to[where], where[1]) for where in search.states if where in found.to},
        {row: _ending(found.over[row], row) for row in search.rows if row in found.over},
    )


def simple_paths(lifecycle: Lifecycle, settings: Settings | None = None) -> tuple[Path, ...]:
    """List the simple paths of a lifecycle that the settings allow, from its creation to a final state."""
    return tuple(_PathSearch(lifecycle, settings or Settings()).paths())


def _needed(settings: Settings) -> Bounds:
    """Two capacities, for a session that reopens; of the coefficients the one that leaves most room."""
    usual = Bounds().within(settings)
    return evolve(usual, coefficients=(usual.coefficients or ())[-1:])


def _ending(node: Node, goal: State | str) -> Path:
    """Return the path of the subject that the last line brings to a state, or over a row."""
    # By identity: an application and a session may both be "cancelled".
    return _of(next(each.subject for each in node.changes if each.subject.state is goal or each.rule == goal), node)


def _of(own: Subject, node: Node) -> Path:
    """Return the path of a subject along the way to a node."""
    changes = [change for each in node.way() for change in each.changes if key_of(change.subject) == key_of(own)]
    return Path(
        kind=own.subject_kind,
        reference=own.reference,
        rows=tuple(each.rule for each in changes),
        state=own.state,
        journal=node.journal(),
    )


class _ShortestSearch(Search):
    """A search that judges nothing, and ends when every state is reached and every row taken."""

    def __init__(self, bounds: Bounds, settings: Settings, lifecycles: Lifecycles) -> None:
        super().__init__(bounds, settings, lifecycles)
        self.states = tuple((kind, state) for kind, each in lifecycles.items() for state in each.states)
        self.rows = tuple(rule.id for each in lifecycles.values() for rule in each.steps)

    def _holds(self, *_: object) -> bool:
        return True

    def _note_refusal(self, *_: object) -> None:
        """Judge nothing."""

    def _is_enough(self) -> bool:
        found = self.record
        return super()._is_enough() or (len(found.over) == len(self.rows) and len(found.to) == len(self.states))


_Stage = tuple[State, int]


@frozen(eq=False)
class _Trace:
    """A node, and the rows and stages of the tracked subject until there."""

    node: Node
    rows: tuple[str, ...] = ()
    stages: tuple[_Stage, ...] = ()


class _PathSearch(Search):
    """A search in which nodes differ by the rows that one subject took, and it is at no stage twice."""

    def __init__(self, lifecycle: Lifecycle, settings: Settings) -> None:
        lifecycles = {**LIFECYCLES, lifecycle.kind: lifecycle}
        super().__init__(evolve(_needed(settings), capacities=(1,)), settings, lifecycles, every=True)
        self._lifecycle, self._kind = lifecycle, lifecycle.kind
        self._reference = TRACKED[lifecycle.kind]

    def paths(self) -> list[Path]:
        """Return the paths, each by a shortest journal, the fewest rows first."""
        found: dict[tuple[str, ...], Path] = {}
        level = list(self._later(_Trace(Node(Snapshot()))))
        while level:
            following: list[_Trace] = []
            for trace in level:
                for reached in self._steps(trace):
                    own = reached.node.subject(self._reference)
                    if own is not None and own.state in self._lifecycle.final:
                        found.setdefault(reached.rows, _of(own, reached.node))
                    else:
                        following.extend(self._later(reached))
            level = following
        order = {rule.id: number for number, rule in enumerate(self._lifecycle.steps)}
        return sorted(found.values(), key=lambda each: (len(each.rows), [order[row] for row in each.rows]))

    def _later(self, trace: _Trace) -> Iterator[_Trace]:
        """Yield the same on this and later days, as far as it is new."""
        for day in range(trace.node.day, len(self._calendar.days)):
            later, today = evolve(trace.node, day=day), self._calendar.days[day]
            own = later.subject(self._reference)
            far = progress(own, today, self._final) if isinstance(own, Application) else None
            key = (later.key(today, self._final), trace.rows, far)
            if key not in self._seen:
                self._seen.add(key)
                yield evolve(trace, node=later)

    def _steps(self, trace: _Trace) -> Iterator[_Trace]:
        for attempt in self._enabled.of(trace.node):
            if attempt.purpose is not Purpose.ENABLED or not self._helps(attempt.command):
                continue
            answer, actor = self._answered(trace.node, attempt)
            if isinstance(answer, Accepted):
                node = self._reached(trace.node, self._request(attempt, actor), answer)
                reached = self._continued(trace, node)
                if reached is not None and self._is_followed(attempt, node):
                    yield reached

    def _helps(self, command: Command) -> bool:
        own = command.subject_kind is self._kind and command.reference == self._reference
        return own or type(command) in _HELPING

    def _continued(self, trace: _Trace, node: Node) -> _Trace | None:
        """Return the trace at the next node; None where the subject is at a stage that it was at before."""
        rows, stages = trace.rows, trace.stages
        for each in node.changes:
            if key_of(each.subject) == (self._kind, self._reference):
                stage = _stage(each.subject)
                if stage in stages:
                    return None
                rows, stages = (*rows, each.rule), (*stages, stage)
        return _Trace(node, rows, stages)


def _stage(subject: Subject) -> _Stage:
    return subject.state, len(subject.convocations) if isinstance(subject, Application) else 0
