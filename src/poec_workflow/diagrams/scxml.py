"""SCXML 1.0: a state chart that the W3C's engines run, a row to a line.

A condition's value comes with the event, as data: `_event.data.gave_notice`. Labels, row numbers and codes are
attributes of a namespace of our own, which engines ignore. Their local names differ from SCXML's, for some engines
compare local names only.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from xml.sax.saxutils import quoteattr

from poec_workflow.diagrams.graph import Edge, Graph
from poec_workflow.machines.executor import NOTHING
from poec_workflow.model import State

NAMESPACE = "urn:poec-workflow:diagram"
"""The namespace of the attributes that engines ignore."""


def render(graph: Graph, show: Collection[str]) -> str:
    """The document's text."""
    return "\n".join(_lines(graph, show)) + "\n"


def _lines(graph: Graph, show: Collection[str]) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    head = {
        "xmlns": "http://www.w3.org/2005/07/scxml",
        "xmlns:poec": NAMESPACE,
        "version": "1.0",
        "datamodel": "ecmascript",
        "name": graph.name,
        "initial": NOTHING,
        "poec:label": graph.title,
        "xml:lang": graph.lang,
    }
    yield f"<scxml{_attributes(head)}>"
    yield from (f"  <!-- {each} -->" for each in graph.imported)
    yield from _element("state", {"id": NOTHING}, graph, None, show)
    for node in graph.nodes:
        attributes = {"id": node.state.value, "poec:label": node.label}
        yield from _element("final" if graph.ends(node) else "state", attributes, graph, node.state, show)
    yield "</scxml>"


def _element(
    name: str, attributes: dict[str, str], graph: Graph, source: State | None, show: Collection[str]
) -> Iterator[str]:
    rows = [edge for edge in graph.edges if edge.source == source]
    yield f"  <{name}{_attributes(attributes)}{'>' if rows else '/>'}"
    for edge in rows:
        yield f"    <transition{_attributes(_transition(edge, show))}/>"
    if rows:
        yield f"  </{name}>"


def _transition(edge: Edge, show: Collection[str]) -> dict[str, str]:
    """A row's attributes; `===` is false in every dialect where the event has no such data."""
    verdicts = (
        f"_event.data.{atom.name.replace('-', '_')} === {str(atom.expected).lower()}" for atom in edge.rule.given
    )
    return {
        "event": edge.rule.command.type,
        **({"cond": " && ".join(verdicts)} if edge.rule.given else {}),
        "target": edge.target.value,
        "poec:rule": edge.rule.id,
        "poec:outcome": edge.rule.event.type,
        "poec:label": edge.command,
        **({"poec:given": ", ".join(edge.conditions)} if "conditions" in show and edge.conditions else {}),
        **({"poec:codes": " ".join(edge.codes)} if "codes" in show and edge.codes else {}),
    }


def _attributes(values: dict[str, str]) -> str:
    return "".join(f" {name}={quoteattr(value)}" for name, value in values.items())
