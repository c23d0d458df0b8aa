"""The explorer as it is asked for: from the command line, from Python, and as its page of the documentation says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from explored import page

from poec_workflow import Settings
from poec_workflow.cli.app import program
from poec_workflow.diagrams import render
from poec_workflow.machines import APPLICATION, SESSION, TRAINING_ACTION, Lifecycle

HOW_TO = Path(__file__).parent.parent.parent / "docs" / "how-to" / "explorer.md"


@pytest.mark.parametrize(
    ("lifecycle", "lang"),
    [(APPLICATION, "fr"), (SESSION, "en"), (TRAINING_ACTION, "fr")],
    ids=lambda each: each if isinstance(each, str) else each.name,
)
def test_the_command_writes_the_page(lifecycle: Lifecycle, lang: str) -> None:
    """Of each lifecycle, the bytes are those that Python renders."""
    ran = CliRunner().invoke(program, ["diagram", lifecycle.name, "--as", "html", "--lang", lang])
    assert (ran.exit_code, ran.stdout) == (0, page(Settings(), lang, lifecycle).html)


def test_a_language_that_it_does_not_speak() -> None:
    """An unknown language is a `ValueError` that says which there are."""
    with pytest.raises(ValueError, match=r"'de'.*fr, en"):
        render(APPLICATION, "html", lang="de")


def test_its_page_of_the_documentation_runs() -> None:
    """Every Python block of the how-to runs."""
    blocks = re.findall(r"^```python\n(.*?)^```$", HOW_TO.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    assert blocks
    for code in blocks:
        exec(compile(code, HOW_TO.name, "exec"), {})  # noqa: S102 - our own page
