"""Paths: each journal, executed on a fresh workflow, goes exactly where it says."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path as File
from typing import Any

import pytest
from click.testing import CliRunner, Result

from poec_workflow import Accepted, Settings, SubjectKind, Workflow, commands
from poec_workflow.adapters.memory import MemoryStorage
from poec_workflow.cli.app import program
from poec_workflow.machines import APPLICATION, LIFECYCLES, SESSION, TRAINING_ACTION
from poec_workflow.model import ApplicationState
from poec_workflow.serialization import journal_line
from poec_workflow.testing import Path, SettableClock, shortest_paths, simple_paths

EVERY_ROW = [rule.id for each in LIFECYCLES.values() for rule in each.steps]
OTHERS = Settings(close_when_full="automatic", max_convocations=1, quota_counts="live")


def gone(path: Path, settings: Settings | None = None) -> None:
    """Execute a path; every line is accepted, and its subject goes through its rows to its state."""
    workflow = Workflow(
        MemoryStorage(), clock=SettableClock("2021-11-02T12:00:00+01:00"), settings=settings or Settings()
    )
    answers = workflow.execute_many(map(journal_line, path.lines))
    assert all(isinstance(each, Accepted) for each in answers)
    history = workflow.history(path.kind, path.reference)
    assert tuple(each.rule for each in history) == path.rows
    assert history[-1].event.state == path.state


@pytest.mark.parametrize("settings", [Settings(), OTHERS], ids=["usual", "others"])
def test_every_path_goes_where_it_says(settings: Settings) -> None:
    """To each state, over each row, and every simple one, under the usual settings and under others."""
    found = shortest_paths(settings)
    every: list[Path] = [*found.to.values(), *found.over.values()]
    for lifecycle in LIFECYCLES.values():
        every.extend(simple_paths(lifecycle, settings))
    for path in every:
        gone(path, settings)
    assert len(every) > 50


def test_there_is_a_path_to_each_state_and_over_each_row() -> None:
    """As few lines as can be: no path to a state has a shorter one among all that there are."""
    found = shortest_paths()
    to_states, over_rows = found.to, found.over
    assert [(kind, state) for kind, state in to_states] == [
        (kind, state) for kind, each in LIFECYCLES.items() for state in each.states
    ]
    assert list(over_rows) == EVERY_ROW
    assert all(path.state == state and path.kind == kind for (kind, state), path in to_states.items())
    assert all(path.rows[-1] == row for row, path in over_rows.items())
    shortest = {state: len(path.journal) for (kind, state), path in to_states.items() if kind is APPLICATION.kind}
    for path in (*simple_paths(APPLICATION), *over_rows.values()):
        if path.kind is APPLICATION.kind:
            assert len(path.journal) >= shortest[path.state]


def test_all_simple_paths() -> None:
    """As many as counting by hand gives, each once, none twice in the same situation.

    From registration 4 endings; of each of three convocations 5 that end it, of each presence 6, of each absence 4;
    at the last convocation an absence with notice ends it too, and there is no third absence to go on from.
    """
    found = simple_paths(APPLICATION)
    assert len(found) == 4 + 3 * (5 + 6) + 1 + 2 * 4
    assert len({path.rows for path in found}) == len(found)
    endings = Counter(path.state for path in found)
    assert set(endings) == APPLICATION.final
    assert [path.rows for path in simple_paths(SESSION)] == [("S1", "S10"), ("S1", "S8", "S10")]
    assert [path.rows for path in simple_paths(TRAINING_ACTION)] == [
        ("A1", "A8"),
        ("A1", "A5", "A8"),
        ("A1", "A5", "A6", "A8"),
    ]


def test_what_the_settings_bar_has_no_path() -> None:
    """A state that a service's own policy keeps everybody from has none."""

    def never(_subject: Any, _facts: Any) -> dict[str, Any]:
        return {}

    strict = Settings(refuse_also={commands.Retain: (never,)})
    found = shortest_paths(strict)
    assert (SubjectKind.APPLICATION, ApplicationState.RETAINED) not in found.to
    assert "L9" not in found.over
    assert all("L9" not in path.rows for path in simple_paths(APPLICATION, strict))


def invoke(arguments: Iterable[str]) -> Result:
    return CliRunner().invoke(program, list(arguments))


def test_the_command_prints_a_journal_that_run_accepts(tmp_path: File) -> None:
    """`paths --over L5`, given to `run`, ends as the row says."""
    printed = invoke(["paths", "--over", "L5"])
    assert printed.exit_code == 0
    journal = tmp_path / "journal.jsonl"
    journal.write_text(printed.stdout, encoding="utf-8")
    ran = invoke(["run", str(journal), "--store", "memory:", "--format", "json"])
    assert ran.exit_code == 0
    assert json.loads(ran.stdout)["states"]["applications"] == {"C-1": "rejected"}


def test_the_command_lists_and_writes(tmp_path: File) -> None:
    """A table for people, JSON for programs, a file for each path; a state that is none is a usage error."""
    listed = invoke(["paths", "session"])
    assert "to-complete" in listed.stdout
    assert "S1 S8" in listed.stdout
    one, _ = json.loads(invoke(["paths", "session", "--simple", "--format", "json"]).stdout)
    assert (one["path"], one["rows"], one["state"]) == ("S1-S10", ["S1", "S10"], "cancelled")
    written = invoke(["paths", "training-action", "--simple", "--into", str(tmp_path / "paths")])
    assert written.exit_code == 0
    assert sorted(each.name for each in (tmp_path / "paths").iterdir()) == [
        "A1-A5-A6-A8.jsonl",
        "A1-A5-A8.jsonl",
        "A1-A8.jsonl",
    ]
    wrong = invoke(["paths", "session", "--simple", "--to", "retained"])
    assert wrong.exit_code == 2
    assert "no path to-retained of session: there are S1-S10, " in wrong.stderr
