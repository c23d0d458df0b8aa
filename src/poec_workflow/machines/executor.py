"""Runs a table with the library `transitions`; no other file imports that.

One `Machine` without a model per lifecycle, built once. What moves through it is a throw-away `Probe`, for the
machine must not know our frozen values. `_Row` and `_Trigger` are its documented extension points, kept lean: no
callbacks, no logging, a verdict in a fraction of a microsecond. The tests hold them against the stock classes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from transitions import Event, Machine, Transition

from poec_workflow.commands import Command
from poec_workflow.machines.rule import AnyRule
from poec_workflow.model import State, Subject
from poec_workflow.policies.facts import Facts

NOTHING = "nothing"
"""The machine's name for a subject that does not exist yet."""


class Probe:
    """What moves through the machine: a state, what the conditions look at, and the row that was taken."""

    __slots__ = ("command", "facts", "rule", "state", "subject")

    def __init__(self, state: str, subject: Subject | None, facts: Facts, command: Command) -> None:
        self.state = state
        self.subject = subject
        self.facts = facts
        self.command = command
        self.rule: AnyRule | None = None


class _Row(Transition):
    """A transition that knows its rule, and asks the rule's own conditions."""

    def __init__(self, source: str, dest: str, *_callbacks: object, rule: AnyRule) -> None:
        super().__init__(source, dest)
        self.rule = rule

    def execute(self, event_data: Any) -> bool:  # noqa: ANN401 - a Probe here; the base class passes more
        for condition in self.rule.given:
            if not condition.holds(event_data.subject, event_data.facts, event_data.command):
                return False
        event_data.state = self.dest
        event_data.rule = self.rule
        return True


class _Trigger(Event):
    """An event that tries the rows of the probe's state, in the table's order."""

    def trigger(self, model: Any, *_args: object, **_kwargs: object) -> bool:  # noqa: ANN401 - a Probe
        # Not `self.transitions[…]`: it is a defaultdict, and reading would create the key.
        return any(transition.execute(model) for transition in self.transitions.get(model.state, ()))


class _TableMachine(Machine):
    transition_cls = _Row
    event_cls = _Trigger


class Executor:
    """A lifecycle's machine."""

    def __init__(self, name: str, states: Sequence[State], rules: Iterable[AnyRule]) -> None:
        self.machine = _TableMachine(
            model=None,
            name=name,
            initial=None,
            auto_transitions=False,
            states=[NOTHING, *(state.value for state in states)],
        )
        for rule in rules:
            for source, target in rule.targets.items():
                # Values, not members: of an enum `transitions` takes the member's name for the state's.
                start = NOTHING if source is None else source.value
                self.machine.add_transition(rule.command.type, start, target.value, rule=rule)

    def choose(self, subject: Subject | None, facts: Facts, command: Command) -> AnyRule | None:
        """The row that the table has for the subject's state and the command; None when it has none."""
        probe = Probe(NOTHING if subject is None else subject.state, subject, facts, command)
        self.machine.events[command.type].trigger(probe)
        return probe.rule
