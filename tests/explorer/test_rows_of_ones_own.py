"""The page of a lifecycle with a service's own row: what it says of the row is what `decide` answers."""

from __future__ import annotations

from functools import cache
from itertools import product
from typing import Any

import pytest
from explored import Page, verdict

from own_rules import BACK, TAKEN_BACK
from poec_workflow import Settings, SubjectKind, commands, events
from poec_workflow.diagrams import render
from poec_workflow.explorer.sample_case import SampleCase
from poec_workflow.machines import Lifecycles, Rule, with_rows
from poec_workflow.model import ApplicationState
from poec_workflow.policies import Grant

AGAIN = Rule(
    "X2", "rejected", commands.CorrectAttendance, "pending", events.AttendanceCorrected, permit=(Grant("funder"),)
)


@cache
def made(*, more: bool) -> tuple[Page, Lifecycles]:
    lifecycles = with_rows(AGAIN, to=BACK) if more else BACK
    settings = Settings()
    return Page(settings, render(lifecycles[SubjectKind.APPLICATION], "html", settings=settings)), lifecycles


@pytest.mark.parametrize("more", [False, True])
@pytest.mark.parametrize("state", ["retained", "rejected"])
@pytest.mark.parametrize("command", ["withdraw", "correct-attendance", "convoke"])
def test_the_page_answers_as_decide_does(more: bool, state: str, command: str) -> None:  # noqa: FBT001
    """Whoever asks, on whatever day: who may, what refuses, and where it leads."""
    judged, lifecycles = made(more=more)
    lifecycle = lifecycles[SubjectKind.APPLICATION]
    case = SampleCase(judged.settings)
    there = lifecycle.states.index(ApplicationState(state))
    base = {**case.defaults(lifecycle.initial), "state": there, "actor": -1}
    names = ["today", "actor"]
    places = [list(each) for each in product(*(range(len(case.dimensions[name])) for name in names))]
    job = {"command": command, "base": base, "names": names, "places": places}
    (answers,) = judged.judge(cells=[job])["judged"]
    for place, answer in zip(places, answers, strict=True):
        at = {**base, **dict(zip(names, place, strict=True))}
        assert answer == verdict(case, command, at, lifecycles)
    assert {each["row"] for each in answers} <= {None, "X1", "X2"}


def test_a_journey_goes_over_the_row() -> None:
    """To a seat, and back: the row's own event says what it leaves behind."""
    judged, _ = made(more=False)
    journey: list[dict[str, Any]] = [
        {"run": each} for each in ("preregister", "convoke", "record-presence", "retain", "withdraw")
    ]
    (replayed,) = judged.judge(journeys=[journey])["replayed"]
    rows = [step["answer"]["row"] for step in replayed["steps"]]
    assert rows[0] == "L1"
    data = judged.data
    assert data["rows"][TAKEN_BACK.id]["effect"] == {"attempts": [0, 1, 2, 3], "copies": {}}
    retained = next(each for each in data["states"] if each["name"] == "retained")
    assert retained["final"] is False
