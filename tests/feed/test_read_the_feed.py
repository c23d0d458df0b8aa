"""The page's own code: a projection that is killed, goes on, and is built anew comes out the same."""

from __future__ import annotations

import sqlite3
from collections import Counter
from contextlib import closing
from typing import Any

import pytest

from guarantees import workflow_on
from poec_workflow import Workflow
from poec_workflow.model import ApplicationState
from poec_workflow.ports import Storage
from poec_workflow.serialization import journal_line
from poec_workflow.views import ApplicationFilter, PageRequest
from seasons import given_season
from test_docs import ran


def retained(workflow: Workflow) -> dict[str, int]:
    """The same figures from the lists."""
    everybody = workflow.applications(ApplicationFilter(), PageRequest(limit=0)).items
    counted = Counter(each.session for each in everybody if each.state is ApplicationState.RETAINED)
    found: Counter[str] = Counter()
    for each in workflow.sessions(page=PageRequest(limit=0)).items:
        found[workflow.session(each.reference).trainer] += counted[each.reference]
    return dict(found)


def test_a_projection_follows(storage: Storage) -> None:
    """In pieces, interrupted in the midst of a page, and once more from nothing."""
    page: dict[str, Any] = ran("docs/how-to/read-the-feed.md")
    workflow, lines = workflow_on(storage), given_season()[0]
    with closing(sqlite3.connect(":memory:")) as ours:
        ours.executescript(page["TABLES"])
        for start in range(0, len(lines), 700):
            workflow.execute_many([journal_line(line) for line in lines[start : start + 700]], batch=64)
            _interrupted(page, workflow, ours)
            page["catch_up"](workflow, ours)
            assert page["retained_by"](ours) == retained(workflow)
        assert sum(retained(workflow).values()) > 10
        assert page["catch_up"](workflow, ours) == 0
        before = page["retained_by"](ours)
        ours.executescript("DELETE FROM sessions; DELETE FROM applications; UPDATE feed_cursor SET cursor = NULL")
        assert page["catch_up"](workflow, ours) == len(workflow.feed(limit=0).items)
        assert page["retained_by"](ours) == before


def _interrupted(page: dict[str, Any], workflow: Workflow, ours: sqlite3.Connection) -> None:
    """Die on the fifth entry: nothing of its page is kept."""
    project, before = page["project"], ours.execute("SELECT * FROM feed_cursor").fetchall()
    turns = iter(range(5))

    def dying(*given: object) -> None:
        project(*given)
        if next(turns, None) is None:
            raise LookupError

    page["catch_up"].__globals__["project"] = dying
    with pytest.raises(LookupError):
        page["catch_up"](workflow, ours)
    page["catch_up"].__globals__["project"] = project
    assert ours.execute("SELECT * FROM feed_cursor").fetchall() == before
