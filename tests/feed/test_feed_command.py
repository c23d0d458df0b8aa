"""`feed` on the command line: entries on standard output, where to go on on standard error."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from guarantees import ADVISER, registering, workflow_on, workflow_with_session
from poec_workflow import commands, to_dict
from poec_workflow.adapters.sql import SqlStorage
from poec_workflow.model import Actor, ActorKind
from postgres import raw_url
from test_cli_store import Terminal


@pytest.fixture
def url(tmp_path: Path) -> str:
    """A store with four entries."""
    made = f"sqlite:///{tmp_path}/poec.db"
    with SqlStorage.open(made) as storage:
        workflow_with_session(storage)
        workflow_on(storage).execute(registering(1), ADVISER)
    return made


def cursor_of(said: str) -> str:
    """Where to go on."""
    return said.strip().splitlines()[-1].removeprefix("more: --after ")


def test_it_goes_on_from_a_cursor(url: str) -> None:
    """A line an entry, in the wire format; at the end nothing, and the cursor again."""
    terminal, cursor, read = Terminal(url), None, []
    while True:
        after: list[str] = [] if cursor is None else ["--after", cursor]
        said = terminal("feed", "--format", "json", "--limit", "3", *after)
        assert said.exit_code == 0
        cursor = cursor_of(said.stderr)
        if not said.stdout:
            break
        read += [json.loads(line) for line in said.stdout.splitlines()]
    with SqlStorage.open(url) as storage:
        assert read == [to_dict(each) for each in workflow_on(storage).feed().items]


def test_people_read_whose_each_entry_is(url: str) -> None:
    """In their language."""
    terminal = Terminal(url)
    assert "Application C-1" in terminal("feed").stdout
    assert "Candidature C-1" in terminal("feed", "--lang", "fr").stdout
    assert terminal("feed", "--after", "x").exit_code == 2
    assert "curseur du flux" in terminal("feed", "--after", "x", "--lang", "fr").stderr


def test_it_says_what_is_held_back(postgresql_url: str) -> None:
    """A transaction that nobody ended stands in the way."""
    with SqlStorage.open(postgresql_url) as storage:
        workflow = workflow_with_session(storage)
        with psycopg.connect(raw_url(postgresql_url)) as host:
            host.execute("CREATE TABLE theirs (number integer)")
            workflow.execute(registering(1), ADVISER)
            assert "held back by an open transaction: 1" in Terminal(postgresql_url)("feed").stderr
            host.rollback()
    assert "held back" not in Terminal(postgresql_url)("feed").stderr


def test_it_follows(url: str) -> None:
    """What is stored meanwhile comes too; SIGTERM ends it well."""
    words = [sys.executable, "-m", "poec_workflow", "feed", "--format", "json", "--follow", "--store", url]
    with subprocess.Popen(
        words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"}
    ) as process:
        assert process.stdout
        first = [json.loads(process.stdout.readline()) for _ in range(4)]
        assert [each["reference"] for each in first] == ["A-1", "A-1", "S-1", "C-1"]
        with SqlStorage.open(url) as storage:
            platform = Actor(kind=ActorKind.PLATFORM, organization="CAP")
            workflow_on(storage).execute(commands.SetCapacity("S-1", capacity=9), platform)
        assert json.loads(process.stdout.readline())["command"] == "set-capacity"
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
