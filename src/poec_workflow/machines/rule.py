"""The shape of a row, and what makes a table of rows a lifecycle.

A row says: from these states, this command, under these conditions, leads to this state by this event, unless a
policy refuses. A `Lifecycle` checks its table when it is built, so that a wrong one fails at import and no
decision has to wonder.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from enum import Enum
from functools import cached_property
from itertools import product
from typing import Any, Final, Generic, Literal, TypeVar

from attrs import field, fields, fields_dict, frozen

from poec_workflow.commands import ApplicationCommand, Command, SessionCommand
from poec_workflow.events import ApplicationEvent, Event
from poec_workflow.machines.executor import Executor
from poec_workflow.model import State, Subject, SubjectKind
from poec_workflow.policies.facts import Facts
from poec_workflow.policies.policy import Check, Condition, Policy, code_of

S = TypeVar("S", bound=Subject)
C = TypeVar("C", bound=Command)


class Same(Enum):
    """The target of a row that leaves the state as it is."""

    SAME = "same"


SAME: Final = Same.SAME


def _states(source: State | Iterable[State] | None) -> tuple[State, ...] | None:
    if source is None or isinstance(source, State):
        return None if source is None else (source,)
    members = set(source)
    return tuple(state for state in type(next(iter(members))) if state in members)


@frozen
class Rule(Generic[S, C]):
    """One row.

    Attributes:
        id: the domain page's number, as `L4`.
        source: the states that it starts from; None creates the subject.
        target: where it leads; `SAME` stays.
        event: what it makes happen; no other row has the same.
        given: chooses the row among those of one state and command.
        unless: the policies that refuse; all are asked, all that fail are reported.
        advise: policies that say something and refuse nothing.
        first: sent, before, to every open application in reach; those that accept it move.
        then: sent, after, to every open application in reach, or to the application's session.
        then_given: `then` is sent only where these hold.
        effective: when the event takes effect, if not now.
    """

    id: str
    source: tuple[State, ...] | None = field(converter=_states)
    command: type[C]
    target: State | Literal[Same.SAME]
    event: type[Event[S]]
    given: tuple[Condition[S, C], ...] = field(default=(), kw_only=True)
    unless: tuple[Policy[S, C], ...] = field(default=(), kw_only=True)
    advise: tuple[Policy[S, C], ...] = field(default=(), kw_only=True)
    first: type[ApplicationCommand] | None = field(default=None, kw_only=True)
    then: type[ApplicationCommand | SessionCommand] | None = field(default=None, kw_only=True)
    then_given: tuple[Condition[S, C], ...] = field(default=(), kw_only=True)
    effective: Callable[[S, Facts], datetime] | None = field(default=None, kw_only=True)
    refusals: tuple[Check, ...] = field(init=False, repr=False, eq=False)
    advisories: tuple[Check, ...] = field(init=False, repr=False, eq=False)
    carried: tuple[str, ...] = field(init=False, repr=False, eq=False)
    """The fields that the event takes from the command."""

    def __attrs_post_init__(self) -> None:
        for name, value in (
            ("refusals", tuple(map(Check.of, self.unless))),
            ("advisories", tuple(map(Check.of, self.advise))),
            ("carried", tuple(_carried(self.event, self.command))),
        ):
            object.__setattr__(self, name, value)

    @property
    def codes(self) -> tuple[str, ...]:
        """The refusals that the row may give, known without running anything."""
        return tuple(check.code for check in self.refusals)

    def target_from(self, source: State | None) -> State:
        """The state that it leads to from one of its sources."""
        if isinstance(self.target, Same):
            assert source is not None  # noqa: S101 - checked when the table is built
            return source
        return self.target

    def described(self) -> dict[str, Any]:
        """The row as plain data: what its lifecycle's fingerprint is taken of."""
        return {
            "id": self.id,
            "source": list(self.source) if self.source else None,
            "command": self.command.type,
            "target": self.target.value,
            "event": self.event.type,
            "given": sorted(map(str, self.given)),
            "unless": sorted(map(code_of, self.unless)),
            "advise": sorted(map(code_of, self.advise)),
            "first": self.first.type if self.first else None,
            "then": self.then.type if self.then else None,
            "then_given": sorted(map(str, self.then_given)),
            "effective": code_of(self.effective) if self.effective else None,
        }


_ENVELOPE = {each.name for each in fields(ApplicationEvent)}


def _carried(event: type[Event[Any]], command: type[Command]) -> Iterator[str]:
    for name, attribute in fields_dict(event).items():
        if name in _ENVELOPE:
            continue
        if hasattr(command, name):
            yield name
        elif not isinstance(attribute.default, str):
            raise ValueError(f"{event.type} needs {name!r}, which {command.type} does not have")


AnyRule = Rule[Any, Any]


@frozen(slots=False, eq=False)
class Lifecycle:
    """A table of rows, checked.

    Attributes:
        name: as the command line and the diagrams call it.
        kind: whose lifecycle it is.
        states: all of them, in the domain page's order.
        final: those that no row leaves.
        parent: what a subject is created under.

    Raises:
        ValueError: the table is wrong; the message lists everything.
    """

    name: str
    kind: SubjectKind
    rules: tuple[AnyRule, ...]
    states: tuple[State, ...]
    final: frozenset[State]
    parent: SubjectKind | None = None

    def __attrs_post_init__(self) -> None:
        faults = [*self._faults_of_names(), *self._faults_of_choice(), *self._faults_of_ways()]
        if faults:
            raise ValueError(f"the table of {self.name} is wrong: " + "; ".join(faults))

    @cached_property
    def initial(self) -> State:
        """The state that a creation leads to."""
        return next(rule.target_from(None) for rule in self.rules if rule.source is None)

    @cached_property
    def executor(self) -> Executor:
        """The table as a state machine."""
        return Executor(self.name, self.states, self.rules)

    @cached_property
    def fingerprint(self) -> str:
        """A stable hash of the rows; it changes when what the table says changes."""
        text = json.dumps([rule.described() for rule in self.rules], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    @cached_property
    def by_command(self) -> Mapping[type[Command], tuple[AnyRule, ...]]:
        """The rows of each command, in the table's order."""
        return {
            command: tuple(rule for rule in self.rules if rule.command is command)
            for command in dict.fromkeys(rule.command for rule in self.rules)
        }

    @cached_property
    def by_event(self) -> Mapping[type[Event[Any]], AnyRule]:
        """The row that each event comes from."""
        return {rule.event: rule for rule in self.rules}

    def rows(self, state: State | None, command: type[Command]) -> tuple[AnyRule, ...]:
        """The rows of one state and command."""
        return tuple(
            rule
            for rule in self.by_command.get(command, ())
            if (rule.source is None if state is None else rule.source is not None and state in rule.source)
        )

    def commands(self, state: State | None) -> tuple[type[Command], ...]:
        """The commands that the table accepts in a state, whatever the policies say; None: the creating ones."""
        return tuple(command for command in self.by_command if self.rows(state, command))

    def creates(self, command: type[Command]) -> bool:
        """Whether the command makes a new subject."""
        return bool(self.rows(None, command))

    def _faults_of_names(self) -> Iterator[str]:
        for what, names in (
            ("id", [rule.id for rule in self.rules]),
            ("event", [rule.event.type for rule in self.rules]),
        ):
            for name in sorted({each for each in names if names.count(each) > 1}):
                yield f"the {what} {name} stands twice"
        for rule in self.rules:
            if rule.command.kind is not self.kind or rule.event.kind is not self.kind:
                yield f"{rule.id} has a command or an event of another lifecycle"
            if rule.then and self.kind == SubjectKind.ACTION:
                yield f"{rule.id}: what follows an action's change would reach several sessions"
            for state in (*(rule.source or ()), *(() if isinstance(rule.target, Same) else (rule.target,))):
                if state not in self.states:
                    yield f"{rule.id} names the unknown state {state}"

    def _faults_of_choice(self) -> Iterator[str]:
        """For every truth of the conditions exactly one row is chosen."""
        for state, command in product((None, *self.states), self.by_command):
            rows = self.rows(state, command)
            atoms = sorted({atom.name for rule in rows for atom in rule.given})
            for values in product((True, False), repeat=len(atoms) if rows else 0):
                truth = dict(zip(atoms, values, strict=True))
                chosen = [rule.id for rule in rows if all(truth[atom.name] is atom.expected for atom in rule.given)]
                if rows and len(chosen) != 1:
                    where = f"{command.type} in {state or 'nothing'} with {truth}"
                    yield f"{where} chooses {' and '.join(chosen) or 'no row'}"

    def _faults_of_ways(self) -> Iterator[str]:
        creations = [rule for rule in self.rules if rule.source is None]
        if len(creations) != 1 or isinstance(creations[0].target, Same):
            yield "exactly one row creates, and names the initial state"
            return
        for rule in self.rules:
            for state in sorted(self.final.intersection(rule.source or ())):
                yield f"{rule.id} leaves the final state {state}"
        ways = {(source, rule.target_from(source)) for rule in self.rules for source in rule.source or ()}
        reached = _closure({creations[0].target}, ways)
        ending = _closure(self.final, {(target, source) for source, target in ways})
        for state in self.states:
            if state not in reached:
                yield f"{state} can't be reached"
            if state not in ending:
                yield f"no final state can be reached from {state}"


def _closure(start: Iterable[State], ways: set[tuple[State, State]]) -> set[State]:
    reached = set(start)
    while more := {target for source, target in ways if source in reached} - reached:
        reached |= more
    return reached
