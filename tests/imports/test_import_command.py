"""`import` and `export` on the command line: files and standard input, words, JSON and exit codes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from import_cases import FILES

from poec_workflow.cli.app import program

Run = Callable[..., Result]

ABOVE = (
    '{"type": "import-session", "session": "00301234", "action": "A-1", "start": "2021-12-09", "end": "2022-03-04", '
    '"place": "Agen", "responsible": "R", "positioner": "P", "trainer": "T", "capacity": 12, "coefficient": 3, '
    '"registration_deadline": "2021-12-09", "late_entry_deadline": "2021-12-17", "state": "complete"}\n\n'
    '{"type": "import-action", "action": "A-1", "title": "[POEC] Cuisinier", "funder": "F", "responsible": "R", '
    '"state": "published"}\n'
)
RETAINED = (
    "Référence;Nom du candidat;Référence du candidat;Session;Origine;Date de préinscription;État;Entrée;Sortie;"
    "Heures par semaine\nC-1;Zoé Nabil;P-1;00301234;autre;03/11/2021;Retenue;09/12/2021;04/03/2022;35\n"
)


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Runs the program on one store, in English unless asked otherwise."""

    def invoke(*arguments: str, given: str | bytes | None = None, lang: str = "en", columns: str = "80") -> Result:
        store = ["--store", f"sqlite:///{tmp_path}/poec.db"]
        environment = {"POEC_LANG": lang, "COLUMNS": columns}
        ran = CliRunner().invoke(program, [*arguments, *store], input=given, env=environment)
        assert ran.exception is None or isinstance(ran.exception, SystemExit), ran.exception
        return ran

    return invoke


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    """A file of applications, and one of what they hang on."""
    (tmp_path / "retained.csv").write_text(RETAINED, encoding="utf-8")
    (tmp_path / "above.jsonl").write_text(ABOVE, encoding="utf-8")
    return str(tmp_path / "retained.csv"), str(tmp_path / "above.jsonl")


def test_files_of_two_formats_at_once(run: Run, files: tuple[str, str]) -> None:
    """Applications before what they hang on; a second run changes nothing; both say so, and exit 0."""
    for imported, unchanged in (((1, 1, 1), (0, 0, 0)), ((0, 0, 0), (1, 1, 1))):
        ran = run("import", *files, "--format", "json")
        assert ran.exit_code == 0
        said = json.loads(ran.stdout)
        assert tuple(said["imported"].values()) == imported
        assert tuple(said["unchanged"].values()) == unchanged
    shown = json.loads(run("history", "C-1", "--format", "json").stdout)
    assert [each["rule"] for each in shown] == ["I1"]
    assert "retained.csv" in run("history", "C-1").stdout


def test_checking_says_every_fault_with_its_line(run: Run, files: tuple[str, str]) -> None:
    """Of the file that has it, in French too; nothing is stored, and the exit code is 2."""
    damaged = str(FILES / "spreadsheet_damage.csv")
    ran = run("import", damaged, *files, "--check", lang="fr")
    assert ran.exit_code == 2
    lines = " ".join(ran.stderr.split())
    assert "spreadsheet_damage.csv, ligne 3\u00a0: Nom complet\u00a0: il y a ici une formule" in lines or (
        "spreadsheet_damage.csv, ligne 3 : Nom complet : il y a ici une formule" in lines
    )
    assert max(map(len, ran.stderr.splitlines())) <= 80
    assert "À importer" in ran.stdout
    assert json.loads(run("applications", "--format", "json").stdout) == []


def test_a_refusal_exits_1(run: Run, files: tuple[str, str]) -> None:
    """A row that a rule refuses, with its code; nothing is stored, unless faults are skipped."""
    ran = run("import", files[0])
    assert ran.exit_code == 1
    assert "line 2: unknown-session: There is no session 00301234." in ran.stderr
    assert "nothing was stored" in ran.stderr
    skipped = run("import", *files, str(FILES / "broken_quotes.csv"), "--skip-faults", "--format", "json")
    assert skipped.exit_code == 2
    assert json.loads(skipped.stdout)["imported"]["applications"] == 1


def test_standard_input_shows_what_it_is(run: Run) -> None:
    """JSON Lines, CSV in UTF-16, and what is told not guessed."""
    assert run("import", "-", given=ABOVE).exit_code == 0
    assert run("import", "-", given=RETAINED.encode("utf-16")).exit_code == 0
    assert json.loads(run("applications", "--format", "json").stdout)[0]["reference"] == "C-1"
    doubtful = run("import", "-", given=RETAINED.replace("C-1", "C-2").encode("windows-1252"))
    assert doubtful.exit_code == 2
    assert "--encoding" in doubtful.stderr
    told = run("import", "-", "--encoding", "windows-1252", given=RETAINED.replace("C-1", "C-2").encode("windows-1252"))
    assert told.exit_code == 0


def test_a_mapping_says_what_the_file_does_not(run: Run) -> None:
    """Coefficients, organisations, a column to be read over."""
    run("import", "-", given=ABOVE.replace("A-1", "20211100002"))
    catalogue = str(FILES / "catalogue_des_sessions.csv")
    mapping = str(FILES / "catalogue_des_sessions.toml")
    ran = run("import", catalogue, "--mapping", mapping, "--skip-faults", "--format", "json", "--of", "sessions")
    assert json.loads(ran.stdout)["imported"]["sessions"] == 1
    assert json.loads(run("show", "00301236", "--format", "json").stdout)["coefficient"] == 5


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nowhere.csv"], "nowhere.csv"),
        ([str(FILES / "actions.csv"), "--separator", ";;"], "--separator"),
        ([str(FILES / "actions.csv"), "--mapping", str(FILES / "actions.csv")], "--mapping"),
        ([str(FILES / "actions.csv"), "--kind", "funder"], "organization"),
        ([], "FILE"),
    ],
)
def test_wrong_usage_exits_2(run: Run, arguments: list[str], said: str) -> None:
    """And names what was wrong."""
    ran = run("import", *arguments)
    assert ran.exit_code == 2
    assert said in ran.stderr


def test_a_whole_store_goes_through_a_file(run: Run, files: tuple[str, str], tmp_path: Path) -> None:
    """Exported to a file or to standard output, and imported into another store, which exports the same."""
    run("import", *files)
    out = run("export", str(tmp_path / "all.jsonl"))
    assert out.exit_code == 0
    printed = run("export").stdout_bytes
    assert printed == (tmp_path / "all.jsonl").read_bytes()
    other = ["--store", f"sqlite:///{tmp_path}/other.db"]
    ran = CliRunner().invoke(program, ["import", str(tmp_path / "all.jsonl"), *other])
    assert ran.exit_code == 0
    again = CliRunner().invoke(program, ["export", "-", *other]).stdout_bytes
    assert again == printed
    assert [json.loads(each)["type"] for each in again.splitlines()] == [
        "import-action", "import-session", "import-application",
    ]  # fmt: skip
