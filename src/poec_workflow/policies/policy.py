"""The shape of a policy and of a condition, and their names.

A *policy* is a function named after the refusal that it may give: `no_seat_left` gives `no-seat-left`. It takes
the subject and the facts, and the command where the payload matters, and returns the refusal's details, or None
when there is nothing to say. A *condition* answers yes or no, and chooses a row.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

from attrs import evolve, field, frozen

from poec_workflow.commands import Command
from poec_workflow.errors import Details

if TYPE_CHECKING:
    from poec_workflow.policies.facts import Facts

S = TypeVar("S")
C = TypeVar("C", bound=Command)
F = TypeVar("F", bound=Callable[..., Any])

Policy = Callable[[S, "Facts"], Details | None] | Callable[[S, "Facts", C], Details | None]

_WITH_COMMAND = 3


def code_of(policy: Callable[..., Any]) -> str:
    """The code that a policy refuses, or advises, with."""
    return policy.__name__.replace("_", "-")


def needs_command(test: Callable[..., Any]) -> bool:
    """Whether a policy or condition looks at the payload; `explain` asks only those that do not."""
    return len(inspect.signature(test).parameters) == _WITH_COMMAND


def taking_command(test: Callable[..., Any]) -> Callable[..., Any]:
    """The same test, called with subject, facts and command whether it looks at the command or not."""
    if needs_command(test):
        return test
    return lambda subject, facts, _command: test(subject, facts)


@frozen
class Check:
    """A policy made ready to be asked: its code, and one way to call it."""

    code: str
    payload_free: bool
    ask: Callable[..., Details | None]
    templates: Mapping[str, str]

    @classmethod
    def of(cls, policy: Callable[..., Details | None]) -> Check:
        """The check of a policy."""
        return cls(
            code_of(policy),
            not needs_command(policy),
            taking_command(policy),
            getattr(policy, "messages", {}),
        )


def messages(**by_language: str) -> Callable[[F], F]:
    """Give a service's own policy its sentences: `@messages(fr="…", en="… {on}")`, filled in from the details."""

    def give(policy: F) -> F:
        policy.messages = by_language  # type: ignore[attr-defined]
        return policy

    return give


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
        """Strictly True or False."""
        return bool(self.test(subject, facts, command)) is self.expected


@overload
def condition(test: Callable[[S, Facts], bool]) -> Condition[S, Any]: ...
@overload
def condition(test: Callable[[S, Facts, C], bool]) -> Condition[S, C]: ...
def condition(test: Callable[..., bool]) -> Condition[Any, Any]:
    """Make a condition of a function, named after it."""
    return Condition(code_of(test), taking_command(test), not needs_command(test))
