"""A store exported and imported into another one answers the same, now and to what comes.

What cannot be the same: histories (one entry, `I1`), versions, idempotency keys, messages, and the place in the feed.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from answering_alike import half_a_drawn_season, half_a_season, season
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guarantees import MADE
from poec_workflow import ApplicationState, Request, Workflow
from poec_workflow.adapters.memory import MemoryStorage
from poec_workflow.commands import COMMANDS, Command
from poec_workflow.importing.import_fields import IMPORTS
from poec_workflow.importing.store_export import exported
from poec_workflow.model import SubjectKind
from poec_workflow.ports import Queries
from poec_workflow.testing.strategies import journals
from seasons import given_season


@pytest.mark.parametrize("other", sorted(MADE))
def test_the_season_answers_the_same_elsewhere(other: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """A sample of the campaign in `run.py`: of its organisations and applications some are asked about."""
    if other == "postgresql":
        request.getfixturevalue("postgresql_server")
    with MADE[other](tmp_path / "other.db") as storage:
        half_a_season(given_season()[0], storage, every=20)
        assert {each.subject_kind for each in exported(storage.queries)} == set(SubjectKind)


@pytest.mark.parametrize("first", ["sqlite"])
def test_every_storage_exports_the_same(first: str, tmp_path: Path) -> None:
    """In order of references, the same bytes."""
    lines, _ = given_season()
    memory = MemoryStorage()
    season(memory, lines)
    with MADE[first](tmp_path / "poec.db") as storage:
        season(storage, lines)
        assert list(exported(storage.queries)) == list(exported(memory.queries))


@settings(deadline=None, max_examples=5, suppress_health_check=list(HealthCheck))
@given(journals(longest=40, shortest=25), st.integers(10, 30), st.integers(-30, 120))
def test_drawn_seasons_answer_the_same_elsewhere(journal: list[Request], cut: int, days: int) -> None:
    """Whatever came, at any day."""
    half_a_drawn_season(journal, cut, days, MemoryStorage())


class _OneByOne:
    """The queries of a third party, which reads no many at once."""

    def __init__(self, queries: Queries) -> None:
        self._queries = queries

    def __getattr__(self, name: str) -> Any:
        return getattr(self._queries, name)


def test_a_storage_without_bulk_reads_exports_the_same() -> None:
    """One subject after the other."""
    memory = MemoryStorage()
    season(memory, given_season()[0])
    Workflow(memory).erase_candidate("P-00019")
    one_by_one: Any = _OneByOne(memory.queries)
    commands: list[Command] = list(exported(one_by_one))
    assert commands == list(exported(memory.queries))
    nameless = [each for each in commands if getattr(getattr(each, "candidate", None), "name", "-") == ""]
    assert nameless
    states = {each.state for each in commands if each.subject_kind is SubjectKind.APPLICATION}  # type: ignore[attr-defined]
    assert len(states & set(ApplicationState)) >= 7


def test_every_kind_can_be_exported() -> None:
    """A command of import for each kind, and each is on the wire."""
    assert set(IMPORTS) == set(SubjectKind)
    assert all(COMMANDS[each.type] is each for each in IMPORTS.values())
