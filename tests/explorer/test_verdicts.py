"""The explorer's verdicts are Python's: on every cell of every table, in random situations, and along journeys."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

import pytest
from attrs import evolve
from explored import inputs, page, verdict
from explored_cells import differences, jobs

from poec_workflow import Accepted, Application, Settings, commands, decide
from poec_workflow.catalogue import Catalogue
from poec_workflow.decider import Refused
from poec_workflow.explorer.application_case import ApplicationCase
from poec_workflow.explorer.dimensions import Option
from poec_workflow.explorer.tracing import Assignment
from poec_workflow.explorer.truth_tables import tabulate
from poec_workflow.machines import APPLICATION
from poec_workflow.model import ActorKind, ApplicationState
from poec_workflow.policies import PERMISSIONS, Grant, messages

RULES = {code for each in APPLICATION.steps for code in each.codes}


@messages(fr="Pas le dimanche ({on}).", en="Not on a Sunday ({on}).")
def on_sunday(_application: object, _facts: object, command: commands.Convoke) -> dict[str, date] | None:
    """A service's own policy."""
    return {"on": command.on} if command.on.isoweekday() == 7 else None


@cache
def ours() -> Settings:
    """Other settings than the usual ones, and a policy of one's own."""
    return Settings(
        max_convocations=2,
        grace_days=0,
        overbooking=1,
        coefficient_min=3,
        quota_counts="live",
        close_when_full="automatic",
        catalogue=Catalogue.of({"absence": ["late"], "other": ["other"]}),
        refuse_also={commands.Convoke: (on_sunday,)},
    )


@cache
def odd() -> Settings:
    """Settings at the edges: nothing in the catalogue, as many applications as seats, more convocations than shown."""
    return Settings(
        max_convocations=10,
        coefficient_min=1,
        coefficient_max=1,
        overbooking=3,
        grace_days=400,
        weekly_hours_max=Decimal("10.125"),
        usual_weekly_hours=(Decimal(0), Decimal(50)),
        catalogue=Catalogue.of({}),
        time_zone="America/New_York",
    )


SETTINGS = pytest.mark.parametrize("settings", [Settings(), ours()], ids=["usual", "ours"])


@SETTINGS
def test_every_cell_is_what_python_decides(settings: Settings) -> None:
    """Each table's every cell, in each state, gives the answer that `decide` gives on those facts, in its words."""
    judged = page(settings)
    cells = jobs(judged)
    assert sum(len(job["places"]) for job in cells) > 5_000
    assert differences(judged, cells) == []


@pytest.mark.parametrize("settings", [Settings(), ours(), odd()], ids=["usual", "ours", "odd"])
def test_every_situation_is_what_python_decides(settings: Settings) -> None:
    """So it is where all facts are drawn at once."""
    judged, draw = page(settings), random.Random(6)  # noqa: S311 - drawn the same each time
    case, data = ApplicationCase(settings), judged.data
    found = []
    for _ in range(2_000):
        at = {name: draw.randrange(len(options)) for name, options in data["dimensions"].items()}
        at["state"] = draw.choice((None, *range(len(data["states"]))))
        at["attempts"] = at["attempts"] or 1
        likely = [each["name"] for each in data["commands"] if draw.random() < 0.9 or each["creates"]]
        found.append({"command": draw.choice(likely), "base": at, "names": [], "places": [[]]})
    assert differences(judged, found) == []
    assert case.settings is settings


def test_one_wrong_cell_is_found() -> None:
    """The comparison sees a single cell that is not as Python has it."""
    judged = page()
    data = judged.data
    row = data["rows"]["L9"]
    table = data["tables"][row["checks"][2]["table"]]
    assert row["checks"][2]["code"] == "exit-outside-window"
    cells = [job for job in jobs(judged) if job["command"] == "retain"]
    assert differences(judged, cells, data) == []
    middle = table["cells"].index("00", len(table["cells"]) // 2)
    table["cells"] = table["cells"][:middle] + "01" + table["cells"][middle + 2 :]
    found = differences(judged, cells, data)
    assert {(command, at["entry"], at["exit"]) for command, at, *_ in found} == {
        ("retain", found[0][1]["entry"], found[0][1]["exit"])
    }


def test_a_page_says_what_it_leaves_out() -> None:
    """A policy that looks at what does not vary is told with what that is; one that looks at too much is left out."""

    def in_agen(_application: object, facts: Any) -> dict[str, str] | None:
        return {"place": facts.session.place} if facts.session.place == "Agen" else None

    def like_another(application: object, facts: Any, _command: object) -> None:
        assert application != facts.session

    settings = Settings(refuse_also={commands.Convoke: (in_agen,), commands.Withdraw: (like_another,)})
    data = page(settings).data
    aside, left_out = data["limitations"]
    assert aside == {"command": "convoke", "rule": "in-agen", "reads": ["TrainingSession.place"], "tabulated": True}
    assert (left_out["command"], left_out["rule"], left_out["tabulated"]) == ("withdraw", "like-another", False)
    assert page().data["limitations"] == []


def test_a_policy_that_takes_values_apart_is_left_out() -> None:
    """What can't be noted shows as a difference between a value that notes and the real one; a hash looks at all."""

    def of_this_very_class(application: object, _facts: object) -> dict[str, str] | None:
        return {} if type(application) is Application else None

    def in_a_set(application: object, _facts: object) -> dict[str, str] | None:
        return {} if application in {getattr(application, "nonsense", None), 0} else None

    def like_a_copy(application: Application, _facts: object) -> dict[str, str] | None:
        return {} if evolve(application, state=ApplicationState.PRESENT) == application else None

    def for_this_class_only(application: object, _facts: object) -> dict[str, str] | None:
        if type(application) is not Application:
            raise TypeError("no application")
        return None

    policies = (of_this_very_class, in_a_set, like_a_copy, for_this_class_only)
    data = page(Settings(refuse_also={commands.Convoke: policies})).data
    left_out = {each["rule"]: each["tabulated"] for each in data["limitations"]}
    names = ("of-this-very-class", "in-a-set", "like-a-copy", "for-this-class-only")
    assert left_out == dict.fromkeys(names, False)


def test_a_policy_that_fails_fails_the_page() -> None:
    """What a policy raises on real values is not hidden."""

    def broken(_application: object, _facts: object) -> dict[str, str] | None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        page(Settings(refuse_also={commands.Convoke: (broken,)}))


def test_a_permission_is_a_limitation_too() -> None:
    """One that reads what does not vary is named; where one can't be traced, the page answers as if all might."""

    def in_agen(_application: object, facts: Any) -> bool:
        return bool(facts.session.place == "Agen")

    def of_this_very_class(application: object, _facts: object) -> bool:
        return type(application) is Application

    grants = {
        commands.Convoke: (Grant(ActorKind.PLATFORM, in_agen),),
        commands.Withdraw: (Grant(ActorKind.PLATFORM, of_this_very_class),),
    }
    judged = page(Settings(permissions={**PERMISSIONS, **grants}))
    assert judged.data["limitations"] == [
        {"command": "convoke", "rule": "not-permitted", "reads": ["TrainingSession.place"], "tabulated": True},
        {"command": "withdraw", "rule": "not-permitted", "reads": [], "tabulated": False},
    ]
    journey = [{"run": "preregister"}, {"set": "actor", "to": 0}, {"run": "convoke"}, {"run": "withdraw"}]
    (replayed,) = judged.judge(journeys=[journey])["replayed"]
    answers = [[code for code, *_ in step["answer"]["refusals"]] for step in replayed["steps"]]
    assert answers == [[], ["not-permitted"], []]


def test_what_a_policy_looks_at_is_found_by_asking_it() -> None:
    """The facts behind each table are the policy's own, no more and no fewer."""
    data = page(ours()).data
    looks = {
        check["code"]: data["tables"][check["table"]]["inputs"]
        for row in data["rows"].values()
        for check in row["checks"]
    }
    assert looks["on-sunday"] == ["on"]
    assert looks["advice-deadline-passed"] == ["today"]
    assert looks["convocation-not-due"] == ["today", "attempts", "convoked.1"]
    assert looks["convocation-already-passed"] == ["today", "attempts", "convoked.1", "entered.1"]
    assert looks["quota-reached"] == ["seats", "quota"]


def test_what_is_looked_at_only_sometimes_is_found() -> None:
    """However deep it hides, as the last of many facts that a policy looks at one after the other."""
    dimensions = {name: [Option(value=value, labels={}) for value in (False, True)] for name in "abcd"}

    def hidden(assignment: Assignment) -> bool:
        return all(assignment[name] for name in "acbd")

    table = tabulate(hidden, dimensions, dict.fromkeys("abcd", 0), lambda _options: True)
    assert table.inputs == ("a", "b", "c", "d")
    assert [place for place, cell in enumerate(table.cells) if cell] == [15]


def test_the_same_rules_give_the_same_page() -> None:
    """Byte for byte, in each language; the languages differ, and other rules make another page."""
    again = page.__wrapped__
    assert again(lang="fr").html == page(Settings(), "fr").html != page(Settings(), "en").html
    assert page(ours()).html != page().html
    assert len(page().html.encode()) < 300_000


# Journeys


FACTS = "today action session seats quota live on notified entry exit hours motive reason actor"
WAYS = (
    "preregister convoke record-presence retain",
    "preregister convoke record-presence entry=0 retain entry=8 exit=-1 retain hours=0 retain",
    "preregister convoke record-presence motive=-1 reject motive=-2 reject motive=-3 reject motive=0 reject",
    "preregister convoke record-absence on=3 convoke record-absence on=5 convoke record-absence",
    "preregister convoke record-presence correct-attendance move-convocation record-presence retain retain",
    "action=0 preregister session=1 preregister session=2 preregister action=1 session=0 preregister withdraw",
    "quota=1 preregister live=1 preregister action=2 preregister action=3 quota=0 preregister",
    "preregister withdraw preregister",
    "preregister convoke expire @overdue expire",
    "preregister convoke session=1 cancel refuse-session-full",
    "preregister convoke session=2 refuse-session-full cancel",
    "preregister convoke record-presence seats=1 retain seats=0 retain",
    "preregister on=-1 convoke on=3 convoke @start on=8 move-convocation",
)
"""A command, a fact that is changed (a negative place counts from the last), or a day, after one another."""


def move(token: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """One move of a way."""
    fact, _, place = token.partition("=")
    if token.startswith("@"):
        return {"set": "today", "to": data["landmarks"][token.removeprefix("@")]}
    return {"set": fact, "to": int(place) % len(data["dimensions"][fact])} if place else {"run": token}


def moves(draw: random.Random, data: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A journey along one of the ways, with other facts and other commands in between."""
    names = [each["name"] for each in data["commands"]]
    varied = FACTS.split()
    found: list[dict[str, Any]] = []
    for token in draw.choice(WAYS).split():
        for _ in range(draw.randrange(3)):
            fact = draw.choice(varied)
            found.append({"set": fact, "to": draw.randrange(len(data["dimensions"][fact]))})
        if draw.random() < 0.7:
            found.append({"set": "actor", "to": -1})
        found.append(move(token if draw.random() < 0.8 else draw.choice(names), data))
    return found


def history(application: Application) -> dict[str, Any]:
    """An application's state, its registration, and each convocation with the day of its entry, the last one first."""
    return {
        "state": application.state,
        "registered": application.registered_at.date(),
        "convocations": [(each.on, each.entered_at.date()) for each in reversed(application.convocations)],
    }


def shown(case: ApplicationCase, facts: Mapping[str, Any]) -> dict[str, Any]:
    """The same, as the page has it."""

    def value(name: str) -> Any:
        return case.dimensions[name][facts[name]].value

    places = range(1, facts["attempts"] + 1)
    return {
        "state": value("state"),
        "registered": value("registered"),
        "convocations": [(value(f"convoked.{place}"), value(f"entered.{place}")) for place in places],
    }


def journeys_judged(settings: Settings, count: int) -> tuple[set[str], set[str]]:
    """The states that journeys ended in and the codes that they met; Python goes each step beside the page."""
    draw = random.Random(12)  # noqa: S311 - drawn the same each time
    case, data = ApplicationCase(settings), page(settings).data
    straight = [[move(token, data) for token in way.split()] for way in WAYS]
    journeys = [*straight, *(moves(draw, data) for _ in range(count))]
    endings: set[str] = set()
    met: set[str] = set()
    for journey, replayed in zip(journeys, page(settings).judge(journeys=journeys)["replayed"], strict=True):
        subject: Application | None = None
        for step in replayed["steps"]:
            assert step["answer"] == verdict(case, step["name"], step["facts"]), (journey, step)
            _, facts, command = inputs(case, step["name"], step["facts"])
            answer = decide(subject, command, facts)
            codes = {code for code, *_ in step["answer"]["refusals"]}
            assert (answer.codes if isinstance(answer, Refused) else set()) == codes, (journey, step, answer)
            met |= codes
            if isinstance(answer, Accepted):
                assert isinstance(answer.subject, Application)
                subject = answer.subject
                assert shown(case, step["after"]) == history(subject), (journey, step)
        if subject is None:
            assert replayed["facts"]["state"] is None
        else:
            endings.add(subject.state)
            assert shown(case, replayed["facts"]) == history(subject), journey
    return endings, met


@SETTINGS
def test_a_journey_goes_the_same_way(settings: Settings) -> None:
    """Each command is answered as Python answers it, and leaves the application that Python's events fold into."""
    endings, met = journeys_judged(settings, 300)
    assert endings >= set(APPLICATION.final)
    assert met & RULES >= RULES - {"convocation-limit-reached", "session-not-complete"}, RULES - met


def test_a_journey_under_settings_at_the_edges() -> None:
    """So it goes where more convocations are allowed than the page shows."""
    endings, _ = journeys_judged(odd(), 200)
    assert len(endings) > 3
