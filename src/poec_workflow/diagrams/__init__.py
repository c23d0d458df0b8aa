"""Diagrams of the lifecycles and of the notices, drawn from their tables alone."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

from poec_workflow.diagrams import decision_table, dot, mermaid, plantuml, rule_table, scxml, svg, xstate
from poec_workflow.diagrams.detail import PICTURES, detail
from poec_workflow.diagrams.graph import Edge, Graph, Node, Step, graph, steps
from poec_workflow.diagrams.labels import SHOWN
from poec_workflow.diagrams.notices_drawing import NOTICE_FORMATS, render_notices
from poec_workflow.diagrams.outcomes import Outcome
from poec_workflow.history import HistoryEntry
from poec_workflow.locales import DEFAULT_LANGUAGE, LANGUAGES
from poec_workflow.machines import Lifecycle
from poec_workflow.notices import Notices
from poec_workflow.policies.settings import Settings

FORMATS: Mapping[str, Callable[[Graph, Collection[str]], str]] = {
    "mermaid": mermaid.render,
    "dot": dot.render,
    "svg": svg.render,
    "plantuml": plantuml.render,
    "scxml": scxml.render,
    "xstate": xstate.render,
    "table": decision_table.render,
    "rows": rule_table.render,
}
"""Each format's renderer of the graph."""

PAGES = ("html",)
"""Formats that need the rules themselves, not only the graph."""


def render(
    drawn: Lifecycle | Notices,
    as_: str,
    *,
    lang: str = DEFAULT_LANGUAGE,
    settings: Settings | None = None,
    show: Collection[str] | None = None,
    path: Sequence[HistoryEntry] = (),
    counts: Mapping[Step, int] | None = None,
    colours: bool = True,
    grouped: bool | None = None,
    full: bool = False,
    notices: Notices | None = None,
) -> str:
    """A lifecycle, or who is told of what, as text of a format; the same rules give the same bytes.

    Args:
        drawn: `machines.APPLICATION`, `SESSION` or `TRAINING_ACTION`, or one with a service's own rows; or a table of
            notices, `notices.NOTICES` or a service's own, which heeds the language alone.
        as_: of a lifecycle one of `FORMATS`, or of `PAGES`, which heed the language, the settings and the notices
            alone; of notices one of `NOTICE_FORMATS`.
        lang: `"fr"` or `"en"`, by default the command line's own default.
        settings: a service's own, whose policies and permissions are then shown.
        show: any of `SHOWN`: `"conditions"`, `"codes"` (refusals) and `"actors"` (who may give the command). By default
            `("conditions",)` for one of `PICTURES`, and `("conditions", "codes")` for the others.
        path: one subject's history, to be highlighted.
        counts: how often each row was taken, shown on the arcs; see `steps`, and `count_transitions` for a store.
        colours: whether outcomes are shown, by colours and by dashes.
        grouped: rows that share their ends share an arc, and a frame stands for all states that are not final. By
            default one of `PICTURES` is, and an SVG always.
        full: a picture too shows the codes, and is not grouped, unless `show` or `grouped` says otherwise.
        notices: a service's own, by which a page says who will be told.

    Raises:
        ValueError: an unknown format, language or thing to show.
        ImportError: an SVG or a page, without the extra `diagrams`.
    """
    if isinstance(drawn, Notices):
        return render_notices(drawn, as_, lang)
    if as_ in PAGES:
        return _page(drawn, lang, settings, notices)
    if as_ not in FORMATS:
        raise ValueError(f"unknown format {as_!r}: one of {', '.join((*FORMATS, *PAGES))}")
    chosen = detail(as_, show, grouped=grouped, full=full)
    if unknown := sorted({*chosen.show} - {*SHOWN}):
        raise ValueError(f"nothing to show by the name of {', '.join(unknown)}: any of {', '.join(SHOWN)}")
    model = graph(
        drawn, lang=lang, settings=settings, path=path, counts=counts, colours=colours, grouped=chosen.grouped
    )
    return FORMATS[as_](model, chosen.show)


def _page(lifecycle: Lifecycle, lang: str, settings: Settings | None, notices: Notices | None) -> str:
    from poec_workflow import explorer  # noqa: PLC0415 - loaded on demand

    pictures = {each: svg.render(graph(lifecycle, lang=each, settings=settings), ("conditions",)) for each in LANGUAGES}
    return explorer.render(lifecycle, pictures, lang=lang, settings=settings, notices=notices)


__all__ = [
    "FORMATS",
    "NOTICE_FORMATS",
    "PAGES",
    "PICTURES",
    "SHOWN",
    "Edge",
    "Graph",
    "Node",
    "Outcome",
    "Step",
    "graph",
    "render",
    "steps",
]
