"""`run`: batches, and going on from a line."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from poec_workflow import Request, StorageUnavailable, SubjectKind, Workflow
from poec_workflow.adapters.sql import SqlStorage
from poec_workflow.workflow import Answer
from test_cli import JOURNAL, invoke

LINES = Path(JOURNAL).read_text(encoding="utf-8").splitlines()[:120]


def spoilt(lines: Sequence[str]) -> list[str]:
    """The same with lines that can't be read: no JSON, a blank one, an instant whose local year is none."""
    beyond = json.dumps({**json.loads(lines[0]), "at": "2999-12-31T23:30:00+00:00"})
    return [*lines[:7], "nothing", *lines[7:30], "", beyond, *lines[30:]]


def outcome(journal: Path, store: str, refusals: Path, *options: str) -> tuple[int, Any, str, str]:
    """The exit code, what was printed, what was said, and the refused lines."""
    ran = invoke("run", str(journal), "--store", store, "--format", "json", "--refusals", str(refusals), *options)
    return ran.exit_code, json.loads(ran.stdout), ran.stderr, refusals.read_text(encoding="utf-8")


@pytest.mark.parametrize("batch", [2, 7, 50, 10_000])
@pytest.mark.parametrize("store", ["memory:", "sqlite:///{}/poec.db"])
def test_batches_change_no_answer(batch: int, store: str, tmp_path: Path) -> None:
    """Counts, states, codes of each refused line and faults of each malformed one are those of one by one."""
    journal = tmp_path / "journal.jsonl"
    journal.write_text("\n".join(spoilt(LINES)), encoding="utf-8")
    refusals = tmp_path / "refusals.jsonl"
    expected = outcome(journal, "memory:", refusals)
    assert expected[1]["malformed"] == 2
    assert expected[1]["refused"] > 10
    assert outcome(journal, store.format(tmp_path), refusals, "--batch", str(batch)) == expected


@pytest.mark.parametrize("batch", ["1", "16"])
def test_a_journal_is_gone_on_with(batch: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the store fails, it is said from which line to go on; then everything comes out as at one go."""
    journal = tmp_path / "journal.jsonl"
    journal.write_text("\n".join(["", *LINES]), encoding="utf-8")
    whole = outcome(journal, f"sqlite:///{tmp_path}/whole.db", tmp_path / "whole.jsonl")
    store = f"sqlite:///{tmp_path}/poec.db"
    execute_many, calls = Workflow.execute_many, []

    def fail(workflow: Workflow, requests: Sequence[Request], **options: Any) -> list[Answer]:
        calls.append(requests)
        if len(calls) == 3:
            raise StorageUnavailable("away")
        return execute_many(workflow, requests, **options)

    with monkeypatch.context() as failing:
        failing.setattr(Workflow, "execute_many", fail)
        stopped = invoke("run", str(journal), "--store", store, "--batch", batch)
    line = 2 + 2 * int(batch)
    assert stopped.exit_code == 3
    assert stopped.stderr == f"stopped at line {line}: go on with --from-line {line}\npoec-workflow: away\n"
    went_on = outcome(journal, store, tmp_path / "rest.jsonl", "--batch", batch, "--from-line", str(line))
    assert went_on[1]["states"] == whole[1]["states"]
    assert went_on[3] == "".join(
        each for each in whole[3].splitlines(keepends=True) if json.loads(each)["line"] >= line
    )
    with SqlStorage.open(f"sqlite:///{tmp_path}/whole.db") as one, SqlStorage.open(store) as other:
        kinds = [(kind, reference) for kind in whole[1]["states"] for reference in whole[1]["states"][kind]]
        for kind, reference in kinds:
            of = (SubjectKind(kind.removesuffix("s")), reference)
            assert one.queries.history(*of) == other.queries.history(*of)


@pytest.mark.parametrize(("option", "value"), [("--batch", "0"), ("--batch", "10001"), ("--from-line", "0")])
def test_numbers_out_of_range_are_usage_errors(option: str, value: str) -> None:
    """A batch has a line, and lines are counted from one."""
    assert invoke("run", JOURNAL, "--store", "memory:", option, value).exit_code == 2
