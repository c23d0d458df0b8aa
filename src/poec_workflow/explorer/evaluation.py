"""Evaluates the rules of one command: the refusal or row chosen, and each policy."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from attrs import evolve, frozen

from poec_workflow.commands import Command
from poec_workflow.decider import Refused, decide, refusals_of
from poec_workflow.errors import Advisory, Details, Refusal, plain
from poec_workflow.explorer.case import Case
from poec_workflow.explorer.dimensions import translations
from poec_workflow.explorer.tracing import Assignment
from poec_workflow.explorer.truth_tables import NotTabulated, TruthTable, tabulate
from poec_workflow.machines import AnyRule, Lifecycle
from poec_workflow.model import SUBJECT_TYPES, State
from poec_workflow.policies.check import Check
from poec_workflow.policies.facts import Facts

Inputs = tuple[Any, Facts, Command]
"""What a policy gets."""

_SELECTED = "selected"


def _selecting(rule: AnyRule) -> AnyRule:
    """The row with one policy in place of its own: it refuses always, and its details name the row."""

    def selected(_subject: object, _facts: Facts) -> Details:
        return {"row": rule.id}

    return evolve(rule, unless=(selected,))


@frozen
class Evaluation:
    """The rules of one command, evaluated in the sample case.

    `selection` is for `case.standard`: a service's own policies come after it.

    Attributes:
        lifecycle: the table of the subject, with a service's own rows if it has any.
        offers: whether `no-transition` lists what the actor may do instead: that reads the permissions of all commands.
    """

    case: Case
    command: type[Command]
    lifecycle: Lifecycle
    offers: bool = True

    def permitting_all(self) -> Evaluation:
        """The same where everybody may give the command."""
        rules = tuple(evolve(each, permit=()) for each in self.lifecycle.rules)
        lifecycle = evolve(self.lifecycle, rules=rules)
        return evolve(self, case=self.case.permitting_all(self.command), lifecycle=lifecycle)

    def selection(self, *, existing: bool) -> TruthTable:
        """What `decide` answers before any policy: a refusal that comes alone, or a row.

        Args:
            existing: whether the application exists.
        """
        rules = tuple(map(_selecting, self.lifecycle.rules))
        selecting = {self.lifecycle.kind: evolve(self.lifecycle, rules=rules)}

        def select(*inputs: Any) -> Refusal:  # noqa: ANN401 - a subject, facts and a command
            subject, facts, command = inputs
            answer = decide(subject, command, facts, selecting)
            assert isinstance(answer, Refused)  # noqa: S101 - each row refuses
            [refusal] = answer.refusals
            if self.offers or "possible" not in refusal.details:
                return refusal
            return evolve(refusal, details={**refusal.details, "possible": ()})

        table = self.table(select, self.lifecycle.states, existing=existing)
        # `decide` compares the version with an expected one, which the page does not give.
        reads = tuple(each for each in table.constant_reads if each != self._version)
        return evolve(table.mapped(_selected), constant_reads=reads)

    @property
    def _version(self) -> str:
        return f"{SUBJECT_TYPES[self.lifecycle.kind].__name__}.version"

    def check(self, check: Check, *, advises: bool = False) -> TruthTable:
        """What a policy says: its sentence by language, or None."""

        def ask(*inputs: Any) -> Details | None:  # noqa: ANN401
            return next((each.details for each in refusals_of((check,), *inputs)), None)

        creates = self.lifecycle.creates(self.command)
        own = check in self.case.settings.checks.get(self.command, ())
        table = self.table(ask, self.sources() or self.lifecycle.states, existing=not creates, verify=own)
        return table.mapped(lambda details: translations(_sentence(check, details, advises=advises)))

    def materialized(self, values: Mapping[str, Any], *, existing: bool) -> Inputs:
        """The real subject, facts and command of some values."""
        return self.case.real(self.command, values, existing=existing)

    def _inputs(self, assignment: Assignment, *, existing: bool) -> Inputs:
        return (
            self.case.subject(assignment) if existing else None,
            self.case.facts(assignment, existing=existing),
            self.case.command(self.command, assignment),
        )

    def sources(self) -> tuple[State, ...]:
        """The states that the command has a row from."""
        return tuple(state for state in self.lifecycle.states if self.lifecycle.rows(state, self.command))

    def table(
        self, function: Callable[..., Any], states: Sequence[State], *, existing: bool, verify: bool = True
    ) -> TruthTable:
        """The table of a function; `verify` compares each result with that for real values.

        A service's own functions may tell traced values from real ones: what they read is then not known.
        """

        def result(assignment: Assignment) -> Any:  # noqa: ANN401
            inputs = self._inputs(assignment, existing=existing)
            if not verify:
                return function(*inputs)
            expected = function(*self.materialized(assignment.values, existing=existing))
            try:
                traced = function(*inputs)
            except Exception as error:  # of anybody's code, which real values do not raise
                raise NotTabulated(()) from error
            if traced != expected:
                raise NotTabulated(())
            return traced

        def possible(values: Mapping[str, Any]) -> bool:
            return values["state"] in states and self.case.possible(values)

        return tabulate(result, self.case.dimensions, self.case.defaults(states[0]), possible)


def _selected(refusal: Refusal) -> dict[str, Any]:
    if refusal.code == _SELECTED:
        return dict(refusal.details)
    return {"code": refusal.code, "says": translations(refusal.message)}


def _sentence(check: Check, details: Details, *, advises: bool) -> Callable[[str], str]:
    if advises:
        return Advisory(check.code, {name: plain(value) for name, value in details.items()}).message
    return Refusal(check.code, details, check.templates).message
