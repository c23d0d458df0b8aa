"""Every cell of a page's tables, and whether the page's script answers there as `decide` does.

Tables are independent, for a rule is asked whatever the others say. So it is complete to vary, for every state and
command, the facts that one table looks at, with those that choose the row; the answers compared are whole ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any

from explored import Page, verdict

from poec_workflow import commands
from poec_workflow.machines import LIFECYCLES, Lifecycles

SAYING_WHO_MAY = {"actor", "origin", "trainer", "positioner", "responsible"}
Cells = dict[str, Any]


def tables(judged: Page, command: str, state: int | None) -> Iterator[tuple[str, ...]]:
    """The facts that each table of a command looks at in a state, with those that choose its row."""
    data, lifecycle = judged.data, judged.lifecycle
    (selection,) = (
        each["absent" if state is None else "existing"] for each in data["commands"] if each["name"] == command
    )
    choosing = {*data["tables"][selection]["inputs"]} - SAYING_WHO_MAY
    source = None if state is None else lifecycle.states[state]
    rows = [data["rows"][rule.id] for rule in lifecycle.rows(source, commands.COMMANDS[command])]
    numbers = {each["table"] for row in rows for each in (*row["checks"], *row["advises"])}
    yield from {
        tuple(sorted(data["tables"][selection]["inputs"])),
        *(tuple(sorted({*data["tables"][number]["inputs"], *choosing})) for number in numbers),
    }


def possible(judged: Page, at: Mapping[str, Any]) -> bool:
    """Who was convoked was convoked at least once; who is retained or waits was registered."""
    if at["state"] is None:
        return True
    dimensions = judged.case.dimensions
    return bool(judged.case.possible({name: options[max(at[name], 0)].value for name, options in dimensions.items()}))


def jobs(judged: Page) -> list[Cells]:
    """Every state and command, with every combination of what one table of it looks at."""
    case, data, found = judged.case, judged.data, []
    for command, state in product(data["commands"], (None, *range(len(data["states"])))):
        base = {**case.defaults(judged.lifecycle.initial), "state": state, "actor": -1}
        for looks in sorted(tables(judged, command["name"], state)):
            names = [name for name in looks if name != "state"]
            places = [
                list(each)
                for each in product(*(range(len(data["dimensions"][name])) for name in names))
                if possible(judged, {**base, **dict(zip(names, each, strict=True))})
            ]
            found.append({"command": command["name"], "base": base, "names": names, "places": places})
    return found


def differences(judged: Page, cells: Sequence[Cells], data: dict[str, Any] | None = None) -> list[Any]:
    """Where the page's script and Python answer differently."""
    answers = judged.judge(cells=list(cells), data=data or judged.data)["judged"]
    return differing(judged, cells, answers)


def differing(
    judged: Page, cells: Sequence[Cells], answers: Sequence[Any], lifecycles: Lifecycles = LIFECYCLES
) -> list[Any]:
    """Where answers of the page's script are not Python's."""
    case, found = judged.case, []
    for job, given in zip(cells, answers, strict=True):
        for place, answer in zip(job["places"], given, strict=True):
            at = {**job["base"], **dict(zip(job["names"], place, strict=True)), "actor": answer["actor"]}
            expected = verdict(case, job["command"], at, lifecycles)
            if answer != expected:
                found.append((job["command"], at, answer, expected))
    return found
