"""`relay` and `remind` on the command line: what is sent, shown, put aside, and with which exit code."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from guarantees import ADVISER, NOW, TRAINER, registering, retaining, workflow_with_session
from poec_workflow import Workflow, notices
from poec_workflow.adapters.sql import SqlStorage
from poec_workflow.testing import SettableClock
from test_cli_store import Terminal

CHANNELS = """
from pathlib import Path
from poec_workflow import Undeliverable

class Notes:
    def deliver(self, message, content):
        if message.to.kind == "candidate":
            raise Undeliverable("no address")
        with Path("log").open("a") as log:
            log.write(message.id + "\\\\n")

    def preview(self, message, content):
        return ".txt", message.notice.encode()

    def close(self):
        Path("closed").touch()

def made():
    return {"organization": Notes(), "candidate": Notes()}

class Broken:
    pass
""".replace("\\\\n", "\\n")


@pytest.fixture
def terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """A store with messages of an application that was registered, convoked and retained."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "own_channels.py").write_text(CHANNELS, encoding="utf-8")
    monkeypatch.delitem(sys.modules, "own_channels", raising=False)
    url = f"sqlite:///{tmp_path}/poec.db"
    with SqlStorage.open(url) as storage:
        workflow_with_session(storage)
        workflow = Workflow(storage, clock=SettableClock(NOW))
        workflow.execute(registering(1), ADVISER)
        for command in retaining(1):
            workflow.execute(command, TRAINER)
    return Terminal(url)


def test_what_can_be_delivered_is(terminal: Terminal, tmp_path: Path) -> None:
    """Sent by kind of addressee; what has no channel waits, what can't be delivered is put aside."""
    assert len(terminal.json("relay", "--list")) == 7
    result = terminal("relay", "--channels", "own_channels:made")
    assert (result.exit_code, result.stdout) == (0, "4 delivered, 0 not needed any more, 0 to be tried again, 2 dead\n")
    assert (tmp_path / "closed").exists()
    left = terminal.json("relay", "--list")
    assert [(each["notice"], each["to"]["reference"]) for each in left] == [("N3", "KAIROS")]
    assert (tmp_path / "log").read_text().count("\n") == 4
    assert terminal.json("relay", "--channels", "own_channels:made")["delivered"] == 0
    history = terminal("history", "C-1").stdout
    assert "N3 organisation FT: handed over on" in history
    assert "transmis le" in terminal("history", "C-1", "--lang", "fr").stdout


def test_dead_messages_are_shown_retried_and_dropped(terminal: Terminal) -> None:
    """Each with its reason and id; an id that is not there is wrong usage."""
    terminal("relay", "--channels", "own_channels:made")
    dead = terminal.json("relay", "--dead")
    assert [(each["notice"], each["answer"], each["state"]) for each in dead] == [
        ("N2", "no address", "dead"),
        ("N3", "no address", "dead"),
    ]
    text = terminal("relay", "--dead", "--lang", "fr").stdout
    assert dead[0]["id"] in text
    assert max(map(len, text.splitlines())) <= 80
    assert terminal.json("relay", "--status")["dead"] == 2
    assert terminal.json("relay", "--retry", dead[0]["id"]) == {dead[0]["id"]: True}
    assert terminal.json("relay", "--status")["dead"] == 1
    assert "dropped" in terminal("relay", "--drop", dead[1]["id"]).stdout
    result = terminal("relay", "--drop", dead[1]["id"], "--retry", "nothing")
    assert result.exit_code == 2
    result = terminal("relay", "--drop", dead[1]["id"])
    assert (result.exit_code, "no such message" in result.stderr) == (2, True)
    assert terminal.json("relay", "--dead") == []


def test_a_preview_sends_nothing(terminal: Terminal, tmp_path: Path) -> None:
    """A file for each message that has a channel, and all of them still wait."""
    result = terminal("relay", "--channels", "own_channels:made", "--preview", "out")
    assert result.exit_code == 0
    files = sorted((tmp_path / "out").iterdir())
    assert [each.name.split("-")[1] for each in files] == ["N1", "N1", "N2", "N2", "N3", "N3"]
    assert {each.read_text() for each in files} == {"N1", "N2", "N3"}
    assert len(terminal.json("relay", "--list")) == 7


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("relay",), "--channels"),
        (("relay", "--channels", "own_channels:missing"), "missing"),
        (("relay", "--channels", "own_channels:Broken"), "not a channel"),
        (("relay", "--channels", "nothing-installed"), "expected MODULE:NAME"),
        (("relay", "--list", "--dead"), "one at a time"),
    ],
)
def test_wrong_words_are_usage_errors(words: tuple[str, ...], said: str, terminal: Terminal) -> None:
    """Nothing is sent, and the message says what there is."""
    result: Result = terminal(*words)
    assert result.exit_code == 2
    assert said in " ".join(result.stderr.split())


def test_figures_in_both_languages(terminal: Terminal) -> None:
    """How many wait, and since when."""
    assert "waiting: 7" in terminal("relay", "--status").stdout
    assert "en attente : 7" in terminal("relay", "--status", "--lang", "fr").stdout.replace("\u00a0", " ")
    assert terminal("relay", "--list").exit_code == 0


def test_a_following_relay_ends_on_sigterm(terminal: Terminal, tmp_path: Path) -> None:
    """It sends what waits, says so, and leaves with 0."""
    command = [sys.executable, "-m", "poec_workflow", "relay", "--follow", "--channels", "own_channels:made"]
    environment = {**os.environ, "POEC_STORE": terminal.store}
    with subprocess.Popen(command, cwd=tmp_path, env=environment, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        assert process.stderr.readline().startswith("4 delivered")
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    assert len(terminal.json("relay", "--list")) == 1


def test_reminders_are_made_once_a_day(terminal: Terminal) -> None:
    """Of what expires today; nothing does, in the store of long ago."""
    assert terminal.json("remind")["organizations"] == []
    assert terminal("remind").exit_code == 0


def test_a_dry_run_says_who_would_be_told(terminal: Terminal) -> None:
    """And stores nothing."""
    line = json.dumps(
        {
            "at": "2021-11-20T10:00:00+01:00",
            "actor": {"kind": "platform"},
            "command": {"type": "cancel-session", "session": "S-1", "reason": "Trop peu d'inscrits"},
        }
    )
    before = terminal.json("relay", "--list")
    told: Any = terminal.json("exec", line, "--dry-run")["notices"]
    assert {each["notice"] for each in told} == {"N8"}
    assert terminal.json("relay", "--list") == before
    assert terminal.json("show", "S-1")["state"] == "active"
    assert terminal.json("exec", line)["notices"] == told


def test_a_services_own_notices(terminal: Terminal, tmp_path: Path) -> None:
    """`--settings` takes a table of notices, or a workflow that has one."""
    (tmp_path / "own_notices.py").write_text(
        "from poec_workflow.notices import NOTICES\nTABLE = NOTICES.without('N8')\n", encoding="utf-8"
    )
    line = '{"actor": {"kind": "platform"}, "command": {"type": "cancel-session", "session": "S-1", "reason": "…"}}'
    assert terminal.json("exec", line, "--settings", "own_notices:TABLE", "--dry-run")["notices"] == []
    assert notices.NOTICES.by_event
