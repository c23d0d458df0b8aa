"""Tables of the source tree, from docstrings, protocols and the layer contract: rooms, modules, ports, policies."""

from __future__ import annotations

import ast
import inspect
import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from poec_workflow import ports
from poec_workflow.machines import AnyRule

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src"
PACKAGE = SOURCE / "poec_workflow"
_SENTENCE = re.compile(r"(.+?[.!?])(?:\s+[A-Z`]|$)")


def first_sentence(path: Path) -> str:
    """The first sentence of a module's docstring, on one line."""
    return _first(ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "")


def _first(text: str) -> str:
    paragraph = " ".join(text.split("\n\n", maxsplit=1)[0].split())
    found = _SENTENCE.match(paragraph)
    return (found.group(1) if found else paragraph).replace("|", "\\|")


def rooms() -> str:
    """The layers of the contract in pyproject.toml, top to bottom, each room with its docstring's first sentence."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    layers: Sequence[str] = next(each["layers"] for each in contracts if each["type"] == "layers")
    rows = [
        f"| {number if first else ''}{', apart' if first and '|' in layer else ''} | `{_name(room)}` |"
        f" {first_sentence(_file(room))} |"
        for number, layer in enumerate(layers, 1)
        for first, room in _with_first(re.split(r"\s*[|:]\s*", layer))
    ]
    return "\n".join(["| layer | room | holds |", "|---|---|---|", *rows, ""])


def _with_first(names: Iterable[str]) -> Iterator[tuple[bool, str]]:
    """Each name, and whether it is the first."""
    return ((index == 0, name) for index, name in enumerate(names))


def _name(room: str) -> str:
    return f"{room}/" if (PACKAGE / room).is_dir() else f"{room}.py"


def _file(room: str) -> Path:
    return PACKAGE / room / "__init__.py" if (PACKAGE / room).is_dir() else PACKAGE / f"{room}.py"


def modules() -> str:
    """Every module by folder, with its docstring's first sentence."""
    folders: dict[Path, list[Path]] = {}
    for path in sorted(SOURCE.rglob("*.py")):
        folders.setdefault(path.parent, []).append(path)
    parts = []
    for folder, files in folders.items():
        title = f"## `{folder.relative_to(SOURCE)}/`"
        head = [first_sentence(each) for each in files if each.name == "__init__.py"]
        rows = [f"| `{each.name}` | {first_sentence(each)} |" for each in files if each.name != "__init__.py"]
        table = ["| file | holds |", "|---|---|", *rows, ""] if rows else []
        parts.append("\n".join([title, "", *head, "", *table]))
    return "\n".join(parts)


def ports_table() -> str:
    """Every port, a `Protocol`, with its methods."""
    rows = [
        f"| `{name}` | {_first(inspect.getdoc(port) or '')} | {_methods(port)} |"
        for name, port in vars(ports).items()
        if getattr(port, "_is_protocol", False)
    ]
    return "\n".join(["| port | is | methods and properties |", "|---|---|---|", *rows, ""])


def _methods(port: type) -> str:
    names = [name for name in vars(port) if not name.startswith("_")]
    return f"{len(names)}: {_listed(names)}"


def policies(rules: Iterable[AnyRule]) -> str:
    """The files of `policies/` that hold a rule's policy, with the codes that each gives."""
    codes: dict[str, dict[str, None]] = {}
    for rule in rules:
        for policy in rule.unless:
            file = f"{policy.__module__.rpartition('.')[2]}.py"
            codes.setdefault(file, {})[policy.__name__.replace("_", "-")] = None
    rows = [
        f"| `{file}` | {first_sentence(PACKAGE / 'policies' / file)} | {_listed(codes[file])} |"
        for file in sorted(codes)
    ]
    return "\n".join(["| file | holds | refusal codes |", "|---|---|---|", *rows, ""])


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
