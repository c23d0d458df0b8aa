"""What the pages write is well typed: `mypy --strict` on all of their Python, each page a module."""

from __future__ import annotations

import collections.abc
import re
import subprocess
import sys
import typing
from collections.abc import Collection, Iterable, Iterator, Sequence
from enum import StrEnum
from inspect import isclass, isfunction
from pathlib import Path
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import poec_workflow
from public_names import public_names
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


WRITTEN_BY_US = re.compile(
    r"events\.|diagrams\.|ports\.|testing\.|views\.(ActionRow|ActionSession|ApplicationRow|DashboardRow|SessionRow|Span|key_of)"
    r"|.*Facts\.know|HistoryEntry$|Message$|Position$|machines\.Lifecycle$"
    r"|importing\.(ImportMapping\.of|ReadOptions)$|publishing\.OfferedSession$"
)
"""What a service reads, and what is between ports or files and what reads them: it has members."""


def _choices(hint: Any) -> Iterator[Any]:
    """What a parameter may be given, or each of what it holds."""
    if get_origin(hint) in (Union, UnionType) or get_origin(hint) in (tuple, Sequence, Collection, Iterable):
        yield from (choice for each in get_args(hint) for choice in _choices(each))
    else:
        yield hint


def _functions() -> Iterator[tuple[str, Any]]:
    for name, given in public_names().items():
        short = name.removeprefix("poec_workflow.")
        if isclass(given):
            yield from ((f"{short}.{each}", method) for each, method in vars(given).items() if isfunction(method))
        elif isfunction(given):
            yield short, given


def test_an_enums_words_are_taken_by_type_too() -> None:
    """Where a function or class of ours is given a member of an enum, its type takes the words as well."""
    asked, wanting = 0, []
    # Constructors are generated, and some modules import for types alone: their names are looked up here.
    known = {name.rpartition(".")[2]: value for name, value in public_names().items() if not isfunction(value)}
    ours = {name: value for name, value in vars(poec_workflow).items() if name in poec_workflow.__all__}
    names = {**vars(typing), **vars(collections.abc), **known, **ours}
    for name, function in _functions():
        short = name.removesuffix(".__init__")
        if WRITTEN_BY_US.match(short) or short.rpartition(".")[2].startswith("_"):
            continue
        for parameter, hint in get_type_hints(function, localns=names).items():
            choices = [] if parameter == "return" else list(_choices(hint))
            words = {word for each in choices if get_origin(each) is Literal for word in get_args(each)}
            for enum in (each for each in choices if isclass(each) and issubclass(each, StrEnum)):
                asked += 1
                if not words >= {str(each) for each in enum}:
                    wanting.append(f"{short}: {parameter}: {enum.__name__}")
    assert wanting == []
    assert asked > 15
