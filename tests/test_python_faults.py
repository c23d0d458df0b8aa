"""What Python code is told of a wrong value: in Python's words, with what it gave."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import pytest
from attrs import evolve

from poec_workflow import Actor, Candidate, Malformed, Prescriber, Request, Settings, Workflow, commands, decide
from poec_workflow.adapters.memory import MemoryStorage
from poec_workflow.ports import SystemClock
from poec_workflow.views import ApplicationFilter

ADVISER = Actor(kind="adviser", organization="FT-AGEN")
RETAIN = commands.Retain("C-1", entry=date(2022, 1, 10), exit=date(2022, 3, 4), weekly_hours=Decimal(35))
CONVOKE = commands.Convoke("C-1", on=date(2022, 1, 10))
REGISTER = commands.Preregister(
    "C-1",
    session="S-1",
    candidate=Candidate(reference="P-1", name="Zoé"),
    prescriber=Prescriber(origin="france-travail", organization="FT-AGEN"),
)
DIGITS = "a Decimal of up to four digits before the point and two after it"


def changed(command: commands.Command, **fields: Any) -> Request:
    return Request(command=evolve(command, **fields), actor=ADVISER)  # type: ignore[misc]


@pytest.mark.parametrize(
    ("request_", "said"),
    [
        (changed(RETAIN, weekly_hours=Decimal("35.123")), f"weekly_hours: expected {DIGITS}, not Decimal('35.123')"),
        (changed(RETAIN, weekly_hours=35.5), f"weekly_hours: expected {DIGITS}, not 35.5"),
        (changed(RETAIN, weekly_hours=Decimal("NaN")), f"weekly_hours: expected {DIGITS}, not Decimal('NaN')"),
        (changed(RETAIN, weekly_hours=Decimal), f"weekly_hours: expected {DIGITS}, not the class Decimal"),
        (changed(RETAIN, entry=date), "entry: expected a date, not the class date"),
        (
            changed(RETAIN, entry=datetime(2022, 1, 1)),  # noqa: DTZ001 - a day as a naive datetime is the mistake
            "entry: expected a date, not datetime.datetime(2022, 1, 1, 0, 0)",
        ),
        (changed(RETAIN, application=5), "application: expected a str, not 5"),
        (
            changed(CONVOKE, time=time(9, 30, 15)),
            "time: expected a time of whole minutes, not datetime.time(9, 30, 15)",
        ),
        (changed(REGISTER, candidate=Candidate), "candidate: expected a Candidate, not the class Candidate"),
        (changed(REGISTER, candidate="P-1"), "candidate: expected a Candidate, not 'P-1'"),
        (changed(REGISTER, prescriber=None), "prescriber: expected a Prescriber, not None"),
        (
            changed(REGISTER, candidate=Candidate(reference="P-1", name=5)),  # type: ignore[arg-type]
            "candidate.name: expected a str, not 5",
        ),
    ],
)
def test_a_field_of_a_command(request_: Request, said: str) -> None:
    """The place, what is expected there as Python calls it, and what was given."""
    with pytest.raises(Malformed) as raised:
        Workflow(MemoryStorage()).submit(request_)
    assert str(raised.value) == f"$.command.{said}"


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda each: each.execute(commands.Convoke, ADVISER), "$.command: expected a command, not the class Convoke"),
        (lambda each: each.preview(commands.Retain, ADVISER), "$.command: expected a command, not the class Retain"),
        (lambda each: each.execute(RETAIN, Actor), "$.actor: expected an Actor, not the class Actor"),
        (lambda each: each.execute(RETAIN, None), "$.actor: expected an Actor, not None"),
        (lambda each: each.execute(RETAIN, ADVISER, key=5), "$.key: expected a str, not 5"),
        (
            lambda each: each.execute(RETAIN, ADVISER, expected_version=True),
            "$.expected_version: expected an int within ±2³¹, not True",
        ),
        (
            lambda each: each.submit(Request(command=RETAIN, actor=ADVISER, at=date(2022, 1, 1))),  # type: ignore[arg-type]
            "$.at: expected a datetime that knows its offset, not datetime.date(2022, 1, 1)",
        ),
        (lambda each: each.application(None), "$: expected a str, not None"),
        (lambda each: each.erase_candidate(str), "$: expected a str, not the class str"),
        (lambda each: each.explain("C-1", Actor), "$: expected Actor, not the class Actor"),
        (lambda each: each.submit(Request), "$: expected Request, not the class Request"),
        (
            lambda each: each.applications(ApplicationFilter),
            "$.filter: expected ApplicationFilter, not the class ApplicationFilter",
        ),
        (lambda _: Workflow(MemoryStorage), "$.storage: expected a storage, not a class: make one, MemoryStorage(…)"),  # type: ignore[arg-type]
        (lambda _: Workflow(None), "$.storage: expected a storage, not None"),  # type: ignore[arg-type]
        (
            lambda _: Workflow(MemoryStorage(), clock=SystemClock),  # type: ignore[arg-type]
            "$.clock: expected a clock, not a class: make one, SystemClock(…)",
        ),
    ],
)
def test_an_argument(call: Callable[[Any], object], said: str) -> None:
    """A class in the place of a value is called one."""
    with pytest.raises(Malformed) as raised:
        call(Workflow(MemoryStorage()))
    assert str(raised.value) == said


def test_a_decision_takes_no_class() -> None:
    """It answered `unknown-application` for one."""
    with pytest.raises(TypeError, match="expected a command, not the class Convoke"):
        decide(None, commands.Convoke, None)  # type: ignore[arg-type]


def test_a_time_zone_is_named() -> None:
    """With what to install where the system has none."""
    with pytest.raises(Malformed, match=r"no time zone 'Europe/Pariss'.*tzdata"):
        Settings(time_zone="Europe/Pariss")


@pytest.mark.parametrize("words", [["sweep"], ["applications"], ["check"], ["run", os.devnull]])
def test_a_system_without_time_zones_is_told_what_to_install(words: list[str]) -> None:
    """One line on the command line, which names the zone and the package."""
    code = "import sys; sys.modules['tzdata'] = None; from poec_workflow.cli import main; main()"
    store = [] if words == ["check"] else ["--store", "memory:"]
    ran = subprocess.run(
        [sys.executable, "-c", code, *words, *store],
        env={**os.environ, "PYTHONTZPATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 2
    assert "Traceback" not in ran.stderr
    assert "Europe/Paris" in ran.stderr
    assert "tzdata" in ran.stderr
