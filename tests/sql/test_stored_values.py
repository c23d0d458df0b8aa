"""The compiled readers of stored JSON give what `from_dict` gives, and leave to it what they do not know."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from datetime import time as clock_time
from functools import partial
from typing import Any
from unittest.mock import patch

import pytest
from attrs import evolve
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from poec_workflow import (
    Application,
    ApplicationState,
    Convocation,
    HistoryEntry,
    Malformed,
    TrainingAction,
    TrainingSession,
)
from poec_workflow.adapters.row_builders import application_row
from poec_workflow.adapters.sql import stored_values
from poec_workflow.adapters.sql.compiled_readers import TEXT_LENGTH
from poec_workflow.adapters.sql.stored_values import read, read_application_rows
from poec_workflow.events import EVENTS
from poec_workflow.serialization import from_dict, to_json
from poec_workflow.testing.strategies import values
from world import application

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


@PATIENT
@given(values(Application), st.integers(1, 10**9 - 1))
def test_an_application_is_read_by_its_pattern(drawn: Application, version: int) -> None:
    """As it is written by this release, unless a text of it is very long, or written with an escape."""
    application = evolve(drawn, version=version)
    text = to_json(application)
    if "\\" not in text and len(text) <= TEXT_LENGTH.most:
        with patch.object(stored_values, "load", side_effect=AssertionError):
            assert read(text, Application) == application


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


def rows_of(texts: Sequence[str], others: tuple[TrainingSession, TrainingAction], name: str | None) -> object:
    """The rows of a list with the types of all their parts, or the faults of the first that can't be read."""
    session, action = map(to_json, others)
    try:
        rows = read_application_rows((text, session, action, name) for text in texts)
    except (Malformed, ValueError, TypeError) as error:
        return type(error), str(error)
    return repr(rows), rows, [hash(each) for each in rows]


def rows_by_from_dict(texts: Sequence[str], others: tuple[TrainingSession, TrainingAction], name: str | None) -> object:
    """The same, by way of applications that `from_dict` read."""
    try:
        rows = [application_row(from_dict(json.loads(each), Application), *others, name) for each in texts]
    except (Malformed, ValueError, TypeError) as error:
        return type(error), str(error)
    return repr(rows), rows, [hash(each) for each in rows]


OTHERS = st.tuples(values(TrainingSession), values(TrainingAction))


@PATIENT
@given(applications=st.lists(values(Application), max_size=3), others=OTHERS, name=st.none() | st.just("Zoé"))
def test_a_row_is_read_without_its_application(
    applications: list[Application], others: tuple[TrainingSession, TrainingAction], name: str | None
) -> None:
    """It is the row that is made of the application."""
    texts = list(map(to_json, applications))
    assert rows_of(texts, others, name) == rows_by_from_dict(texts, others, name)


@pytest.mark.parametrize("times", range(4))
def test_an_application_is_read_with_all_its_convocations(times: int) -> None:
    """However many, by the pattern."""
    convocations = [
        Convocation(
            on=date(2021, 11, 22 + each),
            time=clock_time(9, each) if each else None,
            place="Agen" if each % 2 else None,
            entered_at=datetime(2021, 11, 20, 9, each, tzinfo=UTC),
        )
        for each in range(times)
    ]
    convoked = application(ApplicationState.PRESENT, convocations=tuple(convocations))
    with patch.object(stored_values, "reader", side_effect=AssertionError):
        assert read(to_json(convoked), Application) == convoked


@settings(PATIENT, max_examples=5, phases=[Phase.generate])
@given(application=values(Application), others=OTHERS)
def test_a_row_of_what_was_not_written_so_is_judged_by_from_dict(
    application: Application, others: tuple[TrainingSession, TrainingAction]
) -> None:
    """Fields that a row does not show are checked too: who lists an application hears of it as who looks it up."""
    for text in edits(application):
        assert rows_of([text], others, "Zoé") == rows_by_from_dict([text], others, "Zoé"), text


@PATIENT
@given(
    application=values(Application),
    sessions=st.lists(values(TrainingSession), min_size=2, max_size=2),
    actions=st.lists(values(TrainingAction), min_size=2, max_size=2),
    order=st.lists(st.tuples(st.integers(0, 1), st.integers(0, 1)), max_size=6),
)
def test_each_row_has_its_own_session_and_action(
    application: Application,
    sessions: list[TrainingSession],
    actions: list[TrainingAction],
    order: list[tuple[int, int]],
) -> None:
    """Whichever ones the rows before and after have."""
    found = [(to_json(application), to_json(sessions[one]), to_json(actions[other]), "Zoé") for one, other in order]
    assert read_application_rows(found) == [
        application_row(application, sessions[one], actions[other], "Zoé") for one, other in order
    ]


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
