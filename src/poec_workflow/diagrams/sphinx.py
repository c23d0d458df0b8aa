"""A Sphinx extension: the directive `poec-lifecycle` draws a lifecycle in a service's own documentation.

    ```{poec-lifecycle} application
    :format: svg
    :lang: en
    :show: conditions,codes
    :settings: our_service.settings:POEC
    :lifecycles: our_service.settings:LIFECYCLES
    ```

Only Sphinx loads it: `extensions = ["poec_workflow.diagrams.sphinx"]` in `conf.py`. It needs the extras `docs` and
`diagrams`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from importlib.metadata import version
from pkgutil import resolve_name
from typing import Any, ClassVar

from attrs import evolve
from docutils import nodes
from docutils.parsers.rst import directives
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from poec_workflow.diagrams import Graph, svg
from poec_workflow.diagrams.diagram_request import DiagramRequest, parse_request
from poec_workflow.diagrams.markdown_blocks import PLAIN
from poec_workflow.machines import LIFECYCLES, Lifecycles
from poec_workflow.machines.lifecycles import must_be_lifecycles
from poec_workflow.policies.settings import Settings

_INLINE = re.compile(r"`([^`]+)`|\*\*([^*]+)\*\*")
_HIGHLIGHTED = {"dot": "dot", "xstate": "json", "scxml": "xml"}
"""What Pygments knows how to colour."""
_OPTIONS = ("format", "lang", "show", "colours", "grouped", "full")
_PLACES = ("settings", "lifecycles")
"""Options that name something of a service's, as `module:name`."""


class LifecycleDirective(SphinxDirective):
    """Draws one lifecycle; its options are those of `diagrams.render`, as texts."""

    required_arguments = 1
    option_spec: ClassVar[dict[str, Any]] = dict.fromkeys((*_OPTIONS, *_PLACES), directives.unchanged)

    def run(self) -> list[nodes.Node]:
        """The nodes of the drawing; a wrong option is an error at its line.

        Each build draws it again, for rules change without the page.
        """
        self.env.note_reread()
        options = {name: text for name, text in self.options.items() if name not in _PLACES}
        try:
            request = parse_request(self.arguments[0], {"format": "svg", **options})
            settings = _settings(self.options.get("settings"))
            return self._nodes(request, settings, _lifecycles(self.options.get("lifecycles")))
        except (ValueError, ImportError, AttributeError) as error:
            raise self.error(f"poec-lifecycle: {error}") from error

    def _nodes(self, request: DiagramRequest, settings: Settings | None, lifecycles: Lifecycles) -> list[nodes.Node]:
        if request.format == "svg":
            return self._picture(request.graph(settings, lifecycles), request.detail.show)
        text = request.render(settings, lifecycles)
        if request.format in PLAIN:
            return list(_tables(text))
        return [nodes.literal_block(text, text, language=_HIGHLIGHTED.get(request.format, "text"), force=True)]

    def _picture(self, graph: Graph, show: Collection[str]) -> list[nodes.Node]:
        """The SVG where the builder writes HTML, its rows in words elsewhere."""
        # A page may show the same lifecycle twice, and its identifiers once.
        again = self.env.new_serialno("poec-lifecycle")
        named = evolve(graph, name=f"{graph.name}-{again}") if again else graph
        picture = f'<div class="poec-lifecycle" style="overflow-x: auto">\n{svg.render(named, show)}</div>'
        rows = svg.description(graph)
        words = addnodes.only("", expr="not html")
        words += nodes.bullet_list("", *(nodes.list_item("", nodes.paragraph(text=row)) for row in rows))
        return [nodes.raw("", picture, format="html"), words]


def _settings(place: str | None) -> Settings | None:
    """A service's own settings, by `module:name`."""
    if place is None:
        return None
    found = resolve_name(place)
    if not isinstance(found, Settings):
        raise ValueError(f"{place} is no poec_workflow.Settings")
    return found


def _lifecycles(place: str | None) -> Lifecycles:
    """A service's own lifecycles, by `module:name`."""
    if place is None:
        return LIFECYCLES
    found: Lifecycles = resolve_name(place)
    must_be_lifecycles(found, place)
    return found


def _tables(text: str) -> Iterator[nodes.Node]:
    """A Markdown table and the text under it, as nodes, which do not depend on the page's markup language."""
    lines = text.splitlines()
    head, _, *body = ([cell.strip() for cell in line[2:-2].split(" | ")] for line in lines if line.startswith("| "))
    group = nodes.tgroup("", *(nodes.colspec(colwidth=1) for _ in head), cols=len(head))
    group += nodes.thead("", _row(head))
    group += nodes.tbody("", *map(_row, body))
    yield nodes.table("", group)
    for line in lines:
        if line and not line.startswith("| "):
            yield nodes.paragraph("", "", *_inline(line))


def _row(cells: Sequence[str]) -> nodes.row:
    return nodes.row("", *(nodes.entry("", *map(_line, cell.split("<br/>"))) for cell in cells))


def _line(text: str) -> nodes.paragraph:
    return nodes.paragraph("", "", *_inline(text))


def _inline(text: str) -> Iterator[nodes.Node]:
    done = 0
    for found in _INLINE.finditer(text):
        yield nodes.Text(text[done : found.start()])
        code, strong = found[1], found[2]
        yield nodes.literal(text=code) if code else nodes.strong(text=strong)
        done = found.end()
    yield nodes.Text(text[done:])


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directive."""
    app.add_directive("poec-lifecycle", LifecycleDirective)
    return {"version": version("poec-workflow"), "parallel_read_safe": True, "parallel_write_safe": True}
