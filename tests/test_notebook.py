"""A lifecycle in a notebook and in a console: its picture, or its table, and one short line."""

from __future__ import annotations

import subprocess
import sys

import pytest

from own_rules import BACK
from poec_workflow.diagrams import render
from poec_workflow.machines import APPLICATION, LIFECYCLES, Lifecycle
from poec_workflow.model import SubjectKind

LIFECYCLE = pytest.mark.parametrize("lifecycle", LIFECYCLES.values(), ids=lambda each: each.name)


@LIFECYCLE
def test_a_notebook_shows_the_picture(lifecycle: Lifecycle) -> None:
    """As an SVG, in HTML that scrolls, and as a table of the rows for what shows neither."""
    drawn = render(lifecycle, "svg")
    assert lifecycle._repr_svg_() == drawn
    assert drawn in (lifecycle._repr_html_() or "")
    assert lifecycle._repr_markdown_() == render(lifecycle, "rows")


@LIFECYCLE
def test_without_its_extra_it_shows_the_table(lifecycle: Lifecycle, monkeypatch: pytest.MonkeyPatch) -> None:
    """A notebook passes over what is None, and takes the table."""
    monkeypatch.setitem(sys.modules, "pygraphviz", None)
    assert lifecycle._repr_svg_() is None
    assert lifecycle._repr_html_() is None
    assert lifecycle.rules[-1].id in lifecycle._repr_markdown_()


def test_a_repr_is_one_short_line() -> None:
    """Its name and how much there is; a service's own rows by their ids."""
    assert repr(APPLICATION) == f"<Lifecycle application: 9 states, {len(APPLICATION.rules)} rows>"
    assert repr(BACK[SubjectKind.APPLICATION]).endswith("rows, own: X1>")
    assert all(len(repr(each)) < 80 for each in LIFECYCLES.values())


def test_a_repr_draws_nothing() -> None:
    """Neither the import nor the line loads a diagram, and a notebook's question does."""
    code = (
        "import sys; from poec_workflow import machines; repr(machines.APPLICATION);"
        "before = 'poec_workflow.diagrams' in sys.modules; machines.APPLICATION._repr_markdown_();"
        "print(before, 'poec_workflow.diagrams' in sys.modules, 'pygraphviz' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert ran.stdout == "False True False\n"
