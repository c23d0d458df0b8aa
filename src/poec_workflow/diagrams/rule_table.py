"""A Markdown table of the rows: for each its states, command, conditions and refusals."""

from __future__ import annotations

from collections.abc import Collection

from poec_workflow.diagrams.decision_table import markdown_table
from poec_workflow.diagrams.graph import Graph
from poec_workflow.diagrams.labels import count_suffix


def render(graph: Graph, show: Collection[str]) -> str:
    """The table's text."""
    columns = ["rule", "from", "command", *(["when"] if "conditions" in show else []), "to"]
    columns += ["actors"] if "actors" in show else []
    columns += ["unless"] if "codes" in show else []
    rows = [
        {
            "rule": f"**{edges[0].rule.id}**" if any(edge.taken for edge in edges) else edges[0].rule.id,
            "from": ", ".join(graph.label(each.source) for each in edges),
            "command": f"{edges[0].command} (`{edges[0].rule.command.type}`){count_suffix(edges)}",
            "when": ", ".join(edges[0].conditions),
            "to": graph.label(edges[0].target) if len({each.target for each in edges}) == 1 else graph.word("same"),
            "actors": "<br/>".join(edges[0].actors),
            "unless": ", ".join(f"`{code}`" for code in edges[0].codes),
        }
        for edges in graph.by_rule
    ]
    rows += [
        {
            "rule": each.rule.id,
            "from": graph.label(None),
            "command": f"{each.command} (`{each.rule.command.type}`){count_suffix([each])}",
            "when": "",
            "to": graph.word("as-given"),
            "actors": "<br/>".join(each.actors),
            "unless": ", ".join(f"`{code}`" for code in each.codes),
        }
        for each in graph.imports
    ]
    return markdown_table(map(graph.word, columns), ([row[name] for name in columns] for row in rows))
