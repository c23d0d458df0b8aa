"""The page of a lifecycle with a service's own row: what it says of the row is what `decide` answers."""

from __future__ import annotations

from functools import cache
from itertools import product
from typing import Any

import pytest
from explored import Page, page, verdict
from explored_cells import differing, jobs

from own_rules import BACK, EVERY, TAKEN_BACK
from poec_workflow import Settings, commands, events
from poec_workflow.diagrams import render
from poec_workflow.explorer.application_case import ApplicationCase
from poec_workflow.machines import Lifecycles, Rule, with_rows
from poec_workflow.model import ApplicationState, SubjectKind, TrainingSession
from poec_workflow.policies import Grant, condition
from poec_workflow.policies.facts import Facts

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
    case = ApplicationCase(judged.settings)
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


@pytest.mark.parametrize("kind", [SubjectKind.SESSION, SubjectKind.ACTION])
def test_a_row_of_a_session_or_an_action(kind: SubjectKind) -> None:
    """Each command that such a row is about is answered as `decide` does, out of final states too."""
    lifecycle = EVERY[kind]
    judged = page(None, "fr", lifecycle)
    about = {rule.command.type for rule in lifecycle.own_rules}
    cells = [job for job in jobs(judged) if job["command"] in about]
    answers = judged.judge(cells=cells)["judged"]
    assert differing(judged, cells, answers, EVERY) == []
    assert {each["row"] for job in answers for each in job} >= {rule.id for rule in lifecycle.own_rules}
    assert judged.data["limitations"] == []


def test_what_follows_a_row_by_other_facts_is_a_limitation() -> None:
    """Where a row's condition decides what follows by what the page does not look at, the page says so."""

    @condition
    def led_by_afec(_session: TrainingSession, facts: Facts) -> bool:
        return facts.session.trainer == "AFEC"

    always = Rule(
        "X6",
        "cancelled",
        commands.CancelSession,
        "cancelled",
        events.SessionCancelled,
        then=commands.Cancel,
        then_given=(led_by_afec,),
    )
    data = page(None, "fr", with_rows(always)[SubjectKind.SESSION]).data
    left_out = {(each["rule"], each["tabulated"]) for each in data["limitations"]}
    assert left_out >= {("X6", False), ("waiting", False)}
    assert data["rows"]["X6"]["follows"] is None
