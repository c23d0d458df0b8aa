"""Workflow diagrams, drawn from the rules: the tables are the only source."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from poec_workflow.diagrams import explorer, mermaid, svg, table
from poec_workflow.diagrams.graph import Edge, Graph, Node, graph
from poec_workflow.machines import Lifecycle
from poec_workflow.policies.settings import Settings

FORMATS: Mapping[str, Callable[[Graph, Collection[str]], str]] = {
    "mermaid": mermaid.render,
    "svg": svg.render,
    "table": table.render,
}
"""Each format's renderer of the graph."""

PAGES: Mapping[str, Callable[..., str]] = {"html": explorer.render}
"""What needs more than the graph: the rules themselves, to ask them."""


def render(
    lifecycle: Lifecycle,
    as_: str,
    *,
    lang: str = "fr",
    settings: Settings | None = None,
    show: Collection[str] = ("conditions", "codes"),
) -> str:
    """A lifecycle as text of a format; the same rules give the same bytes.

    Args:
        lifecycle: `machines.APPLICATION`, `SESSION` or `TRAINING_ACTION`.
        as_: one of `FORMATS` or `PAGES`.
        lang: `"fr"` or `"en"`.
        settings: a service's own, whose policies are then shown among the codes.
        show: any of `"conditions"` and `"codes"`.

    Raises:
        ValueError: an unknown format or language, or a lifecycle that the page is not for.
    """
    if as_ in PAGES:
        return PAGES[as_](lifecycle, lang=lang, settings=settings)
    if as_ not in FORMATS:
        raise ValueError(f"unknown format {as_!r}: one of {', '.join((*FORMATS, *PAGES))}")
    return FORMATS[as_](graph(lifecycle, lang=lang, settings=settings), show)


__all__ = ["FORMATS", "PAGES", "Edge", "Graph", "Node", "graph", "render"]
