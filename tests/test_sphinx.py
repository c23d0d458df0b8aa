"""The Sphinx directive, in real builds of a service's documentation, warnings being errors."""

from __future__ import annotations

import html
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from poec_workflow import SubjectKind, commands, events
from poec_workflow.diagrams import graph, render
from poec_workflow.diagrams.svg import description
from poec_workflow.machines import APPLICATION, SESSION, Rule, with_rows

CONF = """
import sys
sys.path.insert(0, ".")
project = "Ours"
extensions = ["myst_parser", "poec_workflow.diagrams.sphinx"]
html_theme = "furo"
exclude_patterns = ["out"]
"""
SETTINGS = """
from poec_workflow import Settings, commands, events
from poec_workflow.machines import Rule, with_rows

def never_on_monday(application, facts):
    return None

ours = Settings(refuse_also={commands.Convoke: (never_on_monday,)})
theirs = {}
rows = with_rows(Rule("X1", "retained", commands.Withdraw, "rejected", events.Withdrawn))
"""
INDEX = """
# Our applications

```{poec-lifecycle} application
:lang: en
:show: conditions,codes
:settings: our_settings:ours
```

The same in French, and the sessions:

```{poec-lifecycle} application
:format: svg
```

```{poec-lifecycle} session
:format: table
:lang: en
```

```{poec-lifecycle} session
:format: mermaid
:grouped: yes
```

```{poec-lifecycle} application
:format: mermaid
:lifecycles: our_settings:rows
```

```{toctree}
other
```
"""
OTHER = """
Other
=====

.. poec-lifecycle:: session
   :format: rows
   :lang: en
"""


def _sphinx(folder: Path, builder: str, **pages: str) -> subprocess.CompletedProcess[str]:
    for name, text in {"conf.py": CONF, "our_settings.py": SETTINGS, **pages}.items():
        (folder / name.replace("__", ".")).write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "sphinx", "-W", "-q", "-b", builder, ".", f"out/{builder}"]
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, encoding="utf-8", timeout=120, check=False
    )


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A service's documentation, as pages and as text."""
    folder = tmp_path_factory.mktemp("docs")
    for builder in ("html", "text"):
        ran = _sphinx(folder, builder, index__md=INDEX, other__rst=OTHER)
        assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")
    return folder / "out"


def _words(page: Path) -> str:
    text = html.unescape(re.sub(r"<[^>]+>", " ", page.read_text(encoding="utf-8")))
    return re.sub(r"\s+", " ", text)


def test_the_picture_is_in_the_page(built: Path) -> None:
    """Under the service's settings, in the language asked for; the second has identifiers of its own."""
    page = (built / "html" / "index.html").read_text(encoding="utf-8")
    first, second = re.findall(
        r"<svg .*?</svg>", re.sub(r"<svg (?!xmlns).*?</svg>", "", page, flags=re.DOTALL), re.DOTALL
    )[-2:]
    assert "never-on-monday" in first
    assert f"{second}\n" == render(APPLICATION, "svg").replace("application-", "application-1-")
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len({*ids})
    for picture in (first, second):
        ET.fromstring(picture)  # noqa: S314 - our own


def test_tables_are_tables(built: Path) -> None:
    """The decision table and the rows are tables of the page, in Markdown and in reStructuredText."""
    index = (built / "html" / "index.html").read_text(encoding="utf-8")
    other = (built / "html" / "other.html").read_text(encoding="utf-8")
    assert (index.count("<table"), other.count("<table")) == (1, 1)
    assert index.count("<tr") == 1 + len(SESSION.by_command)
    assert other.count("<tr") == 1 + len(SESSION.rules)
    for rule in SESSION.rules:
        for code in rule.codes:
            assert f'<span class="pre">{code}</span>' in index
            assert f'<span class="pre">{code}</span>' in other
    assert "|" not in other[other.index("<table") : other.index("</table")]


def test_other_formats_are_code(built: Path) -> None:
    """The source of a diagram is shown, for who has an extension that draws it."""
    words = _words(built / "html" / "index.html")
    assert re.sub(r"\s+", " ", render(SESSION, "mermaid", grouped=True)).strip() in words


def test_a_row_of_ones_own_is_drawn(built: Path) -> None:
    """The lifecycles are named as the settings are."""
    words = _words(built / "html" / "index.html")
    ours = with_rows(Rule("X1", "retained", commands.Withdraw, "rejected", events.Withdrawn))
    drawn = render(ours[SubjectKind.APPLICATION], "mermaid")
    assert re.sub(r"\s+", " ", drawn).strip() in words


def test_without_html_the_rows_are_description(built: Path) -> None:
    """Where a builder writes no HTML, the picture is a list of rows."""
    text = re.sub(r"\s+", " ", (built / "text" / "index.txt").read_text(encoding="utf-8"))
    for row in description(graph(APPLICATION)):
        assert re.sub(r"\s+", " ", f"* {row}") in text
    assert "<svg" not in text


WRONG = {
    "horse": "unknown lifecycle 'horse'",
    "session\n:lang: de": "unknown lang 'de'",
    "session\n:format: crayon": "unknown format 'crayon'",
    "session\n:settings: our_settings:theirs": "no poec_workflow.Settings",
    "session\n:lifecycles: our_settings:theirs": "our_settings:theirs: expected the lifecycle of application",
    "session\n:lifecycles: our_settings:never_on_monday": "expected lifecycles",
    "session\n:settings: nowhere:ours": "nowhere",
    "session\n:settings: our_settings:yours": "yours",
}


def test_a_wrong_option_fails_the_build(tmp_path: Path) -> None:
    """Each at its line, with what is wrong."""
    page = "# Ours\n"
    expected = []
    for options, message in WRONG.items():
        expected.append((page.count("\n") + 2, message))
        page += f"\n```{{poec-lifecycle}} {options}\n```\n"
    ran = _sphinx(tmp_path, "dummy", index__md=page)
    assert ran.returncode != 0
    for line, message in expected:
        (said,) = re.findall(rf"index\.md:{line}: (.*)", ran.stderr)
        assert message in said
