"""The storages that the contract is for, and a database file for what concerns databases alone."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from guarantees import MADE
from poec_workflow.adapters.sql import SqlStorage
from poec_workflow.ports import Storage
from postgres import SERVER, NoPostgreSQL

# The tests read English where they do not ask for a language: the package's default is French.
os.environ.setdefault("POEC_LANG", "en")
# And what is printed does not depend on the terminal that the tests run in.
os.environ.pop("COLUMNS", None)


_SHARE = float(os.environ.get("POEC_TEST_SHARE", "1"))
"""Which part of each property's examples is tried."""
_FEW = 25
"""So many are tried in any case, where a property has as many."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Try a part of the examples where the environment asks for one, as a run that many wait for does."""
    if _SHARE >= 1:
        return
    tests: set[Any] = {getattr(each.obj, "__func__", each.obj) for each in items if isinstance(each, pytest.Function)}
    for test in tests:
        if own := getattr(test, "_hypothesis_internal_use_settings", None):
            fewer = max(min(own.max_examples, _FEW), int(own.max_examples * _SHARE))
            test._hypothesis_internal_use_settings = settings(own, max_examples=fewer)  # noqa: SLF001


@pytest.fixture(params=sorted(MADE))
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Storage]:
    """An empty storage of each kind."""
    if request.param == "postgresql":
        request.getfixturevalue("postgresql_server")
    with MADE[request.param](tmp_path / "poec.db") as made:
        yield made


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the database is, once it is."""
    return tmp_path / "poec.db"


@pytest.fixture
def stored(file: Path) -> Iterator[SqlStorage]:
    """A storage on the file."""
    with SqlStorage.open(f"sqlite:///{file}") as storage:
        yield storage


@pytest.fixture(scope="session")
def postgresql_server() -> None:
    """A server runs; where there is none the test is passed over, and the run's last lines say so."""
    try:
        _ = SERVER.url
    except NoPostgreSQL as error:
        pytest.skip(str(error))


@pytest.fixture
def postgresql_url(postgresql_server: None) -> Iterator[str]:
    """A fresh database on PostgreSQL."""
    del postgresql_server
    with SERVER.database() as url:
        yield url


@pytest.fixture(scope="module", params=["postgresql", "sqlite"])
def database(request: pytest.FixtureRequest) -> str:
    """The name of each kind, for what a module makes once."""
    name: str = request.param
    if name == "postgresql":
        request.getfixturevalue("postgresql_server")
    return name


@pytest.fixture(params=["postgresql", "sqlite"])
def database_url(request: pytest.FixtureRequest, file: Path) -> str:
    """A fresh database of each kind, by its URL."""
    if request.param == "sqlite":
        return f"sqlite:///{file}"
    url: str = request.getfixturevalue("postgresql_url")
    return url


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Stop the server; without one, a run in CI has failed."""
    SERVER.close()
    # Where the tests are spread over processes, those that run them tell the one that reports.
    getattr(session.config, "workeroutput", {})["postgresql"] = SERVER.missing
    if SERVER.missing and os.environ.get("CI") and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Hear whether one of the processes that run tests had no server."""
    SERVER.missing = SERVER.missing or getattr(node, "workeroutput", {}).get("postgresql")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say that nothing was tested on PostgreSQL, where that is so."""
    if SERVER.missing:
        terminalreporter.section("PostgreSQL")
        terminalreporter.line(f"NOT TESTED ON POSTGRESQL: {SERVER.missing}")
