"""What is written is true: code blocks run, generated pages are what the code says now, links lead somewhere."""

from __future__ import annotations

import os
import pkgutil
import re
import shutil
import subprocess
import sys
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from inspect import signature
from itertools import product
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from attrs import evolve

import poec_workflow
from django_settings import configure
from poec_workflow import Settings, Workflow
from poec_workflow.adapters.sql import SqlStorage
from poec_workflow.diagrams import FORMATS, render
from poec_workflow.diagrams.markdown_blocks import update_blocks
from poec_workflow.errors import KIND_OF_CODE
from poec_workflow.machines import LIFECYCLES
from poec_workflow.serialization import journal_line
from poec_workflow.testing import play

# The app's models are importable in a project alone.
configure()

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
GENERATED = DOCS / "reference" / "generated"
TESTING = "docs/how-to/test-your-rules.md"
RUN_BY_THEIR_OWN_TEST = {"docs/how-to/django.md", "docs/how-to/explore-your-rules.md", "docs/how-to/grow.md", TESTING}
PAGES = sorted(
    {str(each.relative_to(ROOT)) for each in (*DOCS.rglob("*.md"), ROOT / "README.md")} - RUN_BY_THEIR_OWN_TEST
)
FRENCH = {
    str(each.relative_to(ROOT)) for each in DOCS.rglob("*.md") if "[This page in English](" in each.read_text("utf-8")
}
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SHOWN_BEHIND = re.compile(r"^```python\n(?:(?!```)[^\n]*\n)*```\n\n```text\n((?:(?!```)[^\n]*\n)*)", re.MULTILINE)
"""What a block of text shows behind a block of Python is what that prints."""
PROMISED = re.compile(r"^ *print\(.*\)  # (\S.*)$", re.MULTILINE)
SETTINGS = """
from poec_workflow import Settings
ours = Settings(max_convocations=2)
"""
NOT_RUN = ("pip ", "python3 -m venv ", ".venv/", "uv ", "cp ", "psql ", "eval ", "git ", "npm ")
CAMPAIGNS = ("python tests/", "python -m benchmarks")
"""Commands that need a network, a server, or a shell of the reader's own, and what takes long. `.ci/run` runs the
README's by itself, and a test holds that the campaigns are there."""


def blocks(page: str, language: str) -> list[str]:
    text = (ROOT / page).read_text(encoding="utf-8")
    return [code for found, code in BLOCK.findall(text) if found == language]


def ran(page: str) -> dict[str, Any]:
    """What a page's Python blocks leave, run in order in one namespace."""
    namespace: dict[str, Any] = {"__name__": "page"}
    for code in blocks(page, "python"):
        exec(compile(code, page, "exec"), namespace)  # noqa: S102 - our own page
    return namespace


@pytest.mark.parametrize("page", [each for each in PAGES if blocks(each, "python")])
def test_python_blocks_run(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In order, in one namespace; what a comment behind a `print` promises is printed."""
    monkeypatch.chdir(tmp_path)
    ran(page)
    printed = capsys.readouterr().out
    promised = [line for code in blocks(page, "python") for line in PROMISED.findall(code)]
    promised += "".join(SHOWN_BEHIND.findall((ROOT / page).read_text(encoding="utf-8"))).splitlines()
    assert [each for each in promised if each not in printed] == []


@pytest.mark.parametrize("page", [each for each in PAGES if blocks(each, "console")])
def test_console_blocks_run(page: str, tmp_path: Path) -> None:
    """Every command ends well but where its output says otherwise, and prints what the page shows."""
    _prepare(tmp_path, page)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    for command, shown in (each for code in blocks(page, "console") for each in commands_of(code)):
        if command.startswith((*NOT_RUN, *CAMPAIGNS)):
            continue
        said = subprocess.run(
            ["bash", "-c", command],
            cwd=tmp_path,
            env=os.environ
            | {
                "PATH": path,
                "POEC_LANG": "fr" if page in FRENCH else "en",
                "NO_COLOR": "1",
                "PYTHONPATH": str(tmp_path),
            },
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        assert said.returncode in ((0, 1, 2) if shown else (0, 1)), (command, said.stderr)
        assert "Traceback" not in said.stderr
        for line in shown:
            assert line.strip() in (said.stdout + said.stderr), (command, line, said.stdout, said.stderr)


def _prepare(folder: Path, page: str) -> None:
    """What the pages take for given: a journal, a store that a service works on, its settings, a page of its own."""
    (folder / "page.md").write_text("\n".join(blocks(page, "markdown")), encoding="utf-8")
    town = ROOT / "examples" / "town.jsonl"
    for name in ("journal.jsonl", "season.jsonl"):
        shutil.copy(town, folder / name)
    shutil.copy(ROOT / "tests" / "data" / "imports" / "lheo" / "carif-2.2.xml", folder / "offre.xml")
    shutil.copy(ROOT / "tests" / "data" / "imports" / "actions.csv", folder / "actions.csv")
    shutil.copy(ROOT / "tests" / "data" / "imports" / "rafael_candidatures.csv", folder / "candidatures.csv")
    (folder / "sessions.csv").write_text(
        "N° session;N° action;Date;Lieu;OF;Responsable;Places;Date limite d'inscription;État\n"
        "00301234;20211100002;du 09/12/2021 au 04/03/2022;Agen;AFEC;AFEC;12;09/12/2021;Active\n",
        encoding="utf-8",
    )
    for code in blocks(page, "toml"):
        if found := re.match(r"# (\w+\.toml)\n", code):
            (folder / found[1]).write_text(code, encoding="utf-8")
    (folder / "our_settings.py").write_text(SETTINGS, encoding="utf-8")
    for code in blocks(page, "python"):
        if named := re.match(r"# (\w+\.py)\n", code):
            (folder / named[1]).write_text(code, encoding="utf-8")
    drawn = (DOCS / "taken_back.py").read_text(encoding="utf-8")
    (folder / "our_rows.py").write_text(f"{drawn}\nours = OURS\n", encoding="utf-8")
    with SqlStorage.open(f"sqlite:///{folder / 'poec.db'}") as storage:
        Workflow(storage).execute_many(map(journal_line, town.read_bytes().splitlines()))


def commands_of(block: str) -> list[tuple[str, list[str]]]:
    """Each command of a console block with the lines that are shown behind it."""
    found: list[tuple[str, list[str]]] = []
    going_on = False
    for line in block.splitlines():
        if line.startswith("$ "):
            found.append((line[2:], []))
        elif going_on:
            found[-1] = (f"{found[-1][0]}\n{line}", [])
        elif line.strip():
            found[-1][1].append(line)
        going_on = line.rstrip().endswith(("|", "\\"))
    return found


def test_what_the_manual_sets_can_be_drawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every lifecycle under every settings of the page, in each format that needs no program."""
    monkeypatch.chdir(tmp_path)
    made = [each for each in ran("docs/how-to/set-your-policies.md").values() if isinstance(each, Settings)]
    assert len(made) >= 3
    for lifecycle, settings, as_ in product(LIFECYCLES.values(), made, sorted(set(FORMATS) - {"svg"})):
        assert render(lifecycle, as_, settings=settings)


def test_the_adapters_page_runs(tmp_path: Path) -> None:
    """Its adapter keeps a contract of its own suite."""
    suite = ran("docs/how-to/write-an-adapter.md")["TestCountingStorage"]()
    with suite.empty_storage(tmp_path) as storage:
        suite.test_a_key_gets_the_first_answer_again(storage)
        assert storage.count


def test_the_channels_page_runs(tmp_path: Path) -> None:
    """Its channel keeps the contract of its own suite."""
    suite = ran("docs/how-to/write-a-channel.md")["TestLines"]()
    with suite.open_channel(tmp_path) as opened:
        suite.test_every_message_arrives_once_and_in_order(opened)
    suite.test_what_does_not_arrive_is_said(tmp_path)


def test_the_page_on_testing_rules_runs(capsys: pytest.CaptureFixture[str], poec_workflow: Workflow) -> None:
    """Its story, its properties, its machines; and the failure that it promises."""
    namespace = ran(TESTING)
    out = capsys.readouterr().out
    assert out.startswith("nobody-is-received-on-a-sunday\n")
    assert "The shortest journal that was found (6 lines)" in out
    namespace["TestMendedRules"]("runTest").debug()
    ours = evolve(poec_workflow, settings=namespace["ours"])
    namespace["test_nobody_is_received_on_a_sunday"](lambda journal: play(journal, ours))


def generator() -> ModuleType:
    """The command that writes `docs/reference/generated/`."""
    if str(DOCS) not in sys.path:
        sys.path.append(str(DOCS))  # where its neighbour is, as for a command
    spec = spec_from_file_location("generate", DOCS / "generate.py")
    assert spec
    assert spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_no_generated_page_is_stale() -> None:
    """Each is what `python docs/generate.py` writes (pictures but for places), and no other file stands beside them."""
    assert list(generator().stale()) == []


def test_every_generated_page_is_included() -> None:
    """By a page that says what it is; and no page includes what is not there."""
    included = {
        (page.parent / name).resolve()
        for page in DOCS.rglob("*.md")
        for name in re.findall(r"^```{include} (\S+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert included == {each.resolve() for each in GENERATED.glob("*.md")}


def test_every_module_says_what_it_holds() -> None:
    """In a docstring whose first sentence is short enough for a table."""
    generator()
    first_sentence = import_module("code_map").first_sentence
    for path in (ROOT / "src").rglob("*.py"):
        assert 10 <= len(first_sentence(path)) <= 240, path


def test_the_api_page_has_every_public_name() -> None:
    """What `poec_workflow` exports stands in the reference, and what stands there can be imported."""
    named = re.findall(
        r"^\.\. auto\w+:: (\S+)$", (DOCS / "reference" / "api.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert [each for each in named if pkgutil.resolve_name(each) is None] == []
    values = [each for each in poec_workflow.__all__ if not isinstance(getattr(poec_workflow, each), ModuleType)]
    assert [each for each in values if f"poec_workflow.{each}" not in named and not each.startswith("__")] == []


def test_the_readmes_picture_is_fresh() -> None:
    """Its marked block is what the tables draw now."""
    page = (ROOT / "README.md").read_text(encoding="utf-8")
    assert page == update_blocks(page)
    assert "stateDiagram-v2" in page


def test_every_code_has_its_help() -> None:
    """And no line of `refusal_help.toml` is of a code that does not exist."""
    drawn = generator()
    assert set(drawn.help_by_code()) == {*drawn.BEFORE_THE_RULES, *drawn.rule_codes()}
    assert set(drawn.BEFORE_THE_RULES) == set(KIND_OF_CODE)


def test_every_code_can_be_found() -> None:
    """A code is a function of `policies/` by its name, or one of the answers that the page lists."""
    policies = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "src/poec_workflow/policies").glob("*.py"))
    for lifecycle in LIFECYCLES.values():
        for rule in lifecycle.rules:
            for code in rule.codes:
                assert f"def {code.replace('-', '_')}(" in policies
    page = (DOCS / "explanation" / "rules.md").read_text(encoding="utf-8")
    assert all(code in page or code.startswith("unknown-") for code in KIND_OF_CODE)


def test_links_inside_the_pages_lead_somewhere() -> None:
    """Every relative link of README, CONTRIBUTING, docs and examples names a file that exists."""
    for page in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *DOCS.rglob("*.md"), *ROOT.glob("examples/*/README.md")):
        for target in re.findall(r"\]\((?!http)([^)#]+)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_the_page_on_the_command_line_tells_how_long_is_waited() -> None:
    """By the defaults of `SqlStorage.open`."""
    waits = signature(SqlStorage.open).parameters
    told = f"{waits['busy_timeout'].default:.0f} seconds at a time, {waits['attempts'].default} times at most"
    assert told in (DOCS / "reference" / "command-line.md").read_text(encoding="utf-8")


def test_every_page_stands_in_the_index() -> None:
    """What no table of contents names, nobody finds."""
    index = (DOCS / "index.md").read_text(encoding="utf-8")
    found = (each for each in DOCS.rglob("*.md") if not each.is_relative_to(GENERATED))
    pages = {str(each.relative_to(DOCS).with_suffix("")) for each in found} - {"index"}
    assert [each for each in sorted(pages) if f"\n{each}\n" not in index] == []


PLAIN_SPACE = re.compile("(?<=\\S) [:;?!%»]|« |«\\S| »")


def test_french_pages_are_set_as_french_is() -> None:
    """A space that does not break stands before double signs and inside of quotation marks."""
    assert len(FRENCH) == 3
    for page in sorted(FRENCH):
        text = re.sub(r"^```.*?^```$", "", (ROOT / page).read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
        prose = re.sub(r"`[^`]*`|\]\([^)]*\)|^\|[-|]+\|$", "", text, flags=re.MULTILINE)
        assert [
            line for line in prose.splitlines() if PLAIN_SPACE.search(line.replace("\u00a0", "\N{NO-BREAK SPACE}"))
        ] == []


def test_french_pages_do_what_the_english_ones_do() -> None:
    """The same calls of the package in the same order, whatever the reader's own things are called."""
    for french, english in (
        ("docs/tutoriel.md", "docs/tutorial.md"),
        ("docs/how-to/dans-un-service.md", "docs/how-to/use-in-a-service.md"),
    ):
        assert _calls(french) == _calls(english)


def _calls(page: str) -> list[str]:
    code = "\n".join(blocks(page, "python"))
    return re.findall(r"commands\.\w+|\.(?:execute\w*|preview|submit|explain|sweep|using|history|dashboard)\b", code)


@pytest.mark.parametrize("page", ["docs/tutorial.md", "docs/tutoriel.md"])
def test_the_tutorial_can_be_typed(page: str, tmp_path: Path) -> None:
    """Into an interactive session, block by block, and into a file: with the same effect."""
    typed = "\n\n".join(blocks(page, "python")) + "\n\n"
    (tmp_path / "season.py").write_text(typed, encoding="utf-8")
    for arguments, given in ((["-i", "-q"], typed), (["season.py"], "")):
        ran = subprocess.run(
            [sys.executable, *arguments],
            cwd=tmp_path,
            input=given,
            capture_output=True,
            text=True,
            encoding="utf-8",
            env=os.environ | {"PYTHONUTF8": "1"},
            check=False,
        )
        assert ran.returncode == 0
        assert "Error" not in ran.stderr
        assert "422 on-sunday" in ran.stdout
