"""Revision 0005: what waited in the outbox of an earlier release becomes the messages that are stored today."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import pytest

from guarantees import check
from poec_workflow import Accepted, Position, Refused, Settings, Workflow
from poec_workflow.adapters.sql import SqlStorage
from poec_workflow.adapters.sql.revisions import REVISIONS
from poec_workflow.events import EVENTS
from poec_workflow.notices import NOTICES
from poec_workflow.serialization import journal_line
from poec_workflow.testing import SettableClock
from seasons import given_season
from stores import as_before_revisions, rows
from test_season import season, settings_of  # type: ignore[attr-defined]

SCRIPT: dict[str, Any] = runpy.run_path(str(REVISIONS.scripts / "versions" / "0005_messages.py"))
SEASONS: dict[str, tuple[list[Any], dict[str, Any], Settings]] = {
    "given": (*given_season(), Settings()),
    "drawn": (*season("revision", 600, {}), Settings()),
    "automatic": (
        *season("automatic", 600, {"close_when_full": "automatic", "overbooking": 1}),
        settings_of({"close_when_full": "automatic", "overbooking": 1}),
    ),
}


def played(url: str, name: str) -> list[Position]:
    """Play a season on an empty store; its events in the order of their storing."""
    lines, expected, settings = SEASONS[name]
    events: list[Position] = []

    def observe(answer: Accepted | Refused) -> None:
        if isinstance(answer, Accepted) and not answer.replayed:
            changed = (each.event for each in answer.changes)
            events.extend(Position(each.subject_kind, each.reference, each.version) for each in changed)

    clock = SettableClock(expected["sweep_at"])
    with SqlStorage.open(url) as storage:
        workflow = Workflow(storage, clock=clock, settings=settings, observe=observe)
        workflow.execute_many([journal_line(line) for line in lines])
        workflow.sweep()
    return events


@pytest.mark.parametrize("name", SEASONS)
def test_what_waits_is_what_is_stored_today(name: str, database_url: str) -> None:
    """Message by message, in the same order; with the session of every entry and receipt."""
    events = played(database_url, name)
    before = rows(database_url)
    assert len(before["poec_messages"]) > 200
    as_before_revisions(database_url, events)
    with SqlStorage.open(database_url) as storage:
        storage.create()
        check(storage)
    after = rows(database_url)
    for table in ("poec_history", "poec_receipts", "poec_deliveries", "poec_digests"):
        assert after[table] == before[table], table
    # Work that was undone has used up numbers.
    assert [each[1:] for each in sorted(after["poec_messages"])] == [
        each[1:] for each in sorted(before["poec_messages"])
    ]


def test_what_was_sent_is_not_told_again(tmp_path: Path) -> None:
    """An event that an earlier release's own sender took out of the outbox leaves no message."""
    url = f"sqlite:///{tmp_path}/poec.db"
    events = played(url, "drawn")
    before = rows(url)["poec_messages"]
    as_before_revisions(url, [each for each in events if each.kind != "application" or each.version > 1])
    with SqlStorage.open(url) as storage:
        storage.create()
        left = {each.message.id for each in storage.outbox.queued()}
    assert left == {row[1] for row in before if row[2] != "N1"}


def test_the_script_has_todays_table() -> None:
    """The revision holds the first table of notices as data, which is the package's until that changes."""
    told = {event.type: row.id for row in NOTICES.rows for event in row.events}
    script = {
        event: notice for part in ("OF_APPLICATIONS", "OF_SESSIONS") for event, (notice, _) in SCRIPT[part].items()
    }
    assert script == told
    assert set(script) <= set(EVENTS)
