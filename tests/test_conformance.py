"""What is recognised without being written and read comes back the same when it is."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from datetime import time as clock_time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guarantees import ADVISER, registering
from poec_workflow import Actor, Candidate, Request, commands
from poec_workflow.errors import Malformed
from poec_workflow.serialization import from_dict, from_json, to_dict, to_json
from poec_workflow.serialization.conformance import conforms
from poec_workflow.testing.strategies import requests
from poec_workflow.views import ActionFilter, ApplicationFilter, PageRequest, SessionFilter

CONVOKE = commands.Convoke("C-1", on=date(2021, 11, 22), time=clock_time(9, 30), place="Agen")
RETAIN = commands.Retain("C-1", entry=date(2022, 1, 10), exit=date(2022, 3, 4), weekly_hours=Decimal(35))
ODD: tuple[Any, ...] = (
    *("", "x" * 64, "x" * 65, "x" * 10_001, "\0", "\ud800", "é", type("T", (str,), {})("x")),
    *(0, -1, 2**31, 2**31 + 1, True, 1.0, 7.5, None, (), [], {}),
    *(date(1899, 12, 31), date(1900, 1, 1), date(2999, 12, 31), date(3000, 1, 1), datetime(2021, 1, 1)),  # noqa: DTZ001
    *(clock_time(9, 30, 1), clock_time(9, 30, 0, 1), clock_time(9, 30, fold=1), clock_time(9, 30, tzinfo=UTC)),
    *map(Decimal, ("35", "35.0", "35.5", "35.55", "35.555", "-0", "1E+2", "NaN", "10000", "Infinity")),
    *(datetime(2021, 1, 1, tzinfo=UTC), datetime(2021, 1, 1, tzinfo=ZoneInfo("Europe/Paris"))),
    *(datetime(2021, 1, 1, tzinfo=timezone(timedelta(seconds=each))) for each in (60, 30, -3600)),
    *(datetime(each, 1, 2, tzinfo=UTC) for each in (1899, 1900, 2999, 3000)),
)


@given(requests())
def test_every_request_of_the_wire_format_is_recognised(request_: Request) -> None:
    """So that none that was made well is written and read only to be checked."""
    assert conforms(from_json(to_json(request_), Request))


def _places(value: Any, way: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """The fields of a value, and of the values in it."""
    if not attrs.has(type(value)):
        return []
    names = [each.name for each in attrs.fields(type(value))]
    return [place for name in names for place in ((*way, name), *_places(getattr(value, name), (*way, name)))]


def _with(value: Any, way: tuple[str, ...], part: Any) -> Any:
    first, *others = way
    inner = _with(getattr(value, first), tuple(others), part) if others else part
    return attrs.evolve(value, **{first: inner})


@given(st.data())
def test_what_is_recognised_comes_back_the_same(data: st.DataObject) -> None:
    """Whatever stands in a field: it is written and read to an equal value of the same text, or is not recognised."""
    request = data.draw(requests())
    way = data.draw(st.sampled_from(_places(request)))
    try:
        changed = _with(request, way, data.draw(st.sampled_from(ODD)))
    except (Malformed, ValueError, TypeError, AttributeError):
        return
    if conforms(changed):
        read = from_dict(to_dict(changed), Request)
        assert read == changed
        assert repr(read) == repr(changed)


FILTERS: tuple[Any, ...] = (
    PageRequest(after="Qy0x"),
    ApplicationFilter(),
    ApplicationFilter(
        tab="ended",
        organization="TRAIN",
        role="trainer",
        states=("pending", "retained"),
        session_from=date(2022, 1, 1),
        session_until=date(2022, 3, 1),
        session="S-1",
        candidate="P-1",
        text="zoé",
    ),
    SessionFilter(tab="current", organization="TRAIN", states=("active",), action="A-1", text="agen"),
    ActionFilter(tab="alert", organization="TRAIN", text="soudeur"),
)


@pytest.mark.parametrize("asked", FILTERS, ids=lambda each: type(each).__name__)
def test_filters_and_pages_are_recognised(asked: Any) -> None:
    """As services make them."""
    assert conforms(asked)


@pytest.mark.parametrize("asked", FILTERS, ids=lambda each: type(each).__name__)
def test_what_is_recognised_of_a_filter_comes_back_the_same(asked: Any) -> None:
    """Whatever stands in a field, in all of them and in tuples of it."""
    for name in (each.name for each in attrs.fields(type(asked))):
        for odd in (*ODD, *((each,) for each in ODD), "current", "trainer", ("pending", "?"), ["pending"], "x" * 201):
            try:
                changed = attrs.evolve(asked, **{name: odd})
            except (Malformed, ValueError, TypeError, AttributeError):
                continue
            if conforms(changed):
                read = from_dict(to_dict(changed), type(asked))
                assert read == changed
                assert repr(read) == repr(changed)


class _Own(commands.Withdraw):
    """A host's own subclass is none of the wire format's commands."""


@pytest.mark.parametrize(
    "request_",
    [
        Request(command=CONVOKE, actor=ADVISER),
        Request(command=RETAIN, actor=ADVISER, key="k", expected_version=3, at=datetime(2021, 1, 1, tzinfo=UTC)),
        Request(command=registering(1), actor=ADVISER),
        Request(command=commands.EnrichAction("A-1", changes={"title": "[POEC] Soudeur"}), actor=ADVISER),
    ],
)
def test_plain_requests_are_recognised(request_: Request) -> None:
    """As services make them."""
    assert conforms(request_)


@pytest.mark.parametrize(
    "request_",
    [
        Request(command=_Own("C-1", reason="other"), actor=ADVISER),
        Request(command=attrs.evolve(CONVOKE, on=None), actor=ADVISER),  # type: ignore[arg-type]
        Request(command=attrs.evolve(registering(1), candidate=Candidate(reference="", name="x")), actor=ADVISER),
        Request(command=CONVOKE, actor=None),  # type: ignore[arg-type]
        Request(command=Actor(kind="system"), actor=ADVISER),  # type: ignore[arg-type]
    ],
)
def test_what_is_not_certain_is_not_recognised(request_: Request) -> None:
    """It is written and read, which says what is wrong."""
    assert not conforms(request_)
