"""A sample of the races; `run.py` beside this file is the campaign."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from participants import CHANGERS
from race_scenarios import RACES, run

from guarantees import workflow_with_session
from poec_workflow.adapters.sql import SqlStorage
from processes import Crew, crew

CLIENTS = 8


@pytest.fixture(scope="module")
def everybody() -> Iterator[Crew]:
    """Eight that want, and two that change."""
    with crew(CLIENTS + CHANGERS, gates=(CHANGERS,)) as found:
        yield found


def test_as_many_win_as_there_were_left(database_url: str, everybody: Crew) -> None:
    """One round of each race with one left, and one with five."""
    with SqlStorage.open(database_url) as storage:
        workflow_with_session(storage)
    for number, name in enumerate(RACES):
        records = run(name, everybody, database_url, CLIENTS, 2 + 2 * number)
        assert sum(each.wants for each in records) >= CLIENTS
