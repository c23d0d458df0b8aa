"""Promises as they are given and asked: a wrong shape is a fault at once, and one that raises is told as that."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator

from poec_workflow.errors import Fault, Malformed
from poec_workflow.testing.reference.observed_step import ObservedStep, Promise

_LATER = (inspect.iscoroutinefunction, inspect.isasyncgenfunction)
_NAMELESS = "<lambda>"


class PromiseRaisedError(Exception):
    """A promise raised, or answered what says nothing; `str` says what, `__cause__` is the exception."""


def name_of(promise: Promise) -> str:
    """Return the name that a report gives to a promise."""
    return promise.__name__.replace("_", "-")


def checked_promises(given: object, place: str, taken: Iterable[Promise] = ()) -> tuple[Promise, ...]:
    """Return the promises that were given.

    Args:
        given: functions of the step, each with a name of its own.
        place: what they were given as.
        taken: promises whose names are not free.

    Raises:
        Malformed: something is none, or has the name of another; all faults at once.
    """
    if isinstance(given, str | bytes) or not isinstance(given, Iterable):
        raise Malformed.at(place, "expected several functions of the step, as a list or a tuple")
    promises: tuple[Promise, ...] = tuple(given)
    faults = tuple(_faults(promises, place, {name_of(each) for each in taken}))
    if faults:
        raise Malformed(faults)
    return promises


def contradictions_of(promise: Promise, step: ObservedStep) -> tuple[str, ...]:
    """Return what contradicts a promise in a step; where it answers None, nothing does.

    Raises:
        PromiseRaisedError: the promise raised, or answered neither None nor texts.
    """
    try:
        answer: object = promise(step)
        contradictions: tuple[object, ...] = () if answer is None else _each(answer)
    except Exception as error:
        said = f"{type(error).__name__}: {error}".removesuffix(": ")
        raise PromiseRaisedError(f"the property itself raised {said}") from error
    return tuple(map(str, contradictions))


def _each(answer: object) -> tuple[object, ...]:
    if isinstance(answer, str | bytes) or not isinstance(answer, Iterable):
        raise TypeError(f"expected texts that say what contradicts it, or None; it returned {answer!r}")
    texts = tuple(answer)
    for each in texts:
        if not isinstance(each, str):
            raise TypeError(f"expected texts that say what contradicts it; among them was {each!r}")
    return texts


def _faults(promises: tuple[Promise, ...], place: str, taken: set[str]) -> Iterator[Fault]:
    for index, each in enumerate(promises):
        problem = _problem(each)
        if problem is None and name_of(each) in taken:
            problem = f"a property is named {name_of(each)} already"
        if problem is None:
            taken.add(name_of(each))
        else:
            yield Fault(f"{place}[{index}]", problem)


def _problem(promise: object) -> str | None:
    """Say why something is no promise; None where it is one."""
    if not callable(promise) or isinstance(promise, type):
        return "expected a function of the step"
    if getattr(promise, "__name__", _NAMELESS) == _NAMELESS:
        return "expected a function with a name, which reports tell"
    if any(later(promise) for later in _LATER):
        return "expected a function that answers at once, not a coroutine"
    try:
        inspect.signature(promise).bind(None)
    except (TypeError, ValueError):
        return "expected a function of one argument, the step"
    return None
