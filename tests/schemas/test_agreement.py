"""What the schema accepts the reader accepts, and the reverse; what JSON Schema can't say is listed, and is all."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from itertools import product
from typing import Any, get_args, get_origin

import jsonschema_rs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from near_misses import ODD, changed

from poec_workflow import (
    Actor,
    Application,
    HistoryEntry,
    Malformed,
    Page,
    Request,
    TrainingAction,
    TrainingSession,
    from_json,
    schemas,
    to_dict,
)
from poec_workflow.commands import COMMANDS, Command
from poec_workflow.history import Position
from poec_workflow.messages import Addressee, AddresseeKind, DigestPosition, Message, StreamKind
from poec_workflow.model import REQUIRED_OF_ACTORS, ActorKind, SubjectKind
from poec_workflow.serialization import LONGEST_LINE, journal_line
from poec_workflow.serialization.parsing import duplicates, parse
from poec_workflow.testing.strategies import malformed_lines, references, requests, texts, values
from poec_workflow.views import ActionRow, ApplicationRow, Dashboard, SessionRow, SweepReport, WorkQueue

MESSAGES = st.builds(
    Message,
    id=texts(),
    notice=texts(),
    about=st.builds(Position, st.sampled_from(SubjectKind), references(), st.integers(1, 9))
    | st.builds(DigestPosition, reference=references(), version=st.integers(1, 9)),
    stream=references(),
    stream_kind=st.sampled_from(StreamKind),
    to=st.builds(Addressee, st.sampled_from(AddresseeKind), references()),
    session=st.none() | references(),
)
ROWS = (Page[ApplicationRow], Page[SessionRow], Page[ActionRow], Dashboard, WorkQueue, SweepReport)
READ: tuple[Any, ...] = (
    Request,
    HistoryEntry,
    Actor,
    Application,
    TrainingSession,
    TrainingAction,
    Message,
    *COMMANDS.values(),
    *ROWS,
)
"""All that is read."""
SHOWN = 2_000
THOROUGH = {Request: 100, HistoryEntry: 60, Actor: 60}
"""How often each is drawn; the others less."""


@cache
def by_jsonschema(cls: Any) -> Any:
    return Draft202012Validator(schemas.schema_of(cls, "en"), format_checker=Draft202012Validator.FORMAT_CHECKER)


@cache
def by_rust(cls: Any) -> Any:
    """Without formats, which a validator may leave unchecked: the patterns say all of it."""
    return jsonschema_rs.validator_for(schemas.schema_of(cls, "fr"), validate_formats=False)


def accepts(cls: Any, text: str) -> bool:
    """Whether the schema accepts; a second implementation of JSON Schema says the same of what it can read."""
    data = json.loads(text)
    accepted: bool = by_jsonschema(cls).is_valid(data)
    try:
        agreed = by_rust(cls).is_valid(data)
    except (ValueError, UnicodeEncodeError):  # a lone surrogate is no text in Rust, nor are there such integers
        return accepted
    assert agreed == accepted, text[:SHOWN]
    return accepted


def reads(cls: Any, text: str) -> bool:
    try:
        from_json(text, cls)
    except Malformed:
        return False
    return True


def drawn(cls: Any) -> st.SearchStrategy[Any]:
    """JSON-ready data of values of a class."""
    if cls is Request:
        return requests().map(to_dict)
    if cls is Message:
        return MESSAGES.map(to_dict)
    if get_origin(cls) is Page:
        rows = st.lists(values(get_args(cls)[0]), max_size=2)
        return st.builds(lambda items, after: to_dict(Page(items=items, next=after)), rows, st.none() | texts())
    return values(cls).map(to_dict)


@pytest.mark.parametrize("cls", READ, ids=lambda cls: getattr(cls, "__name__", str(cls)))
def test_what_is_written_is_accepted_and_read(cls: Any) -> None:
    """Of any value; with all that is optional null, and without what is null, which is the same."""

    @settings(max_examples=THOROUGH.get(cls, 16) // 2, deadline=None, suppress_health_check=list(HealthCheck))
    @given(drawn(cls))
    def agreed(data: Any) -> None:
        for each in (data, _with_nulls(data, cls), _without_nulls(data, cls)):
            text = json.dumps(each)
            read, accepted = reads(cls, text), accepts(cls, text)
            assert (read, accepted) == (True, True), text[:SHOWN]

    agreed()


def _without_nulls(data: Mapping[str, Any], cls: Any) -> Mapping[str, Any]:
    return {key: each for key, each in data.items() if each is not None or key in required(cls)}


def _with_nulls(data: Mapping[str, Any], cls: Any) -> Mapping[str, Any]:
    # An actor's kind may require what is optional otherwise; an entry has no one list of what it requires.
    if cls in (Actor, HistoryEntry):
        return data
    return {key: each if key in required(cls) else None for key, each in data.items()}


@cache
def required(cls: Any) -> frozenset[str]:
    """What must be there; of the entries of a history all of it."""
    name = schemas.reference_to(cls)["$ref"].rpartition("/")[2]
    return frozenset(schemas.components(also=[cls])[name].get("required", ("from",)))


@pytest.mark.parametrize("cls", READ, ids=lambda cls: getattr(cls, "__name__", str(cls)))
def test_near_misses_are_judged_alike(cls: Any) -> None:
    """With a thing changed anywhere: both accept, or both refuse."""

    @settings(max_examples=THOROUGH.get(cls, 16), deadline=None, suppress_health_check=list(HealthCheck))
    @given(drawn(cls).flatmap(changed))
    def agreed(data: Any) -> None:
        text = json.dumps(data)
        read, accepted = reads(cls, text) and not _lacks_type(cls, data), accepts(cls, text)
        assert read == accepted, text[:SHOWN]

    agreed()


def _lacks_type(cls: Any, data: Any) -> bool:
    """Whether it is a command without its type, which may be left out where the class is known; on the wire never."""
    return isinstance(cls, type) and issubclass(cls, Command) and isinstance(data, dict) and data.get("type") is None


@settings(max_examples=40, deadline=None)
@given(malformed_lines())
def test_lines_that_the_kit_spoils_are_refused(wrong: Any) -> None:
    """But for a key that stands twice, and for what is no JSON at all."""
    try:
        data = json.loads(wrong.data)
    except ValueError:
        return
    twice = any(duplicates(parse(wrong.data)))
    assert by_journal_line().is_valid(data) == twice


@cache
def by_journal_line() -> Any:
    document = schemas.document("commands", "en")
    return Draft202012Validator({**document, "$ref": "#/$defs/JournalLine"})


PLACES: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "Reference": ("application", {"type": "convoke", "on": "2021-11-02"}),
    "Text": ("place", {"type": "convoke", "application": "C-1", "on": "2021-11-02"}),
    "Day": ("on", {"type": "convoke", "application": "C-1"}),
    "Time": ("time", {"type": "convoke", "application": "C-1", "on": "2021-11-02"}),
    "Decimal": ("follow_on_ratio", {"type": "correct-session", "session": "S-1"}),
    "Integer": ("capacity", {"type": "set-capacity", "session": "S-1"}),
    "Boolean": ("notified", {"type": "record-absence", "application": "C-1"}),
    "texts by name": ("changes", {"type": "enrich-action", "action": "A-1"}),
    "days": ("dates", {"type": "set-information-dates", "session": "S-1"}),
}


@pytest.mark.parametrize("name", [*PLACES, "Instant"])
def test_scalars_are_judged_alike(name: str) -> None:
    """About every limit: the longest texts, leap years, offsets, digits of other scripts, a last newline."""
    field, rest = PLACES.get(name, ("", {"type": "expire", "application": "C-1"}))
    for value in ODD:
        request: dict[str, Any] = {
            "actor": {"kind": "system"},
            "command": {**rest, **({field: value} if field else {})},
        }
        if name == "Instant":
            request["at"] = value
        text = json.dumps(request)
        read, accepted = reads(Request, text), accepts(Request, text)
        assert read == accepted, text[:SHOWN]


ENTRY = {
    "kind": "application",
    "reference": "C-1",
    "version": 2,
    "type": "convoked",
    "effective": "2021-11-02T09:00:00+01:00",
    "recorded": "2021-11-02T09:00:00+01:00",
    "to": "convoked",
    "rule": "L2",
    "command": "convoke",
    "decision": {"kind": "application", "reference": "C-1", "version": 2},
    "fingerprint": "",
    "advisories": [],
    "data": {"on": "2021-11-08"},
}
ABSENT = object()


@pytest.mark.parametrize("kind", ActorKind)
def test_what_an_actors_kind_requires_is_judged_alike(kind: ActorKind) -> None:
    """In a request and in a history, where the first release let funders act for no organisation."""
    judged = set()
    for organization, candidate in product(("AFEC", None, ABSENT), ("P-1", None, ABSENT)):
        given = {"kind": kind.value, "organization": organization, "candidate": candidate}
        actor = {name: each for name, each in given.items() if each is not ABSENT}
        request = {"actor": actor, "command": {"type": "expire", "application": "C-1"}}
        for cls, data in ((Actor, actor), (Request, request), (HistoryEntry, {**ENTRY, "actor": actor})):
            text = json.dumps(data)
            assert reads(cls, text) == accepts(cls, text), text
            judged.add((cls, reads(cls, text)))
    assert ((HistoryEntry, False) in judged) == (kind in REQUIRED_OF_ACTORS and kind is not ActorKind.FUNDER)
    assert ((Request, False) in judged) == (kind in REQUIRED_OF_ACTORS)


@pytest.mark.parametrize(
    "kind",
    [*SubjectKind, "organization", "candidate", None, ABSENT],
    ids=lambda each: "absent" if each is ABSENT else str(each),
)
def test_what_a_message_is_about_is_judged_alike(kind: Any) -> None:
    """A digest's organisation or a position in the history, by its kind, which is never left out."""
    about = {"kind": kind, "reference": "X", "version": 1}
    if kind is ABSENT:
        del about["kind"]
    to = {"kind": "system", "reference": "KAIROS"}
    text = json.dumps({"id": "1", "notice": "N3", "about": about, "stream": "X", "to": to})
    assert reads(Message, text) == accepts(Message, text) == (kind in {*SubjectKind, "organization"})


COMMAND = '{"type": "set-capacity", "session": "S-1", "capacity": %s}'
LINE = '{"at": "2021-11-02T09:00:00Z", "actor": {"kind": "platform"}, "command": %s}'
UNSAYABLE: Mapping[str, str] = {
    "an integer written with a point": LINE % (COMMAND % "2.0"),
    "an integer written with an exponent": LINE % (COMMAND % "2e1"),
    "minus nought with a point": LINE % (COMMAND % "-0.0"),
    "a key that stands twice": LINE % '{"type": "expire", "application": "C-1", "application": "C-2"}',
}
"""Where the schema accepts what the reader refuses; the page `schemas` says so."""


@pytest.mark.parametrize("case", UNSAYABLE)
def test_what_a_schema_cannot_say(case: str) -> None:
    """The data that any reader of JSON makes of it is no other than that of a good line."""
    assert accepts(Request, UNSAYABLE[case])
    assert not reads(Request, UNSAYABLE[case])


def test_a_line_can_be_too_long_for_a_journal_alone() -> None:
    """A request of itself has no length; a line has one, which its texts reach only by spaces and escapes."""
    line = LINE % (" " * LONGEST_LINE + COMMAND % "2")
    assert by_journal_line().is_valid(json.loads(line))
    with pytest.raises(Malformed, match="longer than"):
        journal_line(line)
