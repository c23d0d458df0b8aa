"""Revision 0004: what came of each convocation is what folding the history gives, batch by batch, on both databases."""

from __future__ import annotations

import json
import runpy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from guarantees import check
from poec_workflow import SchemaOutdated, Workflow, fold, to_dict
from poec_workflow.adapters.memory import MemoryStorage
from poec_workflow.adapters.sql import SqlStorage, migrations
from poec_workflow.adapters.sql.revisions import REVISIONS
from poec_workflow.adapters.sql.schema import HEAD
from poec_workflow.events import EVENTS
from poec_workflow.model import SubjectKind
from poec_workflow.serialization import journal_line
from poec_workflow.testing import SettableClock
from poec_workflow.testing.strategies import journals
from seasons import given_season
from stores import engine_of, rows, without_outcomes

SCRIPT = REVISIONS.scripts / "versions" / "0004_convocation_outcomes.py"


def forget(url: str) -> None:
    """Write applications as they were before the revision."""
    engine = engine_of(url)
    with engine.begin() as connection:
        for reference, data in connection.execute(text("SELECT reference, data FROM poec_applications")).all():
            application = json.loads(data)
            for each in application["convocations"]:
                del each["outcome"]
            written = {"reference": reference, "data": json.dumps(application, ensure_ascii=False)}
            connection.execute(text("UPDATE poec_applications SET data = :data WHERE reference = :reference"), written)
    engine.dispose()


def rewrite(url: str, batch: int) -> None:
    script = runpy.run_path(str(SCRIPT))
    run = script["_rewrite"]
    run.__globals__["convoked"] = script["convoked"].limit(batch)
    engine = engine_of(url)
    with engine.begin() as connection:
        run(connection)
    engine.dispose()


@pytest.fixture
def filled(database_url: str) -> str:
    """A store with a season in it."""
    lines, expected = given_season()
    with SqlStorage.open(database_url) as storage:
        workflow = Workflow(storage, clock=SettableClock(expected["sweep_at"]))
        workflow.execute_many([journal_line(line) for line in lines])
        workflow.sweep()
    return database_url


@pytest.mark.parametrize("batch", [7, 500])
def test_every_row_is_written_as_this_release_writes_it(filled: str, batch: int) -> None:
    """To the letter, so that the fast reader takes it; no row is left out between two batches."""
    before = rows(filled)
    forget(filled)
    assert rows(filled) != before
    assert without_outcomes(rows(filled)) == without_outcomes(before)
    rewrite(filled, batch)
    assert rows(filled) == before
    with SqlStorage.open(filled) as storage:
        check(storage)


def test_the_replay_is_frozen_and_agrees_with_folding_today() -> None:
    """The script knows each event that says anything about attendance."""
    known = runpy.run_path(str(SCRIPT))["CAME_OF_IT"]
    assert set(known) <= set(EVENTS)
    assert set(known.values()) == {None, "present", "absent-with-notice", "absent-without-notice"}


@settings(deadline=None, max_examples=40)
@given(journals(longest=60))
def test_the_replay_gives_what_folding_gives(journal: list[Any]) -> None:
    """Of every history that a journal comes to."""
    workflow = Workflow(MemoryStorage())
    workflow.execute_many(journal)
    script = runpy.run_path(str(SCRIPT))
    for reference in workflow.storage.queries.states(SubjectKind.APPLICATION):
        history = workflow.history(SubjectKind.APPLICATION, reference)
        folded = fold(each.event for each in history)
        told = to_dict(folded)
        for each in told["convocations"]:
            del each["outcome"]
        outcomes = script["_replayed"](each.event.type for each in history)
        found = script["_with_outcomes"](json.dumps(told, ensure_ascii=False), outcomes)
        if told["convocations"]:
            assert json.loads(found) == to_dict(folded)
        else:
            assert found is None


@given(st.lists(st.sampled_from(sorted(EVENTS))))
def test_a_history_with_gaps_breaks_nothing(types: list[str]) -> None:
    """Rows that somebody edited by hand are rewritten as far as they can be known."""
    script = runpy.run_path(str(SCRIPT))
    outcomes = script["_replayed"](types)
    assert len(outcomes) == types.count("convoked")
    data = {"convocations": [{"on": "2021-11-22"}, {"on": "2021-11-23"}]}
    found = json.loads(script["_with_outcomes"](json.dumps(data), outcomes))
    assert [each["outcome"] for each in found["convocations"]] == [*outcomes, None, None][:2]


def test_sql_is_for_empty_databases() -> None:
    """Histories are read in Python: a script of the revision would leave the rows as they are."""
    with pytest.raises(SchemaOutdated, match="store upgrade"):
        migrations.sql("sqlite", REVISIONS.scripts, REVISIONS.known[-2], HEAD)
