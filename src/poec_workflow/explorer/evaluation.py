"""Evaluates the rules of one command: the refusal or row chosen, each policy, and what an acceptance changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from functools import partial
from typing import Any

from attrs import evolve, frozen

from poec_workflow.commands import Command
from poec_workflow.decider import Refused, decide, refusals_of
from poec_workflow.errors import Advisory, Details, Refusal, plain
from poec_workflow.explorer.dimensions import (
    END,
    FIRST_DAY,
    PRESCRIBER,
    ROLES,
    START,
    USUAL_HOURS,
    Dimensions,
    Option,
    translations,
)
from poec_workflow.explorer.sample_case import SampleCase
from poec_workflow.explorer.tracing import Assignment, materialized
from poec_workflow.explorer.truth_tables import NotTabulated, TruthTable, tabulate
from poec_workflow.folding import evolve as folded
from poec_workflow.machines import AnyRule, Lifecycle
from poec_workflow.messages import Message
from poec_workflow.model import ActionState, Application, ApplicationState, State
from poec_workflow.notices import Notices, told_sentence
from poec_workflow.policies.calendar import local_day
from poec_workflow.policies.check import Check
from poec_workflow.policies.facts import Facts

Inputs = tuple[Application | None, Facts, Command]
"""What a policy gets."""

CONVOKED = (ApplicationState.CONVOKED, ApplicationState.PRESENT, ApplicationState.ABSENT)
"""The states in which there is a convocation."""

_SELECTED = "selected"
_ROLES = {**{name: role for role, name in ROLES.items()}, PRESCRIBER: "prescriber"}
"""What the case's organisations are called."""


def _selecting(rule: AnyRule) -> AnyRule:
    """The row with one policy in place of its own: it refuses always, and its details name the row."""

    def selected(_application: Application | None, _facts: Facts) -> Details:
        return {"row": rule.id}

    return evolve(rule, unless=(selected,))


@frozen
class Evaluation:
    """The rules of one command, evaluated in the sample case.

    `selection` and `effect` are for `case.standard`: a service's own policies come after both.

    Attributes:
        lifecycle: the table of applications, with a service's own rows if it has any.
    """

    case: SampleCase
    command: type[Command]
    lifecycle: Lifecycle

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
            return answer.refusals[0]

        table = self._table(select, self.lifecycle.states, existing=existing)
        # `decide` compares the version with an expected one, which the page does not give.
        reads = tuple(each for each in table.constant_reads if each != "Application.version")
        return evolve(table.mapped(_selected), constant_reads=reads)

    def check(self, check: Check, *, advises: bool = False) -> TruthTable:
        """What a policy says: its sentence by language, or None."""

        def ask(*inputs: Any) -> Details | None:  # noqa: ANN401
            return next((each.details for each in refusals_of((check,), *inputs)), None)

        creates = self.lifecycle.creates(self.command)
        own = check in self.case.settings.checks.get(self.command, ())
        table = self._table(ask, self._sources() or self.lifecycle.states, existing=not creates, verify=own)
        return table.mapped(lambda details: translations(_sentence(check, details, advises=advises)))

    def told(self, rule: AnyRule, notices: Notices) -> TruthTable:
        """Who is told when the command is carried out by a row: a sentence by language."""
        states = self._sources() or (self.lifecycle.initial,)
        chosen = defaults(self.case.dimensions, states[0])
        values = {name: options[chosen[name]].value for name, options in self.case.dimensions.items()}
        event = self._event(rule, values)

        def tell(application: Application, facts: Facts, _command: Command) -> Sequence[Message]:
            return notices.of_application(event, application, facts.session)

        table = self._table(tell, states, existing=True)
        # A message's id depends on the version, and who is told does not.
        reads = tuple(each for each in table.constant_reads if each != "Application.version")
        told = table.mapped(lambda messages: translations(partial(told_sentence, messages, roles=_ROLES)))
        return evolve(told, constant_reads=reads)

    def effect(self, rule: AnyRule) -> dict[str, Any]:
        """What an acceptance by a row changes besides the state.

        Returns:
            `attempts`: their number afterwards, by their number before; `copies`: dimension ▸ the dimension that its
            value is copied from.
        """
        dimensions = self.case.dimensions
        days = [name for name, options in dimensions.items() if isinstance(options[0].value, date)]
        dimension_of = {START + timedelta(days=number): name for number, name in enumerate(days)}
        values = {name: options[0].value for name, options in dimensions.items()}
        values |= {name: day for day, name in dimension_of.items()}
        values["state"] = next(iter(rule.source or ()), None)
        most = len(dimensions["attempts"]) - 1
        after = [self._accepted(rule, {**values, "attempts": count}, most) for count in range(most + 1)]
        sources = {name: dimension_of[day] for name, day in after[-1].items() if name != "attempts"}
        return {
            "attempts": [facts["attempts"] for facts in after],
            "copies": {name: source for name, source in sources.items() if source != name},
        }

    def _accepted(self, rule: AnyRule, values: Mapping[str, Any], most: int) -> dict[str, Any]:
        """The application's history after the command, by dimension; at most so many convocations."""
        subject, _, _ = map(materialized, self._inputs(Assignment(values), existing=bool(values["state"])))
        return history_facts(folded(subject, self._event(rule, values)), self.case, most)

    def _event(self, rule: AnyRule, values: Mapping[str, Any]) -> Any:  # noqa: ANN401 - of the row
        """The event of a row in the case of some values."""
        subject, facts, command = map(materialized, self._inputs(Assignment(values), existing=bool(values["state"])))
        return rule.make_event(subject, command, facts.now)

    def _inputs(self, assignment: Assignment, *, existing: bool) -> Inputs:
        return (
            self.case.subject(assignment) if existing else None,
            self.case.facts(assignment, existing=existing),
            self.case.command(self.command, assignment),
        )

    def _sources(self) -> tuple[State, ...]:
        return tuple(state for state in self.lifecycle.states if self.lifecycle.rows(state, self.command))

    def _table(
        self, function: Callable[..., Any], states: Sequence[State], *, existing: bool, verify: bool = True
    ) -> TruthTable:
        """The table of a function; `verify` compares each result with that for real values.

        A service's own functions may tell traced values from real ones: what they read is then not known.
        """

        def result(assignment: Assignment) -> Any:  # noqa: ANN401
            inputs = self._inputs(assignment, existing=existing)
            if not verify:
                return function(*inputs)
            expected = function(*map(materialized, self._inputs(Assignment(assignment.values), existing=existing)))
            try:
                traced = function(*inputs)
            except Exception as error:  # of anybody's code, which real values do not raise
                raise NotTabulated(()) from error
            if traced != expected:
                raise NotTabulated(())
            return traced

        def possible(values: Mapping[str, Any]) -> bool:
            state = values["state"]
            return state in states and (values["attempts"] > 0 or state not in CONVOKED)

        return tabulate(result, self.case.dimensions, defaults(self.case.dimensions, states[0]), possible)


def history_facts(application: Any, case: SampleCase, most: int) -> dict[str, Any]:  # noqa: ANN401 - a subject
    """An application's registration and its last convocations, by dimension."""
    zone, shown = case.settings.zone, application.convocations[::-1][:most]
    facts = {"registered": local_day(application.registered_at, zone), "attempts": len(shown)}
    for place, convocation in enumerate(shown, start=1):
        facts[f"convoked.{place}"] = convocation.on
        facts[f"entered.{place}"] = local_day(convocation.entered_at, zone)
    return facts


def _selected(refusal: Refusal) -> dict[str, Any]:
    if refusal.code == _SELECTED:
        return dict(refusal.details)
    return {"code": refusal.code, "says": translations(refusal.message)}


def _sentence(check: Check, details: Details, *, advises: bool) -> Callable[[str], str]:
    if advises:
        return Advisory(check.code, {name: plain(value) for name, value in details.items()}).message
    return Refusal(check.code, details, check.templates).message


def defaults(dimensions: Dimensions, state: State) -> dict[str, int]:
    """The option of each dimension that a table does not vary."""
    chosen = {name: _index(options, _default_value(name)) for name, options in dimensions.items()}
    return {**chosen, "state": _index(dimensions["state"], state), "attempts": 1}


def _default_value(dimension: str) -> object:
    values: dict[str, object] = {"entry": START, "exit": END, "action": ActionState.PUBLISHED, "hours": USUAL_HOURS}
    values.update(dict.fromkeys(("today", "registered", "on", "convoked", "entered"), FIRST_DAY))
    return values.get(dimension.partition(".")[0])


def _index(options: Sequence[Option], value: object) -> int:
    """The index of a value's option; 0 where there is none."""
    return next((index for index, option in enumerate(options) if option.value == value), 0)
