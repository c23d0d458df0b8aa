"""What an UPDATE leaves as it is: the columns that no event changes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from poec_workflow import SubjectKind, evolve
from poec_workflow.adapters.memory import MemoryStorage
from poec_workflow.adapters.sql.row_mapping import FIXED, row_of
from poec_workflow.adapters.sql.schema import COUNTS, SUBJECTS
from poec_workflow.model import Subject
from seasons import given_season, outcome


@pytest.fixture(scope="module")
def lives() -> dict[SubjectKind, list[list[Subject]]]:
    """Each subject of the season after each of its events."""
    lines, expected = given_season()
    storage = MemoryStorage()
    outcome(lines, expected, storage=storage)
    queries = storage.queries
    return {kind: [list(_life(storage, kind, each)) for each in queries.states(kind)] for kind in SubjectKind}


def _life(storage: MemoryStorage, kind: SubjectKind, reference: str) -> Iterator[Subject]:
    subject: Subject | None = None
    for entry in storage.queries.history(kind, reference):
        subject = evolve(subject, entry.event)
        yield subject


def test_no_event_changes_a_fixed_column(lives: dict[SubjectKind, list[list[Subject]]]) -> None:
    """Over all that happened in a season."""
    assert any(len(life) > 1 for kind in SubjectKind if FIXED[kind] for life in lives[kind])
    for kind, names in FIXED.items():
        for life in lives[kind]:
            rows = [row_of(each) for each in life]
            for name in names:
                assert {row[name] for row in rows} == {rows[0][name]}, name


def test_a_changed_row_has_all_else(lives: dict[SubjectKind, list[list[Subject]]]) -> None:
    """Every column but the head of the chain is written by the creation, and is fixed or written by each change."""
    for kind, table in SUBJECTS.items():
        columns = {each.name for each in table.columns} - {*COUNTS, "head"}
        for life in lives[kind]:
            whole, changed = row_of(life[-1]), row_of(life[-1], changed=True)
            assert set(whole) == columns
            assert changed == {name: value for name, value in whole.items() if name not in FIXED[kind]}
