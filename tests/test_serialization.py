"""The wire format: values ⇄ JSON, strictly, every fault of a line with its place."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import StrEnum
from hashlib import sha256
from types import UnionType
from typing import Annotated, Any, Union, cast, get_args, get_origin, get_type_hints
from zoneinfo import ZoneInfo

import attrs
import pytest
from attrs import fields_dict
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from poec_workflow import (
    SYSTEM,
    ActionState,
    Actor,
    ActorKind,
    Advisory,
    Application,
    ApplicationState,
    Candidate,
    Convocation,
    HistoryEntry,
    Malformed,
    Origin,
    Page,
    Position,
    Prescriber,
    Request,
    Role,
    SessionState,
    TrainingAction,
    TrainingSession,
    Workflow,
    commands,
    from_dict,
    from_json,
    to_dict,
    to_json,
)
from poec_workflow.adapters.memory import MemoryStorage
from poec_workflow.commands import COMMANDS, Command
from poec_workflow.events import EVENTS
from poec_workflow.model import SubjectKind, TextLength
from poec_workflow.serialization import LONGEST_LINE, checked, digest, journal_line
from poec_workflow.testing import SettableClock

PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

# Values drawn from the annotations of their class

_CHARACTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
_DAYS = st.dates(date(1900, 1, 1), date(2999, 12, 31))
_OFFSETS = st.integers(-1439, 1439).map(lambda minutes: timezone(timedelta(minutes=minutes)))
_INSTANTS = st.datetimes(datetime(1900, 1, 1), datetime(2999, 12, 31), timezones=_OFFSETS)  # noqa: DTZ001
_JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**31), 2**31) | st.text(_CHARACTERS, max_size=5),
    lambda inner: st.lists(inner, max_size=2),
    max_leaves=4,
)
_SCALARS: Mapping[Any, st.SearchStrategy[Any]] = {
    bool: st.booleans(),
    int: st.integers(-(2**31), 2**31),
    str: st.text(_CHARACTERS, max_size=20),
    date: _DAYS,
    datetime: _INSTANTS,
    time: st.times().map(lambda drawn: drawn.replace(second=0, microsecond=0)),
    Decimal: st.decimals(-9999, 9999, places=2),
}


def drawn(annotation: Any) -> st.SearchStrategy[Any]:  # noqa: PLR0911 - a kind of annotation a line
    """Values that an annotation allows."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if annotation in _SCALARS:
        return _SCALARS[annotation]
    if annotation is Command:
        return st.one_of([drawn(each) for each in COMMANDS.values()])
    if origin is Annotated:
        limits = cast("TextLength", arguments[1])
        return st.text(_CHARACTERS, min_size=limits.least, max_size=min(limits.most, 64))
    if origin in (Union, UnionType):
        return st.one_of([st.none() if each is type(None) else drawn(each) for each in arguments])
    if origin is tuple:
        return st.lists(drawn(arguments[0]), max_size=3).map(tuple)
    if isinstance(annotation, type) and issubclass(annotation, StrEnum):
        return st.sampled_from(annotation)
    if origin is not None:
        return st.dictionaries(_SCALARS[str], _JSON if arguments[1] is Any else _SCALARS[str], max_size=3)
    return st.deferred(lambda: _object(annotation))


def _object(cls: type[Any]) -> st.SearchStrategy[Any]:
    hints = get_type_hints(cls, include_extras=True)
    values = {each.name: drawn(hints[each.name]) for each in attrs.fields(cls)}
    if cls is Actor:
        return st.builds(
            cls, **{**values, "organization": drawn(hints["candidate"]).filter(bool), "candidate": REFERENCES}
        )
    return st.builds(cls, **values)


REFERENCES = st.text(_CHARACTERS, min_size=1, max_size=64)
_STATES = {
    SubjectKind.APPLICATION: ApplicationState,
    SubjectKind.SESSION: SessionState,
    SubjectKind.ACTION: ActionState,
}


@st.composite
def entries(draw: st.DrawFn) -> HistoryEntry:
    """History entries of every event."""
    event = draw(st.sampled_from(list(EVENTS.values())).flatmap(drawn))
    return HistoryEntry(
        event=event,
        recorded_at=draw(_INSTANTS),
        actor=draw(drawn(Actor)),
        rule=draw(_SCALARS[str]),
        command=draw(_SCALARS[str]),
        decision=draw(drawn(Position)),
        from_state=draw(st.none() | st.sampled_from(_STATES[event.subject_kind])),
        fingerprint=draw(_SCALARS[str]),
        advisories=tuple(draw(st.lists(drawn(Advisory), max_size=2))),
    )


def text_of(value: object) -> str:
    """A value's JSON text, which is written at once: it is that of its JSON-ready data."""
    text = to_json(value)
    assert text == json.dumps(to_dict(value), ensure_ascii=False)
    return text


VALUES: tuple[Any, ...] = (
    TrainingAction,
    TrainingSession,
    Application,
    Candidate,
    Prescriber,
    Convocation,
    Actor,
    Position,
    Advisory,
    Request,
    ApplicationState,
    SessionState,
    ActionState,
    Role,
    Origin,
    ActorKind,
)


@pytest.mark.parametrize("cls", VALUES, ids=lambda cls: cls.__name__)
@PATIENT
@given(data=st.data())
def test_values_come_back(cls: type[Any], data: st.DataObject) -> None:
    """`from_json(to_json(value), cls)` is the value, for every value class."""
    value = data.draw(drawn(cls))
    assert from_json(text_of(value), cls) == value


@pytest.mark.parametrize("name", COMMANDS)
@PATIENT
@given(data=st.data())
def test_commands_come_back(name: str, data: st.DataObject) -> None:
    """Every command is read back as the same command from the type that it carries."""
    command = data.draw(drawn(COMMANDS[name]))
    written = text_of(command)
    assert json.loads(written)["type"] == name
    assert from_json(written, Command) == command


@PATIENT
@given(entries())
def test_history_entries_come_back(entry: HistoryEntry) -> None:
    """An entry of any event is read back as the same entry."""
    assert from_json(text_of(entry), HistoryEntry) == entry


@PATIENT
@given(st.lists(drawn(Application), max_size=2), st.none() | _SCALARS[str])
def test_pages_come_back(items: list[Application], mark: str | None) -> None:
    """A page is read back with its items and its mark."""
    page = Page(items=items, next=mark)
    assert from_json(text_of(page), Page[Application]) == page


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        7,
        "é\n\u2028",
        Role.TRAINER,
        Decimal("35.50"),
        time(9, 30),
        date(2021, 3, 28),
        (1, (None, False)),
        [{"a": Position(SubjectKind.SESSION, "S-1", 2)}],
        {"b": (date(2021, 3, 28), [Role.TRAINER])},
        1.5,
    ],
    ids=repr,
)
def test_whatever_can_be_written_is_written_as_its_data(value: object) -> None:
    """Also what is no value of the surface, alone or in another one."""
    assert text_of(value)
    assert (
        text_of(Page(items=(value, value), next=None))
        == f'{{"items": [{to_json(value)}, {to_json(value)}], "next": null, "previous": null}}'
    )


def test_what_is_not_json_cannot_be_written() -> None:
    """As by `json`, alone or in another value."""
    for value in ({1}, Page(items=({1},), next=None)):
        with pytest.raises(TypeError, match="set is not JSON serializable"):
            to_json(value)


@PATIENT
@given(drawn(Request))
def test_instants_keep_their_offset(request_: Request) -> None:
    """An instant is written with the offset that it has, and read with it."""
    read = from_json(text_of(request_), Request)
    if request_.at is not None:
        assert read.at is not None
        assert read.at.utcoffset() == request_.at.utcoffset()


@PATIENT
@given(drawn(Request))
def test_what_is_written_is_the_wire_format(request_: Request) -> None:
    """JSON text and JSON-ready data are the same thing, and as UTF-8 bytes too."""
    written = text_of(request_)
    assert json.loads(written) == to_dict(request_)
    assert from_json(written.encode(), Request) == request_
    assert checked(request_) == request_


# One line, and what can be wrong with it

_CREATE = {
    "type": "create-session",
    "session": "S-1",
    "action": "A-1",
    "start": "2021-12-09",
    "end": "2022-03-04",
    "place": "47 - AGEN",
    "responsible": "AFEC",
    "positioner": "AFEC",
    "trainer": "AFEC",
    "capacity": 12,
    "coefficient": 2,
    "minimum_headcount": 0,
    "registration_deadline": "2021-12-10",
    "late_entry_deadline": "2021-12-17",
    "information_dates": ["2021-11-15"],
    "follow_on_ratio": "0.75",
}
_LINE = {
    "at": "2021-11-02T09:00:00+01:00",
    "actor": {"kind": "platform", "organization": "CAP", "name": "Cap Métiers"},
    "command": _CREATE,
    "key": "7f0c",
    "expected_version": 0,
}
_MISSING = object()


def _with(data: Any, place: str, value: object) -> Any:
    """The same data with another value at a place like `command.start`; `_MISSING` takes it away."""
    name, _, rest = place.partition(".")
    changed = dict(data)
    if rest:
        changed[name] = _with(changed[name], rest, value)
    elif value is _MISSING:
        del changed[name]
    else:
        changed[name] = value
    return changed


def _line(**changes: object) -> str:
    """The line with other values at places, `__` for the point."""
    data: Any = _LINE
    for place, value in changes.items():
        data = _with(data, place.replace("__", "."), value)
    return json.dumps(data)


def _faults(text: str | bytes, read: Callable[[str | bytes], object] = journal_line) -> dict[str, str]:
    with pytest.raises(Malformed) as caught:
        read(text)
    assert all(fault.problem for fault in caught.value.faults)
    return {fault.place: fault.problem for fault in caught.value.faults}


def _command(**fields: object) -> str:
    return json.dumps({**_LINE, "command": fields})


def test_the_example_lines_of_the_surface_are_read() -> None:
    """The journal lines that the documentation shows are what it says."""
    line = (
        '{"at": "2021-11-03T09:00:00+01:00", "actor": {"kind": "adviser", "organization": "FT-AGEN", '
        '"name": "A. Martin"}, "command": {"type": "preregister", "application": "C-000001", "session": "00301234", '
        '"candidate": {"reference": "P-1", "name": "Zoé Nabil", "email": "zoe@example.org"}, "prescriber": '
        '{"origin": "france-travail", "organization": "FT-AGEN", "name": "A. Martin"}}, "key": "7f0c"}'
    )
    assert journal_line(line) == Request(
        at=datetime(2021, 11, 3, 8, tzinfo=UTC),
        actor=Actor(kind=ActorKind.ADVISER, organization="FT-AGEN", name="A. Martin"),
        command=commands.Preregister(
            application="C-000001",
            session="00301234",
            candidate=Candidate(reference="P-1", name="Zoé Nabil", email="zoe@example.org"),
            prescriber=Prescriber(origin=Origin.FRANCE_TRAVAIL, organization="FT-AGEN", name="A. Martin"),
        ),
        key="7f0c",
    )


@pytest.mark.parametrize(
    "text",
    [
        "20211209", "2021-W49-4", "2021-12-9", "2021-12-09T00:00:00", " 2021-12-09", "2021-12-09\n", "２０２１-12-09",
        "1899-12-31", "3000-01-01", "0000-01-01", "2021-02-29", "2021-13-01", "2021-00-10", "2021-12-32", "+2021-12-09",
        "", 20211209, None, True, ["2021-12-09"], {"on": 1},
    ],
)  # fmt: skip
def test_other_dates_are_malformed(text: object) -> None:
    """A date is exactly an existing YYYY-MM-DD of the years 1900 to 2999."""
    assert list(_faults(_line(command__start=text))) == ["$.command.start"]


@pytest.mark.parametrize("text", ["1900-01-01", "2999-12-31", "2024-02-29", "2000-02-29"])
def test_the_first_and_last_dates_are_read(text: str) -> None:
    """Both ends of the years and leap days are dates."""
    command = journal_line(_line(command__start=text)).command
    assert isinstance(command, commands.CreateSession)
    assert command.start == date.fromisoformat(text)


@pytest.mark.parametrize(
    "text",
    [
        "2021-11-02T09:00:00", "2021-11-02", "2021-11-02 09:00:00+01:00", "2021-11-02T09:00+01:00",
        "2021-11-02T09:00:00+0100", "2021-11-02T09:00:00+01", "2021-11-02T09:00:00+24:00", "2021-11-02T09:00:00+01:60",
        "2021-11-02T24:00:00Z", "2021-11-02T09:60:00Z", "2021-11-02T09:00:61Z", "2021-02-29T09:00:00Z",
        "2021-11-02T09:00:00.Z", "2021-11-02T09:00:00,5Z", "20211102T090000Z",
        "2021-11-02T09:00:00+01:00[Europe/Paris]",
        "1899-12-31T23:59:59Z", "2021-11-02T09:00:00Z ", "٢021-11-02T09:00:00Z", "", 1635840000, None, False, [],
    ],
)  # fmt: skip
def test_other_instants_are_malformed(text: object) -> None:
    """An instant is RFC 3339 with an offset; a naive one is malformed."""
    assert list(_faults(_line(at=text))) == ["$.at"]


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2021-11-02T09:00:00Z", datetime(2021, 11, 2, 9, tzinfo=UTC)),
        ("2021-11-02t09:00:00z", datetime(2021, 11, 2, 9, tzinfo=UTC)),
        ("2021-11-02T09:00:00-00:00", datetime(2021, 11, 2, 9, tzinfo=UTC)),
        ("2021-11-02T09:00:00+23:59", datetime(2021, 11, 1, 9, 1, tzinfo=UTC)),
        ("2021-11-02T09:00:00-01:30", datetime(2021, 11, 2, 10, 30, tzinfo=UTC)),
        ("2021-11-02T09:00:00.25+01:00", datetime(2021, 11, 2, 8, 0, 0, 250_000, tzinfo=UTC)),
        ("2021-11-02T09:00:00.1234567891Z", datetime(2021, 11, 2, 9, 0, 0, 123_456, tzinfo=UTC)),
    ],
)
def test_instants_are_read_in_every_way_of_rfc_3339(text: str, instant: datetime) -> None:
    """Z, any offset, and any fraction of a second are read."""
    assert journal_line(_line(at=text)).at == instant


@pytest.mark.parametrize(
    "text", ["9:30", "09:30:00", "24:00", "09:60", "0930", "T09:30", "09h30", "", 930, True, "٠٩:30"]
)
def test_other_times_are_malformed(text: object) -> None:
    """A time is exactly an existing HH:MM."""
    line = _command(type="convoke", application="C", on="2021-11-08", time=text)
    assert list(_faults(line)) == ["$.command.time"]


@pytest.mark.parametrize(
    "value", [2.0, True, False, "2", 2**31 + 1, -(2**31) - 1, 2**63, 1e400, 1.5, None, [], {}, float("nan")]
)
def test_other_integers_are_malformed(value: object) -> None:
    """An integer is a JSON integer within ±2³¹: neither 2.0 nor true."""
    assert list(_faults(_line(command__capacity=value))) == ["$.command.capacity"]


@pytest.mark.parametrize(
    "digits", ["9" * 5_000, "-" + "9" * 5_000, "1" * 20, "1E5", "1e-5", "-0.0", "Infinity", "-Infinity", "NaN"]
)
def test_numbers_beyond_any_bound_are_malformed(digits: str) -> None:
    """Numbers of 20 or 5,000 digits, with exponents, or none at all are faults of their place, and short ones."""
    faults = _faults(_line().replace('"capacity": 12', f'"capacity": {digits}'))
    assert list(faults) == ["$.command.capacity"]
    assert len(faults["$.command.capacity"]) < 80


@PATIENT
@given(st.integers(-(2**31), 2**31))
@example(2**31)
@example(-(2**31))
def test_integers_are_read_up_to_both_bounds(value: int) -> None:
    """Every integer within ±2³¹, bounds included, is well formed, whether or not it is in range."""
    command = journal_line(_line(command__capacity=value)).command
    assert isinstance(command, commands.CreateSession)
    assert command.capacity == value


@pytest.mark.parametrize(
    "value",
    [
        "12345",
        "1.234",
        "1.",
        ".5",
        "+1",
        "1e2",
        "1,5",
        "",
        " 1",
        "1 ",
        "NaN",
        "Infinity",
        "--1",
        "１",
        "٣",
        "1_0",
        35,
        30.5,
        True,
        [],
    ],
)
def test_other_decimals_are_malformed(value: object) -> None:
    """A decimal is a text of up to four digits before the point and two after it, ASCII, with an optional minus."""
    assert list(_faults(_line(command__follow_on_ratio=value))) == ["$.command.follow_on_ratio"]


@PATIENT
@given(st.from_regex(r"\A-?[0-9]{1,4}(\.[0-9]{1,2})?\Z"))
def test_decimals_are_read_exactly(text: str) -> None:
    """Every well-formed decimal is that number."""
    command = journal_line(_line(command__follow_on_ratio=text)).command
    assert isinstance(command, commands.CreateSession)
    assert command.follow_on_ratio == Decimal(text)


@pytest.mark.parametrize("value", [0, 1, "true", "false", None, "", []])
def test_other_booleans_are_malformed(value: object) -> None:
    """A boolean is true or false."""
    line = _command(type="record-absence", application="C", notified=value)
    assert list(_faults(line)) == ["$.command.notified"]


@pytest.mark.parametrize("value", ["", "x" * 65, "😀" * 65, 5, True, None, ["S"], {}, "a\0b", "\ud800", "\udfffx"])
def test_other_references_are_malformed(value: object) -> None:
    """A reference is a text of 1 to 64 characters, without NUL or lone surrogates."""
    assert list(_faults(_line(command__session=value))) == ["$.command.session"]


@pytest.mark.parametrize("value", ["x" * 10_001, 5, False, None, [], {}, "\0", "\ud800"])
def test_other_texts_are_malformed(value: object) -> None:
    """A text has at most 10,000 characters, none of them NUL or a lone surrogate."""
    assert list(_faults(_line(command__place=value))) == ["$.command.place"]


@pytest.mark.parametrize(
    "value",
    [
        "x" * 64,
        "😀" * 64,
        " ",
        "2021-11-02",
        "\u2028",
        "[x]",
    ],
)
def test_references_may_be_any_other_text(value: str) -> None:
    """64 characters are counted as code points, and any character but NUL will do."""
    assert journal_line(_line(command__session=value)).command.reference == value


def test_the_longest_texts_are_read() -> None:
    """Texts of 10,000 characters are well formed, the empty one too."""
    for text in ("", "é" * 10_000, "😀" * 10_000):
        assert journal_line(_line(actor__name=text)).actor.name == text


def test_a_line_of_the_longest_texts_is_read() -> None:
    """A line whose texts are all as long as they may be is well formed, however JSON escapes them."""
    texts = ("title", "funder", "objective", "programme", "certification", "durations", "prerequisites")
    longest = "😀" * 10_000
    fields = {"type": "create-action", "action": "A", "responsible": "R", **dict.fromkeys(texts, longest)}
    line = json.dumps(
        {
            **_LINE,
            "actor": {"kind": "platform", "name": longest},
            "command": {**fields, "regulatory_conditions": longest},
            "key": longest,
        }
    )
    assert journal_line(line).key == longest


@pytest.mark.parametrize(
    ("place", "values"),
    [("actor__kind", ["Platform", "", 5, None, [], {}]), ("command__type", ["expire-all", 5, None, [], "", "Expire"])],
)
def test_words_that_are_none_of_ours_are_malformed(place: str, values: Iterable[object]) -> None:
    """An unknown member of an enumeration, or type of command, is a fault of its place."""
    for value in values:
        assert f"$.{place.replace('__', '.')}" in _faults(_line(**{place: value}))


@pytest.mark.parametrize("value", ["x" * 500_000, ["x"] * 100_000, 5])
def test_a_fault_does_not_repeat_the_input(value: object) -> None:
    """What is wrong is said in a short sentence, however long the wrong value is."""
    assert len(_faults(_line(actor__kind=value))["$.actor.kind"]) < 200


@pytest.mark.parametrize(
    "place",
    ["key", "expected_version", "actor__organization", "actor__name", "command__follow_on_ratio",
     "command__minimum_headcount", "command__information_dates"],
)  # fmt: skip
def test_null_is_absent_where_a_field_is_optional(place: str) -> None:
    """An optional field may be null, which is the same as leaving it out."""
    assert journal_line(_line(**{place: None})) == journal_line(_line(**{place: _MISSING}))


_REQUIRED = [
    "at",
    "actor",
    "command",
    "actor__kind",
    "command__session",
    "command__start",
    "command__place",
    "command__capacity",
]


@pytest.mark.parametrize("place", [*_REQUIRED, "command__type"])
@pytest.mark.parametrize("value", [None, _MISSING], ids=["null", "missing"])
def test_what_is_required_may_be_neither_null_nor_absent(place: str, value: object) -> None:
    """A required field that is null or missing is a fault of its place."""
    assert list(_faults(_line(**{place: value}))) == [f"$.{place.replace('__', '.')}"]


def test_every_field_of_the_surface_is_required_or_optional_as_it_says() -> None:
    """The fields of each command, and which may be left out, are those of the documented table."""
    table = """
        create-action: action title funder responsible kind? objective? programme? certification? durations?
            regulatory_conditions? prerequisites?
        correct-action: action title? funder? responsible? kind?
        enrich-action: action changes
        approve-certification: action
        decline-certification: action
        publish-action: action
        archive-action: action
        restore-action: action
        delete-action: action
        create-session: session action start end place responsible positioner trainer capacity coefficient
            minimum_headcount? registration_deadline late_entry_deadline information_dates? follow_on_ratio?
            session_type? market? measure?
        correct-session: session place? minimum_headcount? follow_on_ratio? session_type? market? measure?
        set-registration-deadline: session on late_entry_deadline?
        set-coefficient: session coefficient
        set-capacity: session capacity
        set-information-dates: session dates
        reschedule-session: session start end registration_deadline late_entry_deadline
        reassign-session: session responsible? positioner? trainer?
        declare-session-full: session
        reopen-session: session
        cancel-session: session reason
        preregister: application session candidate prescriber
        convoke: application on time? place?
        move-convocation: application on time? place?
        record-presence: application
        correct-attendance: application
        withdraw: application reason comment?
        record-absence: application notified
        retain: application entry exit weekly_hours
        reject: application motive reason comment?
        expire: application
        refuse-session-full: application
        cancel: application
        import-action: action title funder responsible kind? objective? programme? certification? durations?
            regulatory_conditions? prerequisites? state pending_certification? source?
        import-session: session action start end place responsible positioner trainer capacity coefficient
            minimum_headcount? registration_deadline late_entry_deadline information_dates? follow_on_ratio?
            session_type? market? measure? state cancellation_reason? source?
        import-application: application session candidate prescriber state registered_at convocations? entry? exit?
            weekly_hours? motive? reason? comment? source?
    """
    documented: dict[str, set[str]] = {}
    for word in table.split():
        if word.endswith(":"):
            fields = documented.setdefault(word.removesuffix(":"), set())
        else:
            fields.add(word)
    ours = {
        name: {each.name + ("" if each.default is attrs.NOTHING else "?") for each in attrs.fields(cast("Any", cls))}
        for name, cls in COMMANDS.items()
    }
    assert ours == documented


def test_unknown_keys_are_malformed_at_every_level() -> None:
    """A key that nobody knows is a fault of its own place."""
    line = _line(zz=1, actor__zz=None, command__zz=[])
    assert set(_faults(line)) == {"$.zz", "$.actor.zz", "$.command.zz"}


def test_odd_keys_have_places_too() -> None:
    """A key that is no plain word is quoted in its place, and cut when it is long."""
    odd = {"a b": 1, "": 1, "\ud800": 1, "é": 1, "x" * 100: 1, 'q"': 1}
    assert set(_faults(json.dumps({**_LINE, **odd}))) == {
        '$["a b"]', '$[""]', '$["\\ud800"]', '$["\\u00e9"]', f'$["{"x" * 40}"…]', '$["q\\""]',
    }  # fmt: skip


def test_duplicate_keys_are_malformed_at_every_level() -> None:
    """A key that stands twice in its object is a fault of its place, even with the same value."""
    line = (
        '{"at": "2021-11-02T09:00:00Z", "at": "2021-11-02T09:00:00Z", "actor": {"kind": "platform", '
        '"kind": "platform"}, "command": {"type": "enrich-action", "type": "enrich-action", "action": "A", '
        '"changes": {"objective": "x", "objective": "x"}}}'
    )
    faults = _faults(line)
    assert set(faults) == {"$.at", "$.actor.kind", "$.command.type", "$.command.changes.objective"}
    assert set(faults.values()) == {"stands twice"}


def test_duplicates_are_found_in_arrays_and_unknown_keys() -> None:
    """Whatever else is wrong with it, a key that stands twice is said."""
    text = _line().replace('"2021-11-15"', '{"a": 1, "a": 2}').replace('"key"', '"zz": [{"b": 1, "b": 1}], "key"')
    faults = _faults(text)
    assert {"$.command.information_dates[0].a", "$.zz[0].b", "$.zz", "$.command.information_dates[0]"} == set(faults)


_WRONG: Mapping[str, object] = {
    "at": "2021-11-02T09:00:00",
    "key": 5,
    "expected_version": 1.0,
    "actor.name": True,
    "actor.kind": "nobody",
    "command.session": "",
    "command.start": "2021-02-30",
    "command.end": _MISSING,
    "command.place": "\ud800",
    "command.capacity": True,
    "command.coefficient": None,
    "command.follow_on_ratio": 0.75,
    "command.zz": 1,
    "zz": {},
}


@PATIENT
@given(st.sets(st.sampled_from(sorted(_WRONG)), min_size=1))
@example(set(_WRONG))
def test_all_faults_of_a_line_are_said_at_once(places: set[str]) -> None:
    """A line's faults are all said, each once with its place, and nothing else is."""
    data: Any = _LINE
    for place in places:
        data = _with(data, place, _WRONG[place])
    with pytest.raises(Malformed) as caught:
        journal_line(json.dumps(data))
    assert sorted(fault.place for fault in caught.value.faults) == sorted(f"$.{place}" for place in places)
    assert all(f"$.{place}: " in str(caught.value) for place in places)


def test_items_of_arrays_have_places() -> None:
    """A wrong item of an array is a fault of its index."""
    line = _command(type="set-information-dates", session="S", dates=["2021-11-15", 5, "2021-11-31"])
    assert set(_faults(line)) == {"$.command.dates[1]", "$.command.dates[2]"}


@pytest.mark.parametrize("changes", [[], "x", 5, None])
def test_changes_are_an_object(changes: object) -> None:
    """`changes` is an object of texts."""
    assert list(_faults(_command(type="enrich-action", action="A", changes=changes))) == ["$.command.changes"]


def test_an_array_of_wrong_items_is_no_burden() -> None:
    """However many items of an array are wrong, the first of them are said."""
    line = _command(type="set-information-dates", session="S", dates=[5] * 100_000)
    places = list(_faults(line))
    assert places[:8] == [f"$.command.dates[{index}]" for index in range(8)]


def test_changes_are_texts() -> None:
    """Each wrong text among the changes is a fault of its key; an empty object is fine."""
    line = _command(type="enrich-action", action="A", changes={"objective": 5, "b c": None, "ok": "x"})
    assert set(_faults(line)) == {"$.command.changes.objective", '$.command.changes["b c"]'}
    assert journal_line(_command(type="enrich-action", action="A", changes={})).command == commands.EnrichAction(
        "A", changes={}
    )


@pytest.mark.parametrize("value", [[], "x", 5, None, True])
@pytest.mark.parametrize("place", ["actor", "command"])
def test_objects_are_objects(place: str, value: object) -> None:
    """An actor or a command that is no object is a fault of its place."""
    assert list(_faults(_line(**{place: value}))) == [f"$.{place}"]


@pytest.mark.parametrize(
    "text", ["", " ", "[", "{}x", "{'a': 1}", '{"a": 1,}', "nul", '"\x01"', b"\xff\xfe", b'{"a": "\xed\xa0\x80"}', "﻿{}"]
)
def test_what_is_no_json_is_malformed(text: str | bytes) -> None:
    """Text that is no JSON or no UTF-8 is one fault of the whole line, which says where."""
    faults = _faults(text)
    assert list(faults) == ["$"]
    assert faults["$"].startswith(("not JSON at character ", "not UTF-8 at byte "))


@pytest.mark.parametrize("text", ["[]", "null", "5", '"x"', "true", "NaN"])
def test_json_that_is_no_object_is_malformed(text: str) -> None:
    """A line is an object."""
    assert _faults(text) == {"$": "expected an object"}


@pytest.mark.parametrize("opening", ["[", '{"a":', '[{"a":'])
def test_deep_nesting_is_malformed(opening: str) -> None:
    """100,000 nested brackets are a fault, not the end of the process."""
    assert list(_faults(opening * 100_000)) == ["$"]


@pytest.mark.parametrize(
    ("kind", "required"), [("organization", "organization"), ("adviser", "organization"), ("candidate", "candidate")]
)
def test_actors_need_what_their_kind_requires(kind: str, required: str) -> None:
    """An organisation and an adviser need their organisation, a candidate their reference."""
    assert list(_faults(_line(actor={"kind": kind}))) == [f"$.actor.{required}"]


def test_what_an_actor_lacks_is_said_with_its_other_faults() -> None:
    """That an actor's kind requires something is said at once with whatever else is wrong."""
    assert set(_faults(_line(actor={"kind": "organization", "name": 5}))) == {"$.actor.organization", "$.actor.name"}


def test_a_line_needs_its_instant_unless_it_is_for_now() -> None:
    """`at` is required in a journal, and optional where a line is carried out now."""
    assert list(_faults(_line(at=_MISSING))) == ["$.at"]
    assert journal_line(_line(at=_MISSING), dated=False).at is None


@pytest.mark.parametrize("size", [LONGEST_LINE, 10_000_000])
def test_endless_lines_are_malformed(size: int) -> None:
    """A line beyond the longest is one fault, whatever stands in it."""
    assert list(_faults(_line(command__place="x" * size))) == ["$"]


# History entries


def _entry(**changes: object) -> Any:
    """The JSON of an entry, with other values."""
    workflow = Workflow(MemoryStorage(), clock=SettableClock("2021-11-02T09:00:00+01:00"))
    platform = Actor(kind=ActorKind.PLATFORM)
    workflow.execute(commands.CreateAction("A", title="[POEC]", funder="F", responsible="R"), platform)
    return {**to_dict(workflow.history("action", "A")[0]), **changes}


def _entry_faults(data: object) -> set[str]:
    with pytest.raises(Malformed) as caught:
        from_dict(data, HistoryEntry)
    return {fault.place for fault in caught.value.faults}


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"type": "action-painted"}, "$.type"),
        ({"zz": 1}, "$.zz"),
        ({"recorded": "2021-11-02T09:00:00"}, "$.recorded"),
        ({"actor": {"kind": "candidate"}}, "$.actor.candidate"),
        ({"to": "painted"}, "$.to"),
        ({"from": "painted"}, "$.from"),
        ({"from": 5}, "$.from"),
        ({"rule": 5}, "$.rule"),
        ({"fingerprint": None}, "$.fingerprint"),
        ({"kind": "session"}, "$.type"),
        ({"from_": None}, "$.from_"),
    ],
)
def test_faults_of_history_entries_have_places(changes: Mapping[str, object], place: str) -> None:
    """What is wrong in a history entry is said with the place in its JSON."""
    assert _entry_faults(_entry(**changes)) == {place}


@pytest.mark.parametrize("name", ["title", "zz", "version", "reference", "state", "effective_at"])
def test_faults_of_an_event_are_in_its_data(name: str) -> None:
    """What is wrong or unknown in an event's own data is said of `$.data`."""
    entry = _entry()
    assert _entry_faults({**entry, "data": {**entry["data"], name: 5}}) == {f"$.data.{name}"}


@pytest.mark.parametrize("value", [[], None, 5, "x", _MISSING])
def test_the_data_of_an_entry_is_an_object(value: object) -> None:
    """What is an event's own stands in an object, which may not be left out."""
    assert _entry_faults(_with(_entry(), "data", value)) == {"$.data"}


@pytest.mark.parametrize("value", [[], None, 5, "x"])
def test_a_history_entry_is_an_object(value: object) -> None:
    """What is no object is no history entry."""
    assert _entry_faults(value) == {"$"}


@pytest.mark.parametrize(
    "instant", ["1900-01-01T00:00:00Z", "1911-03-10T00:00:00Z", "1945-06-01T00:00:00Z", "2999-12-31T22:59:59Z"]
)
def test_history_of_any_year_comes_back(instant: str) -> None:
    """An entry recorded in any of the years 1900 to 2999 can be written and read."""
    workflow = Workflow(MemoryStorage(), clock=SettableClock(instant))
    workflow.execute(
        commands.CreateAction("A", title="[POEC]", funder="F", responsible="R"), Actor(kind=ActorKind.PLATFORM)
    )
    entry = workflow.history("action", "A")[0]
    assert from_json(to_json(entry), HistoryEntry) == entry


def test_a_page_holds_its_mark_as_text() -> None:
    """A page's mark that is no text is malformed, and not made into one."""
    with pytest.raises(Malformed):
        from_dict({"items": [], "next": 5}, Page[Actor])


# Made in Python

_ORGANIZATION = Actor(kind=ActorKind.ORGANIZATION, organization="AFEC")
_RETAIN: Mapping[str, Any] = {"entry": date(2021, 12, 9), "exit": date(2022, 3, 4), "weekly_hours": Decimal(35)}


def _nested(levels: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(levels):
        value = [value]
    return value


_WRONG_COMMANDS: Mapping[str, tuple[Command, str]] = {
    "a number for a reference": (commands.Expire(cast("Any", 5)), "$.command.application"),
    "an empty reference": (commands.Expire(""), "$.command.application"),
    "a long reference": (commands.Expire("x" * 65), "$.command.application"),
    "a surrogate": (commands.CancelSession("S", reason="\ud800"), "$.command.reason"),
    "a NUL": (commands.CancelSession("S", reason="\0"), "$.command.reason"),
    "a long text": (commands.CancelSession("S", reason="x" * 10_001), "$.command.reason"),
    "a float": (commands.SetCapacity("S", capacity=cast("Any", 2.0)), "$.command.capacity"),
    "a boolean": (commands.SetCapacity("S", capacity=True), "$.command.capacity"),
    "a large number": (commands.SetCapacity("S", capacity=2**31 + 1), "$.command.capacity"),
    "None": (commands.SetCapacity("S", capacity=cast("Any", None)), "$.command.capacity"),
    "an instant for a date": (commands.Convoke("C", on=datetime(2021, 11, 8, tzinfo=UTC)), "$.command.on"),
    "an early date": (commands.Convoke("C", on=date(1899, 12, 31)), "$.command.on"),
    "a late date": (commands.Convoke("C", on=date(3000, 1, 1)), "$.command.on"),
    "no date": (commands.Convoke("C", on=cast("Any", object())), "$.command.on"),
    "a second": (commands.Convoke("C", on=date(2021, 11, 8), time=time(9, 30, 1)), "$.command.time"),
    "one for True": (commands.RecordAbsence("C", notified=cast("Any", 1)), "$.command.notified"),
    "an integer for a decimal": (commands.Retain("C", **{**_RETAIN, "weekly_hours": 35}), "$.command.weekly_hours"),
    "a float for a decimal": (commands.Retain("C", **{**_RETAIN, "weekly_hours": 35.5}), "$.command.weekly_hours"),
    "no number": (commands.Retain("C", **{**_RETAIN, "weekly_hours": Decimal("NaN")}), "$.command.weekly_hours"),
    "a signalling one": (
        commands.Retain("C", **{**_RETAIN, "weekly_hours": Decimal("sNaN")}),
        "$.command.weekly_hours",
    ),
    "infinity": (commands.Retain("C", **{**_RETAIN, "weekly_hours": Decimal("-Infinity")}), "$.command.weekly_hours"),
    "a thousandth": (commands.Retain("C", **{**_RETAIN, "weekly_hours": Decimal("0.001")}), "$.command.weekly_hours"),
    "five digits": (commands.Retain("C", **{**_RETAIN, "weekly_hours": Decimal(10_000)}), "$.command.weekly_hours"),
    "many digits": (
        commands.Retain("C", **{**_RETAIN, "weekly_hours": Decimal("48." + "0" * 40 + "1")}),
        "$.command.weekly_hours",
    ),
    "a large exponent": (
        commands.Retain("C", **{**_RETAIN, "weekly_hours": Decimal("1E+9999999")}),
        "$.command.weekly_hours",
    ),
    "a small exponent": (
        commands.Retain("C", **{**_RETAIN, "weekly_hours": Decimal("1E-9999999")}),
        "$.command.weekly_hours",
    ),
    "a set": (commands.SetInformationDates("S", dates=cast("Any", {date(2021, 1, 1)})), "$.command.dates"),
    "a wrong item": (commands.SetInformationDates("S", dates=cast("Any", (date(2021, 1, 1), 5))), "$.command.dates[1]"),
    "a wrong key": (commands.EnrichAction("A", changes=cast("Any", {1: "x"})), '$.command.changes["1"]'),
    "a wrong change": (
        commands.EnrichAction("A", changes=cast("Any", {"objective": 1})),
        "$.command.changes.objective",
    ),
    "a wrong candidate": (
        commands.Preregister("C", session="S", candidate=cast("Any", "P"), prescriber=Prescriber(origin=Origin.SELF)),
        "$.command.candidate",
    ),
    "a class": (cast("Any", commands.Expire), "$.command"),
    "nothing": (cast("Any", None), "$.command"),
}


@pytest.mark.parametrize("name", _WRONG_COMMANDS)
def test_commands_made_in_python_are_held_to_the_wire_format(name: str) -> None:
    """`execute` and `preview` raise `Malformed`, with the place, for a command that could not be written as JSON."""
    command, place = _WRONG_COMMANDS[name]
    workflow = Workflow(MemoryStorage(), clock=SettableClock("2021-11-02T09:00:00+01:00"))
    for ask in (workflow.execute, workflow.preview):
        with pytest.raises(Malformed) as caught:
            ask(command, _ORGANIZATION)
        assert [fault.place for fault in caught.value.faults] == [place]


def test_deep_nesting_made_in_python_is_malformed() -> None:
    """A value nested without end is malformed too, and no `RecursionError`."""
    workflow = Workflow(MemoryStorage(), clock=SettableClock("2021-11-02T09:00:00+01:00"))
    with pytest.raises(Malformed):
        workflow.execute(commands.CancelSession("S", reason=cast("Any", _nested(100_000))), _ORGANIZATION)


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"key": 5}, "$.key"),
        ({"key": "\ud800"}, "$.key"),
        ({"expected_version": True}, "$.expected_version"),
        ({"expected_version": 1.0}, "$.expected_version"),
        ({"at": datetime(2021, 11, 2, 9)}, "$.at"),  # noqa: DTZ001 - it is to be refused
        ({"at": "yesterday"}, "$.at"),
        ({"actor": "me"}, "$.actor"),
        ({"actor": attrs.evolve(SYSTEM, name=cast("Any", 5))}, "$.actor.name"),
    ],
)
def test_requests_made_in_python_are_held_to_the_wire_format(changes: Mapping[str, Any], place: str) -> None:
    """`execute_many` raises `Malformed` for a request that could not be written as JSON, before anything is done."""
    workflow = Workflow(MemoryStorage(), clock=SettableClock("2021-11-02T09:00:00+01:00"))
    good = Request(
        command=commands.CreateAction("A", title="[POEC]", funder="F", responsible="R"),
        actor=Actor(kind=ActorKind.PLATFORM),
    )
    with pytest.raises(Malformed) as caught:
        workflow.execute_many([good, attrs.evolve(good, **changes)])
    assert [fault.place for fault in caught.value.faults] == [place]
    assert not workflow.storage.queries.states(SubjectKind.ACTION)


def test_instants_may_have_any_zone_in_python() -> None:
    """An instant of a zone with clock changes is the same instant with that moment's offset."""
    at = datetime(2021, 7, 1, 9, tzinfo=ZoneInfo("Europe/Paris"))
    read = checked(Request(command=commands.Expire("C"), actor=SYSTEM, at=at)).at
    assert read == at
    assert read is not None
    assert read.utcoffset() == timedelta(hours=2)


@pytest.mark.parametrize(
    ("value", "text"),
    [("35", "35"), ("35.00", "35"), ("30.50", "30.5"), ("1E+3", "1000"), ("-0", "0"), ("0.00", "0"), ("-1.20", "-1.2")],
)
def test_decimals_are_written_at_their_shortest(value: str, text: str) -> None:
    """Equal decimals are written as the same text, without an exponent."""
    written = to_dict(commands.Retain("C", **{**_RETAIN, "weekly_hours": Decimal(value)}))
    assert written["weekly_hours"] == text


# What a key stands for


@PATIENT
@given(drawn(Command), drawn(Actor))
def test_a_digest_is_of_the_command_in_order(command: Command, actor: Actor) -> None:
    """What a store of any release holds: SHA-256 of ASCII JSON with sorted names, as the first release had them."""
    data = to_dict(command)
    later = {"create-action": ("kind",), "create-session": ("session_type", "market", "measure")}.get(command.type, ())
    fields: Any = fields_dict(cast("Any", type(command)))
    if all(data[name] == fields[name].default for name in later):
        data = {name: value for name, value in data.items() if name not in later}
    text = json.dumps([data, actor.kind, actor.organization], sort_keys=True)
    assert digest(command, actor) == sha256(text.encode()).hexdigest()


def _digest(**fields: object) -> str:
    request = journal_line(_command(**fields))
    return digest(request.command, request.actor)


_RETAINED: Mapping[str, object] = {
    "type": "retain",
    "application": "C",
    "entry": "2021-12-09",
    "exit": "2022-03-04",
    "weekly_hours": "35",
}


@pytest.mark.parametrize("hours", ["35.0", "35.00", "0035"])
def test_equal_decimals_are_the_same_command(hours: str) -> None:
    """The digest of a command does not depend on how a decimal is written."""
    assert _digest(**{**_RETAINED, "weekly_hours": hours}) == _digest(**_RETAINED)


@pytest.mark.parametrize(
    ("name", "value"),
    [("minimum_headcount", 0), ("information_dates", []), ("follow_on_ratio", None), ("minimum_headcount", None)],
)
def test_absent_null_and_default_are_the_same_command(name: str, value: object) -> None:
    """A command with its defaults written out has the digest of the one without them."""
    bare = {each: old for each, old in _CREATE.items() if each != name}
    assert _digest(**{**bare, name: value}) == _digest(**bare)


@PATIENT
@given(drawn(Command), drawn(Command))
def test_other_commands_have_other_digests(one: Command, other: Command) -> None:
    """Two commands have the same digest exactly when they are equal."""
    assert (digest(one, SYSTEM) == digest(other, SYSTEM)) is (one == other)


@pytest.mark.parametrize(
    ("actor", "same"),
    [
        ({"kind": "platform", "organization": "CAP", "name": "other", "reference": "U-1", "candidate": "P"}, True),
        ({"kind": "platform", "organization": "OTHER"}, False),
        ({"kind": "platform"}, False),
        ({"kind": "funder", "organization": "CAP"}, False),
    ],
)
def test_a_key_stands_for_the_actors_kind_and_organisation(actor: Mapping[str, object], *, same: bool) -> None:
    """The digest names the actor by kind and organisation, and by nothing else."""
    one, other = journal_line(_line()), journal_line(_line(actor=actor))
    assert (digest(one.command, one.actor) == digest(other.command, other.actor)) is same
