"""Constructors that are compiled: the same values as the class's own makes, and as frozen."""

from __future__ import annotations

import pickle
from typing import Any

import pytest
from attrs import fields
from attrs.exceptions import FrozenInstanceError
from hypothesis import given, settings
from hypothesis import strategies as st

from poec_workflow import Application, Convocation, Enrolment, TrainingAction, TrainingSession
from poec_workflow.construction import constructor
from poec_workflow.events import EVENTS
from poec_workflow.testing.strategies import values

CLASSES: list[type[Any]] = [Application, TrainingSession, TrainingAction, Convocation, *EVENTS.values()]


@settings(max_examples=200)
@given(st.sampled_from(CLASSES).flatmap(values))
def test_what_is_compiled_makes_the_same(value: Any) -> None:
    """In equality, hash, text and pickle; every field of the copy is the original's."""
    cls: Any = type(value)
    made = constructor(cls)(*(getattr(value, each.name) for each in fields(cls)))
    assert (type(made), made, hash(made), repr(made)) == (cls, value, hash(value), repr(value))
    assert pickle.loads(pickle.dumps(made)) == value  # noqa: S301 - our own
    with pytest.raises(FrozenInstanceError):
        made.version = 0


@pytest.mark.parametrize("cls", [*CLASSES, Enrolment], ids=lambda each: each.__name__)
def test_a_value_has_no_slot_for_weak_references(cls: type[Any]) -> None:
    """It would have to be made, and takes eight bytes of every value."""
    assert not hasattr(cls, "__weakref__")


def test_expressions_say_where_fields_come_from() -> None:
    """Of the parameters, and of names besides."""
    day = object()
    make = constructor(
        Convocation,
        ("source",),
        {"on": "day", "time": "source[0]", "place": "None", "entered_at": "source[1]", "outcome": "None"},
        {"day": day},
    )
    made: Any = make((1, 2))
    assert (made.on, made.time, made.place, made.entered_at) == (day, 1, None, 2)
