"""What is written is true: code blocks run, drawn pages are what the tables draw now."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from poec_workflow import Workflow, diagrams
from poec_workflow.errors import _KINDS
from poec_workflow.machines import LIFECYCLES
from poec_workflow.testing import play

HEAD = """# The lifecycles

Drawn from the tables by `poec-workflow diagram`; a test fails when this page is stale.
`uv run python tests/test_docs.py` draws it anew.
"""
ROOT = Path(__file__).parent.parent
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


def test_the_page_on_testing_rules_runs(capsys: pytest.CaptureFixture[str], poec_workflow: Workflow) -> None:
    """Its story, its properties, its machines; and the failure that it promises."""
    namespace: dict[str, Any] = {}
    for code in blocks("docs/how-to/test-your-rules.md", "python"):
        exec(compile(code, "test-your-rules.md", "exec"), namespace)  # noqa: S102 - our own page
    out = capsys.readouterr().out
    assert out.startswith("nobody-is-received-on-a-sunday\n")
    assert "The shortest journal that was found (6 lines)" in out
    namespace["TestMendedRules"]("runTest").debug()
    ours = evolve(poec_workflow, settings=namespace["ours"])
    namespace["test_nobody_is_received_on_a_sunday"](lambda journal: play(journal, ours))


def lifecycle_page() -> str:
    """The page as the tables draw it."""
    parts = [HEAD]
    for lifecycle in LIFECYCLES.values():
        picture = diagrams.render(lifecycle, "mermaid", lang="en", show=("conditions",))
        rows = diagrams.render(lifecycle, "table", lang="en")
        parts.append(f"## {lifecycle.name}\n\n```mermaid\n{picture}```\n\n{rows}")
    return "\n".join(parts)


def test_the_lifecycle_page_is_fresh() -> None:
    """It is byte for byte what the tables draw."""
    assert (ROOT / "docs" / "lifecycles.md").read_text(encoding="utf-8") == lifecycle_page()


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
