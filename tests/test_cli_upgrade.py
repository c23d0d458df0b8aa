"""`store upgrade`, `store status`: what they say, in both languages and as data, and with which exit code."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from poec_workflow import bootstrap
from poec_workflow.adapters.sql.schema import HEAD
from poec_workflow.cli.app import program
from stores import later, stored_by
from test_cli_store import Terminal

GOLDEN = Path(__file__).parent / "golden" / "stores" / "0001.db.sql"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "poec.db"


@pytest.fixture
def fresh(file: Path) -> Terminal:
    return Terminal(f"sqlite:///{file}")


def say(file: Path, script: str) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript(script).close()


def test_from_nothing_to_up_to_date(fresh: Terminal, file: Path) -> None:
    """Looking makes nothing; upgrading makes it once, and says so."""
    assert fresh.json("store", "status") == {
        "revision": None,
        "head": HEAD,
        "up_to_date": True,
        "versioned": True,
        "newer": False,
        "text_index": None,
        "partitions": None,
    }
    assert not file.exists()
    assert "vide" in fresh("store", "status", "--lang", "fr").stdout
    assert "is made" in fresh("store", "upgrade").stdout
    assert fresh.json("store", "upgrade") == {"from": HEAD, "revision": HEAD}
    assert HEAD in fresh("store", "upgrade", "--lang", "fr").stdout
    result = fresh("store", "status")
    assert (result.exit_code, result.stdout) == (0, f"The store has the schema {HEAD}, which this release reads.\n")


def test_a_store_from_before_revisions(fresh: Terminal, file: Path) -> None:
    """It says what it is, and is upgraded."""
    say(file, GOLDEN.read_text(encoding="utf-8"))
    assert fresh("show", "C-1").exit_code == 3
    result = fresh("store", "status", "--lang", "fr")
    assert "avant les révisions" in result.stdout
    assert fresh.json("store", "status")["versioned"] is False
    assert fresh("store", "upgrade").exit_code == 0
    assert fresh.json("store", "status")["versioned"] is True
    assert fresh("show", "C-1").exit_code == 0


def test_a_later_releases_store_is_exit_3(fresh: Terminal, file: Path) -> None:
    """Its status is told all the same; nothing else is done to it."""
    fresh("store", "upgrade")
    say(file, "UPDATE poec_alembic_version SET version_num = '9999'")
    result = fresh("store", "status")
    assert (result.exit_code, "install a later" in result.stdout) == (3, True)
    found = fresh("store", "status", "--format", "json")
    assert (found.exit_code, '"newer": true' in found.stdout) == (3, True)
    for words in (["store", "upgrade"], ["applications"]):
        result = fresh(*words)
        assert result.exit_code == 3
        assert "too old" in result.stderr


@pytest.mark.parametrize(
    ("lang", "stale", "done"), [("en", "run `poec", "upgraded from"), ("fr", "lancez `poec", "passée")]
)
def test_a_stale_store_is_exit_3_until_it_is_upgraded(
    fresh: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lang: str, stale: str, done: str
) -> None:
    """As a later release sees one of today's."""
    fresh("store", "upgrade")
    release = later(tmp_path)
    monkeypatch.setattr(bootstrap, "storage", lambda url: stored_by(release, url))
    result = fresh("store", "status", "--lang", lang)
    assert (result.exit_code, stale in result.stdout) == (3, True)
    result = fresh("applications")
    assert (result.exit_code, "`poec-workflow store upgrade`" in result.stderr) == (3, True)
    result = fresh("store", "upgrade", "--lang", lang)
    assert (result.exit_code, done in result.stdout) == (0, True)
    assert fresh("store", "status").exit_code == 0


def test_tables_that_nobody_knows_are_exit_3(fresh: Terminal, file: Path) -> None:
    """Our names alone don't make them ours."""
    say(file, "CREATE TABLE poec_history (body TEXT)")
    for words in (["store", "status"], ["store", "upgrade"], ["applications"]):
        result = fresh(*words)
        assert result.exit_code == 3
        assert "no schema that this release knows" in result.stderr


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_sql_is_printed_and_nothing_is_run(fresh: Terminal, file: Path, dialect: str) -> None:
    """For either database; the store's own is the default."""
    printed = fresh("store", "upgrade", "--sql", "--dialect", dialect).stdout
    assert "CREATE TABLE poec_applications" in printed
    url = "postgresql+psycopg://nobody@nowhere/db"
    chosen = CliRunner().invoke(
        program, ["store", "upgrade", "--sql", "--store", url if dialect[0] == "p" else fresh.store]
    )
    assert chosen.stdout == printed
    assert not file.exists()
    assert "CREATE TABLE" not in fresh("store", "upgrade", "--sql", "--from", HEAD).stdout


def test_printed_sql_makes_a_store(fresh: Terminal, file: Path) -> None:
    """Executed as it is printed."""
    say(file, fresh("store", "upgrade", "--sql").stdout)
    assert fresh.json("store", "status")["revision"] == HEAD
    assert fresh.json("applications") == []


@pytest.mark.parametrize(
    "words",
    [
        ["upgrade", "--sql", "--dialect", "mysql"],
        ["upgrade", "--sql", "--from", "0000"],
        ["upgrade", "--from", HEAD],
        ["upgrade", "--dialect", "sqlite"],
        ["upgrade", "--store", "memory:"],
        ["status", "--store", "memory:"],
        ["status", "--store", "ftp://x"],
    ],
)
def test_wrong_usage_is_exit_2(fresh: Terminal, words: list[str]) -> None:
    """The message says what there is."""
    result = fresh("store", *words)
    assert result.exit_code == 2
    assert "Error: " in result.stderr
