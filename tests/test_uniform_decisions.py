"""Whether a command is decided alike for all subjects in one state is read off the code of what its decision calls."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, wraps
from sys import _getframe
from typing import Any

import pytest
from attrs import evolve

from poec_workflow import Settings, commands
from poec_workflow.commands import COMMANDS
from poec_workflow.events import EVENTS, Expired, Preregistered, Rejected
from poec_workflow.folding import only_moves
from poec_workflow.machines import LIFECYCLES, Lifecycle
from poec_workflow.model import ActorKind, SubjectKind
from poec_workflow.policies.access import PERMISSIONS, Grant, anyone
from poec_workflow.uniform_decisions import is_uniform, uses_subject


def unused(_subject: Any, facts: Any) -> bool:
    return bool(facts.session)


def unused_command(_subject: Any, facts: Any, _command: Any) -> bool:
    return bool(facts.session)


def unused_by_a_default(_subject: Any, facts: Any, *, days: int = 3) -> bool:
    return bool(facts.session) and days > 2


def reads_a_field(subject: Any, _facts: Any) -> bool:
    return bool(subject.candidate)


def passes_it_on(subject: Any, facts: Any) -> bool:
    return reads_a_field(subject, facts)


def compares_it(subject: Any, facts: Any) -> bool:
    return facts.session is subject


def reads_both(subject: Any, facts: Any) -> bool:
    return facts is subject or subject is facts


def reads_it_inside(subject: Any, facts: Any) -> bool:
    return any(subject.session == each for each in facts.enrolments)


def reads_it_in_a_lambda(subject: Any, facts: Any) -> bool:
    return bool(map(lambda each: each == subject, facts.enrolments))  # noqa: C417 - a lambda is the case


def reads_the_command(_subject: Any, _facts: Any, command: Any) -> bool:
    return bool(command.reference)


def reads_locals(subject: Any, _facts: Any) -> bool:
    return bool(locals())


def reads_its_frame(subject: Any, _facts: Any) -> bool:  # noqa: ARG001 - read otherwise
    return bool(_getframe().f_locals)


def evaluates_text(subject: Any, _facts: Any) -> bool:  # noqa: ARG001 - read otherwise
    return bool(eval("subject"))  # noqa: S307 - the case


def any_arguments(*_args: Any) -> bool:
    return True


def one_argument_and_more(_subject: Any, *_args: Any) -> bool:
    return True


@wraps(unused)
def wrapped(*args: Any) -> bool:
    return reads_a_field(*args)


class Judge:
    def __call__(self, _subject: Any, _facts: Any) -> bool:
        return True

    def method(self, _subject: Any, _facts: Any) -> bool:
        return True


@pytest.mark.parametrize(
    "function", [unused, unused_command, unused_by_a_default, anyone, lambda _subject, _facts: True]
)
def test_what_never_names_its_subject_does_not_use_it(function: Callable[..., Any]) -> None:
    """Neither the subject nor the command; the facts it may read."""
    assert not uses_subject(function)


@pytest.mark.parametrize(
    "function",
    [
        reads_a_field,
        passes_it_on,
        compares_it,
        reads_both,
        reads_it_inside,
        reads_it_in_a_lambda,
        reads_the_command,
        reads_locals,
        reads_its_frame,
        evaluates_text,
        any_arguments,
        one_argument_and_more,
        wrapped,
        partial(unused),
        Judge(),
        Judge().method,
        bool,
        max,
    ],
)
def test_what_names_its_subject_or_can_not_be_read_may_use_it(function: Callable[..., Any]) -> None:
    """Directly, in a nested function, through its frame; and whatever is no plain function."""
    assert uses_subject(function)


def test_an_event_with_fields_of_its_own_does_more_than_move() -> None:
    """So do those that create, and those that are folded in a way of their own."""
    assert only_moves(Expired)
    assert not only_moves(Rejected)
    assert not only_moves(Preregistered)
    assert not only_moves(EVENTS["certification-approved"])


def test_expiring_is_uniform() -> None:
    """So are the other endings by rule, which look at the session alone; commands of people are not."""
    uniform = {each for each in COMMANDS.values() if is_uniform(each, Settings())}
    assert {commands.Expire, commands.RefuseSessionFull, commands.Cancel} <= uniform
    assert not uniform & {commands.Convoke, commands.Withdraw, commands.Retain, commands.Reject, commands.CancelSession}
    assert not uniform & {commands.Preregister, commands.CreateSession, commands.CreateAction}


@pytest.mark.parametrize("relation", [reads_a_field, reads_the_command, wrapped])
def test_a_permission_that_looks_makes_it_not_uniform(relation: Callable[..., Any]) -> None:
    """Also where another kind of actor is meant."""
    permissions = {**PERMISSIONS, commands.Expire: (Grant(ActorKind.SYSTEM), Grant(ActorKind.PLATFORM, relation))}
    assert not is_uniform(commands.Expire, Settings(permissions=permissions))


def _with(**changes: Any) -> dict[SubjectKind, Lifecycle]:
    """The lifecycles, with another row for `Expire`."""
    lifecycle = LIFECYCLES[SubjectKind.APPLICATION]
    rules = tuple(evolve(each, **changes) if each.command is commands.Expire else each for each in lifecycle.rules)
    return {**LIFECYCLES, SubjectKind.APPLICATION: evolve(lifecycle, rules=rules)}


@pytest.mark.parametrize(
    "changes",
    [
        {"unless": (reads_a_field,)},
        {"advise": (reads_a_field,)},
        {"effective": reads_a_field},
        {"then": commands.DeclareSessionFull},
        {"first": commands.Cancel},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_a_row_that_looks_or_changes_others_is_not_uniform(changes: dict[str, Any]) -> None:
    """Whichever part of the row it is."""
    assert is_uniform(commands.Expire, Settings(), _with())
    assert not is_uniform(commands.Expire, Settings(), _with(**changes))
