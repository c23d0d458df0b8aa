"""A policy prepared for calling: its code, its messages, and whether it reads the command.

A *policy* is a function named after the refusal that it may give: `no_seat_left` gives `no-seat-left`. It takes the
subject and the facts, and the command where the payload matters. It returns the refusal's details, or None.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from attrs import frozen

from poec_workflow.errors import Details

F = TypeVar("F", bound=Callable[..., Any])

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
