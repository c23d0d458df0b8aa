"""A lifecycle as a notebook shows it: its picture, and its table where the extra `diagrams` is not installed.

The renderer is found by its name, when a notebook asks: the rules know no drawing, and load none.
"""

from __future__ import annotations

from pkgutil import resolve_name


def svg(lifecycle: object) -> str | None:
    """The picture as `diagrams.render` draws it by default; None without the extra."""
    try:
        return _rendered(lifecycle, "svg")
    except ImportError:
        return None


def html(lifecycle: object) -> str | None:
    """The picture, to be scrolled where it is wider than the cell; None without the extra."""
    drawn = svg(lifecycle)
    return drawn and f'<div style="overflow-x: auto">\n{drawn}</div>'


def markdown(lifecycle: object) -> str:
    """A table of the rows."""
    return _rendered(lifecycle, "rows")


def _rendered(lifecycle: object, as_: str) -> str:
    text: str = resolve_name("poec_workflow.diagrams:render")(lifecycle, as_)
    return text
