"""A table of rows, checked when it is built: a wrong table fails at import, not in a decision."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from itertools import product
from typing import TYPE_CHECKING, cast

from attrs import frozen

from poec_workflow.commands import Command
from poec_workflow.frozen_map import FrozenMap
from poec_workflow.machines.rule import AnyRule, Given, Same, StateName
from poec_workflow.model import STATE_TYPES, State, SubjectKind

if TYPE_CHECKING:
    from poec_workflow.machines.executor import Executor


@frozen
class TableFault:
    """One thing that is wrong with a table.

    Attributes:
        problem: what.
        rows: the ids of the rows that it is about.
        alike: the same for faults of which one says enough: the truths under which the same rows clash.
    """

    problem: str
    rows: tuple[str, ...] = ()
    alike: str = ""


class WrongTable(ValueError):
    """A table is wrong; `faults` has everything."""

    def __init__(self, name: str, faults: Iterable[TableFault]) -> None:
        self.faults = tuple(faults)
        super().__init__(f"the table of {name} is wrong: " + "; ".join(each.problem for each in self.faults))


@frozen(slots=False, eq=False, repr=False)
class Lifecycle:
    """A table of rows, checked.

    Attributes:
        name: as the command line and the diagrams call it.
        kind: whose lifecycle it is.
        states: all of them, in the domain page's order.
        final: those that no row leaves; a service's own row may start from one, and stay there.
        parent: what a subject is created under.
        own: the ids of the rows that a service added to the package's; see `with_rows`.

    Raises:
        WrongTable: the table is wrong; the message lists everything.
    """

    name: str
    kind: SubjectKind
    rules: tuple[AnyRule, ...]
    states: tuple[State, ...]
    final: frozenset[State]
    parent: SubjectKind | None = None
    own: frozenset[str] = frozenset()

    def __attrs_post_init__(self) -> None:
        if faults := [*self._faults_of_names(), *self._faults_of_choice(), *self._faults_of_ways()]:
            raise WrongTable(self.name, faults)

    def __repr__(self) -> str:
        own = f", own: {', '.join(rule.id for rule in self.own_rules)}" if self.own else ""
        return f"<Lifecycle {self.name}: {len(self.states)} states, {len(self.rules)} rows{own}>"

    def _repr_svg_(self) -> str | None:
        from poec_workflow.machines import notebook  # noqa: PLC0415 - reading needs none

        return notebook.svg(self)

    def _repr_html_(self) -> str | None:
        from poec_workflow.machines import notebook  # noqa: PLC0415 - as above

        return notebook.html(self)

    def _repr_markdown_(self) -> str:
        from poec_workflow.machines import notebook  # noqa: PLC0415 - as above

        return notebook.markdown(self)

    @cached_property
    def initial(self) -> State:
        """The state that a creation leads to."""
        return next(rule.targets[None] for rule in self.steps if rule.source is None)

    @cached_property
    def steps(self) -> tuple[AnyRule, ...]:
        """The rows without those that import: what happens to a subject here."""
        return tuple(rule for rule in self.rules if not rule.imports)

    @cached_property
    def imports(self) -> tuple[AnyRule, ...]:
        """The rows that take over what another system had."""
        return tuple(rule for rule in self.rules if rule.imports)

    @cached_property
    def step_commands(self) -> tuple[type[Command], ...]:
        """The commands of these rows, in the table's order."""
        return tuple(dict.fromkeys(rule.command for rule in self.steps))

    @cached_property
    def executor(self) -> Executor:
        """The table as a state machine, made for the first decision: reading needs none."""
        from poec_workflow.machines.executor import Executor  # noqa: PLC0415

        return Executor(self.name, self.states, self.rules)

    @cached_property
    def fingerprint(self) -> str:
        """A stable hash of the rows."""
        import hashlib  # noqa: PLC0415

        text = json.dumps([rule.described() for rule in self.rules], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    @cached_property
    def by_command(self) -> Mapping[type[Command], tuple[AnyRule, ...]]:
        """The rows of each command, in the table's order."""
        return FrozenMap(
            {
                command: tuple(rule for rule in self.rules if rule.command is command)
                for command in dict.fromkeys(rule.command for rule in self.rules)
            }
        )

    @cached_property
    def own_rules(self) -> tuple[AnyRule, ...]:
        """The rows that a service added."""
        return tuple(rule for rule in self.rules if rule.id in self.own)

    @cached_property
    def permits(self) -> bool:
        """Whether a row says who may give its command: else the settings say it, and no row need be chosen before."""
        return any(rule.permit for rule in self.rules)

    @cached_property
    def by_state(self) -> Mapping[State | None, Mapping[type[Command], tuple[AnyRule, ...]]]:
        """The rows of each state by command, whatever the policies say; None: those that create."""
        return FrozenMap(
            {
                state: FrozenMap(
                    {
                        command: tuple(rule for rule in rules if state in rule.sources)
                        for command, rules in self.by_command.items()
                        if any(state in rule.sources for rule in rules)
                    }
                )
                for state in (None, *self.states)
            }
        )

    @cached_property
    def types_by_state(self) -> Mapping[State | None, tuple[str, ...]]:
        """The types of the commands of each state, in the table's order."""
        return FrozenMap({state: tuple(each.type for each in rows) for state, rows in self.by_state.items()})

    def rows(self, state: State | StateName | None, command: type[Command]) -> tuple[AnyRule, ...]:
        """The rows of one state and command."""
        return self._of(state).get(command, ())

    def commands(self, state: State | StateName | None) -> tuple[type[Command], ...]:
        """The commands that the table accepts in a state, whatever the policies say; None: the creating ones."""
        return tuple(self._of(state))

    def _of(self, state: State | StateName | None) -> Mapping[type[Command], tuple[AnyRule, ...]]:
        return self.by_state[cast("State | None", state)]  # a state is its word

    def creates(self, command: type[Command]) -> bool:
        """Whether the command makes a new subject."""
        return command in self.by_state[None]

    def _faults_of_names(self) -> Iterator[TableFault]:
        for what, names in (
            ("id", [rule.id for rule in self.rules]),
            # A history is folded by its events, and a service has no others than these.
            ("event", [rule.event.type for rule in self.rules if rule.id not in self.own]),
        ):
            for name in sorted({each for each in names if names.count(each) > 1}):
                yield TableFault(f"the {what} {name} stands twice", (name,))
        for rule in self.rules:
            if rule.command.subject_kind is not self.kind or rule.event.subject_kind is not self.kind:
                yield TableFault(f"{rule.id} has a command or an event of another lifecycle", (rule.id,))
            if rule.then and self.kind == SubjectKind.ACTION:
                problem = f"{rule.id}: what follows an action's change would reach several sessions"
                yield TableFault(problem, (rule.id,))
            for state in (*(rule.source or ()), *(() if isinstance(rule.target, Same | Given) else (rule.target,))):
                if state not in self.states or not isinstance(state, STATE_TYPES[self.kind]):
                    yield TableFault(f"{rule.id} names the unknown state {state}", (rule.id,))

    def _faults_of_choice(self) -> Iterator[TableFault]:
        """For every truth of the conditions exactly one row is chosen."""
        for state, command in product((None, *self.states), self.by_command):
            rows = self.rows(state, command)
            atoms = sorted({atom.name for rule in rows for atom in rule.given})
            for values in product((True, False), repeat=len(atoms) if rows else 0):
                truth = dict(zip(atoms, values, strict=True))
                chosen = [rule.id for rule in rows if all(truth[atom.name] is atom.expected for atom in rule.given)]
                if rows and len(chosen) != 1:
                    where = f"{command.type} in {state or 'nothing'} with {truth}"
                    problem = f"{where} chooses {' and '.join(chosen) or 'no row'}"
                    about = tuple(chosen or [rule.id for rule in rows])
                    yield TableFault(problem, about, f"{state} {command.type} {chosen}")

    def _faults_of_ways(self) -> Iterator[TableFault]:
        creations = [rule for rule in self.steps if rule.source is None]
        if len(creations) != 1 or isinstance(creations[0].target, Same):
            yield TableFault("exactly one row creates, and names the initial state")
            return
        for rule in self.steps:
            for state in sorted(self.final.intersection(rule.source or ())):
                if rule.id not in self.own or rule.targets[state] != state:
                    yield TableFault(f"{rule.id} leaves the final state {state}", (rule.id,))
        ways = {(source, rule.targets[source]) for rule in self.steps for source in rule.source or ()}
        # What is imported may stand anywhere: a state is reached where it is reached without.
        reached = _closure({creations[0].targets[None]}, ways)
        ending = _closure(self._ends(), {(target, source) for source, target in ways})
        for state in self.states:
            if state not in reached:
                yield TableFault(f"{state} can't be reached")
            if state not in ending:
                yield TableFault(f"no final state can be reached from {state}")

    def _ends(self) -> set[State]:
        """Where a way may end: the final states, and those that a service's own rows alone lead out of."""
        left = {state for rule in self.rules if rule.id not in self.own for state in rule.source or ()}
        return {*self.final, *(state for rule in self.own_rules for state in rule.source or () if state not in left)}


def _closure(start: Iterable[State], ways: set[tuple[State, State]]) -> set[State]:
    reached = set(start)
    while more := {target for source, target in ways if source in reached} - reached:
        reached |= more
    return reached
