"""A service's own rows on every storage, on the command line, in diagrams and in the explorer's page."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from guarantees import check, emptied_outbox, everything, registering, retaining, tally_of, workflow_with_session
from own_rules import BACK, EVERY, TAKEN_BACK
from poec_workflow import (
    Accepted,
    Actor,
    CommandRefused,
    Refused,
    Request,
    Settings,
    SubjectKind,
    Workflow,
    commands,
    diagrams,
    events,
    readjudicate,
)
from poec_workflow.adapters.memory import MemoryStorage
from poec_workflow.cli.app import program
from poec_workflow.diagrams.markdown_blocks import update_blocks
from poec_workflow.history_recording import recorded
from poec_workflow.machines import APPLICATION, LIFECYCLES, Rule, with_rows
from poec_workflow.model import ApplicationState
from poec_workflow.policies import Grant
from poec_workflow.ports import Storage
from poec_workflow.testing import Bounds, SettableClock, explore, shortest_paths, simple_paths, strategies, to_line
from poec_workflow.uniform_decisions import is_uniform

PLATFORM = Actor(kind="platform", organization="CAP")
TRAINER = Actor(kind="organization", organization="TRAIN")
WITHDRAW = commands.Withdraw("C-1", reason="found-employment")
LATE = "2022-03-26T01:00:00+01:00"


def with_one_seat_given(storage: Storage, **more: Any) -> Workflow:
    """One seat, which `C-1` has; `C-2` is present."""
    workflow = workflow_with_session(storage, seats=1)
    for number in (1, 2):
        workflow.execute(registering(number), Actor(kind="adviser", organization="FT"))
    for command in (*retaining(1), *retaining(2)[:2]):
        workflow = evolve(workflow, clock=SettableClock("2021-11-20T09:00:00+01:00"))
        workflow.execute(command, TRAINER)
    return evolve(workflow, lifecycles=BACK, **more)


# On every storage


def test_an_advice_that_is_taken_back_frees_the_seat(storage: Storage) -> None:
    """History, counters, outbox and folding are as of every change; somebody else gets the seat."""
    workflow = with_one_seat_given(storage)
    retain = retaining(2)[2]
    with pytest.raises(CommandRefused, match="no-seat-left"):
        workflow.execute(retain, TRAINER)
    emptied_outbox(storage)
    answer = workflow.execute(WITHDRAW, PLATFORM, key="k-1")
    assert (answer.subject.state, answer.final) == (ApplicationState.REJECTED, True)
    assert (tally_of(storage, "S-1").retained, tally_of(storage, "S-1").rejected) == (0, 1)
    entry = workflow.history("application", "C-1")[-1]
    assert emptied_outbox(storage) == [*answer.notices] != []
    assert {each.about for each in answer.notices} == {entry.position}
    assert (entry.rule, entry.command, entry.from_state, entry.actor) == ("X1", "withdraw", "retained", PLATFORM)
    assert entry.fingerprint.startswith(BACK[SubjectKind.APPLICATION].fingerprint)
    workflow.execute(retain, TRAINER)
    check(storage)
    again = workflow.execute(WITHDRAW, PLATFORM, key="k-1")
    assert again == evolve(answer, replayed=True)


def test_a_seat_that_may_be_taken_back_is_no_end(storage: Storage) -> None:
    """`final` is by the given tables, in a preview, an answer, and the answer again."""
    workflow = with_one_seat_given(storage)
    workflow.execute(WITHDRAW, PLATFORM)
    for lifecycles, final in ((LIFECYCLES, True), (BACK, False)):
        known = evolve(workflow, lifecycles=lifecycles)
        previewed = known.preview(retaining(2)[2], TRAINER)
        assert isinstance(previewed, Accepted)
        assert previewed.final is final
    answer = workflow.execute(retaining(2)[2], TRAINER, key="k-2")
    again = workflow.execute(retaining(2)[2], TRAINER, key="k-2")
    assert (answer.final, again.final, again.replayed) == (False, False, True)
    assert again.change == answer.change


def test_without_the_row_nothing_is_taken_back(storage: Storage) -> None:
    """The same store under the package's tables refuses, and reads what the row wrote."""
    workflow = with_one_seat_given(storage)
    plain = evolve(workflow, lifecycles=LIFECYCLES)
    with pytest.raises(CommandRefused, match="no-transition"):
        plain.execute(WITHDRAW, PLATFORM)
    workflow.execute(WITHDRAW, PLATFORM)
    assert plain.application("C-1") == workflow.application("C-1")
    assert [each.rule for each in plain.history("application", "C-1")] == ["L1", "L2", "L3", "L9", "X1"]
    check(storage)


def test_whoever_asks_asks_by_the_given_tables(storage: Storage) -> None:
    """Preview, explain, remedy, batches and a joined workflow follow; a refusal changes nothing."""
    workflow = with_one_seat_given(storage)
    before = everything(storage)
    previewed = workflow.preview(WITHDRAW, PLATFORM)
    assert isinstance(previewed, Accepted)
    assert workflow.preview(WITHDRAW, TRAINER).codes == {"not-permitted"}  # type: ignore[union-attr]
    allowed = {each.command.type: each.allowed for each in workflow.explain("C-1", PLATFORM)}
    assert [command for command, may in allowed.items() if may] == ["withdraw"]
    late = evolve(workflow, clock=SettableClock("2021-12-20T09:00:00+01:00"))
    answer, remedy = late.submit_or_remedy(Request(WITHDRAW, PLATFORM))
    assert isinstance(answer, Refused)
    assert answer.codes == {"session-begun"}
    assert remedy is not None
    assert remedy == late.remedy(Request(WITHDRAW, PLATFORM))
    assert (remedy.fact, remedy.value) == ("today", date(2021, 12, 8))
    assert everything(storage) == before
    requests = [Request(WITHDRAW, TRAINER), Request(WITHDRAW, PLATFORM), Request(WITHDRAW, PLATFORM)]
    answers = workflow.using(storage).execute_many(requests, batch=3)
    assert [isinstance(each, Accepted) for each in answers] == [False, True, False]
    check(storage)


def test_a_sweep_leaves_what_a_row_may_take_back(storage: Storage) -> None:
    """Who is retained is not open: only the others expire, by the given tables."""
    workflow = evolve(with_one_seat_given(storage), clock=SettableClock(LATE))
    assert workflow.sweep(dry_run=True).expired == workflow.sweep().expired == ("C-2",)
    assert workflow.application("C-1").state is ApplicationState.RETAINED
    assert workflow.history("application", "C-2")[-1].fingerprint.startswith(BACK[SubjectKind.APPLICATION].fingerprint)
    check(storage)


def test_whoever_is_put_back_among_the_open_ones_expires(storage: Storage) -> None:
    """A row from a final state to an open one: counted as open, in the queue, and swept."""
    reopened = Rule("X5", "retained", commands.CorrectAttendance, "present", events.AttendanceCorrected)
    workflow = evolve(with_one_seat_given(storage), lifecycles=with_rows(reopened))
    workflow.execute(commands.CorrectAttendance("C-1"), TRAINER)
    assert tally_of(storage, "S-1").present == 2
    assert [each.reference for each in workflow.work_queue("TRAIN").advice_to_give] == ["C-1", "C-2"]
    workflow.execute(retaining(2)[2], TRAINER)
    late = evolve(workflow, clock=SettableClock(LATE))
    assert late.sweep().expired == ("C-1",)
    check(storage)


def test_what_follows_a_row_of_ones_own(storage: Storage) -> None:
    """A session is declared full after it, with its own endings; all of it once, and in one history each."""
    closing = evolve(TAKEN_BACK, target="retained", then=commands.DeclareSessionFull)
    workflow = evolve(with_one_seat_given(storage), lifecycles=with_rows(closing))
    answer = workflow.execute(WITHDRAW, PLATFORM)
    assert [each.rule for each in answer.changes] == ["X1", "S8", "L13"]
    assert workflow.session("S-1").state == "complete"
    check(storage)


@given(data=st.data())
@settings(max_examples=8, deadline=None)
def test_journals_with_rows_go_the_same_way_everywhere(data: st.DataObject, tmp_path_factory: Any) -> None:
    """Drawn journals, each line now: memory and SQLite give the same answers, and hold the same."""
    from poec_workflow.adapters.sql import SqlStorage  # noqa: PLC0415

    lines = data.draw(strategies.journals(lifecycles=EVERY, longest=25, shortest=10))
    url = f"sqlite:///{tmp_path_factory.mktemp('rows') / 'poec.db'}"
    with SqlStorage.open(url) as stored:
        both = [Workflow(each, lifecycles=EVERY) for each in (MemoryStorage(), stored)]
        answers = [each.execute_many(lines, batch=5) for each in both]
        assert answers[0] == answers[1]
        assert everything(both[0].storage) == everything(stored)
        check(stored)


def test_drawn_journals_take_the_rows() -> None:
    """Among some drawn journals there are lines that take rows that a service added."""
    taken: set[str] = set()

    @given(strategies.journals(lifecycles=EVERY, shortest=30))
    @settings(max_examples=15, deadline=None, database=None, derandomize=True)
    def draw(journal: list[Request]) -> None:
        answers = Workflow(MemoryStorage(), lifecycles=EVERY).execute_many(journal)
        taken.update(change.rule for each in answers if isinstance(each, Accepted) for change in each.changes)

    draw()
    assert taken & {"X1", "X2", "X3", "X4"}


def test_rows_that_look_at_the_subject_are_not_decided_together() -> None:
    """A relation of a row's permissions counts as much as the settings' for who expires in one decision."""

    def of_candidate_one(application: Any, _facts: Any) -> bool:
        return bool(application.candidate == "P-1")

    expiring = Rule("X1", "retained", commands.Expire, "no-advice", events.Expired)
    assert is_uniform(commands.Expire, Settings(), with_rows(expiring))
    looking = evolve(expiring, permit=(Grant("system", of_candidate_one),))
    assert not is_uniform(commands.Expire, Settings(), with_rows(looking))
    other = evolve(TAKEN_BACK, permit=(Grant("platform", of_candidate_one),))
    assert is_uniform(commands.Expire, Settings(), with_rows(other))


def test_an_entry_names_the_row_that_decided() -> None:
    """Two rows with one event: the history says which."""
    storage = MemoryStorage()
    workflow = with_one_seat_given(storage)
    answer = workflow.preview(WITHDRAW, PLATFORM)
    assert isinstance(answer, Accepted)
    assert [each.entry.rule for each in recorded(answer, workflow.clock.now(), workflow.settings, BACK)] == ["X1"]


def test_a_journal_is_judged_again_by_other_tables() -> None:
    """With the row a verdict changes, and only that."""
    lines = [*map(to_line, shortest_paths(lifecycles=BACK).over["X1"].journal)]
    found = readjudicate(lines, Settings(), lifecycles=BACK)
    assert [(each.line, each.kind, each.direct) for each in found.differences] == [(len(lines), "now-accepted", True)]
    assert readjudicate(lines, Settings(), lifecycles=BACK, against_lifecycles=BACK).differences == ()


# Exploration and paths


def test_an_exploration_takes_the_row_and_finds_nothing_wrong() -> None:
    """Its worlds hold every promise; a shortest journal leads over it; a seat is free again afterwards."""
    found = explore(BACK, Bounds(capacities=(1,), coefficients=(2,)))
    assert found.violations == ()
    assert found.ok
    assert {row.id: row.taken > 0 for row in found.rows if row.id == "X1"} == {"X1": True}


def test_paths_lead_over_the_row() -> None:
    """To each state and over each row of the given lifecycles; a simple path goes on from what is no longer final."""
    found = shortest_paths(lifecycles=BACK)
    assert found.over["X1"].rows == ("L1", "L2", "L3", "L9", "X1")
    workflow = Workflow(MemoryStorage(), lifecycles=BACK)
    assert all(isinstance(each, Accepted) for each in workflow.execute_many(found.over["X1"].journal))
    simple = {path.rows for path in simple_paths(BACK[SubjectKind.APPLICATION])}
    assert ("L1", "L2", "L3", "L9", "X1") in simple
    assert ("L1", "L2", "L3", "L9") not in simple


# On the command line


MODULE = """
from poec_workflow import Settings, Workflow
from poec_workflow.adapters.memory import MemoryStorage
from poec_workflow.machines import APPLICATION, LIFECYCLES
from own_rules import BACK as rows
ours = Settings(max_convocations=2)
both = Workflow(MemoryStorage(), settings=ours, lifecycles=rows)
table = APPLICATION
missing = {kind: each for kind, each in LIFECYCLES.items() if kind != "session"}
number = 7
"""


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A working directory with a service's module."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "own_service.py").write_text(MODULE, encoding="utf-8")
    yield tmp_path
    sys.modules.pop("own_service", None)


def invoke(*arguments: str) -> Result:
    ran = CliRunner().invoke(program, list(arguments), env={"POEC_LANG": "en"})
    assert ran.exception is None or isinstance(ran.exception, SystemExit), ran.exception
    return ran


ROWS_AT = ("--settings", "own_service:rows")


def test_a_store_is_worked_on_with_the_rows(service: Path) -> None:
    """run, exec, explain, history, sweep and readjudicate follow the option."""
    store = ("--store", f"sqlite:///{service / 'poec.db'}")
    journal = shortest_paths(lifecycles=BACK).over["X1"].journal
    lines = "".join(f"{to_line(each)}\n" for each in journal)
    (service / "journal.jsonl").write_text(lines, encoding="utf-8")
    assert invoke("run", "journal.jsonl", "--store", "memory:").exit_code == 1
    assert invoke("run", "journal.jsonl", "--store", "memory:", *ROWS_AT).exit_code == 0
    *before, last = lines.splitlines(keepends=True)
    (service / "before.jsonl").write_text("".join(before), encoding="utf-8")
    assert invoke("run", "before.jsonl", *store).exit_code == 0
    reference = journal[-1].command.reference
    asked = invoke("explain", reference, "--kind", "platform", "--format", "json", *store, *ROWS_AT)
    assert {each["command"]: [one["code"] for one in each["refusals"]] for each in json.loads(asked.stdout)}[
        "withdraw"
    ] in ([], ["session-begun"])
    assert invoke("exec", last.strip(), *store).exit_code == 1
    assert invoke("exec", last.strip(), *store, *ROWS_AT).exit_code == 0
    told = json.loads(invoke("history", reference, "--format", "json", *store).stdout)
    assert told[-1]["rule"] == "X1"
    assert invoke("sweep", *store, *ROWS_AT).exit_code == 0
    judged_again = invoke("readjudicate", "journal.jsonl", "--format", "json", *ROWS_AT)
    assert json.loads(judged_again.stdout)["counts"]["now-accepted"] == 1
    alike = invoke("readjudicate", "journal.jsonl", "--format", "json", *ROWS_AT, "--against", "own_service:both")
    assert json.loads(alike.stdout)["counts"]["now-accepted"] == 0


@pytest.mark.usefixtures("service")
@pytest.mark.parametrize("asked", [("own_service:both",), ("own_service:ours", "own_service:rows")])
def test_settings_and_rows_may_be_named_together(asked: tuple[str, ...]) -> None:
    """By a workflow, or by the option given twice, in any order."""
    for places in (asked, asked[::-1]):
        options = [part for place in places for part in ("--settings", place)]
        found = json.loads(invoke("check", "--applications", "1", "--format", "json", *options).stdout)
        assert found["settings"] == Settings(max_convocations=2).fingerprint
        assert found["lifecycles"][0]["fingerprint"] == BACK[SubjectKind.APPLICATION].fingerprint
        assert found["exploration"]["rows"]["X1"] > 0


@pytest.mark.usefixtures("service")
@pytest.mark.parametrize(
    ("places", "said"),
    [
        (("ours", "ours"), "own_service:ours names the settings already"),
        (("rows", "rows"), "own_service:rows names the lifecycles already"),
        (("both", "ours"), "own_service:both names the settings already"),
        (("rows", "both"), "own_service:rows names the lifecycles already"),
        (
            ("table",),
            "not a poec_workflow.Settings, nor the lifecycles of machines.with_rows, nor Notices, nor a Workflow",
        ),
        (("number",), "not a poec_workflow.Settings, nor the lifecycles"),
        (("missing",), "expected the lifecycle of session"),
    ],
)
def test_what_is_named_wrongly_is_wrong_usage(places: tuple[str, ...], said: str) -> None:
    """Two of a kind, or something else."""
    options = [part for place in places for part in ("--settings", f"own_service:{place}")]
    for command in (("diagram",), ("sweep", "--store", "memory:")):
        ran = invoke(*command, *options)
        assert ran.exit_code == 2
        assert said in " ".join(ran.stderr.split())


def test_paths_and_diagrams_of_the_command_line(service: Path) -> None:
    """`paths --over X1`, and the row in every format, in a page's blocks too."""
    over = invoke("paths", "--over", "X1", *ROWS_AT)
    assert [json.loads(each)["command"]["type"] for each in over.stdout.splitlines()][-1] == "withdraw"
    assert "L1-L2-L3-L9-X1" in invoke("paths", "--simple", *ROWS_AT).stdout.replace("\n", "")
    for format_ in diagrams.FORMATS:
        assert "X1" in invoke("diagram", "--as", format_, "--lang", "en", *ROWS_AT).stdout
        assert "X1" not in invoke("diagram", "--as", format_, "--lang", "en").stdout
    page = service / "page.md"
    page.write_text("<!-- poec-lifecycle application format=rows -->\n<!-- /poec-lifecycle -->\n", encoding="utf-8")
    assert invoke("diagram", "--into", "page.md", *ROWS_AT).exit_code == 0
    assert "X1" in page.read_text(encoding="utf-8")
    assert page.read_text(encoding="utf-8") == update_blocks(page.read_text(encoding="utf-8"), lifecycles=BACK)
    assert invoke("diagram", "--into", "page.md", "--check").exit_code == 1


# In pictures


def test_what_is_no_longer_final_is_drawn_so() -> None:
    """The state keeps its outcome's colour, and loses its end; the row is an arc, with who may take it."""
    drawn = {node.state: node for node in diagrams.graph(BACK[SubjectKind.APPLICATION]).nodes}
    usual = {node.state: node for node in diagrams.graph(APPLICATION).nodes}
    retained = ApplicationState.RETAINED
    assert (drawn[retained].final, usual[retained].final) == (False, True)
    assert drawn[retained].outcome is usual[retained].outcome
    text = diagrams.render(BACK[SubjectKind.APPLICATION], "rows", lang="en", show=("actors", "codes"))
    (line,) = [each for each in text.splitlines() if "X1" in each]
    assert "platform" in line.lower()
    assert "session-begun" in line
    assert "candidate" not in line.lower()
    table = diagrams.render(BACK[SubjectKind.APPLICATION], "table", lang="en", show=("actors",))
    assert "X1 → Rejected" in table.replace("Not retained", "Rejected")
    assert table.count("X1") == 1


def test_a_frame_stands_for_the_open_states_still() -> None:
    """The grouped picture keeps its frame: a row out of a final state is an arc of its own."""
    from poec_workflow.diagrams.statechart import statechart  # noqa: PLC0415

    charts = [statechart(diagrams.graph(each, grouped=True)) for each in (APPLICATION, BACK[SubjectKind.APPLICATION])]
    assert charts[0].framed == charts[1].framed
    assert len(charts[1].arcs) == len(charts[0].arcs) + 1


def test_a_state_with_a_row_that_stays_is_no_end_of_a_machine() -> None:
    """SCXML's and XState's final states take no event: such a state is an ordinary one there."""
    stays = EVERY_STAYS[SubjectKind.SESSION]
    assert '<state id="cancelled"' in diagrams.render(stays, "scxml")
    states = json.loads(diagrams.render(stays, "xstate"))["states"]
    assert "type" not in states["cancelled"]
    assert states["cancelled"]["on"]["reassign-session"][0]["target"] == "cancelled"


EVERY_STAYS = with_rows(*(row for each in EVERY.values() for row in each.own_rules if row.id == "X2"))


def test_the_page_of_a_session_has_its_own_rows() -> None:
    """Their rows stand in its data, and a state that one of them leads out of is not closed."""
    page = diagrams.render(EVERY[SubjectKind.SESSION], "html")
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    assert found
    data = json.loads(found[1])
    assert {"X2", "X3"} <= data["rows"].keys()
    cancelled = next(each for each in data["states"] if each["name"] == "cancelled")
    assert cancelled["final"] is False
