"""From the statements: what a command locks, before it decides, and whose rows it writes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from story import SESSION, Told, told

from databases import DATABASES
from guarantees import check
from poec_workflow import SubjectKind, commands
from poec_workflow.adapters.sql import SqlStorage
from poec_workflow.commands import Preregister
from poec_workflow.machines import APPLICATION
from poec_workflow.machines import SESSION as SESSIONS
from statements import Said

WRITES = re.compile(r"(INSERT INTO|UPDATE|DELETE FROM) (poec_\w+)")
AT_ONCE = re.compile(r"WITH written_poec_")
KEYED = {"poec_history", "poec_messages", "poec_receipts"}
"""What belongs to the subject whose kind and reference it has."""


@pytest.fixture(scope="module")
def story(database: str) -> list[Told]:
    """Every command, on each database."""
    with DATABASES[database]() as url, SqlStorage.open(url) as storage:
        found = told(storage)
        check(storage)
    return found


def test_every_command_is_in_the_story(story: list[Told]) -> None:
    """Of applications and sessions; two of them are carried out by a session's alone, and nothing is imported."""
    types = {each.command.type for each in story}
    every = {each.type for lifecycle in (APPLICATION, SESSIONS) for rule in lifecycle.rules for each in (rule.command,)}
    assert every - types == {"refuse-session-full", "cancel", "import-application", "import-session"}
    endings = {each.command.type: len(each.moved) for each in story if len(each.moved) > 1}
    assert endings == {"declare-session-full": 4, "cancel-session": 4}


def test_a_command_writes_one_sessions_rows(story: list[Told]) -> None:
    """Its session's, its applications', their history rows and messages; beside them a person, who is of no session."""
    sessions = {reference: SESSION for each in story for _, reference in each.moved}
    for each in story:
        written = [row for said in each.said for row in _written(said)]
        assert {table for table, _ in written} <= KEYED | {"poec_sessions", "poec_applications", "poec_people"}
        for table, row in written:
            assert _belongs(table, row, each, sessions), (table, row)
        keys = {(row["kind"], row["reference"]) for table, row in written if table == "poec_history"}
        assert keys == set(each.moved)


def _belongs(table: str, row: Mapping[str, Any], told: Told, sessions: Mapping[str, str]) -> bool:
    command, reference = told.command, row.get("known_reference", row.get("reference"))
    if table == "poec_people":
        return isinstance(command, Preregister) and reference == command.candidate.reference
    if table == "poec_applications":
        return row.get("session", SESSION) == SESSION and sessions[reference] == SESSION
    return bool(sessions[reference] == SESSION)


def _written(said: Said) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The rows that a statement writes, each found by its own key; one may write several tables."""
    for verb, table in WRITES.findall(said.words) if _writes(said.words) else ():
        if verb == "UPDATE":
            assert re.search(rf"WHERE {table}\.reference = ", said.words), said.words
        for given in said.given:
            named = {name.removeprefix(f"{table}_"): value for name, value in given.items() if _is_of(name, table)}
            for row in _rows(named or given):
                yield table, row


def _writes(words: str) -> bool:
    return bool(WRITES.match(words) or AT_ONCE.match(words))


def _is_of(name: str, table: str) -> bool:
    return name.startswith(f"{table}_")


def _rows(given: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The rows that are given, by their names; arrays are taken apart."""
    names = [name for name in ("kind", "reference", "known_reference", "session") if name in given]
    if not all(given[name].startswith("{") for name in names):
        return [given]
    columns = {name: re.findall(r'"([^"]*)"', given[name]) for name in names}
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


FIRST = {
    SubjectKind.APPLICATION: "FOR UPDATE OF poec_sessions, poec_applications",
    SubjectKind.SESSION: "FOR UPDATE OF poec_sessions",
}
ENTERING = {
    commands.Preregister: "FOR SHARE OF poec_actions FOR UPDATE OF poec_sessions",
    commands.CreateSession: "FOR SHARE",
}


def test_one_select_locks_before_the_rules_are_evaluated(story: list[Told], database: str) -> None:
    """The first statement is the one that locks session and application; a cascade then locks who is open, in order.

    On SQLite a writing transaction is alone from its beginning.
    """
    for each in story:
        first, *others = [said.words for said in each.said]
        if database == "postgresql":
            assert first.endswith(ENTERING.get(type(each.command), FIRST[each.command.subject_kind])), first
        assert first.startswith("SELECT")
        assert "poec_sessions" in first or isinstance(each.command, commands.CreateSession)
        writing = [_writes(words) for words in others]
        assert writing == sorted(writing), "what is read is read before anything is written"
        for words in others:
            if "FOR UPDATE" in words:
                assert words.endswith("ORDER BY poec_applications.reference FOR UPDATE OF poec_applications")
