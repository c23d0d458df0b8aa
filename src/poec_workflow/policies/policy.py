"""The types of a policy and of a condition.

A *policy* refuses or advises (see `check`); a *condition* answers yes or no, and chooses a row.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar, overload

from attrs import evolve, field, frozen

from poec_workflow.commands import Command
from poec_workflow.errors import Details
from poec_workflow.policies.check import code_of, needs_command
from poec_workflow.policies.facts import Facts

S = TypeVar("S")
C = TypeVar("C", bound=Command)

Policy = Callable[[S, Facts], Details | None] | Callable[[S, Facts, C], Details | None]


@frozen
class Condition(Generic[S, C]):
    """A yes or no that chooses a row; `~` is its contrary."""

    name: str
    test: Callable[..., bool] = field(eq=False)
    payload_free: bool
    expected: bool = True

    def __invert__(self) -> Condition[S, C]:
        return evolve(self, expected=not self.expected)

    def __str__(self) -> str:
        return self.name if self.expected else f"not {self.name}"

    def holds(self, subject: S, facts: Facts, command: C) -> bool:
        """Evaluate it, as a strict boolean."""
        answer = self.test(subject, facts) if self.payload_free else self.test(subject, facts, command)
        return bool(answer) is self.expected


@overload
def condition(test: Callable[[S, Facts], bool]) -> Condition[S, Any]: ...
@overload
def condition(test: Callable[[S, Facts, C], bool]) -> Condition[S, C]: ...
def condition(test: Callable[..., bool]) -> Condition[Any, Any]:
    """Make a condition of a function, named after it."""
    return Condition(code_of(test), test, not needs_command(test))
