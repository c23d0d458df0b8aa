"""The page on rows of one's own: its machine runs on SQLite, its picture is of its row."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

import test_docs
from poec_workflow import SubjectKind

PAGE = "docs/how-to/add-rows.md"


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    """What its blocks leave."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(test_docs.DOCS))
    namespace = test_docs.ran(PAGE)
    yield namespace
    namespace["storage"].close()
    sys.modules.pop("taken_back", None)


def test_the_machine_of_the_page_finds_nothing(page: dict[str, Any]) -> None:
    """On SQLite, with the row: every promise holds."""
    machine = page["OurMachine"]
    assert page["TestOurRows"] is machine.TestCase
    few = settings(machine.TestCase.settings, max_examples=6, stateful_step_count=25, database=None, derandomize=True)
    machine.check(few)


def test_the_picture_of_the_page_is_of_its_row(page: dict[str, Any]) -> None:
    """The module that the directive names has the row that the page shows."""
    pictured = import_module("taken_back").OURS
    drawn, shown = (each[SubjectKind.APPLICATION] for each in (pictured, page["ours"]))
    assert drawn.fingerprint == shown.fingerprint
    assert "X1" in drawn.own
