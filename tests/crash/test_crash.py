"""A sample of the campaigns; `run.py` beside this file runs them whole."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from database_copies import PREPARED_DATABASES, PreparedDatabase
from driver_interception import Interceptor, interceptor
from fault_injection import inject_everywhere
from fault_types import FAULTS
from operations import Operation, operations
from process_kills import kill_everywhere
from server_kills import kill_server_repeatedly

from poec_workflow.commands import COMMANDS
from postgres import find


@pytest.fixture(scope="module")
def prepared(database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PreparedDatabase]:
    with PREPARED_DATABASES[database](tmp_path_factory.mktemp("ground")) as made:
        yield made


@pytest.fixture
def ours() -> Iterator[Interceptor]:
    with interceptor() as made:
        yield made


def named(name: str, place: Path) -> Operation:
    return next(each for each in operations(place) if each.name == name)


def test_every_command_is_among_the_operations(tmp_path: Path) -> None:
    """The campaigns leave out none of the three lifecycles' commands."""
    assert {each.name.split(",")[0].split(" ")[0] for each in operations(tmp_path)} >= COMMANDS.keys()


@pytest.mark.parametrize("name", ["retain, closing", "sweep", "import of a file", "upgrade, later release"])
def test_a_process_is_killed(prepared: PreparedDatabase, ours: Interceptor, tmp_path: Path, name: str) -> None:
    """At some of its statements, and around each commit; done again it comes to the same, once."""
    report = kill_everywhere(named(name, tmp_path), prepared, ours, every=12)
    assert report.kills == report.points >= 5
    assert bool(report.replayed) is (name == "retain, closing")


def test_a_fault_is_injected(database: str, prepared: PreparedDatabase, ours: Interceptor, tmp_path: Path) -> None:
    """At some statements, and at each commit: a typed error or a good end, never half an operation."""
    ended = inject_everywhere(named("preregister", tmp_path), prepared, ours, FAULTS[database], every=25)
    assert {fault for fault, _ in ended} == {each.name for each in FAULTS[database]}


@pytest.mark.usefixtures("postgresql_server")
def test_the_server_is_killed(tmp_path: Path) -> None:
    """Twice, under writers: what was acknowledged to them is stored, once."""
    found = kill_server_repeatedly(2, 1, tmp_path, find())
    assert found["SIGKILL"] == found["immediate"] == 1
    assert found["acknowledged"] > 0
