"""The command line: what each command prints, on which stream, and the code that it exits with."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from poec_workflow import (
    CommandRefused,
    Conflict,
    Malformed,
    Refusal,
    SchemaOutdated,
    Settings,
    StorageUnavailable,
    __version__,
    bootstrap,
    cli,
    commands,
    decider,
)
from poec_workflow.adapters.memory import MemoryStorage
from poec_workflow.cli.app import program
from poec_workflow.cli.terminal import print_table, table
from poec_workflow.diagrams import render
from poec_workflow.machines import LIFECYCLES
from poec_workflow.serialization import journal_line
from poec_workflow.testing import SettableClock

SEASON = Path(__file__).parent / "data" / "season"
JOURNAL = str(SEASON / "journal.jsonl")
MEMORY = ["--store", "memory:"]
COMMANDS = ("demo", "run", "check", "diagram")

FUNNY_MODULE = """
from decimal import Decimal
from poec_workflow import Settings, commands

def never(subject, facts):
    return {}

never_refused = Settings(refuse_also={commands.CreateAction: (never,)})
number = 5
"""


def invoke(*arguments: str, **environment: str | None) -> Result:
    """Run the program; whatever happens it leaves by an exit code."""
    ran = CliRunner().invoke(program, list(arguments), env=environment)
    assert ran.exception is None or isinstance(ran.exception, SystemExit), ran.exception
    assert "Traceback" not in ran.output
    return ran


def process(*arguments: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the program as a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "poec_workflow", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONUTF8": "1", **environment},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=60,
    )


@pytest.fixture
def own_modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A working directory with modules of a service, forgotten afterwards."""
    monkeypatch.chdir(tmp_path)
    before = set(sys.modules)
    sources = {
        "own_funny": FUNNY_MODULE,
        "own_wrong": "from poec_workflow import Settings\nsettings = Settings(max_convocations=0)\n",
        "own_misspelt": "from poec_workflow import Settings\nsettings = Settings(nonsense=1)\n",
        "own_broken": "def settings(:\n",
        "own_failing": "settings = 1 / 0\n",
        "own_missing": "import no_such_module_of_ours\n",
    }
    for name, text in sources.items():
        (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")
    yield tmp_path
    for name in set(sys.modules) - before:
        del sys.modules[name]


# run


def test_a_season_is_judged_exactly(tmp_path: Path) -> None:
    """The season's journal gives exactly the expected refusals, and the expected state of everything."""
    expected = json.loads((SEASON / "expected.json").read_text(encoding="utf-8"))
    refusals = tmp_path / "refusals.jsonl"
    ran = invoke("run", JOURNAL, *MEMORY, "--format", "json", "--refusals", str(refusals))
    written = [json.loads(each) for each in refusals.read_text(encoding="utf-8").splitlines()]
    assert [{**each, "codes": set(each["codes"])} for each in written] == [
        {**each, "codes": set(each["codes"])} for each in expected["refusals"]
    ]
    out = json.loads(ran.stdout)
    assert out["states"] == {
        "applications": expected["states"],
        "sessions": expected["session_states"],
        "actions": expected["action_states"],
    }
    assert (ran.exit_code, ran.stderr) == (1, "")
    assert (out["refused"], out["malformed"]) == (len(written), 0)
    assert out["accepted"] + out["refused"] == len(Path(JOURNAL).read_bytes().splitlines())
    assert sum(out["codes"].values()) == sum(len(each["codes"]) for each in expected["refusals"])


def test_a_season_in_words() -> None:
    """As text, a run prints its counts and a table of codes, in the language asked for."""
    english = invoke("run", JOURNAL, *MEMORY)
    french = invoke("run", JOURNAL, *MEMORY, POEC_LANG="fr")
    assert " accepted\n" in english.stdout
    assert " acceptées\n" in french.stdout
    assert "not-permitted" in english.stdout
    assert (english.exit_code, french.exit_code) == (1, 1)
    assert len(english.stdout.splitlines()) < 60


def test_the_store_may_be_named_by_the_environment(tmp_path: Path) -> None:
    """`POEC_STORE` names the store where the option does not; the option wins."""
    empty = tmp_path / "empty.jsonl"
    empty.touch()
    assert invoke("run", str(empty), POEC_STORE="memory:").exit_code == 0
    assert invoke("run", str(empty), POEC_STORE="nobody:").exit_code == 2
    assert invoke("run", str(empty), *MEMORY, POEC_STORE="nobody:").exit_code == 0


@pytest.mark.parametrize("url", ["nobody://x", "", "memory", "memory:/x"])
def test_unknown_stores_are_usage_errors(url: str, tmp_path: Path) -> None:
    """A store that nobody knows is a usage error that names it."""
    empty = tmp_path / "empty.jsonl"
    empty.touch()
    ran = invoke("run", str(empty), "--store", url)
    assert (ran.exit_code, ran.stdout) == (2, "")
    assert f"for '{url.partition('//')[0]}" in ran.stderr


def test_a_journal_may_come_from_standard_input() -> None:
    """`-` reads the journal from standard input."""
    ran = CliRunner().invoke(program, ["run", "-", *MEMORY], input=Path(JOURNAL).read_bytes().splitlines()[0])
    assert ran.exit_code == 0
    assert "1 accepted" in ran.stdout


@pytest.mark.parametrize("place", ["no/such/folder/refusals.jsonl", "."])
def test_refusals_that_cannot_be_written_are_usage_errors(place: str, tmp_path: Path) -> None:
    """A file of refusals that can't be made is a usage error, before anything is done."""
    ran = invoke("run", JOURNAL, *MEMORY, "--refusals", str(tmp_path / place))
    assert ran.exit_code == 2
    assert "refusals" in ran.stderr


@pytest.mark.parametrize("spelling", ["journal.jsonl", "./journal.jsonl", "{folder}/journal.jsonl", "link.jsonl"])
@pytest.mark.parametrize("other", ["journal.jsonl", "./journal.jsonl", "{folder}/journal.jsonl"])
def test_a_journal_is_never_overwritten(
    spelling: str, other: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The journal itself is refused as the file of refusals, however it is named."""
    monkeypatch.chdir(tmp_path)
    journal, first = tmp_path / "journal.jsonl", Path(JOURNAL).read_bytes().splitlines()[0]
    journal.write_bytes(first)
    (tmp_path / "link.jsonl").symlink_to(journal)
    names = [each.format(folder=tmp_path) for each in (other, spelling)]
    assert invoke("run", names[0], *MEMORY, "--refusals", names[1]).exit_code == 2
    assert journal.read_bytes() == first


def test_a_services_own_policy_refuses_a_line(own_modules: Path) -> None:
    """With `--settings` a journal is judged by a service's own rules, found in the working directory."""
    first = own_modules / "first.jsonl"
    first.write_bytes(Path(JOURNAL).read_bytes().splitlines()[0])
    ran = invoke("run", str(first), *MEMORY, "--format", "json", "--settings", "own_funny:never_refused")
    assert json.loads(ran.stdout)["codes"] == {"never": 1}
    assert ran.exit_code == 1
    assert "" not in sys.path


@pytest.mark.usefixtures("own_modules")
@pytest.mark.parametrize("command", [("check",), ("diagram",), ("run", JOURNAL, *MEMORY)], ids=lambda each: each[0])
@pytest.mark.parametrize(
    "place",
    [
        "own_funny:number", "own_funny:nothing", "own_funny", "own_funny:", "own_wrong:settings",
        "own_misspelt:settings", "own_broken:settings", "own_failing:settings", "own_missing:settings",
        "no_such_module:settings", ":settings",
        "", ":", ".x:settings", "own_funny.x:settings", "own funny:settings", "sys:path", "own_funny:never_refused.x",
    ],
)  # fmt: skip
def test_settings_that_cannot_be_had_are_usage_errors(command: tuple[str, ...], place: str) -> None:
    """Settings that can't be imported, or are none, are a usage error that names them, and no traceback."""
    ran = invoke(*command, "--settings", place)
    assert (ran.exit_code, ran.stdout) == (2, "")
    assert f"--settings {place}" in ran.stderr


# check, diagram, demo


def test_check_counts_the_tables() -> None:
    """`check` prints, for each lifecycle, what its table has."""
    found = json.loads(invoke("check", "--applications", "1", "--format", "json").stdout)
    assert found["settings"] == Settings().fingerprint
    assert [(each["lifecycle"], each["rows"], each["states"], each["final"]) for each in found["lifecycles"]] == [
        ("application", 15, 9, 5),
        ("session", 12, 3, 1),
        ("training-action", 10, 4, 1),
    ]
    assert [each["fingerprint"] for each in found["lifecycles"]] == [each.fingerprint for each in LIFECYCLES.values()]


def test_check_in_words() -> None:
    """As text, `check` has a line per lifecycle, what was explored, and says that the settings are fine."""
    ran = invoke("check", "--applications", "1")
    assert ran.exit_code == 0
    assert "33 of 34 rows taken\nnever taken: L13 " in ran.stdout
    assert all(each.name in ran.stdout for each in LIFECYCLES.values())
    assert ran.stdout.endswith(f"settings {Settings().fingerprint}: ok\n")


@pytest.mark.usefixtures("own_modules")
def test_check_counts_a_services_own_codes() -> None:
    """A service's own policies count among the codes of their lifecycle."""
    small = ("check", "--applications", "1", "--format", "json")
    usual = json.loads(invoke(*small).stdout)
    own = json.loads(invoke(*small, "--settings", "own_funny:never_refused").stdout)
    both = zip(own["lifecycles"], usual["lifecycles"], strict=True)
    assert [one["codes"] - other["codes"] for one, other in both] == [0, 0, 1]
    assert {each["row"]: each["own"] for each in own["exploration"]["dead_rows"]}["A1"] == ["never"]


@pytest.mark.usefixtures("own_modules")
def test_check_names_what_a_services_settings_make_impossible() -> None:
    """Rows and states that nothing reaches under the settings are told, with what refused them; it is no failure."""
    ran = invoke("check", "--applications", "1", "--settings", "own_funny:never_refused")
    assert ran.exit_code == 0
    assert "never (own policy)" in ran.stdout
    assert "never reached: " in ran.stdout


def test_check_prints_a_journal_to_a_violation(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a planted fault it exits 1, and prints the invariant and journal lines that can be read back."""
    monkeypatch.setattr(decider, "permitted", lambda *_: True)
    ran = invoke("check", "--applications", "1")
    assert ran.exit_code == 1
    assert "violation: strangers-may-do-nothing: " in ran.stdout
    lines = [line for line in ran.stdout.splitlines() if line.startswith("{")]
    assert 1 <= len([journal_line(line) for line in lines]) <= 12


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize("as_", ["mermaid", "table"])
@pytest.mark.parametrize("lifecycle", LIFECYCLES.values(), ids=lambda each: each.name)
def test_diagrams_are_drawn(lifecycle: Any, as_: str, lang: str) -> None:
    """`diagram` prints exactly what `diagrams.render` gives."""
    ran = invoke("diagram", lifecycle.name, "--as", as_, "--lang", lang)
    assert (ran.exit_code, ran.stdout) == (0, render(lifecycle, as_, lang=lang))


def test_a_diagram_has_defaults() -> None:
    """Without arguments the application is drawn as Mermaid; conditions and codes may be left out."""
    application = next(iter(LIFECYCLES.values()))
    assert invoke("diagram").stdout == render(application, "mermaid", lang="en")
    assert invoke("diagram", "--codes").stdout == render(
        application, "mermaid", lang="en", show=["conditions", "codes"]
    )
    assert invoke("diagram", "--no-conditions").stdout == render(application, "mermaid", lang="en", show=[])
    full = render(application, "mermaid", lang="en", show=["codes"], grouped=False)
    assert invoke("diagram", "--full", "--no-conditions").stdout == full


# The program


@pytest.mark.parametrize("command", [(), *((each,) for each in COMMANDS)])
@pytest.mark.parametrize("option", ["--help", "-h"])
def test_everything_has_help(command: tuple[str, ...], option: str) -> None:
    """The program and each command explain themselves."""
    ran = invoke(*command, option)
    assert ran.exit_code == 0
    assert ran.stdout.startswith("Usage: ")
    assert all(each in ran.stdout for each in COMMANDS if not command)


def test_help_says_of_each_command_what_it_says_itself() -> None:
    """The list of commands is written without importing them, and as click would write it."""
    context = click.Context(program, info_name="poec-workflow")
    for width in (60, 80, 200):
        ours, clicks = click.HelpFormatter(width=width), click.HelpFormatter(width=width)
        program.format_commands(context, ours)
        click.Group.format_commands(program, context, clicks)
        assert ours.getvalue() == clicks.getvalue()


def test_the_version_is_printed() -> None:
    """`--version` prints the package's version."""
    assert invoke("--version").stdout == f"poec-workflow, version {__version__}\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ("paint",), ("--paint",), ("run",), ("run", "-", "more", *MEMORY), ("run", "no-such-file", *MEMORY),
        ("run", str(SEASON), *MEMORY), ("run", "-", "--store"), ("run", "-", *MEMORY, "--format", "xml"),
        ("--format", "json", "check"), ("check", "--format", "csv"), ("diagram", "horse"),
        ("diagram", "--as", "crayon"),
        ("diagram", "--lang", "de"), ("demo", "--lang", ""), ("demo", "more"), ("check", "--paint"),
    ],
)  # fmt: skip
def test_wrong_usage_exits_2(arguments: tuple[str, ...]) -> None:
    """A broken option or argument is said on stderr, exit 2."""
    ran = invoke(*arguments)
    assert (ran.exit_code, ran.stdout) == (2, "")
    assert "Error: " in ran.stderr


def test_an_unknown_language_of_the_environment_exits_2() -> None:
    """`POEC_LANG` is held to the languages that there are."""
    assert invoke("diagram", POEC_LANG="de").exit_code == 2


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (CommandRefused([Refusal("no-pending-certification")]), 1),
        (Malformed.at("$.x", "no"), 2),
        (StorageUnavailable("away"), 3),
        (SchemaOutdated("old"), 3),
        (Conflict("again"), 4),
        (OSError("unreadable"), 2),
    ],
)
def test_exceptions_become_exit_codes(error: Exception, code: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each exception of the package, and a file that can't be read, has its exit code, and a line on stderr."""

    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(bootstrap, "workflow", fail)
    ran = invoke("run", JOURNAL, *MEMORY)
    assert (ran.exit_code, ran.stdout, ran.stderr) == (code, "", f"poec-workflow: {error}\n")


def test_a_process_of_its_own(tmp_path: Path) -> None:
    """`python -m poec_workflow` runs the program: data on stdout, errors on stderr, the exit code."""
    journal = tmp_path / "journal.jsonl"
    journal.write_bytes(Path(JOURNAL).read_bytes().splitlines()[0] + b"\nbad\n")
    ran = process("run", "journal.jsonl", "--format", "json", folder=tmp_path, POEC_STORE="memory:")
    assert ran.returncode == 2
    assert json.loads(ran.stdout)["accepted"] == 1
    assert ran.stderr == "line 2: $: not JSON at character 1: Expecting value\n"


def test_colour_is_for_terminals(tmp_path: Path) -> None:
    """Data that goes to a file has no colour; what a terminal shows has the same words, and `NO_COLOR` is respected."""
    plain = process("demo", folder=tmp_path).stdout
    coloured = process("demo", folder=tmp_path, FORCE_COLOR="1", COLUMNS="160", TERM="xterm").stdout
    plain_terminal = process("demo", folder=tmp_path, FORCE_COLOR="1", NO_COLOR="1", COLUMNS="160", TERM="xterm").stdout
    assert "\x1b[" not in plain
    assert "\x1b[31m" in coloured
    assert "\x1b[31m" not in plain_terminal


def test_the_program_is_installed() -> None:
    """The distribution has the console script `poec-workflow`, which is `cli.main`."""
    (script,) = entry_points(group="console_scripts", name="poec-workflow")
    assert script.load() is cli.main


@pytest.mark.parametrize("missing", ["click", "rich"])
def test_without_its_extra_the_program_says_what_to_install(missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without click or rich the program says how to get them."""
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(SystemExit, match=r"pip install 'poec-workflow\[cli\]'"):
        cli.main()


def test_main_runs_the_program(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """`main` reads the arguments of the process."""
    monkeypatch.setattr(sys, "argv", ["poec-workflow", "--version"])
    with pytest.raises(SystemExit) as left:
        cli.main()
    assert left.value.code == 0
    assert __version__ in capsys.readouterr().out


def test_tables_show_texts_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    """A title or a cell is printed as it is, even with brackets that could be markup."""
    texts = ["[POEC] Employé", "[/x]", "[bold]"]
    print_table(table("abc", [texts], title="[red]"))
    printed = capsys.readouterr().out
    assert "[red]" in printed
    assert all(each in printed for each in texts)


# bootstrap


def test_a_third_partys_storage_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """A scheme that an installed package registers is opened with the whole URL."""
    opened: list[str] = []

    def open_theirs(url: str) -> MemoryStorage:
        opened.append(url)
        return MemoryStorage()

    class Theirs(EntryPoint):
        def load(self) -> Any:
            return open_theirs

    theirs = Theirs(name="theirs", value="x:y", group=bootstrap.STORAGE_ENTRY_POINTS)
    monkeypatch.setattr(
        bootstrap,
        "entry_points",
        lambda *, group, name: [theirs] if (group, name) == (theirs.group, theirs.name) else [],
    )
    clock = SettableClock("2021-11-02T09:00:00+01:00")
    workflow = bootstrap.workflow("theirs://host/db", clock=clock)
    assert isinstance(workflow.storage, MemoryStorage)
    assert (opened, workflow.clock) == (["theirs://host/db"], clock)
    with pytest.raises(bootstrap.InvalidOption):
        bootstrap.storage("others://host/db")


def test_without_its_extra_a_database_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """A database whose extra is not installed can't be had, and the message says how to get it."""
    monkeypatch.setitem(sys.modules, "poec_workflow.adapters.sql", None)
    with pytest.raises(bootstrap.InvalidOption, match=r"pip install 'poec-workflow\[sql\]'"):
        bootstrap.storage("sqlite:///poec.db")


@pytest.mark.usefixtures("own_modules")
def test_settings_are_found_by_name() -> None:
    """`module:name` is a service's settings, and no name the defaults."""
    assert bootstrap.own_rules().settings == Settings()
    assert list(bootstrap.own_rules(["own_funny:never_refused"]).settings.refuse_also) == [commands.CreateAction]
