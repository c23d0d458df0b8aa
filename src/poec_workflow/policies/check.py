"""A policy prepared for calling: its code, its messages, and whether it needs the command.

A *policy* is a function named after the refusal that it may give: `no_seat_left` gives `no-seat-left`. It takes the
subject and the facts, and the command where the payload matters. It returns the refusal's details, or None.
"""

from __future__ import annotations

import inspect
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar, cast

from attrs import frozen

from poec_workflow import locales
from poec_workflow.errors import Details, Malformed
from poec_workflow.frozen_map import FrozenMap
from poec_workflow.policies.policy_source import details_of

F = TypeVar("F", bound=Callable[..., Any])

_CODE = re.compile("[a-z][a-z0-9]*(-[a-z0-9]+)*")
_WITHOUT_COMMAND, _WITH_COMMAND = 2, 3
_SHAPE = "expected a function of (subject, facts) or (subject, facts, command)"
_ANSWERS_LATER = (inspect.iscoroutinefunction, inspect.isasyncgenfunction, inspect.isgeneratorfunction)


def code_of(policy: Callable[..., Any]) -> str:
    """The code that a policy refuses, or advises, with."""
    return policy.__name__.replace("_", "-")


def needs_command(test: Callable[..., Any]) -> bool:
    """Whether a policy, condition or relation needs the command; `explain` evaluates only those that do not.

    It does when it requires three positional arguments. Optional and keyword-only parameters keep their defaults.

    Raises:
        Malformed: it is not a synchronous function of two or three arguments.
    """
    if problem := _problem_of_kind(test):
        raise Malformed.at("$", problem)
    parameters = inspect.signature(test).parameters.values()
    positional = [each for each in parameters if each.kind in {each.POSITIONAL_ONLY, each.POSITIONAL_OR_KEYWORD}]
    required = sum(each.default is each.empty for each in positional)
    most = math.inf if any(each.kind is each.VAR_POSITIONAL for each in parameters) else len(positional)
    if any(each.kind is each.KEYWORD_ONLY and each.default is each.empty for each in parameters):
        raise Malformed.at("$", f"{_SHAPE}; {test!r:.80} requires a keyword")
    if required > _WITH_COMMAND or most < _WITHOUT_COMMAND:
        raise Malformed.at("$", f"{_SHAPE}; {test!r:.80} takes another number of arguments")
    if required < _WITH_COMMAND <= most:
        raise Malformed.at("$", f"{_SHAPE}; of {test!r:.80} a third argument must be required, or be keyword-only")
    return required == _WITH_COMMAND


def _problem_of_kind(test: object) -> str | None:
    if not callable(test) or isinstance(test, type):
        return f"{_SHAPE}, not {test!r:.80}"
    if any(later(each) for later in _ANSWERS_LATER for each in _layers(test)):
        return f"{_SHAPE} that answers at once, not {test!r:.80}"
    try:
        inspect.signature(test)
    except (TypeError, ValueError) as error:
        return f"{_SHAPE}: {error}"
    return None


def _layers(test: object) -> Iterator[object]:
    """A callable, and what it wraps or completes: whichever of them runs later, its answer is no answer."""
    while test is not None:
        yield test
        yield type(test).__call__ if callable(test) else None
        test = getattr(test, "__wrapped__", None) or getattr(test, "func", None)


def faults_of_function(test: object) -> Iterator[str]:
    """The faults of a service's own policy or relation: it must be callable with facts, and have a name."""
    try:
        needs_command(cast("Callable[..., Any]", test))
    except Malformed as error:
        yield from (each.problem for each in error.faults)
    if callable(test) and not has_name(test):
        yield f"expected a function with a name, not {test!r:.80}"


def has_name(test: Callable[..., Any]) -> bool:
    """Whether a callable has a name, which makes its code, and a place for its module, which tells it apart."""
    name = getattr(test, "__name__", None)
    return isinstance(name, str) and name.isidentifier() and hasattr(test, "__module__")


@frozen
class Check:
    """A policy prepared for evaluation.

    Attributes:
        code: of the refusal or the advisory.
        payload_free: whether it takes the subject and the facts alone.
        policy: the function.
        templates: its own sentences, by language.
    """

    code: str
    payload_free: bool
    policy: Callable[..., Details | None]
    templates: Mapping[str, str]

    @classmethod
    def of(cls, policy: Callable[..., Details | None]) -> Check:
        """The check of a policy."""
        return cls(code_of(policy), not needs_command(policy), policy, FrozenMap(getattr(policy, "messages", {})))


Evaluate = Callable[[Any, Any, Any], tuple[Details | None, ...] | None]
"""Subject, facts and command ▸ what each of some policies gives, or None where none of them gives details."""


def evaluator(checks: Sequence[Check]) -> Evaluate:
    """Compile the checks of a row into one function, without a loop over them."""
    scope: dict[str, Any] = {f"policy_{number}": each.policy for number, each in enumerate(checks)}
    given = ["subject, facts" if each.payload_free else "subject, facts, command" for each in checks]
    asked = [f" answer_{number} = policy_{number}({each})" for number, each in enumerate(given)]
    passed = "".join(f"answer_{number} is None and " for number in range(len(checks)))
    every = "".join(f"answer_{number}, " for number in range(len(checks)))
    lines = ("def evaluate(subject, facts, command):", *asked, f" return None if {passed}True else ({every})")
    exec("\n".join(lines), scope)  # noqa: S102 - of numbers alone
    evaluate: Evaluate = scope["evaluate"]
    return evaluate


def faults_of_code(policy: Callable[..., Any]) -> Iterator[str]:
    """The faults of the code and the messages of a service's own policy, which has a name."""
    code = code_of(policy)
    if not _CODE.fullmatch(code):
        yield f"{policy.__name__} gives no code: lower-case letters, digits, single underscores"
    if code in locales.words("en")["refusals"]:
        yield f"{policy.__name__} has the name of a rule of this package"
    yield from (f"messages of {policy.__name__}: {each}" for each in faults_of_messages(policy))


def faults_of_messages(policy: Callable[..., Any]) -> Iterator[str]:
    """The faults of the messages of a service's own policy: languages, formats, placeholders."""
    templates: object = getattr(policy, "messages", {})
    if not isinstance(templates, Mapping):
        yield "expected a mapping of languages to sentences"
        return
    details = details_of(policy) if templates else None
    for lang, template in templates.items():
        if lang not in locales.LANGUAGES:
            yield f"unknown language {lang!r:.80}: one of {', '.join(locales.LANGUAGES)}"
        elif problem := locales.fault_of_template(template):
            yield f"{lang}: {problem}"
        elif details is not None and (others := sorted(locales.placeholders(template) - details)):
            given = ", ".join(sorted(details)) or "none"
            yield f"{lang}: {{{others[0]:.40}}} is no detail of the policy, which gives {given}"


def messages(**by_language: str) -> Callable[[F], F]:
    """Give a service's own policy its sentences: `@messages(fr="…", en="… {on}")`, filled in from the details.

    A placeholder is the name of a detail, optionally with a format: `{on:%d/%m/%Y}`, `{rate:.1f}`. `Settings` checks
    the sentences. A language without one gets a sentence that names the code.
    """

    def give(policy: F) -> F:
        policy.messages = by_language  # type: ignore[attr-defined]
        return policy

    return give
