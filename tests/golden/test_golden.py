"""What every release has recorded is read, folded and decided as it was."""

from __future__ import annotations

import json
from collections.abc import Mapping
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
from record import RELEASES, executed, histories, main, record, subjects

from guarantees import check
from poec_workflow import HistoryEntry, Workflow, fold, from_json, to_dict
from poec_workflow.adapters.memory import MemoryStorage
from poec_workflow.adapters.sql import SqlStorage
from poec_workflow.frozen_map import FrozenMap
from poec_workflow.machines import LIFECYCLES
from stores import GOLDEN, restore

EVERY = sorted(RELEASES.iterdir())
RELEASE = pytest.mark.parametrize("release", EVERY, ids=lambda each: each.name)


def lines(file: Path) -> list[str]:
    return file.read_text(encoding="utf-8").splitlines()


def data(file: Path) -> list[Any]:
    return [json.loads(line) for line in lines(file)]


DEFAULTS = {"kind": "SIMPLE"}


def known(found: Any, told: Any, unknown: Mapping[str, object] = FrozenMap()) -> Any:
    """Data without the fields that the release which told it did not have: they are null, or as `unknown` says."""
    if isinstance(found, dict) and isinstance(told, dict):
        added = {name: value for name, value in found.items() if name not in told}
        assert all(value is None or value == unknown.get(name) for name, value in added.items()), added
        return {name: known(value, told[name], unknown) for name, value in found.items() if name in told}
    if isinstance(found, list) and isinstance(told, list) and len(found) == len(told):
        return [known(*pair, unknown) for pair in zip(found, told, strict=True)]
    return found


CAME_OF_IT = {
    "convoked": None,
    "convocation-moved": None,
    "presence-recorded": "present",
    "absence-notified": "absent-with-notice",
    "absent-at-last-convocation": "absent-with-notice",
    "absent-without-notice": "absent-without-notice",
    "attendance-corrected": None,
}


def with_outcomes(subjects: dict[tuple[str, str], dict[str, Any]], release: Path) -> None:
    """Give each convocation what came of it, which 0.1.0 did not say: it follows from the events that it recorded."""
    came: dict[str, list[str | None]] = {}
    for each in data(release / "histories.jsonl"):
        if each["type"] == "convoked":
            came.setdefault(each["reference"], []).append(None)
        elif each["kind"] == "application" and each["type"] in CAME_OF_IT:
            came[each["reference"]][-1] = CAME_OF_IT[each["type"]]
    for (kind, reference), subject in subjects.items():
        if kind == "application":
            for convocation, outcome in zip(subject["convocations"], came.get(reference, ()), strict=True):
                convocation.setdefault("outcome", outcome)


def recorded_subjects(release: Path) -> dict[tuple[str, str], dict[str, Any]]:
    """The subjects at the end, by kind and reference; the first release said `kind` of every subject's."""
    subjects = [
        each if "subject_kind" in each else {"subject_kind": each.pop("kind"), **each}
        for each in data(release / "subjects.jsonl")
    ]
    found = {(each["subject_kind"], each["reference"]): each for each in subjects}
    with_outcomes(found, release)
    return found


@RELEASE
def test_every_event_is_read_and_folds_to_its_subject(release: Path) -> None:
    """Each history entry of each event and row is read as it was written, and histories fold to the subjects."""
    texts = lines(release / "histories.jsonl")
    entries = [from_json(text, HistoryEntry) for text in texts]
    told = [json.loads(text) for text in texts]
    assert known([to_dict(each) for each in entries], told) == told
    expected = recorded_subjects(release)
    found = {}
    for (kind, reference), history in groupby(
        entries, key=lambda each: (each.event.subject_kind, each.event.reference)
    ):
        folded = fold(each.event for each in history)
        assert folded is not None
        found[kind, reference] = {"subject_kind": kind.value, **to_dict(folded)}
    assert known(found, expected) == expected


@RELEASE
def test_the_journal_is_answered_as_it_was(release: Path) -> None:
    """Line by line the same answer, and the same subjects at the end."""
    workflow, answers = executed(lines(release / "journal.jsonl"), MemoryStorage())
    assert answers == data(release / "answers.jsonl")
    found = {(each["subject_kind"], each["reference"]): each for each in subjects(workflow)}
    # A command of a release that lacked them takes the defaults of today.
    expected = recorded_subjects(release)
    assert known(found, expected, DEFAULTS) == expected


@RELEASE
def test_the_store_is_read_and_goes_on(release: Path, tmp_path: Path) -> None:
    """The store of a release, upgraded, holds the same histories, is whole, and gives first answers again."""
    restore(release / "store.sql", tmp_path / "poec.db")
    with SqlStorage.open(f"sqlite:///{tmp_path}/poec.db") as storage:
        storage.create()
        workflow = Workflow(storage)
        told = data(release / "histories.jsonl")
        assert known(list(histories(workflow)), told) == told
        check(storage)
        told_subjects = recorded_subjects(release)
        held = {(each["subject_kind"], each["reference"]): each for each in subjects(workflow)}
        assert known(held, told_subjects) == told_subjects
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
    """What the command writes holds every event and row of what happens here, and each sort of answer, once."""
    record(tmp_path / "now")
    entries = data(tmp_path / "now" / "histories.jsonl")
    assert {each["type"] for each in entries} == {
        rule.event.type for each in LIFECYCLES.values() for rule in each.steps
    }
    assert {each["rule"] for each in entries} == {rule.id for each in LIFECYCLES.values() for rule in each.steps}
    answers = data(tmp_path / "now" / "answers.jsonl")
    assert any("refused" in each for each in answers)
    assert any(each.get("replayed") for each in answers)
    assert {each.name for each in (tmp_path / "now").iterdir()} == {each.name for each in EVERY[0].iterdir()}
    monkeypatch.setattr("record.RELEASES", tmp_path)
    with pytest.raises(SystemExit, match="stays as it is"):
        main("now")
