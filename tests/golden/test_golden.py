"""What every release has recorded is read, folded and decided as it was."""

from __future__ import annotations

import json
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
from record import RELEASES, executed, histories, main, record, subjects

from guarantees import check
from poec_workflow import HistoryEntry, Workflow, fold, from_json, to_dict
from poec_workflow.adapters.memory import MemoryStorage
from poec_workflow.adapters.sql import SqlStorage
from poec_workflow.events import EVENTS
from poec_workflow.machines import LIFECYCLES
from stores import GOLDEN, restore

EVERY = sorted(RELEASES.iterdir())
RELEASE = pytest.mark.parametrize("release", EVERY, ids=lambda each: each.name)


def lines(file: Path) -> list[str]:
    return file.read_text(encoding="utf-8").splitlines()


def data(file: Path) -> list[Any]:
    return [json.loads(line) for line in lines(file)]


@RELEASE
def test_every_event_is_read_and_folds_to_its_subject(release: Path) -> None:
    """Each history entry of each event and row is read as it was written, and histories fold to the subjects."""
    texts = lines(release / "histories.jsonl")
    entries = [from_json(text, HistoryEntry) for text in texts]
    assert [to_dict(each) for each in entries] == [json.loads(text) for text in texts]
    expected = {(each["kind"], each["reference"]): each for each in data(release / "subjects.jsonl")}
    found = {}
    for (kind, reference), history in groupby(
        entries, key=lambda each: (each.event.subject_kind, each.event.reference)
    ):
        folded = fold(each.event for each in history)
        assert folded is not None
        found[kind, reference] = {"kind": kind.value, **to_dict(folded)}
    assert found == expected


@RELEASE
def test_the_journal_is_answered_as_it_was(release: Path) -> None:
    """Line by line the same answer, and the same subjects at the end."""
    workflow, answers = executed(lines(release / "journal.jsonl"), MemoryStorage())
    assert answers == data(release / "answers.jsonl")
    assert sorted(subjects(workflow), key=str) == sorted(data(release / "subjects.jsonl"), key=str)


@RELEASE
def test_the_store_is_read_and_goes_on(release: Path, tmp_path: Path) -> None:
    """The store of a release, upgraded, holds the same histories, is whole, and gives first answers again."""
    restore(release / "store.sql", tmp_path / "poec.db")
    with SqlStorage.open(f"sqlite:///{tmp_path}/poec.db") as storage:
        storage.create()
        workflow = Workflow(storage)
        assert list(histories(workflow)) == data(release / "histories.jsonl")
        check(storage)
        keyed = [line for line in lines(release / "journal.jsonl") if '"key"' in line]
        _, answers = executed(keyed, storage)
        assert all(each["replayed"] for each in answers)


@pytest.mark.parametrize("dump", sorted(GOLDEN.glob("*.sql")), ids=lambda each: each.name)
def test_the_stores_of_every_revision_fold(dump: Path, tmp_path: Path) -> None:
    """Each golden store, upgraded, is whole: histories fold to the subjects, counts equal a recount."""
    restore(dump, tmp_path / "poec.db")
    with SqlStorage.open(f"sqlite:///{tmp_path}/poec.db") as storage:
        storage.create()
        check(storage)


def test_a_release_is_recorded_whole_and_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the command writes holds every event and every row, and answers of each sort; and it overwrites nothing."""
    record(tmp_path / "now")
    entries = data(tmp_path / "now" / "histories.jsonl")
    assert {each["type"] for each in entries} == set(EVENTS)
    assert {each["rule"] for each in entries} == {rule.id for each in LIFECYCLES.values() for rule in each.rules}
    answers = data(tmp_path / "now" / "answers.jsonl")
    assert any("refused" in each for each in answers)
    assert any(each.get("replayed") for each in answers)
    assert {each.name for each in (tmp_path / "now").iterdir()} == {each.name for each in EVERY[0].iterdir()}
    monkeypatch.setattr("record.RELEASES", tmp_path)
    with pytest.raises(SystemExit, match="stays as it is"):
        main("now")
