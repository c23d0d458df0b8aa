"""Revision 0006: what lists are found by is filled from the rows of an earlier release, on both databases."""

from __future__ import annotations

import pytest

from guarantees import PLATFORM, check, workflow_on
from poec_workflow import SchemaOutdated, commands
from poec_workflow.adapters.sql import SqlStorage, migrations
from poec_workflow.adapters.sql.revisions import REVISIONS
from poec_workflow.adapters.sql.schema import HEAD
from poec_workflow.serialization import journal_line
from poec_workflow.testing.contracts.datasets import LONG_FUNDER
from poec_workflow.views import ActionFilter, ApplicationFilter
from seasons import given_season
from stores import WITHOUT_CHAIN, WITHOUT_FEED, WITHOUT_VIEWERS, rows, say, shape


@pytest.fixture
def filled(database_url: str) -> str:
    """A store with a season in it, and an action whose funder no index takes whole."""
    with SqlStorage.open(database_url) as storage:
        workflow = workflow_on(storage)
        workflow.execute_many([journal_line(line) for line in given_season()[0]], batch=64)
        workflow.execute(commands.CreateAction("A-L", title="[POEC] X", funder=LONG_FUNDER, responsible="R"), PLATFORM)
    return database_url


def test_a_filled_store_is_upgraded(filled: str) -> None:
    """Every row comes to what this release writes, and so does the shape."""
    before, made = rows(filled), shape(filled)
    say(
        filled,
        *WITHOUT_CHAIN,
        *WITHOUT_FEED,
        *WITHOUT_VIEWERS,
        "UPDATE poec_schema SET version = 5",
        "UPDATE poec_alembic_version SET version_num = '0005'",
    )
    with SqlStorage.open(filled) as storage:
        with pytest.raises(SchemaOutdated, match="store upgrade"):
            storage.queries.organizations()
        storage.create()
        check(storage)
        workflow = workflow_on(storage)
        assert [each.reference for each in workflow.actions(ActionFilter(funder=LONG_FUNDER)).items] == ["A-L"]
        sender = workflow.applications().items[0].prescriber.organization
        assert 0 < workflow.application_count(ApplicationFilter(prescriber=sender)) < workflow.application_count()
    assert (rows(filled), shape(filled)) == (before, made)


def test_sql_is_for_empty_databases() -> None:
    """Funders are digested in Python: a script of the revision would leave the rows as they are."""
    with pytest.raises(SchemaOutdated, match="store upgrade"):
        migrations.sql("sqlite", REVISIONS.scripts, "0005", HEAD)
