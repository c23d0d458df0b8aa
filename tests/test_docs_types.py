"""What the pages write is well typed: `mypy --strict` on all of their Python, each page a module."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from enum import StrEnum
from inspect import isclass, isfunction, signature
from pathlib import Path
from types import ModuleType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import pytest

import poec_workflow
from public_names import PUBLIC, found_in
from test_docs import DOCS, ROOT

PAGES = [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]
FENCE = re.compile(r"^ *```python\b")


def module(page: Path) -> str:
    """A page's Python blocks, one after the other, each line where it stands in the page."""
    kept, inside = [], False
    for line in page.read_text(encoding="utf-8").splitlines():
        if inside:
            inside = line.strip() != "```"
            kept.append(line if inside else "")
        else:
            inside = bool(FENCE.match(line))
            kept.append("")
    return "\n".join(kept).rstrip() + "\n"


def strictly(folder: Path, modules: dict[str, str]) -> list[str]:
    """What `mypy --strict` says of modules, without the project's own configuration."""
    for name, code in modules.items():
        (folder / f"{name}.py").write_text(code, encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", "--config-file", "", "."],
        cwd=folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    return (ran.stdout + ran.stderr).splitlines()


def test_the_pages_python_is_well_typed(tmp_path: Path) -> None:
    """Every block of README and `docs/`, in one run, as a reader's own project would check it."""
    modules = {
        "page_" + re.sub(r"\W", "_", str(page.relative_to(ROOT).with_suffix(""))): module(page) for page in PAGES
    }
    written = {name: code for name, code in modules.items() if code.strip()}
    assert len(written) > 15
    wrong = {"page_wrong": "from poec_workflow import Actor\nActor(kind='organisation')\n"}
    said = strictly(tmp_path, written | wrong)
    assert [line for line in said if not line.startswith("page_wrong.py:2: error:")] == []
    assert len(said) == 1, "a word that is no kind of actor is told"
