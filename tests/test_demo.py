"""The demo: told around today, whatever day that is, and kept in a file of any name with work left in it."""

from __future__ import annotations

import json
import shlex
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from poec_workflow import ApplicationState, Refused, Request, Workflow
from poec_workflow.adapters.memory import MemoryStorage
from poec_workflow.cli.demo_scenario import TRAINER, Scenario
from poec_workflow.policies.calendar import first_instant
from poec_workflow.testing import SettableClock
from test_cli import invoke

LANGUAGE = pytest.mark.parametrize("lang", ["fr", "en"])
LOOKED_FOR = {
    "fr": [
        "Avis non transmis",
        "Noël Müller",
        "À convoquer [1]",
        "possible",
        "Préinscription d'Inès Moreau",
        "Candidature",
    ],
    "en": ["No advice", "Noël Müller", "To convoke [1]", "allowed", "Inès Moreau is registered", "Application"],
}


@settings(max_examples=40, deadline=None)
@given(today=st.dates(date(1950, 1, 1), date(2900, 1, 1)))
@example(today=date(2024, 2, 29))
@example(today=date(2026, 3, 29))
@example(today=date(2026, 10, 25))
@example(today=date(2026, 12, 31))
def test_there_is_work_on_any_day(today: date) -> None:
    """Two steps are refused; one application has expired, and every list of the queue has somebody."""
    workflow = Workflow(MemoryStorage())
    zone = workflow.settings.zone
    clock = SettableClock(first_instant(today, zone).isoformat())
    workflow = Workflow(workflow.storage, clock=clock)
    steps = list(Scenario(today, zone).steps())
    answers = [workflow.submit(Request(command=each.command, actor=each.actor, at=each.at)) for each in steps]
    assert [each.codes for each in answers if isinstance(each, Refused)] == [{"quota-reached"}, {"no-seat-left"}]
    assert all(each.at.date() < today for each in steps)
    assert all(each.command.on.weekday() < 5 for each in steps if hasattr(each.command, "on"))
    assert workflow.sweep().expired == ("C-4",)
    queue = workflow.work_queue("AFEC")
    assert all((queue.to_convoke, queue.attendance_to_record, queue.advice_to_give, queue.expiring))
    allowed = {each.command.type for each in workflow.explain("C-9", TRAINER) if each.allowed}
    assert allowed == {"record-presence", "record-absence", "withdraw"}
    assert workflow.application("C-10").state is ApplicationState.PRESENT


@LANGUAGE
def test_it_is_told_in_a_language(lang: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It asks for nothing, keeps nothing, and draws the lifecycle in the terminal rather than print its source."""
    monkeypatch.chdir(tmp_path)
    ran = invoke("demo", "--lang", lang, COLUMNS="80")
    assert (ran.exit_code, ran.stderr) == (0, "")
    assert [each for each in LOOKED_FOR[lang] if each not in ran.stdout] == []
    assert all(each in ran.stdout for each in ("quota-reached", "no-seat-left", "└── "))
    assert "stateDiagram" not in ran.stdout
    assert max(map(len, ran.stdout.splitlines())) <= 80
    assert invoke("demo", POEC_LANG=lang, COLUMNS="80").stdout == ran.stdout
    assert list(tmp_path.iterdir()) == []


def test_it_may_be_told_as_of_another_day() -> None:
    """The days move with it, week by week."""
    told = [invoke("demo", "--at", (date(2022, 3, 26) + timedelta(days)).isoformat()).stdout for days in (0, 6, 7)]
    assert [each.count("2021-11-02 09:00") for each in told] == [1, 1, 0]
    assert "2021-11-09 09:00" in told[2]


@pytest.mark.parametrize(
    "name", ["demo.db", "ma démo (1).db", "a?b#c.db", "100%.db", "50%20off.db", "été", "-x.db", "it's.db", "a;b&c=d.db"]
)
def test_any_file_keeps_it(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The commands that it proposes work on it, and three pictures stand beside it."""
    monkeypatch.chdir(tmp_path)
    ran = invoke("demo", f"--keep={name}")
    assert (ran.exit_code, ran.stderr) == (0, "")
    stem = Path(name).stem
    pictures = {f"{stem}-{each}.svg" for each in ("application", "session", "training-action")}
    assert {each.name for each in tmp_path.iterdir()} - {f"{name}-wal", f"{name}-shm"} == {name, *pictures}
    assert all((tmp_path / each).read_text(encoding="utf-8").startswith("<svg") for each in pictures)
    proposed = [shlex.split(each)[1:] for each in ran.stdout.splitlines() if each.startswith("  poec-workflow ")]
    assert len(proposed) == 4
    for words in proposed:
        assert invoke(*words).exit_code == 0
    queue = json.loads(invoke(*proposed[0], "--format", "json").stdout)
    assert [each["reference"] for each in queue["to_convoke"]] == ["C-8"]


@LANGUAGE
def test_nothing_is_overwritten(lang: str, tmp_path: Path) -> None:
    """Neither the store nor a picture; and a folder that is not there is no crash."""
    kept = tmp_path / "demo.db"
    assert invoke("demo", "--keep", str(kept)).exit_code == 0
    before = kept.read_bytes()
    assert invoke("demo", "--keep", str(kept), "--lang", lang).exit_code == 2
    assert kept.read_bytes() == before
    kept.rename(tmp_path / "other.db")
    said = invoke("demo", "--keep", str(kept), "--lang", lang)
    assert (said.exit_code, kept.exists()) == (2, False)
    assert "demo-application.svg" in said.stderr
    assert invoke("demo", "--keep", str(tmp_path / "nowhere" / "demo.db"), "--lang", lang).exit_code == 2
