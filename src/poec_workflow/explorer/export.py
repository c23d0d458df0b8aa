"""Everything that the page looks up, as JSON-ready data: the rows, and truth tables of Python's own answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from typing import Any, cast

from attrs import define, evolve, field

from poec_workflow import locales
from poec_workflow.commands import Command
from poec_workflow.events import AnyEvent
from poec_workflow.explorer.application_outcome import ApplicationOutcome
from poec_workflow.explorer.case import Case
from poec_workflow.explorer.decided_outcome import DecidedOutcome
from poec_workflow.explorer.dimensions import Option, translations, words
from poec_workflow.explorer.evaluation import Evaluation
from poec_workflow.explorer.truth_tables import IMPOSSIBLE, NotTabulated, TruthTable
from poec_workflow.machines import APPLICATION, AnyRule, Lifecycle
from poec_workflow.model import State, SubjectKind
from poec_workflow.notices import NOTICES, Notices
from poec_workflow.policies.check import Check

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_IMPOSSIBLE_DIGIT = "-"


@define
class Export:
    """The data of the sample case; each truth table stands in it once."""

    case: Case
    lifecycle: Lifecycle = APPLICATION
    notices: Notices = NOTICES
    tables: list[dict[str, Any]] = field(factory=list)
    limitations: list[dict[str, Any]] = field(factory=list)
    """Rules that are not tabulated, or that read what the page does not vary."""

    def data(self) -> dict[str, Any]:
        """All of it."""
        case, dimensions, lifecycle = self.case, self.case.dimensions, self.lifecycle
        days = [option.value for option in dimensions["today"]]
        return {
            "fingerprint": f"{lifecycle.fingerprint}-{case.settings.fingerprint}",
            "states": [self._state(state) for state in lifecycle.states],
            "initial": {**case.defaults(lifecycle.initial), **case.first, "state": None, "actor": -1},
            "dimensions": {name: [_option(each) for each in options] for name, options in dimensions.items()},
            "fields": {"general": case.general, "counts": case.counts, "own": case.own},
            "sums": case.sums,
            "commands": [self._command(command) for command in lifecycle.step_commands],
            "rows": {rule.id: self._row(rule) for rule in lifecycle.steps},
            "tables": self.tables,
            "limitations": self.limitations,
            "landmarks": {name: days.index(day) for name, day in case.landmarks.items()},
        }

    def _state(self, state: State) -> dict[str, Any]:
        return {
            "name": state.value,
            "labels": translations(lambda lang: locales.state(state, lang)),
            "final": state in self.lifecycle.final,
            "leastAttempts": self.case.least_attempts(state),
        }

    def _command(self, command: type[Command]) -> dict[str, Any]:
        return {
            "name": command.type,
            "labels": translations(lambda lang: locales.label("commands", command.type, lang)),
            "creates": self.lifecycle.creates(command),
            "payload": self.case.payload(command),
            "absent": self._selection(command, existing=False),
            "existing": self._selection(command, existing=True),
        }

    def _selection(self, command: type[Command], *, existing: bool) -> int:
        evaluation = Evaluation(self.case.standard, command, self.lifecycle)
        with suppress(NotTabulated):
            return self._kept(evaluation.selection(existing=existing))
        # What others may do can't be tabulated; the command's own permissions may.
        evaluation = evolve(evaluation, offers=False)
        number = self._tabulated(command, "not-permitted", lambda: evaluation.selection(existing=existing))
        if number is not None:
            return number
        return self._kept(evaluation.permitting_all().selection(existing=existing))

    def _row(self, rule: AnyRule) -> dict[str, Any]:
        settings = self.case.settings
        refusals, advisories = (
            [each for each in checks if not settings.leaves_out(rule.command, each.code)]
            for checks in (rule.refusal_checks, rule.advisory_checks)
        )
        own = settings.checks.get(rule.command, ())
        outcome = self._outcome(rule)
        return {
            "id": rule.id,
            "to": None if not isinstance(rule.target, State) else self.lifecycle.states.index(rule.target),
            "conditions": translations(
                lambda lang: ", ".join(locales.label("conditions", str(each), lang) for each in rule.given)
            ),
            "checks": [self._check(rule, each) for each in (*refusals, *own)],
            "effect": self._effect(rule, outcome),
            "tells": outcome.tells,
            "told": self._told(rule, outcome),
            "follows": self._follows(rule, outcome),
            "advises": [self._check(rule, each, advises=True) for each in advisories],
        }

    def _outcome(self, rule: AnyRule) -> ApplicationOutcome | DecidedOutcome:
        kind = ApplicationOutcome if self.lifecycle.kind is SubjectKind.APPLICATION else DecidedOutcome
        return kind(Evaluation(self.case.standard, rule.command, self.lifecycle), rule, self.notices)

    def _effect(self, rule: AnyRule, outcome: ApplicationOutcome | DecidedOutcome) -> dict[str, Any]:
        if isinstance(outcome, ApplicationOutcome):
            return outcome.effect()
        copies, computed = outcome.effect()
        tables = {name: self._tabulated(rule.command, name, partial(outcome.after, name)) for name in computed}
        return {"copies": copies, "tables": tables}

    def _told(self, rule: AnyRule, outcome: ApplicationOutcome | DecidedOutcome) -> int | None:
        """The table of who is told; None where nobody ever is, or there is no table."""
        if not outcome.tells:
            return None
        notice = self.notices.by_event.get(cast("type[AnyEvent]", rule.event))
        return self._tabulated(rule.command, notice.id if notice else rule.id, outcome.told)

    def _follows(self, rule: AnyRule, outcome: ApplicationOutcome | DecidedOutcome) -> int | None:
        """The table of what happens to others; None where nothing ever does, or there is no table."""
        if isinstance(outcome, ApplicationOutcome) or not outcome.cascades:
            return None
        return self._tabulated(rule.command, rule.id, outcome.follows)

    def _check(self, rule: AnyRule, check: Check, *, advises: bool = False) -> dict[str, Any]:
        evaluation = Evaluation(self.case, rule.command, self.lifecycle)
        return {
            "code": check.code,
            "labels": _kept_labels(check.code),
            "table": self._tabulated(rule.command, check.code, lambda: evaluation.check(check, advises=advises)),
        }

    def _tabulated(self, command: type[Command], name: str, evaluate: Callable[[], TruthTable]) -> int | None:
        """The table's number; None where there is no table, which is a limitation."""
        try:
            table = evaluate()
        except NotTabulated as error:
            self._limit(command, name, error.inputs, tabulated=False)
            return None
        if table.constant_reads:
            self._limit(command, name, table.constant_reads, tabulated=True)
        return self._kept(table)

    def _kept(self, table: TruthTable) -> int:
        packed = _packed(table)
        if packed not in self.tables:
            self.tables.append(packed)
        return self.tables.index(packed)

    def _limit(self, command: type[Command], rule: str, reads: tuple[str, ...], *, tabulated: bool) -> None:
        limitation = {"command": command.type, "rule": rule, "reads": list(reads), "tabulated": tabulated}
        if limitation not in self.limitations:
            self.limitations.append(limitation)


def _kept_labels(code: str) -> Mapping[str, str] | None:
    """The rule as it reads when it is kept; None of a service's own."""
    known = code in words(locales.LANGUAGES[0])["rules"]
    return translations(lambda lang: words(lang)["rules"][code]) if known else None


def _option(option: Option) -> dict[str, Any]:
    """An option, with its number where it is one."""
    number = {"number": option.value} if type(option.value) is int else {}
    return {"labels": option.labels, **number}


def _packed(table: TruthTable) -> dict[str, Any]:
    """Cells in base 36: 0 for None, n for the n-th distinct result; a hyphen where the facts cannot come together."""
    results: list[Any] = []
    numbers: dict[str, int] = {}
    for cell in table.cells:
        if cell is not None and cell is not IMPOSSIBLE and str(cell) not in numbers:
            results.append(cell)
            numbers[str(cell)] = len(results)
    width = 1 if len(results) < len(_DIGITS) else 2
    cells = "".join(
        _IMPOSSIBLE_DIGIT * width if cell is IMPOSSIBLE else _digits(0 if cell is None else numbers[str(cell)], width)
        for cell in table.cells
    )
    return {"inputs": list(table.inputs), "width": width, "cells": cells, "results": results}


def _digits(number: int, width: int) -> str:
    return "".join(_DIGITS[number // 36**place % 36] for place in reversed(range(width)))
