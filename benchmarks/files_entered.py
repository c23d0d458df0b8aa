"""Count the package's files that one command enters: how many rooms somebody walks through who follows it.

    uv run python benchmarks/files_entered.py [--list]

A store on SQLite is filled with one pending application. Each command then runs twice in one process, through the
command line; the second, warm run is counted, by the files of the package in which a function was called.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

import click
from click.testing import CliRunner

import poec_workflow
from poec_workflow.cli.app import program

PACKAGE = str(Path(poec_workflow.__file__).parent)
DESK = {"kind": "organization", "organization": "AFEC"}
PLATFORM = {"kind": "platform", "organization": "CAP"}
SETUP = (
    {"type": "create-action", "action": "A", "title": "[POEC] Soudeur", "funder": "OPCO", "responsible": "AFEC"},
    {"type": "publish-action", "action": "A"},
    {
        "type": "create-session",
        "session": "S",
        "action": "A",
        "start": "2022-01-10",
        "end": "2022-03-04",
        "place": "Agen",
        "responsible": "AFEC",
        "positioner": "AFEC",
        "trainer": "AFEC",
        "capacity": 10,
        "coefficient": 2,
        "registration_deadline": "2022-01-07",
        "late_entry_deadline": "2022-01-14",
    },
    *(
        {
            "type": "preregister",
            "application": f"C-{number}",
            "session": "S",
            "candidate": {"reference": f"P-{number}", "name": "Zoé Nabil"},
            "prescriber": {"origin": "self"},
        }
        for number in (1, 2)
    ),
)


def line(command: object, actor: object) -> str:
    """One line of a journal."""
    return json.dumps({"at": "2021-11-15T09:00:00+01:00", "actor": actor, "command": command})


def convoke(application: str) -> Sequence[str]:
    """The arguments of a convocation."""
    return ("exec", line({"type": "convoke", "application": application, "on": "2021-11-22"}, DESK))


EXPLAIN = ("explain", "C-2", "--kind", "organization", "--organization", "AFEC")


def run(arguments: Sequence[str], store: str) -> None:
    """Run one command of the program in this process; stop where it fails."""
    result = CliRunner().invoke(program, [*arguments, "--store", store])
    if result.exit_code:
        raise click.ClickException(result.output)


def entered(arguments: Sequence[str], store: str) -> list[str]:
    """The package's files in which a function was called while a command ran, in order."""
    files: set[str] = set()

    def note(frame: FrameType, event: str, _argument: object) -> None:
        name = frame.f_code.co_filename
        if event == "call" and name.startswith(PACKAGE):
            files.add(name[len(PACKAGE) + 1 :])

    sys.setprofile(note)
    try:
        run(arguments, store)
    finally:
        sys.setprofile(None)
    return sorted(files)


def counted() -> dict[str, list[str]]:
    """The files that a warm `convoke` and a warm `explain` enter."""
    with tempfile.TemporaryDirectory() as folder:
        store = f"sqlite:///{folder}/poec.db"
        for command in SETUP:
            run(("exec", line(command, PLATFORM)), store)
        run(convoke("C-1"), store)
        found = {"convoke": entered(convoke("C-2"), store)}
        run(EXPLAIN, store)
        return found | {"explain": entered(EXPLAIN, store)}


def main() -> None:
    """Print the counts, and with `--list` the files."""
    for name, files in counted().items():
        print(f"{name}: {len(files)} files")
        if "--list" in sys.argv[1:]:
            print(*(f"  {each}" for each in files), sep="\n")


if __name__ == "__main__":
    main()
