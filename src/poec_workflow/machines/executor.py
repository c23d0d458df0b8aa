"""Runs a table with the library `transitions`; no other file imports that.

One `Machine` without a model per lifecycle, built once: it checks and holds the table. Each decision looks the rows of
a state and a command up in what was read off it, for a trigger costs more than a decision. The tests hold the choice
against stock triggers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from transitions import Machine, Transition

from poec_workflow.commands import Command
from poec_workflow.machines.rule import AnyRule
from poec_workflow.model import State, Subject
from poec_workflow.policies.facts import Facts

NOTHING = "nothing"
"""The machine's name for a subject that does not exist yet."""


class _Row(Transition):
    """A transition that knows its rule."""

    def __init__(self, source: str, dest: str, *_callbacks: object, rule: AnyRule) -> None:
        super().__init__(source, dest)
        self.rule = rule


class _TableMachine(Machine):
    transition_cls = _Row


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
            for source, target in rule.ways:
                # Values, not members: of an enum `transitions` takes the member's name for the state's.
                start = NOTHING if source is None else source.value
                self.machine.add_transition(rule.command.type, start, target.value, rule=rule)

        events: Mapping[str, Any] = self.machine.events
        self._rows: Mapping[str, Mapping[str, tuple[AnyRule, ...]]] = {
            command: {
                source: tuple(dict.fromkeys(row.rule for row in rows)) for source, rows in event.transitions.items()
            }
            for command, event in events.items()
        }

    def choose(self, subject: Subject | None, facts: Facts, command: Command) -> AnyRule | None:
        """The row that the table has for the subject's state and the command; None when it has none."""
        for rule in self._rows[command.type].get(NOTHING if subject is None else subject.state, ()):
            for condition in rule.given:
                if not condition.holds(subject, facts, command):
                    break
            else:
                return rule
        return None
