"""Tables with a fault: a row changed, and nothing checked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from attrs import evolve

from poec_workflow.machines import LIFECYCLES, AnyRule, Lifecycle
from poec_workflow.model import SubjectKind

Lifecycles = Mapping[SubjectKind, Lifecycle]


class Unchecked(Lifecycle):
    """A table that is not held to anything when it is built."""

    def __attrs_post_init__(self) -> None:
        """Check nothing."""


def changed(row: str, change: Callable[[AnyRule], AnyRule | None]) -> Lifecycles:
    """The tables with one row changed, or without it."""
    found: dict[SubjectKind, Lifecycle] = {}
    for kind, each in LIFECYCLES.items():
        rules = [change(rule) if rule.id == row else rule for rule in each.rules]
        found[kind] = Unchecked(
            each.name,
            each.kind,
            tuple(rule for rule in rules if rule is not None),
            each.states,
            each.final,
            each.parent,
        )
    return found


def without(row: str, code: str) -> Lifecycles:
    """The tables with one policy dropped from one row."""
    name = code.replace("-", "_")
    return changed(row, lambda rule: evolve(rule, unless=tuple(each for each in rule.unless if each.__name__ != name)))


def having(row: str, **changes: Any) -> Lifecycles:
    """The tables with parts of one row replaced."""
    return changed(row, lambda rule: evolve(rule, **changes))
