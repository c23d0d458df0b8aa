"""Everything that the page looks up, as JSON-ready data: the rows, and the answers of Python's own policies."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from attrs import define, field

from poec_workflow import locales
from poec_workflow.commands import Command, Convoke, MoveConvocation, Preregister
from poec_workflow.decider import no_transition, not_permitted, unknown
from poec_workflow.errors import Refusal
from poec_workflow.explorer.dimensions import Option, words
from poec_workflow.explorer.evaluation import CONVOKED, Questions, said, usual
from poec_workflow.explorer.journal_setup import stage, without_nulls
from poec_workflow.explorer.sample_case import ACTION, APPLICATION, PAYLOADS, SESSION, World
from poec_workflow.explorer.tracing import Situation, solid
from poec_workflow.explorer.truth_tables import IMPOSSIBLE, Table, TooMuch
from poec_workflow.machines import AnyRule, Lifecycle
from poec_workflow.model import State
from poec_workflow.policies.check import Check
from poec_workflow.policies.policy import Condition
from poec_workflow.serialization import to_dict

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_NOWHERE = "-"
EFFECTS: dict[type[Command], str] = {Preregister: "registers", Convoke: "adds", MoveConvocation: "replaces"}
"""What a command changes besides the state, in the page's words."""


@define
class Export:
    """The data of one lifecycle under one service's settings; each table is kept once."""

    lifecycle: Lifecycle
    world: World
    tables: list[dict[str, Any]] = field(factory=list)
    untold: list[dict[str, Any]] = field(factory=list)
    """Rules that look at too much to be tabled, or at what does not vary."""

    def data(self) -> dict[str, Any]:
        """The whole of it."""
        lifecycle, world = self.lifecycle, self.world
        return {
            "fingerprint": f"{lifecycle.fingerprint}-{world.settings.fingerprint}",
            "states": [self._state(state) for state in lifecycle.states],
            "initial": {**usual(world.dimensions, lifecycle.initial), "state": None, "attempts": 0, "actor": -1},
            "dimensions": {name: list(map(self._option, options)) for name, options in world.dimensions.items()},
            "commands": [self._command(command) for command in lifecycle.by_command],
            "rows": [self._row(rule) for rule in lifecycle.rules],
            "unknown": said(unknown(lifecycle.kind, APPLICATION).message),
            "duplicate": said(Refusal("duplicate-reference", {"reference": APPLICATION}).message),
            "tables": self.tables,
            "untold": self.untold,
            "landmarks": {name: self._day(day) for name, day in world.landmarks.items()},
            "action": ACTION,
            "session": SESSION,
            "stage": stage(world, world.dimensions["today"][0].value),
        }

    def _day(self, day: date) -> int:
        return [option.value for option in self.world.dimensions["today"]].index(day)

    def _option(self, option: Option) -> dict[str, Any]:
        data: dict[str, Any] = {"labels": option.labels}
        if isinstance(option.value, State):
            data["name"] = option.value.value
        if isinstance(option.value, date):
            data["at"] = self.world.instant(option.value).isoformat()
        return data if option.wire is None else {**data, "wire": option.wire}

    def _state(self, state: State) -> dict[str, Any]:
        refusal = no_transition(_in_state(self.world, state), next(iter(self.lifecycle.by_command)).type)
        return {
            "name": state.value,
            "labels": said(lambda lang: locales.state(state, lang)),
            "final": state in self.lifecycle.final,
            "convoked": state in CONVOKED,
            "refuses": said(refusal.message),
        }

    def _command(self, command: type[Command]) -> dict[str, Any]:
        questions = Questions(self.lifecycle, self.world, command)
        platform = self.world.dimensions["actor"][0].value
        return {
            "name": command.type,
            "labels": said(lambda lang: locales.label("commands", command.type, lang)),
            "creates": questions.creates,
            "payload": _payload(command),
            "effect": EFFECTS.get(command),
            "permission": self._kept(command, "not-permitted", questions.permission),
            "forbidden": said(not_permitted(command.type, platform).message),
            "wire": _wire(self.world, command),
        }

    def _row(self, rule: AnyRule) -> dict[str, Any]:
        own = self.world.settings.checks.get(rule.command, ())
        return {
            "id": rule.id,
            "from": [_index(self.lifecycle, state) for state in rule.source or (None,)],
            "command": rule.command.type,
            "to": None if not isinstance(rule.target, State) else _index(self.lifecycle, rule.target),
            "given": [self._condition(rule, each) for each in rule.given],
            "checks": [self._check(rule, each) for each in (*rule.refusals, *own)],
            "advises": [self._check(rule, each, advises=True) for each in rule.advisories],
        }

    def _condition(self, rule: AnyRule, condition: Condition[Any, Any]) -> dict[str, Any]:
        questions = Questions(self.lifecycle, self.world, rule.command)
        return {
            "labels": said(lambda lang: locales.label("conditions", str(condition), lang)),
            "expected": condition.expected,
            "table": self._kept(rule.command, condition.name, lambda: questions.condition(condition)),
        }

    def _check(self, rule: AnyRule, check: Check, *, advises: bool = False) -> dict[str, Any]:
        questions = Questions(self.lifecycle, self.world, rule.command)
        return {
            "code": check.code,
            "labels": said(lambda lang: words(lang)["rules"].get(check.code, check.code)),
            "table": self._kept(rule.command, check.code, lambda: questions.check(check, advises=advises)),
        }

    def _kept(self, command: type[Command], name: str, make: Callable[[], Table]) -> int | None:
        """The table's number; None where there is none, which is then told."""
        try:
            table = make()
        except TooMuch as error:
            self._tell({"command": command.type, "rule": name, "looks": list(error.looks), "tabled": False})
            return None
        if table.aside:
            self._tell({"command": command.type, "rule": name, "looks": list(table.aside), "tabled": True})
        packed = _packed(table)
        if packed not in self.tables:
            self.tables.append(packed)
        return self.tables.index(packed)

    def _tell(self, what: dict[str, Any]) -> None:
        if what not in self.untold:
            self.untold.append(what)


def _index(lifecycle: Lifecycle, state: State | None) -> int | None:
    return None if state is None else lifecycle.states.index(state)


def _usual(world: World, state: State) -> Situation:
    chosen = usual(world.dimensions, state)
    return Situation({name: options[chosen[name]].value for name, options in world.dimensions.items()})


def _in_state(world: World, state: State) -> Any:  # noqa: ANN401 - a subject
    return solid(world.subject(_usual(world, state)))


def _wire(world: World, command: type[Command]) -> dict[str, Any]:
    """The command as a journal has it, with a usual payload."""
    made = to_dict(solid(world.command(command, _usual(world, world.dimensions["state"][0].value))))
    wire: dict[str, Any] = without_nulls(made)
    return {name: "{session}" if name == "session" else value for name, value in wire.items()}


def _payload(command: type[Command]) -> list[str]:
    """The dimensions that a command's payload is chosen from."""
    looked = Situation(_Anything())
    for name, look in PAYLOADS.get(command, {}).items():
        if name != "candidate":
            look(looked)
    return sorted(looked.seen)


class _Anything(dict[str, Any]):
    def __missing__(self, _name: str) -> tuple[str, str]:
        return ("", "")


def _packed(table: Table) -> dict[str, Any]:
    """Cells as digits of 36: 0 says nothing, n the n-th sentence, or yes; a hyphen where there is no situation."""
    says: list[Any] = []
    numbers: dict[str, int] = {}
    for cell in table.cells:
        if cell is not None and cell is not IMPOSSIBLE and str(cell) not in numbers:
            says.append(cell)
            numbers[str(cell)] = len(says)
    width = 1 if len(says) < len(_DIGITS) else 2
    cells = "".join(
        _NOWHERE * width if cell is IMPOSSIBLE else _digits(0 if cell is None else numbers[str(cell)], width)
        for cell in table.cells
    )
    return {"looks": list(table.looks), "width": width, "cells": cells, "says": says}


def _digits(number: int, width: int) -> str:
    return "".join(_DIGITS[number // 36**place % 36] for place in reversed(range(width)))
