"""What is loaded on demand stays unloaded: the explorer, Graphviz, adapters and the kit."""

from __future__ import annotations

import subprocess
import sys

import pytest

ON_DEMAND = ("poec_workflow.adapters", "poec_workflow.explorer", "poec_workflow.testing", "pygraphviz", "sqlalchemy")
DIAGRAM = (
    "from poec_workflow.cli.app import program; "
    "program(['diagram', 'application', '--as', {format!r}], standalone_mode=False)"
)


def loaded(code: str) -> set[str]:
    """Which of them are loaded after some code ran in a process of its own."""
    report = f"import sys; print(*({set(ON_DEMAND)!r} & set(sys.modules)), file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", f"{code}; {report}"], capture_output=True, text=True, check=True)
    return set(done.stderr.split())


@pytest.mark.parametrize(
    "code", ["import poec_workflow", "import poec_workflow.diagrams", DIAGRAM.format(format="mermaid")]
)
def test_nothing_is_loaded_that_is_not_used(code: str) -> None:
    """Neither by the imports, nor by a command that draws without an explorer, a picture or a store."""
    assert loaded(code) == set()


def test_the_page_loads_the_explorer() -> None:
    """The contrary: the explorer and the pictures in it need no adapter either."""
    assert loaded(DIAGRAM.format(format="html")) == {"poec_workflow.explorer", "pygraphviz"}
