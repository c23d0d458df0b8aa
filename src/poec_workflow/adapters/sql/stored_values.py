"""Read values, and the rows of the applications list, from the JSON that `to_json` wrote.

An application's is not parsed: most of it is names, which one pattern goes over. Texts that are not written so, as the
rows of another release or JSON edited by hand, are read by `from_dict`, which checks and reports more.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from datetime import time as clock_time
from decimal import Decimal
from functools import lru_cache
from typing import Any, TypeVar

from poec_workflow.adapters.row_builders import application_row, row_of_values
from poec_workflow.adapters.sql.compiled_readers import INSTANT, SCALARS, STATES, TEXT_LENGTH, load, reader
from poec_workflow.adapters.sql.schema import COUNTS
from poec_workflow.construction import constructor
from poec_workflow.model import (
    Application,
    Convocation,
    Origin,
    Outcome,
    Prescriber,
    Tally,
    TrainingAction,
    TrainingSession,
)
from poec_workflow.serialization import from_dict
from poec_workflow.views import ApplicationRow

T = TypeVar("T")

_UNEXPECTED = (AttributeError, KeyError, TypeError, ValueError, RecursionError)
_make_tally, _make_application = constructor(Tally), constructor(Application)


def read(text: str, cls: type[T]) -> T:
    """Read a value that `to_json` wrote.

    Raises:
        Malformed, JSONDecodeError: it is not JSON of this class, with every fault.
    """
    try:
        value: T = _readers.get(cls, _of_text)(text, cls)
    except _UNEXPECTED:
        return from_dict(json.loads(text), cls)
    return value


def read_application_rows(found: Iterable[Sequence[Any]]) -> list[ApplicationRow]:
    """Read rows of the applications list from the texts of an application, its session and its action, and a name.

    Raises:
        Malformed, JSONDecodeError: as `read`.
    """
    made: list[ApplicationRow] = []
    session_text = action_text = session = action = None
    for text, of_session, of_action, name in found:
        # Neighbours in a list have the same session; comparing its text takes less than looking it up.
        if of_session != session_text:
            session_text, session = of_session, read(of_session, TrainingSession)
        if of_action != action_text:
            action_text, action = of_action, read(of_action, TrainingAction)
        made.append(_application_row(text, session, action, name))
    return made


def tally_of(row: Any) -> Tally:  # noqa: ANN401 - a row that has the counters
    """The counters of a session's row."""
    return _make_tally(*[getattr(row, name) for name in COUNTS])


def _application_row(text: str, session: Any, action: Any, name: str | None) -> ApplicationRow:  # noqa: ANN401
    try:
        values = _application_values(text)
    except _UNEXPECTED:
        values = None
    if values is None:
        return application_row(read(text, Application), session, action, name)
    return row_of_values(values, session, action, name)


def _of_text(text: str, cls: Any) -> Any:  # noqa: ANN401 - a class, and its value
    return reader(cls)(load(text))


def _application(text: str, cls: type[Application]) -> Application:
    values = _application_values(text)
    value: Application = _of_text(text, cls) if values is None else _make_application(*values)
    return value


_PLAIN = r'[^"\\\x00-\x1f\ud800-\udfff]'
_WORD, _KEY, _WHEN = f'"({_PLAIN}*)"', f'"({_PLAIN}{{1,64}})"', f'"({INSTANT})"'
_OPTIONAL = f"(?:null|{_WORD})"
_CONVOCATION = (
    rf'\{{"on": {_WORD}, "time": {_OPTIONAL}, "place": {_OPTIONAL}, "entered_at": {_WHEN}, "outcome": {_OPTIONAL}\}}'
)
_FURTHER = re.compile(f", {_CONVOCATION}")
_ANY = re.sub(r"\((?!\?)", "(?:", _FURTHER.pattern)
_APPLICATION = re.compile(
    rf'\{{"reference": {_KEY}, "version": (0|[1-9][0-9]{{0,8}}), "state": {_WORD}, "session": {_KEY}, '
    rf'"candidate": {_KEY}, '
    rf'"prescriber": \{{"origin": {_WORD}, "organization": (?:null|{_KEY}), "name": {_OPTIONAL}\}}, '
    rf'"registered_at": {_WHEN}, "convocations": \[(?:{_CONVOCATION}((?:{_ANY})*))?\], '
    rf'"entry": {_OPTIONAL}, "exit": {_OPTIONAL}, "weekly_hours": {_OPTIONAL}, '
    rf'"motive": {_OPTIONAL}, "reason": {_OPTIONAL}, "comment": {_OPTIONAL}\}}'
)
"""An application as it is written when no text in it has a quote, a backslash or a control character."""

_STATES = STATES[Application.subject_kind]
_ORIGINS = {each.value: each for each in Origin}
_OUTCOMES: Mapping[str | None, Outcome | None] = {None: None, **{each.value: each for each in Outcome}}
_date, _time, _decimal, _instant = SCALARS[date], SCALARS[clock_time], SCALARS[Decimal], datetime.fromisoformat
_make_prescriber, _make_convocation = constructor(Prescriber), constructor(Convocation)


def _application_values(text: str) -> tuple[Any, ...] | None:
    """The values of an application's fields, in their order; None where its text has to be parsed.

    Raises:
        KeyError, ValueError: a value is not what its field takes.
    """
    found = _APPLICATION.fullmatch(text) if len(text) <= TEXT_LENGTH.most else None
    if found is None:
        return None
    # fmt: off
    (
        reference, version, state, session, candidate, origin, organization, name, at,
        day, time, place, entered_at, outcome, further, entry, leaving, hours, motive, reason, comment,
    ) = found.groups()
    # fmt: on
    convocations: tuple[Convocation, ...] = ()
    if day is not None:
        convocations = (_convocation(day, time, place, entered_at, outcome),)
    if further:
        convocations += tuple([_convocation(*each.groups()) for each in _FURTHER.finditer(further)])
    return (
        reference,
        int(version),
        _STATES[state],
        session,
        candidate,
        _make_prescriber(_ORIGINS[origin], organization, name),
        _instant(at),
        convocations,
        None if entry is None else _date(entry),
        None if leaving is None else _date(leaving),
        None if hours is None else _decimal(hours),
        motive,
        reason,
        comment,
    )


def _convocation(day: str, time: str | None, place: str | None, entered_at: str, outcome: str | None) -> Convocation:
    at = None if time is None else _time(time)
    return _make_convocation(_date(day), at, place, _instant(entered_at), _OUTCOMES[outcome])


# The text of a session or an action is the same until it changes, and each of its applications is read with it.
_of_known_text: Any = lru_cache(maxsize=1_024)(_of_text)
_readers: Mapping[Any, Any] = {
    TrainingSession: _of_known_text,
    TrainingAction: _of_known_text,
    Application: _application,
}
