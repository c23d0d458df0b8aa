"""`store verify`: what it prints, how it ends, and heads that are noted elsewhere."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from guarantees import ADVISER, registering, workflow_on, workflow_with_session
from poec_workflow import Malformed, commands
from poec_workflow.adapters.sql import SqlStorage
from poec_workflow.cli.app import program
from poec_workflow.ports.verification import noted_heads


@pytest.fixture
def filled(stored: SqlStorage, file: Path) -> Path:
    """A store of an action, a session, and two applications."""
    workflow = workflow_with_session(stored)
    for number in (1, 2):
        workflow.execute(registering(number), ADVISER)
    workflow.execute(commands.Withdraw("C-1", reason="found-employment"), ADVISER)
    return file


def run(file: Path, *words: str, lang: str = "en") -> Result:
    options = ["store", "verify", "--store", f"sqlite:///{file}", "--lang", lang]
    return CliRunner().invoke(program, [*options, *words])


def say(file: Path, statement: str) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        assert connection.execute(statement).rowcount == 1


FORGE = """UPDATE poec_history SET data = replace(data, '"rule": "L1"', '"rule": "L2"')
    WHERE reference = 'C-1' AND version = 1"""


def test_an_untouched_store(filled: Path) -> None:
    """Said in a line, beside the digest of all heads, which is not broken over lines."""
    result = run(filled)
    assert result.exit_code == 0
    whole, digest = result.stdout.splitlines()
    assert whole == "Looked at 6 entries of 4 histories: nothing was changed."
    assert digest == f"Digest of all heads: {json.loads(run(filled, '--format', 'json').stdout)['heads']}"


def test_what_was_changed_is_said_with_its_place(filled: Path) -> None:
    """In both languages and as JSON; and the command fails."""
    say(filled, FORGE)
    result, french = run(filled), run(filled, lang="fr")
    assert result.exit_code == french.exit_code == 1
    assert result.stdout.startswith("application C-1, version 1: the entry is not what was written\n")
    assert french.stdout.startswith("application C-1, version 1\u00a0: l'entrée n'est pas celle qui a été écrite\n")
    data = json.loads(run(filled, "--format", "json").stdout)
    assert (data["found"], data["as_noted"], data["entries"], data["streams"]) == (1, True, 6, 4)
    [finding] = data["findings"]
    assert finding == {
        "what": "changed",
        "kind": "application",
        "reference": "C-1",
        "version": 1,
        "until": None,
        "fields": [],
    }


def test_a_file_of_heads_has_the_digest_that_is_printed(filled: Path, tmp_path: Path) -> None:
    """So that it may lie anywhere, once its digest is noted; and a store that goes on still comes by them."""
    noted = tmp_path / "heads"
    result = run(filled, "--heads", str(noted), "--format", "json")
    assert json.loads(result.stdout)["heads"] == hashlib.sha256(noted.read_bytes()).hexdigest()
    with SqlStorage.open(f"sqlite:///{filled}") as storage:
        workflow_on(storage).execute(registering(3), ADVISER)
    assert run(filled, "--expect", str(noted)).exit_code == 0
    say(filled, "DELETE FROM poec_history WHERE reference = 'C-1' AND version = 2")
    found = run(filled, "--expect", str(noted))
    assert found.exit_code == 1
    assert "application C-1, version 2: dropped from the history" in found.stdout


def test_a_digest_is_of_a_store_that_rests(filled: Path) -> None:
    """As a backup does: anything that came since shows."""
    digest = json.loads(run(filled, "--format", "json").stdout)["heads"]
    assert run(filled, "--expect", digest).exit_code == 0
    result = run(filled, "--expect", "0" * 64)
    assert result.exit_code == 1
    assert "The histories do not stand where they did when the digest was noted." in result.stdout
    assert json.loads(run(filled, "--expect", "0" * 64, "--format", "json").stdout)["as_noted"] is False


@pytest.mark.parametrize(
    "text",
    ["[]", "x", "null", '["person", "P-1", 1, "0"]', '["action", "A-1", true, "0"]', '["action", 1, 1, "0"]'],
)
def test_a_file_that_is_none_of_heads(filled: Path, tmp_path: Path, text: str) -> None:
    """Is refused with its line, whatever is in it, and nothing is said of the store."""
    noted = tmp_path / "heads"
    noted.write_text(f"{text}\n", encoding="utf-8")
    result = run(filled, "--expect", str(noted))
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "line 1" in result.stderr


def test_heads_out_of_order(filled: Path, tmp_path: Path) -> None:
    """Are refused too: they are compared as they are read."""
    noted = tmp_path / "heads"
    run(filled, "--heads", str(noted))
    lines = noted.read_text(encoding="utf-8").splitlines()
    with pytest.raises(Malformed, match="not in order"):
        [*noted_heads(reversed(lines))]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--expect", "nowhere/heads"), "No such file"),
        (("--heads", "nowhere/heads"), "No such file"),
        (("--heads", "heads", "--expect", "heads"), "--heads would overwrite what --expect reads"),
    ],
)
def test_wrong_usage(filled: Path, words: tuple[str, ...], said: str) -> None:
    """A file that can't be opened, or that would be read and written at once."""
    result = run(filled, *words)
    assert result.exit_code == 2
    assert said in result.stderr


def test_a_store_without_a_history_of_this_kind() -> None:
    """Memory has none to verify."""
    result = CliRunner().invoke(program, ["store", "verify", "--store", "memory:", "--lang", "en"])
    assert result.exit_code == 2
    assert "memory: has no chained history to verify" in result.stderr
