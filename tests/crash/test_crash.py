"""A sample of the campaigns; `run.py` beside this file runs them whole."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from deeds import Deed, deeds
from edge import Edge, edge
from grounds import GROUNDS, Ground
from injecting import injected_everywhere
from killing import killed_everywhere
from outage import outages
from troubles import FAULTS

from poec_workflow.commands import COMMANDS
from postgres import find


@pytest.fixture(scope="module")
def ground(database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    with GROUNDS[database](tmp_path_factory.mktemp("ground")) as made:
        yield made


@pytest.fixture
def ours() -> Iterator[Edge]:
    with edge() as made:
        yield made


def named(name: str, place: Path) -> Deed:
    return next(each for each in deeds(place) if each.name == name)


def test_every_command_is_a_deed(tmp_path: Path) -> None:
    """The campaigns leave out none of the three lifecycles' commands."""
    assert {each.name.split(",")[0].split(" ")[0] for each in deeds(tmp_path)} >= COMMANDS.keys()


@pytest.mark.parametrize("name", ["retain, closing", "sweep", "upgrade, later release"])
def test_a_process_is_killed(ground: Ground, ours: Edge, tmp_path: Path, name: str) -> None:
    """At some of its statements, and around each commit; done again it comes to the same, once."""
    toll = killed_everywhere(named(name, tmp_path), ground, ours, every=12)
    assert toll.kills == toll.points >= 5
    assert bool(toll.replayed) is (name == "retain, closing")


def test_a_fault_is_injected(database: str, ground: Ground, ours: Edge, tmp_path: Path) -> None:
    """At some statements, and at each commit: a typed error or a good end, never half a deed."""
    ended = injected_everywhere(named("preregister", tmp_path), ground, ours, FAULTS[database], every=25)
    assert {fault for fault, _ in ended} == {each.name for each in FAULTS[database]}


@pytest.mark.usefixtures("postgresql_server")
def test_the_server_is_killed(tmp_path: Path) -> None:
    """Twice, under writers: what was acknowledged to them is stored, once."""
    found = outages(2, 1, tmp_path, find())
    assert found["SIGKILL"] == found["immediate"] == 1
    assert found["acknowledged"] > 0
