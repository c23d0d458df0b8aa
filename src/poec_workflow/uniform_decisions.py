"""Find out whether a command is decided alike for all subjects in one state, so that one decision serves for many.

Nobody declares it: what the decision calls must not use its subject, which is read off the code of each function. What
can't be read (a callable object, a compiled function, `*args`) counts as using it.
"""

from __future__ import annotations

import dis
from collections.abc import Callable, Iterator
from types import FunctionType
from typing import Any

from poec_workflow.commands import Command
from poec_workflow.folding import only_moves
from poec_workflow.machines import LIFECYCLES, AnyRule, Lifecycles
from poec_workflow.policies.settings import Settings

_FACTS = 1
"""The place of the facts among the arguments; the others are the subject and the command."""
_SEES_LOCALS = frozenset({"locals", "vars", "dir", "eval", "exec", "_getframe", "currentframe", "stack"})


def is_uniform(command: type[Command], settings: Settings, lifecycles: Lifecycles = LIFECYCLES) -> bool:
    """Whether decisions on one command differ only in reference and version, given the subject's state and the facts.

    So it is where no condition, policy or permission uses the subject or the command, the event changes nothing but
    version and state, and no other subject is changed.
    """
    rules = lifecycles[command.subject_kind].by_command.get(command, ())
    return all(map(_changes_only_the_state, rules)) and not any(map(uses_subject, _called(command, rules, settings)))


def _changes_only_the_state(rule: AnyRule) -> bool:
    return only_moves(rule.event) and rule.first is None and rule.then is None


def _called(command: type[Command], rules: tuple[AnyRule, ...], settings: Settings) -> Iterator[Callable[..., Any]]:
    yield from (grant.relation for grant in settings.permissions[command])
    yield from settings.refuse_also.get(command, ())
    for rule in rules:
        yield from (condition.test for condition in rule.given)
        yield from (grant.relation for grant in rule.permit)
        yield from (*rule.unless, *rule.advise)
        if rule.effective is not None:
            yield rule.effective


def uses_subject(function: Callable[..., Any]) -> bool:
    """Whether a function of `(subject, facts)` or `(subject, facts, command)` may use the subject or the command."""
    if not isinstance(function, FunctionType):
        return True
    code = function.__code__
    given = code.co_varnames[: code.co_argcount]
    if len(given) <= _FACTS:
        return True
    suspect = _SEES_LOCALS.union(given) - {given[_FACTS]}
    return any(name in suspect for each in dis.get_instructions(code) for name in _names(each.argval))


def _names(value: object) -> tuple[object, ...]:
    # From Python 3.13 an instruction may load two locals.
    return value if isinstance(value, tuple) else (value,)
