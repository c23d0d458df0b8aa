"""Journals for acceptance tests: a shortest one to each state and over each row, and all simple paths.

A *simple path* is what one subject goes through from its creation to a final state without being twice in the same
situation: the same state, with as many convocations used. Whoever else is needed (somebody who takes the last seat)
is in its journal too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from attrs import evolve, frozen

from poec_workflow import commands
from poec_workflow.commands import Command, Request
from poec_workflow.decider import Accepted, Change
from poec_workflow.machines import LIFECYCLES, Lifecycle
from poec_workflow.model import Application, State, Subject, SubjectKind
from poec_workflow.policies.settings import Settings
from poec_workflow.testing.exploration.bounds import Bounds
from poec_workflow.testing.exploration.enabled_commands import Asked
from poec_workflow.testing.exploration.search import Walk
from poec_workflow.testing.exploration.search_record import Node
from poec_workflow.testing.exploration.small_world import ACTION, SESSION, World, place
from poec_workflow.testing.journals import to_line

TRACKED = {SubjectKind.APPLICATION: "C-1", SubjectKind.SESSION: SESSION, SubjectKind.ACTION: ACTION}
"""Whom the simple paths are about."""
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
"""What others may have to do so that somebody's path can be gone."""


_STATES = tuple((kind, state) for kind, each in LIFECYCLES.items() for state in each.states)
_ROWS = tuple(rule.id for each in LIFECYCLES.values() for rule in each.rules)


@frozen(kw_only=True)
class Path:
    """A journal, and what its subject goes through.

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
    """A shortest path to each state and over each row, as far as the settings let somebody go; in the tables' order."""

    to: Mapping[tuple[SubjectKind, State], Path]
    over: Mapping[str, Path]


def shortest_paths(settings: Settings | None = None) -> ShortestPaths:
    """A shortest path to each state, and over each row.

    >>> shortest_paths().over["L9"].rows
    ('L1', 'L2', 'L3', 'L9')
    """
    settings = settings or Settings()
    found = _Searching(_needed(settings), settings, LIFECYCLES).run()
    return ShortestPaths(
        {where: _ending(found.to[where], where[1]) for where in _STATES if where in found.to},
        {row: _ending(found.over[row], row) for row in _ROWS if row in found.over},
    )


def simple_paths(lifecycle: Lifecycle, settings: Settings | None = None) -> tuple[Path, ...]:
    """All simple paths of a lifecycle from its creation to a final state; those that the settings bar are left out."""
    return tuple(_Tracking(lifecycle.kind, settings or Settings()).paths())


def _needed(settings: Settings) -> Bounds:
    """Two capacities, for a session that reopens; of the coefficients the one that leaves most room."""
    usual = Bounds().within(settings)
    return evolve(usual, coefficients=(usual.coefficients or ())[-1:])


def _ending(node: Node, goal: State | str) -> Path:
    """The path of the subject that the last line brings to a state, or over a row."""
    # By identity: an application and a session may both be "cancelled".
    return _of(next(each.subject for each in node.changes if each.subject.state is goal or _row(each) == goal), node)


def _of(own: Subject, node: Node) -> Path:
    """The path of a subject along the way to a node."""
    changes = [
        change
        for each in node.way()
        for change in each.changes
        if (change.subject.kind, change.subject.reference) == (own.kind, own.reference)
    ]
    return Path(
        kind=own.kind,
        reference=own.reference,
        rows=tuple(map(_row, changes)),
        state=own.state,
        journal=node.journal(),
    )


def _row(change: Change) -> str:
    return LIFECYCLES[change.subject.kind].by_event[type(change.event)].id


class _Searching(Walk):
    """A walk that judges nothing, and ends when every state is reached and every row taken."""

    def _look_around(self, node: Node, following: list[Node]) -> None:
        for ask in self._menu.of(node.world):
            if ask.why is not Asked.OF_A_ROW:
                continue
            answer, request = self._answered(node, ask)
            if isinstance(answer, Accepted):
                reached = self._after(node, request, answer)
                if self._is_followed(ask, reached):
                    following.extend(self._entered(reached))

    def _is_enough(self) -> bool:
        return super()._is_enough() or (len(self.found.over) == len(_ROWS) and len(self.found.to) == len(_STATES))


_Situation = tuple[State, int]


@frozen(eq=False)
class _Trace:
    """A node, and what the tracked subject went through until there."""

    node: Node
    rows: tuple[str, ...] = ()
    situations: tuple[_Situation, ...] = ()


class _Tracking(Walk):
    """A walk in which worlds differ by what one subject went through, and it is nowhere twice."""

    def __init__(self, kind: SubjectKind, settings: Settings) -> None:
        super().__init__(evolve(_needed(settings), capacities=(1,)), settings, LIFECYCLES, every=True)
        self._kind = kind
        self._reference = TRACKED[kind]

    def paths(self) -> list[Path]:
        """The paths, each by a shortest journal, the fewest rows first."""
        found: dict[tuple[str, ...], Path] = {}
        level = list(self._later(_Trace(Node(World()))))
        while level:
            following: list[_Trace] = []
            for trace in level:
                for reached in self._steps(trace):
                    own = reached.node.world.subject(self._kind, self._reference)
                    if own is not None and own.state in LIFECYCLES[self._kind].final:
                        found.setdefault(reached.rows, _of(own, reached.node))
                    else:
                        following.extend(self._later(reached))
            level = following
        return sorted(found.values(), key=lambda each: (len(each.rows), [int(row[1:]) for row in each.rows]))

    def _later(self, trace: _Trace) -> Iterator[_Trace]:
        """The same with time gone on, as far as it is new."""
        world = trace.node.world
        for day, today in enumerate(self._calendar.days):
            later = evolve(world, day=day) if day >= world.day else world
            own = later.subject(self._kind, self._reference)
            key = (later.key(today), trace.rows, place(own, today) if isinstance(own, Application) else None)
            if day >= world.day and key not in self._seen:
                self._seen.add(key)
                yield evolve(trace, node=evolve(trace.node, world=later))

    def _steps(self, trace: _Trace) -> Iterator[_Trace]:
        for ask in self._menu.of(trace.node.world):
            if ask.why is not Asked.OF_A_ROW or not self._helps(ask.command):
                continue
            answer, request = self._answered(trace.node, ask)
            if isinstance(answer, Accepted):
                world = trace.node.world.after(answer)
                reached = self._gone_on(trace, Node(world, trace.node, request, answer.changes))
                if reached is not None and len(world.applications) <= self._bounds.applications:
                    yield reached

    def _helps(self, command: Command) -> bool:
        own = command.kind is self._kind and command.reference == self._reference
        return own or type(command) in _HELPING

    def _gone_on(self, trace: _Trace, node: Node) -> _Trace | None:
        """The trace at the next node; None where the subject is in a situation that it was in before."""
        rows, situations = trace.rows, trace.situations
        for each in node.changes:
            if (each.subject.kind, each.subject.reference) == (self._kind, self._reference):
                situation = _situation(each.subject)
                if situation in situations:
                    return None
                rows, situations = (*rows, _row(each)), (*situations, situation)
        return _Trace(node, rows, situations)


def _situation(subject: Subject) -> _Situation:
    return subject.state, len(subject.convocations) if isinstance(subject, Application) else 0
