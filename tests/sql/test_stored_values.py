"""The compiled readers of stored JSON give what `from_dict` gives, and leave to it what they do not know."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any
from unittest.mock import patch

import pytest
from attrs import evolve
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from poec_workflow import Application, HistoryEntry, Malformed, TrainingAction, TrainingSession
from poec_workflow.adapters.sql import stored_values
from poec_workflow.adapters.sql.stored_values import read
from poec_workflow.events import EVENTS
from poec_workflow.serialization import from_dict, to_json
from poec_workflow.testing.strategies import values

CLASSES = (Application, TrainingSession, TrainingAction, HistoryEntry)
CLASS = pytest.mark.parametrize("cls", CLASSES, ids=lambda each: each.__name__)
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def outcome(text: str, cls: type[Any], *, compiled: bool) -> object:
    """The value with the types of all its parts, or the faults."""
    try:
        value = read(text, cls) if compiled else from_dict(json.loads(text), cls)
    except (Malformed, ValueError, TypeError) as error:
        return type(error), str(error)
    return repr(value), value, hash(value) if cls is not HistoryEntry else None


@CLASS
@PATIENT
@given(data=st.data())
def test_what_was_written_is_read_as_from_dict_reads_it(cls: type[Any], data: st.DataObject) -> None:
    """Every value, with the same types within; but for escaped characters and advisories without `from_dict`."""
    value = data.draw(values(cls))
    text = to_json(value)
    assert outcome(text, cls, compiled=True) == outcome(text, cls, compiled=False)
    if "\\u" not in text and not getattr(value, "advisories", ()):
        with patch.object(stored_values, "from_dict", side_effect=AssertionError):
            assert read(text, cls) == value


@settings(PATIENT, max_examples=15)
@given(entry=values(HistoryEntry), data=st.data())
def test_every_event_is_read_without_from_dict(entry: HistoryEntry, data: st.DataObject) -> None:
    """None is left to the slow way by mistake."""
    for event in EVENTS.values():
        drawn = data.draw(values(event))
        text = to_json(evolve(entry, event=drawn, from_state=None, advisories=()))
        if "\\u" not in text:
            with patch.object(stored_values, "from_dict", side_effect=AssertionError):
                assert read(text, HistoryEntry).event == drawn


def places(data: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in JSON-ready data."""
    yield place
    if isinstance(data, dict | list):
        for key in data if isinstance(data, dict) else range(len(data)):
            yield from places(data[key], (*place, key))


ODD: Sequence[object] = [
    *(None, True, False, 0, 1, -1, 1.0, 2**31, 2**31 + 1, -(2**31) - 1, 10**30, "", " ", "x" * 64, "x" * 65),
    *("x" * 10_001, "\0", "\ud800", "\\u0041", "2022-01-10", "20220110", "2022-W02-1", "2022-02-30", "1899-12-31"),
    *("3000-01-01", "٢٠٢٢-٠١-١٠", "09:30", "09:30:00", "24:00", "0930", "35", "35.5", "35.555", "1E2", "NaN"),
    *("2022-01-10T09:00:00+01:00", "2022-01-10t09:00:00+01:00", "2022-01-10T09:00:00Z", "2022-01-10T09:00:00"),
    *("2022-01-10 09:00:00+01:00", "2022-W02-1T09:00:00+01:00", "2022-01-10T090000.12+0100", "2022-01-10"),
    *("2022-01-10T09:00:00.123456+01:00", "2022-01-10T09:00:00,123456+01:00", "2022-01-10T09:00:00.1+01:00"),
    *("2022-01-10T09:00:00+24:00", "2022-01-10T24:00:00+00:00", "2022-01-10T09:00:00-00:00", "3000-12-31"),
    *("3000-01-01T00:00:00+01:00", "3001-01-01T00:00:00+01:00", "1899-12-31T23:00:00+01:00", "pending", "active"),
    *("published", "self", "system", "organization", "candidate", "session", "convoked", "expired", [], {}),
    *([None], [""], ["2022-01-10"], ["2022-02-30"], {"x": "y"}, {"x": 1}, {"kind": "system"}, {"origin": "self"}),
]


def edits(value: object) -> Iterator[str]:
    """The JSON of a value, each with one thing changed, taken away, added, renamed or moved, or written otherwise."""
    text = to_json(value)
    for place in places(json.loads(text)):
        if place:
            yield from (edited(text, place, partial(_put, odd)) for odd in ODD)
            yield edited(text, place, lambda parent, key: parent.pop(key))
        if place and isinstance(place[-1], str):
            yield edited(text, place, lambda parent, key: parent.__setitem__(f"{key}_", parent.pop(key)))
            yield edited(text, place, lambda parent, key: parent.__setitem__(key, parent.pop(key)))
            yield edited(text, place, lambda parent, _: parent.__setitem__("from_", 1))
    yield json.dumps(json.loads(text), ensure_ascii=False, indent=1)
    yield from (
        f"{text} ",
        f" {text}",
        f"{text}x",
        f"{text[:-1]}",
        f"[{text}]",
        f"{{{text[1:-1]}, {text[1:]}",
        "",
        "null",
    )


def _put(odd: object, parent: Any, key: Any) -> None:
    parent[key] = odd


def edited(text: str, place: tuple[Any, ...], edit: Callable[[Any, Any], object]) -> str:
    """JSON with one place of it edited."""
    parent = data = json.loads(text)
    for step in place[:-1]:
        parent = parent[step]
    edit(parent, place[-1])
    return json.dumps(data, ensure_ascii=False)


@CLASS
@settings(PATIENT, max_examples=3, phases=[Phase.generate])
@given(data=st.data())
def test_what_was_not_written_so_is_judged_by_from_dict(cls: type[Any], data: st.DataObject) -> None:
    """Edited JSON has the same value or the same faults."""
    value = data.draw(values(cls))
    for text in edits(value):
        assert outcome(text, cls, compiled=True) == outcome(text, cls, compiled=False), text


@settings(PATIENT, max_examples=20)
@given(session=values(TrainingSession))
def test_a_sessions_text_is_read_once(session: TrainingSession) -> None:
    """By whichever thread: the value is frozen, and all get the same one."""
    text = to_json(session)
    assume("\\u" not in text)
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda _: read(text, TrainingSession), range(8)))
    assert found == [session] * 8
    assert read(text, TrainingSession) is read(text, TrainingSession)
