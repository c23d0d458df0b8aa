"""XState 5: a machine's configuration as JSON, a row to a line.

`createMachine` takes it as it is. A guard's type says its conditions in one name, and its parameters say them as
data, so that one function serves every guard: it compares each with the verdict that came with the event.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from poec_workflow.diagrams.graph import Edge, Graph
from poec_workflow.machines.executor import NOTHING
from poec_workflow.model import State


def render(graph: Graph, show: Collection[str]) -> str:
    """The configuration's text."""
    imported = {"meta": {"imports": graph.imported}} if graph.imported else {}
    head = _json({"id": graph.name, "description": graph.title, "initial": NOTHING, **imported})
    states = [f'"{NOTHING}": {_state({}, _rows(graph, None, show))}']
    for node in graph.nodes:
        attributes = {**({"type": "final"} if graph.ends(node) else {}), "description": node.label}
        states.append(f"{_json(node.state)}: {_state(attributes, _rows(graph, node.state, show))}")
    return "\n".join([f'{head[:-1]}, "states": {{', ",\n".join(states), "}}"]) + "\n"


def _rows(graph: Graph, source: State | None, show: Collection[str]) -> Mapping[str, list[str]]:
    """The rows of a state by their commands, each as JSON."""
    rows: dict[str, list[str]] = {}
    for edge in graph.edges:
        if edge.source == source:
            rows.setdefault(edge.rule.command.type, []).append(_json(_transition(edge, show)))
    return rows


def _state(attributes: Mapping[str, str], rows: Mapping[str, list[str]]) -> str:
    if not rows:
        return _json(attributes)
    head = "".join(f"{_json(name)}: {_json(value)}, " for name, value in attributes.items())
    body = ",\n".join(_commands(rows))
    return f'{{{head}"on": {{\n{body}\n}}}}'


def _commands(rows: Mapping[str, list[str]]) -> Iterator[str]:
    for command, transitions in rows.items():
        lines = ",\n".join(f"    {each}" for each in transitions)
        yield f"  {_json(command)}: [\n{lines}\n  ]"


def _transition(edge: Edge, show: Collection[str]) -> dict[str, Any]:
    words = f" [{', '.join(edge.conditions)}]" if "conditions" in show and edge.conditions else ""
    return {
        "target": edge.target,
        **({"guard": _guard(edge)} if edge.rule.given else {}),
        "description": f"{edge.rule.id} {edge.command}{words}",
        "meta": {
            "rule": edge.rule.id,
            "event": edge.rule.event.type,
            **({"codes": edge.codes} if "codes" in show else {}),
        },
    }


def _guard(edge: Edge) -> dict[str, Any]:
    return {
        "type": " and ".join(map(str, edge.rule.given)),
        "params": {atom.name: atom.expected for atom in edge.rule.given},
    }


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
