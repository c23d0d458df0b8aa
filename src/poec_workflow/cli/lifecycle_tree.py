"""A lifecycle as a tree for a terminal: under each state the commands that it accepts, and where they lead."""

from __future__ import annotations

from collections.abc import Iterator

from rich.text import Text
from rich.tree import Tree

from poec_workflow import locales
from poec_workflow.machines import Lifecycle
from poec_workflow.model import State


def lifecycle_tree(lifecycle: Lifecycle, lang: str) -> Tree:
    """The tree: a branch a state, in the table's order, and a leaf for each state that is reached from it."""
    tree = Tree(Text(locales.label("words", lifecycle.name, lang), style="bold"))
    for state in lifecycle.states:
        branch = tree.add(
            Text(locales.state(state, lang), style="bold" if state not in lifecycle.final else "dim bold")
        )
        for commands, target in _ways(lifecycle, state, lang):
            branch.add(Text.assemble(", ".join(commands), " ▸ ", (target, "bold")))
    return tree


def _ways(lifecycle: Lifecycle, state: State, lang: str) -> Iterator[tuple[list[str], str]]:
    """The labels of the commands that lead from a state to each other one, or leave it as it is."""
    ways: dict[State, dict[str, None]] = {}
    for command, rows in lifecycle.by_state[state].items():
        for row in rows:
            ways.setdefault(row.targets[state], {})[locales.label("commands", command.type, lang)] = None
    for target, commands in ways.items():
        yield (
            list(commands),
            locales.label("words", "unchanged", lang) if target is state else locales.state(target, lang),
        )
