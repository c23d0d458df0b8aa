"""`diagram`: from a store, into a page, and what is wrong usage."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from poec_workflow import Workflow
from poec_workflow.adapters.sql import SqlStorage
from poec_workflow.cli.app import program
from poec_workflow.diagrams import FORMATS, render
from poec_workflow.diagrams.markdown_blocks import update_blocks
from poec_workflow.diagrams.transition_counts import count_transitions
from poec_workflow.machines import APPLICATION, LIFECYCLES, SESSION, TRAINING_ACTION

STALE = "# Page\n\n<!-- poec-lifecycle session lang=en full=yes -->\nold\n<!-- /poec-lifecycle -->\n"
OF = {APPLICATION: ("application", "C-1"), SESSION: ("session", "00301234"), TRAINING_ACTION: ("action", "20211102000")}


def diagram(*words: str, store: str = "memory:") -> Result:
    """Run `diagram`; whatever happens it leaves by an exit code."""
    ran = CliRunner().invoke(program, ["diagram", *words], env={"POEC_STORE": store})
    assert ran.exception is None or isinstance(ran.exception, SystemExit), ran.exception
    return ran


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The demo's season, kept."""
    kept = tmp_path_factory.mktemp("season") / "demo.db"
    assert CliRunner().invoke(program, ["demo", "--keep", str(kept)]).exit_code == 0
    return f"sqlite:///{kept}"


@pytest.mark.parametrize("as_", ["svg", "dot", "plantuml", "rows"])
def test_every_format_is_printed(as_: str) -> None:
    """`diagram` prints exactly what `render` gives."""
    assert diagram("session", "--as", as_, "--lang", "fr").stdout == render(SESSION, as_, lang="fr")


def test_options_are_renders() -> None:
    """Actors, colours and grouping are chosen as in `render`."""
    ran = diagram("--as", "dot", "--actors", "--no-colours", "--no-grouped", "--no-conditions", "--codes")
    drawn = render(APPLICATION, "dot", lang="en", show=("codes", "actors"), colours=False, grouped=False)
    assert (ran.exit_code, ran.stdout) == (0, drawn)


@pytest.mark.parametrize("as_", FORMATS)
@pytest.mark.parametrize(
    ("words", "asked"),
    [
        ((), {}),
        (("--full",), {"full": True}),
        (("--codes",), {"show": ("conditions", "codes")}),
        (("--full", "--no-codes", "--grouped"), {"show": ("conditions",), "grouped": True}),
    ],
)
def test_the_command_line_shows_what_python_shows(as_: str, words: tuple[str, ...], asked: Mapping[str, Any]) -> None:
    """Without options what can be read at a glance, with `--full` the whole, and options come before either."""
    ran = diagram("session", "--as", as_, "--lang", "fr", *words)
    assert (ran.exit_code, ran.stdout) == (0, render(SESSION, as_, lang="fr", **asked))


@pytest.mark.parametrize("lifecycle", LIFECYCLES.values(), ids=lambda each: each.name)
def test_a_path_is_read_from_the_store(store: str, lifecycle: Any) -> None:
    """A subject names its lifecycle, and its history is what is marked."""
    option, reference = OF[lifecycle]
    ran = diagram(f"--{option}", reference, store=store)
    with SqlStorage.open(store) as storage:
        told = Workflow(storage).history(lifecycle.kind, reference)
    assert told
    assert ran.stdout == render(lifecycle, "mermaid", lang="en", path=told)
    assert diagram(lifecycle.name, f"--{option}", reference, store=store).stdout == ran.stdout


def test_counts_are_read_from_the_store(store: str) -> None:
    """How often each row was taken stands with it; a path may stand there too."""
    with SqlStorage.open(store) as storage:
        counts = count_transitions(storage.queries, APPLICATION)
        told = Workflow(storage).history(APPLICATION.kind, "C-2")
    assert diagram("--counts", store=store).stdout == render(APPLICATION, "mermaid", lang="en", counts=counts)
    both = diagram("--counts", "--application", "C-2", store=store)
    assert both.stdout == render(APPLICATION, "mermaid", lang="en", counts=counts, path=told)


def test_a_subject_that_is_not_there_is_refused(store: str) -> None:
    """As everywhere: the refusal's code, exit 1."""
    ran = diagram("--application", "C-99", store=store)
    assert (ran.exit_code, ran.stdout) == (1, "")
    assert "C-99" in ran.stderr


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("session", "--application", "C-1"), "C-1 is no session"),
        (("--application", "C-1", "--session", "S-1"), "one path at a time"),
        (("--check",), "--check goes with --into"),
        (("--into", "nowhere.md"), "does not exist"),
    ],
)
def test_wrong_usage_exits_2(words: tuple[str, ...], message: str) -> None:
    """It is said on stderr, and nothing is drawn."""
    ran = diagram(*words)
    assert (ran.exit_code, ran.stdout) == (2, "")
    assert message in ran.stderr


def test_a_page_is_drawn_into(tmp_path: Path) -> None:
    """Stale, `--check` says so and changes nothing; drawn anew it is fresh, and drawing again changes nothing."""
    page = tmp_path / "page.md"
    page.write_bytes(STALE.encode())
    stale = diagram("--into", str(page), "--check")
    assert (stale.exit_code, stale.stdout) == (1, "")
    assert "is stale" in stale.stderr
    assert page.read_bytes() == STALE.encode()
    assert diagram("--into", str(page)).exit_code == 0
    assert page.read_bytes() == update_blocks(STALE).encode()
    fresh = diagram("--into", str(page), "--check")
    assert (fresh.exit_code, fresh.stdout, fresh.stderr) == (0, "", "")
    before = page.stat().st_mtime_ns
    assert diagram("--into", str(page)).exit_code == 0
    assert page.stat().st_mtime_ns == before


@pytest.mark.parametrize("content", [b"no marker", b"<!-- poec-lifecycle session -->\n", b"\xff\xfe"])
def test_a_broken_page_stays_as_it_is(tmp_path: Path, content: bytes) -> None:
    """Exit 2, the page's name and what is wrong on stderr, and not a byte changed."""
    page = tmp_path / "page.md"
    page.write_bytes(content)
    ran = diagram("--into", str(page))
    assert ran.exit_code == 2
    assert f"{page}: " in " ".join(ran.stderr.split()).replace("- ", "-")
    assert page.read_bytes() == content


def test_a_page_is_drawn_under_a_services_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`--settings` holds for every block."""
    (tmp_path / "ours_for_pages.py").write_text(
        "from poec_workflow import Settings, commands\n"
        "def never_on_monday(session, facts): return None\n"
        "ours = Settings(refuse_also={commands.SetCapacity: (never_on_monday,)})\n",
        encoding="utf-8",
    )
    monkeypatch.syspath_prepend(tmp_path)
    page = tmp_path / "page.md"
    page.write_text(STALE, encoding="utf-8")
    assert diagram("--into", str(page), "--settings", "ours_for_pages:ours").exit_code == 0
    assert "never-on-monday" in page.read_text(encoding="utf-8")
    assert diagram("--into", str(page), "--check").exit_code == 1


def test_without_its_extra_an_svg_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without pygraphviz the other formats are drawn, and an SVG says how to get it."""
    monkeypatch.setitem(sys.modules, "pygraphviz", None)
    ran = diagram("--as", "svg")
    assert (ran.exit_code, ran.stdout) == (2, "")
    assert "pip install 'poec-workflow[diagrams]'" in ran.stderr
    assert diagram("--as", "dot").exit_code == 0
