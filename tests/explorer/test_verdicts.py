"""The explorer's verdicts are Python's: on every cell of every table, in random situations, and along journeys.

Tables are independent, for a rule is asked whatever the others say. So it is complete to vary, for every state and
command, the facts that one table looks at, with those that choose the row; the answers compared are whole ones.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from itertools import product
from typing import Any

import pytest
from explored import RULES, Page, page, verdict

from poec_workflow import Accepted, Application, Settings, Workflow, commands
from poec_workflow.adapters.memory import MemoryStorage
from poec_workflow.catalogue import Catalogue
from poec_workflow.decider import Refused
from poec_workflow.explorer.dimensions import Option
from poec_workflow.explorer.evaluation import usual
from poec_workflow.explorer.sample_case import World
from poec_workflow.explorer.tracing import Situation
from poec_workflow.explorer.truth_tables import tabulate
from poec_workflow.machines import APPLICATION
from poec_workflow.policies import messages
from poec_workflow.serialization import journal_line, to_json

Cells = dict[str, Any]


def tables(data: Mapping[str, Any], command: str, state: int | None) -> Iterator[tuple[str, ...]]:
    """The facts that each table of a command looks at in a state, with those that choose its row."""
    rows = [row for row in data["rows"] if row["command"] == command and state in row["from"]]
    looks = [set(data["tables"][each["table"]]["looks"]) for row in rows for each in row["given"]]
    choosing: set[str] = set().union(*looks)
    (permission,) = (each["permission"] for each in data["commands"] if each["name"] == command)
    numbers = {permission} | {each["table"] for row in rows for each in (*row["checks"], *row["advises"])}
    yield from {tuple(sorted({*data["tables"][number]["looks"], *choosing})) for number in numbers}


def possible(data: Mapping[str, Any], at: Mapping[str, Any]) -> bool:
    """Who was convoked was convoked at least once."""
    return at["state"] is None or at["attempts"] > 0 or not data["states"][at["state"]]["convoked"]


def jobs(world: World, data: Mapping[str, Any]) -> list[Cells]:
    """Every state and command, with every combination of what one table of it looks at."""
    found = []
    for command, state in product(data["commands"], (None, *range(len(data["states"])))):
        base = {**usual(world.dimensions, APPLICATION.initial), "state": state, "actor": -1}
        for looks in sorted(tables(data, command["name"], state)):
            names = [name for name in looks if name != "state"]
            places = [
                list(each)
                for each in product(*(range(len(data["dimensions"][name])) for name in names))
                if possible(data, {**base, **dict(zip(names, each, strict=True))})
            ]
            found.append({"command": command["name"], "base": base, "names": names, "places": places})
    return found


def differences(judged: Page, cells: Sequence[Cells], data: dict[str, Any] | None = None) -> list[Any]:
    """Where the page's script and Python answer differently."""
    world, known = World(judged.settings), data or judged.data
    answers = judged.judge(cells=list(cells), data=known)["judged"]
    found = []
    for job, given in zip(cells, answers, strict=True):
        for place, answer in zip(job["places"], given, strict=True):
            at = {**job["base"], **dict(zip(job["names"], place, strict=True)), "actor": answer["actor"]}
            expected = verdict(world, job["command"], at)
            if answer != expected:
                found.append((job["command"], at, answer, expected))
    return found


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
    cells = jobs(World(settings), judged.data)
    assert sum(len(job["places"]) for job in cells) > 5_000
    assert differences(judged, cells) == []


@pytest.mark.parametrize("settings", [Settings(), ours(), odd()], ids=["usual", "ours", "odd"])
def test_every_situation_is_what_python_decides(settings: Settings) -> None:
    """So it is where all facts are drawn at once."""
    judged, draw = page(settings), random.Random(6)  # noqa: S311 - drawn the same each time
    world, data = World(settings), judged.data
    found = []
    for _ in range(2_000):
        at = {name: draw.randrange(len(options)) for name, options in data["dimensions"].items()}
        at["state"] = draw.choice((None, *range(len(data["states"]))))
        at["attempts"] = at["attempts"] or 1
        likely = [each["name"] for each in data["commands"] if draw.random() < 0.9 or each["creates"]]
        found.append({"command": draw.choice(likely), "base": at, "names": [], "places": [[]]})
    assert differences(judged, found) == []
    assert world.settings is settings


def test_one_wrong_cell_is_found() -> None:
    """The comparison sees a single cell that is not as Python has it."""
    judged = page()
    data = judged.data
    (row,) = (row for row in data["rows"] if row["id"] == "L9")
    table = data["tables"][row["checks"][2]["table"]]
    assert row["checks"][2]["code"] == "exit-outside-window"
    cells = [job for job in jobs(World(judged.settings), data) if job["command"] == "retain"]
    assert differences(judged, cells, data) == []
    middle = table["cells"].index("00", len(table["cells"]) // 2)
    table["cells"] = table["cells"][:middle] + "01" + table["cells"][middle + 2 :]
    assert len(differences(judged, cells, data)) == 1


def test_a_page_says_what_it_leaves_out() -> None:
    """A policy that looks at what does not vary is told with what that is; one that looks at too much is left out."""

    def in_agen(_application: object, facts: Any) -> dict[str, str] | None:
        return {"place": facts.session.place} if facts.session.place == "Agen" else None

    def like_another(application: object, facts: Any, _command: object) -> None:
        assert application != facts.session

    settings = Settings(refuse_also={commands.Convoke: (in_agen,), commands.Withdraw: (like_another,)})
    data = page(settings).data
    aside, left_out = data["untold"]
    assert aside == {"command": "convoke", "rule": "in-agen", "looks": ["TrainingSession.place"], "tabled": True}
    assert (left_out["command"], left_out["rule"], left_out["tabled"]) == ("withdraw", "like-another", False)
    assert page().data["untold"] == []


def test_a_policy_that_takes_values_apart_is_left_out() -> None:
    """What can't be noted shows as a difference between a value that notes and the real one; a hash looks at all."""

    def of_this_very_class(application: object, _facts: object) -> dict[str, str] | None:
        return {} if type(application) is Application else None

    def in_a_set(application: object, _facts: object) -> dict[str, str] | None:
        return {} if application in {getattr(application, "nonsense", None), 0} else None

    settings = Settings(refuse_also={commands.Convoke: (of_this_very_class, in_a_set)})
    left_out = {each["rule"]: each["tabled"] for each in page(settings).data["untold"]}
    assert left_out == {"of-this-very-class": False, "in-a-set": False}


def test_what_a_policy_looks_at_is_found_by_asking_it() -> None:
    """The facts behind each table are the policy's own, no more and no fewer."""
    data = page(ours()).data
    looks = {check["code"]: data["tables"][check["table"]]["looks"] for row in data["rows"] for check in row["checks"]}
    assert looks["on-sunday"] == ["on"]
    assert looks["advice-deadline-passed"] == ["today"]
    assert looks["convocation-not-due"] == ["today", "attempts", "convoked.1"]
    assert looks["convocation-already-passed"] == ["today", "attempts", "convoked.1", "entered.1"]
    assert looks["quota-reached"] == ["seats", "quota"]


def test_what_is_looked_at_only_sometimes_is_found() -> None:
    """However deep it hides, as the last of many facts that a policy looks at one after the other."""
    dimensions = {name: [Option(value=value, labels={}) for value in (False, True)] for name in "abcd"}

    def hidden(situation: Situation) -> bool:
        return all(situation[name] for name in "acbd")

    table = tabulate(hidden, dimensions, dict.fromkeys("abcd", 0), lambda _options: True)
    assert table.looks == ("a", "b", "c", "d")
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


def replayed(settings: Settings, told: Mapping[str, Any]) -> tuple[Workflow, list[Any]]:
    """A journal executed, and the answers to the journey's own lines."""
    workflow = Workflow(MemoryStorage(), settings=settings)
    answers = []
    for line in told["lines"]:
        answer = workflow.submit(journal_line(to_json(line["line"])))
        if line["step"] is None:
            assert isinstance(answer, Accepted), (line, answer, told["lines"])
        else:
            answers.append((line["step"], answer))
    return workflow, answers


def convocations(application: Application) -> list[tuple[str, str]]:
    """Each convocation's day, and the day that it was entered, the last one first."""
    return [(each.on.isoformat(), each.entered_at.date().isoformat()) for each in reversed(application.convocations)]


def shown(data: Mapping[str, Any], at: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The same, as the page has it."""
    days = [each["at"][:10] for each in data["dimensions"]["today"]]
    return [(days[at[f"convoked.{place}"]], days[at[f"entered.{place}"]]) for place in range(1, at["attempts"] + 1)]


def journeys_judged(settings: Settings, count: int) -> tuple[set[str], set[str]]:
    """The states that journeys ended in and the codes that they met, when executed: each line goes the page's way."""
    draw = random.Random(12)  # noqa: S311 - drawn the same each time
    data = page(settings).data
    straight = [[move(token, data) for token in way.split()] for way in WAYS]
    journeys = [*straight, *(moves(draw, data) for _ in range(count))]
    endings: set[str] = set()
    met: set[str] = set()
    for journey, told in zip(journeys, page(settings).judge(journeys=journeys)["told"], strict=True):
        workflow, answers = replayed(settings, told)
        for number, answer in answers:
            codes = {code for code, *_ in told["steps"][number]["refusals"]}
            assert (answer.codes if isinstance(answer, Refused) else set()) == codes, (journey, number, answer)
            met |= codes
        lost = any(not told["steps"][each["index"]]["refusals"] for each in told["untold"])
        if told["at"]["state"] is not None and not lost:
            reached = workflow.application("C-000001")
            endings.add(reached.state)
            assert APPLICATION.states.index(reached.state) == told["at"]["state"], journey
            assert convocations(reached) == shown(data, told["at"]), journey
    return endings, met


@SETTINGS
def test_a_journey_told_as_a_journal_goes_the_same_way(settings: Settings) -> None:
    """Each line is answered as the page answered, and the application ends where the page says."""
    endings, met = journeys_judged(settings, 300)
    assert endings >= set(APPLICATION.final)
    assert met & RULES >= RULES - {"convocation-limit-reached", "session-not-complete"}, RULES - met


def test_what_cannot_be_told_is_not_told() -> None:
    """Where no commands lead to a step's facts, the journal leaves it out rather than tell it wrongly."""
    endings, _ = journeys_judged(odd(), 200)
    assert len(endings) > 3
    crowded = Settings(overbooking=2**20)
    full = [
        {"set": "seats", "to": 1},
        *({"run": name} for name in WAYS[0].split()),
    ]
    (told,) = page(crowded).judge(journeys=[full])["told"]
    assert [each["why"] for each in told["untold"]] == ["elsewhere"] * 4
    assert told["lines"] == []
