"""How SQLite goes about each query: no application or history is read that an index could have passed over."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from guarantees import ADVISER, NOW, PLATFORM, registering, workflow_on, workflow_with_session
from poec_workflow import Application, Role, Workflow
from poec_workflow.adapters.sql import SqlStorage
from poec_workflow.ports import DecisionContext
from poec_workflow.views import ActionFilter, ActionTab, ApplicationFilter, PageRequest, SessionFilter, Tab
from statements import Said, listening

GROWING = ("poec_applications", "poec_history", "poec_receipts", "poec_people", "earlier", "moved")
"""What is never to be read whole, by the names that statements know them by.

The outbox is not among them: it is emptied, and walked from its oldest row."""


@pytest.fixture
def said(stored: SqlStorage) -> Iterator[list[Said]]:
    """Every statement that is executed, with its parameters."""
    with listening() as found:
        workflow_with_session(stored)
        found.clear()
        yield found


def plans(file: Path, said: list[Said]) -> list[str]:
    """The steps of every plan."""
    with closing(sqlite3.connect(file)) as connection:
        return [
            row[3]
            for statement in said
            if statement.words.startswith(("SELECT", "UPDATE", "DELETE", "WITH"))
            for each in statement.parameters
            for row in connection.execute(f"EXPLAIN QUERY PLAN {statement.words}", each).fetchall()
        ]


def open_ones(loaded: DecisionContext) -> list[Application]:
    """The neighbours, looked at."""
    assert loaded.enrolment
    return list(loaded.enrolment.open_applications)


DAY = date(2021, 11, 20)
EVERY_READ: dict[str, Callable[[Workflow], object]] = {
    "application": lambda w: w.application("C-1"),
    "history": lambda w: w.history("application", "C-1"),
    "explain": lambda w: w.explain("C-1", PLATFORM),
    "around": lambda w: open_ones(w.storage.queries.around(w.application("C-1"))),
    "candidate": lambda w: w.storage.queries.candidate("P-1"),
    "candidate applications": lambda w: w.candidate_applications("P-1"),
    "organizations": lambda w: w.storage.queries.organizations(),
    "dashboard": lambda w: w.dashboard("TRAIN"),
    "dashboard since": lambda w: w.dashboard("TRAIN", since=DAY),
    "queue": lambda w: w.work_queue("TRAIN"),
    "overdue": lambda w: w.storage.queries.overdue(DAY),
    "everybody": lambda w: w.applications(),
    "a page": lambda w: w.applications(page=PageRequest(limit=3, after="Qy0x")),
    "an organisation's": lambda w: w.applications(ApplicationFilter(organization="TRAIN")),
    "a role's": lambda w: w.applications(ApplicationFilter(organization="TRAIN", role=Role.TRAINER, tab=Tab.CURRENT)),
    "current": lambda w: w.applications(ApplicationFilter(tab=Tab.CURRENT)),
    "a session's": lambda w: w.applications(ApplicationFilter(session="S-1", text="zoé")),
    "an adviser's": lambda w: w.applications(ApplicationFilter(prescriber="FT-1", tab=Tab.CURRENT)),
    "an adviser's by registration": lambda w: w.applications(
        ApplicationFilter(prescriber="FT-1"), PageRequest(sort="registration", descending=True)
    ),
    "an adviser's tabs": lambda w: w.application_tabs(ApplicationFilter(prescriber="FT-1")),
    "a funder's": lambda w: w.applications(ApplicationFilter(funder="OPCO", tab=Tab.CURRENT)),
    "a funder's sessions": lambda w: w.sessions(SessionFilter(funder="OPCO")),
    "a funder's actions": lambda w: w.actions(ActionFilter(funder="OPCO")),
    "newest first": lambda w: w.applications(page=PageRequest(sort="registration", descending=True)),
    "since a day": lambda w: w.applications(ApplicationFilter(since=DAY)),
    "since a day by registration": lambda w: w.applications(
        ApplicationFilter(since=DAY), PageRequest(sort="registration")
    ),
    "an organisation's, newest first": lambda w: w.applications(
        ApplicationFilter(organization="TRAIN"), PageRequest(sort="registration", descending=True)
    ),
    "by start": lambda w: w.applications(page=PageRequest(sort="session-start")),
    "an organisation's by start": lambda w: w.applications(
        ApplicationFilter(organization="TRAIN"), PageRequest(sort="session-start")
    ),
    "behind a figure": lambda w: w.applications(
        ApplicationFilter(organization="TRAIN", role="trainer", column="pending", published=True, since=DAY)
    ),
    "attendance": lambda w: w.applications(ApplicationFilter(organization="TRAIN", task="attendance_to_record")),
    "queue counts": lambda w: w.work_queue_counts("TRAIN"),
    "sessions by start": lambda w: w.sessions(page=PageRequest(sort="session-start")),
    "tabs": lambda w: w.application_tabs(ApplicationFilter(organization="TRAIN")),
    "tabs of a candidate": lambda w: w.application_tabs(ApplicationFilter(candidate="P-1")),
    "sessions": lambda w: w.sessions(SessionFilter(organization="TRAIN", tab=Tab.ENDED)),
    "session tabs": lambda w: w.session_tabs(),
    "actions": lambda w: w.actions(ActionFilter(tab=ActionTab.ALERT)),
    "action tabs": lambda w: w.action_tabs(ActionFilter(organization="TRAIN")),
    "outbox": lambda w: w.storage.outbox.claim(limit=5, now=NOW, lease=NOW - NOW),
    "erasing": lambda w: w.erase_candidate("P-1"),
    "sweep": lambda w: w.using(w.storage).sweep(),
}


@pytest.mark.parametrize("name", EVERY_READ)
def test_no_growing_table_is_read_whole(name: str, file: Path, stored: SqlStorage, said: list[Said]) -> None:
    """Lists walk a key from where they begin; everything else is found by an index."""
    workflow = workflow_on(stored)
    workflow.execute(registering(1), ADVISER, key="k")
    said.clear()
    EVERY_READ[name](workflow)
    asked = [each for each in said if "sqlite_" not in each.words]
    assert asked
    whole = [step for step in plans(file, asked) if step.startswith("SCAN") and step.split()[1] in GROWING]
    assert whole == []


def test_what_a_sweep_claims_is_not_sorted(file: Path, stored: SqlStorage, said: list[Said]) -> None:
    """The indexes have the order already."""
    workflow_on(stored).execute(registering(1), ADVISER)
    said.clear()
    stored.run(lambda transaction: transaction.claim_overdue(DAY, limit=5), write=False)
    assert [step for step in plans(file, said) if "poec_applications" in step]
    assert not [step for step in plans(file, said) if "TEMP B-TREE" in step]


@pytest.mark.parametrize(
    "asked",
    [ApplicationFilter(organization="TRAIN"), ApplicationFilter(tab=Tab.ENDED), ApplicationFilter(states=("pending",))],
    ids=["organization", "tab", "states"],
)
def test_sessions_are_gone_over_only_where_they_are_to_be_sought(
    file: Path, stored: SqlStorage, said: list[Said], asked: ApplicationFilter
) -> None:
    """Whether they are is known before the first of them, not compared with each."""
    workflow_on(stored).applications(asked)
    steps = plans(file, said)
    loops = [step for step in steps[steps.index("SCAN seeking") + 1 :] if step.startswith(("SCAN", "SEARCH"))]
    assert "poec_sessions" in loops[0]


@pytest.mark.parametrize("name", ["application", "dashboard", "dashboard since", "queue", "everybody", "tabs"])
def test_each_is_one_statement(name: str, stored: SqlStorage, said: list[Said]) -> None:
    """One statement a question."""
    workflow = workflow_on(stored)
    workflow.execute(registering(1), ADVISER)
    said.clear()
    EVERY_READ[name](workflow)
    assert len(said) == 1


def test_a_command_takes_few_statements(stored: SqlStorage, said: list[Said]) -> None:
    """Its transaction included."""
    workflow_on(stored).execute(registering(99), ADVISER, key="k")
    assert len(said) <= 10
