"""What the pages say is so: the tests that a promise names are there, and the commands; and a store moves as told."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from guarantees import ADVISER, check, emptied_outbox, everything, registering, workflow_on, workflow_with_session
from poec_workflow.adapters.sql import SqlStorage
from test_docs import blocks

ROOT = Path(__file__).parent.parent
PAGES = sorted(page for folder in ("explanation", "how-to") for page in (ROOT / "docs" / folder).glob("*.md"))
NAMED = re.compile(r"`([\w./-]+\.py)::(test_\w+)`")
MODULE = re.compile(r"python -m (benchmarks\.\w+)")
COMMAND = re.compile(
    r"python ((?:benchmarks|tests/(?:crash|engines|faults|feed|linearizability|mutation|races))/\w+\.py)"
)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_what_a_page_names_is_there(page: Path) -> None:
    """Each test by its file and name, each command by its file, each link by its target."""
    text = page.read_text(encoding="utf-8")
    for file, name in NAMED.findall(text):
        assert re.search(rf"^ *def {name}\(", (ROOT / file).read_text(encoding="utf-8"), re.MULTILINE), (file, name)
    for file in COMMAND.findall(text):
        assert (ROOT / file).exists(), file
    for module in MODULE.findall(text):
        assert (ROOT / f"{module.replace('.', '/')}.py").exists(), module
    for target in re.findall(r"\]\((?!http)([^)#]+)", text):
        assert (page.parent / target).exists(), target


def test_the_files_of_everyday_changes_are_there() -> None:
    """Each file that the page for maintainers names, but for placeholders in capitals and what is yet to be written."""
    page = (ROOT / "docs" / "how-to" / "change-the-package.md").read_text(encoding="utf-8")
    named = {each for each in re.findall(r"`([a-z_/.-]+\.(?:py|json|toml|md))`", page) if "/" in each}
    there = [f"/{each.relative_to(ROOT)}" for place in ("src", "docs", "tests") for each in (ROOT / place).rglob("*.*")]
    assert len(named) > 30
    assert [each for each in sorted(named) if not any(path.endswith(f"/{each}") for path in there)] == []


def test_every_promise_names_a_test() -> None:
    """None stands on its word alone."""
    text = (ROOT / "docs" / "explanation" / "guarantees.md").read_text(encoding="utf-8")
    promises = text.partition("## Promises")[2].partition("## Campaigns")[0]
    rows = [line for line in promises.splitlines() if line.startswith("| **")]
    assert len(rows) > 10
    assert all(NAMED.search(row) for row in rows)


def test_a_store_moves_to_postgresql(file: Path, postgresql_url: str) -> None:
    """By the lines of the page: everything is there, keys are known, and messages go on after those that waited."""
    sqlite_url = f"sqlite:///{file}"
    with SqlStorage.open(sqlite_url) as old, SqlStorage.open(postgresql_url, attempts=1) as new:
        workflow_with_session(old).execute(registering(1), ADVISER, key="k")
        new.create()
        [code, _] = blocks("docs/how-to/grow.md", "python")
        here = re.sub(r"^(sqlite|postgresql)_url = .*\n", "", code, flags=re.MULTILINE)
        urls: dict[str, Any] = {"sqlite_url": sqlite_url, "postgresql_url": postgresql_url}
        exec(compile(here, "grow.md", "exec"), urls)  # noqa: S102 - our own page
        for engine in ("source", "target"):
            urls[engine].dispose()
        assert everything(new) == everything(old)
        assert workflow_on(new).execute(registering(1), ADVISER, key="k").replayed
        for storage in (old, new):
            workflow_on(storage).execute(registering(2), ADVISER)
        check(new)
        assert emptied_outbox(new) == emptied_outbox(old)
