"""Revision 0005: what waited in the outbox of an earlier release becomes the messages that are stored today."""

from __future__ import annotations

import json
import runpy
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from sqlalchemy import select

from guarantees import ADVISER, NOW, PLATFORM, TRAINER, check, registering, retaining, workflow_with_session
from poec_workflow import Accepted, Actor, Position, Refused, Settings, Workflow, commands
from poec_workflow.adapters.sql import SqlStorage
from poec_workflow.adapters.sql.revisions import REVISIONS
from poec_workflow.adapters.sql.schema import sessions
from poec_workflow.commands import Command
from poec_workflow.events import EVENTS
from poec_workflow.notices import NOTICES
from poec_workflow.serialization import journal_line
from poec_workflow.testing import SettableClock
from poec_workflow.testing.contracts.fixtures import opening
from seasons import given_season
from stores import as_before_revisions, engine_of, rows
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
    clock = SettableClock(expected["sweep_at"])
    with SqlStorage.open(url) as storage:
        workflow = Workflow(storage, clock=clock, settings=settings, observe=noting(events))
        workflow.execute_many([journal_line(line) for line in lines])
        workflow.sweep()
    return events


def noting(events: list[Position]) -> Callable[[Accepted | Refused], None]:
    """An observer that notes the events in the order of their storing."""

    def observe(answer: Accepted | Refused) -> None:
        if isinstance(answer, Accepted) and not answer.replayed:
            changed = (each.event for each in answer.changes)
            events.extend(Position(each.subject_kind, each.reference, each.version) for each in changed)

    return observe


def asked(url: str, *asked: tuple[datetime, Actor, Command]) -> list[Position]:
    """Carry out some commands, each at its instant, on a store with a session; their events."""
    events: list[Position] = []
    clock = SettableClock(NOW)
    with SqlStorage.open(url) as storage:
        workflow = evolve(workflow_with_session(storage, seats=20), clock=clock, observe=noting(events))
        for at, actor, command in asked:
            clock.set(at)
            workflow.execute(command, actor)
    return events


def with_session_types(url: str) -> None:
    """Say the types of sessions where lists look, which no store from before revisions had."""
    engine = engine_of(url)
    with engine.begin() as connection:
        for reference, data in connection.execute(select(sessions.c.reference, sessions.c.data)).all():
            known = {"session_type": json.loads(data)["session_type"]}
            connection.execute(sessions.update().where(sessions.c.reference == reference).values(known))
    engine.dispose()


@pytest.mark.parametrize("name", SEASONS)
def test_what_waits_is_what_is_stored_today(name: str, database_url: str) -> None:
    """Message by message, in the same order; with the session of every entry and receipt."""
    events = played(database_url, name)
    before = rows(database_url)
    assert len(before["poec_messages"]) > 200
    as_before_revisions(database_url, events)
    with SqlStorage.open(database_url) as storage:
        storage.create()
        with_session_types(database_url)
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


def test_what_a_rescheduling_ended_first_is_told_of_the_end_alone(tmp_path: Path) -> None:
    """The overdue applications expire in its transaction, though they were open in every entry before it."""
    url = f"sqlite:///{tmp_path}/poec.db"
    moved = commands.RescheduleSession(
        "S-1",
        start=date(2022, 1, 3),
        end=date(2022, 4, 1),
        registration_deadline=date(2022, 1, 3),
        late_entry_deadline=date(2022, 1, 7),
    )
    events = asked(
        url,
        *((NOW, ADVISER, registering(each)) for each in (1, 2)),
        *((NOW, TRAINER, each) for each in retaining(1)),
        (NOW + timedelta(days=151), PLATFORM, moved),
    )
    before = sorted(rows(url)["poec_messages"])
    assert {row[6] for row in before if row[2] == "N9"} == {"C-1", "S-1"}
    as_before_revisions(url, events)
    with SqlStorage.open(url) as storage:
        storage.create()
    assert [row[1:] for row in sorted(rows(url)["poec_messages"])] == [row[1:] for row in before]


def test_a_session_that_was_created_by_a_clock_ahead(tmp_path: Path) -> None:
    """Its creation was sent, and says a later instant than the registrations that wait: its roles are found."""
    url = f"sqlite:///{tmp_path}/poec.db"
    events = asked(
        url,
        (NOW + timedelta(days=1), PLATFORM, opening("S-2")),
        (NOW, ADVISER, registering(1, "S-2")),
    )
    before = {row[1] for row in rows(url)["poec_messages"]}
    as_before_revisions(url, events[1:])
    with SqlStorage.open(url) as storage:
        storage.create()
    assert {row[1] for row in rows(url)["poec_messages"]} == before


def test_the_script_has_todays_table() -> None:
    """The revision holds the first table of notices as data, which is the package's until that changes."""
    told = {event.type: row.id for row in NOTICES.rows for event in row.events}
    script = {
        event: notice for part in ("OF_APPLICATIONS", "OF_SESSIONS") for event, (notice, _) in SCRIPT[part].items()
    }
    assert script == told
    assert set(script) <= set(EVENTS)
