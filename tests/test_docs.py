"""What is written is true: code blocks run, drawn pages are what the tables draw now."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner

from poec_workflow import diagrams
from poec_workflow.cli.app import program
from poec_workflow.diagrams.marked import redrawn
from poec_workflow.errors import _KINDS
from poec_workflow.machines import LIFECYCLES, Lifecycle

HEAD = """# The lifecycles

Drawn from the tables by `poec-workflow diagram`; a test fails when this page is stale.
`uv run python tests/test_docs.py` draws it anew.
"""
ROOT = Path(__file__).parent.parent
DIAGRAMS = "docs/how-to/draw-diagrams.md"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(page: str, language: str) -> list[str]:
    text = (ROOT / page).read_text(encoding="utf-8")
    return [code for found, code in BLOCK.findall(text) if found == language]


def test_the_readmes_examples_run(capsys: pytest.CaptureFixture[str]) -> None:
    """In order, in one namespace, with the output that their comments promise."""
    namespace: dict[str, object] = {}
    for code in blocks("README.md", "python"):
        exec(compile(code, "README.md", "exec"), namespace)  # noqa: S102 - our own page
    out = capsys.readouterr().out
    assert out.startswith("409 no-transition\n")
    assert "on-sunday" in out


def test_the_adapters_page_runs(tmp_path: Path) -> None:
    """Its adapter keeps a contract of its own suite."""
    namespace: dict[str, Any] = {}
    for code in blocks("docs/write-an-adapter.md", "python"):
        exec(compile(code, "write-an-adapter.md", "exec"), namespace)  # noqa: S102 - our own page
    suite = namespace["TestCountingStorage"]()
    with suite.empty_storage(tmp_path) as storage:
        suite.test_a_key_gets_the_first_answer_again(storage)
        assert storage.count


def test_the_diagrams_page_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its Python runs in one namespace, its commands one after the other in a folder with its own page."""
    namespace: dict[str, Any] = {}
    for code in blocks(DIAGRAMS, "python"):
        exec(compile(code, DIAGRAMS, "exec"), namespace)  # noqa: S102 - our own page
    monkeypatch.chdir(tmp_path)
    Path("page.md").write_text("\n".join(blocks(DIAGRAMS, "markdown")), encoding="utf-8")
    commands = [line for code in blocks(DIAGRAMS, "console") for line in code.splitlines()]
    assert len(commands) > 5
    for line in commands:
        words, _, file = line.removeprefix("$ poec-workflow ").partition(" > ")
        ran = CliRunner().invoke(program, words.split())
        assert ran.exit_code == 0, line
        if file:
            ET.fromstring(ran.stdout)  # noqa: S314 - our own
    assert "stateDiagram-v2" in Path("page.md").read_text(encoding="utf-8")


def lifecycle_page() -> str:
    """The page as the tables draw it."""
    parts = [HEAD]
    for lifecycle in LIFECYCLES.values():
        table = diagrams.render(lifecycle, "table", lang="en", show=("conditions",))
        rows = diagrams.render(lifecycle, "rows", lang="en", show=("conditions", "codes", "actors"))
        picture = f"![The lifecycle: {lifecycle.name}](pictures/{lifecycle.name}.svg)"
        parts.append(f"## {lifecycle.name}\n\n{picture}\n\n{table}\n{rows}")
    return "\n".join(parts)


def lifecycle_picture(lifecycle: Lifecycle) -> str:
    """The picture in that page."""
    return diagrams.render(lifecycle, "svg", lang="en", show=("conditions",))


def test_the_lifecycle_page_is_fresh() -> None:
    """It is byte for byte what the tables draw."""
    assert (ROOT / "docs" / "lifecycles.md").read_text(encoding="utf-8") == lifecycle_page()


@pytest.mark.parametrize("lifecycle", LIFECYCLES.values(), ids=lambda each: each.name)
def test_the_lifecycle_pictures_are_fresh(lifecycle: Lifecycle) -> None:
    """They say what the tables say now; where things stand may differ by the release of Graphviz."""
    drawn = (ROOT / "docs" / "pictures" / f"{lifecycle.name}.svg").read_text(encoding="utf-8")
    placed = re.compile(r' (?:[xyrd]|cx|cy|rx|width|height|points|viewBox)="[^"]*"')
    assert placed.sub("", drawn) == placed.sub("", lifecycle_picture(lifecycle))


def test_the_readmes_picture_is_fresh() -> None:
    """Its marked block is what the tables draw now."""
    page = (ROOT / "README.md").read_text(encoding="utf-8")
    assert page == redrawn(page)
    assert "stateDiagram-v2" in page


def test_every_code_can_be_found() -> None:
    """A code is a function of `policies/` by its name, or one of the answers that the page lists."""
    policies = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "src/poec_workflow/policies").glob("*.py"))
    for lifecycle in LIFECYCLES.values():
        for rule in lifecycle.rules:
            for code in rule.codes:
                assert f"def {code.replace('-', '_')}(" in policies
    page = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
    assert all(code in page or code.startswith("unknown-") for code in _KINDS)


def test_links_inside_the_pages_lead_somewhere() -> None:
    """Every relative link of README, CONTRIBUTING and docs names a file that exists."""
    for page in (
        ROOT / "README.md",
        ROOT / "CONTRIBUTING.md",
        *(ROOT / "docs").glob("**/*.md"),
        *ROOT.glob("examples/*/README.md"),
    ):
        for target in re.findall(r"\]\((?!http)([^)#]+)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


if __name__ == "__main__":
    (ROOT / "docs" / "lifecycles.md").write_text(lifecycle_page(), encoding="utf-8")
    for each in LIFECYCLES.values():
        (ROOT / "docs" / "pictures" / f"{each.name}.svg").write_text(lifecycle_picture(each), encoding="utf-8")
