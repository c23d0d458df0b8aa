"""The page "Explore your rules" is true: its files are written, its blocks run, and its output is what it shows."""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from poec_workflow.cli.app import program

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "explore-your-rules.md"
BLOCK = re.compile(r"^```(python|console)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PROMISE = re.compile(r"^print\(.*\)  # (.*)$", re.MULTILINE)
ANYTHING = "…"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.chdir(tmp_path)
    yield tmp_path
    sys.modules.pop("rules", None)


def output(line: str, folder: Path) -> str:
    """What a command of the page prints; after a `>` into a file."""
    command, _, file = line.removeprefix("$ poec-workflow ").partition(" > ")
    printed = CliRunner().invoke(program, shlex.split(command)).stdout
    if file:
        (folder / file).write_text(printed, encoding="utf-8")
        return ""
    return printed


def shown(lines: list[str]) -> re.Pattern[str]:
    """What the page shows, where a line of dots stands for any lines."""
    parts = (r"(?:.*\n)*?" if line == ANYTHING else re.escape(line.rstrip()) + r" *\n" for line in lines)
    return re.compile("".join(parts))


def run_console(block: str, folder: Path) -> None:
    commands: list[tuple[str, list[str]]] = []
    for line in block.splitlines():
        if line.startswith("$ "):
            commands.append((line, []))
        else:
            commands[-1][1].append(line)
    for command, expected in commands:
        printed = output(command, folder)
        assert shown(expected).fullmatch(printed), f"{command}\n{printed}"


def test_the_page_is_true(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In order, in one folder and one namespace."""
    namespace: dict[str, Any] = {}
    for language, block in BLOCK.findall(PAGE.read_text(encoding="utf-8")):
        if language == "console":
            run_console(block, folder)
            continue
        if block.startswith("# rules.py\n"):
            (folder / "rules.py").write_text(block, encoding="utf-8")
        capsys.readouterr()
        exec(compile(block, PAGE.name, "exec"), namespace)  # noqa: S102 - our own page
        assert capsys.readouterr().out.splitlines() == PROMISE.findall(block)
