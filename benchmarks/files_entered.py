"""Count the package's files that one command enters: how many rooms somebody walks through who follows it.

    uv run python benchmarks/files_entered.py [--list]

A store on SQLite is filled with two pending applications, and opened as the command line opens it. Each use case then
runs twice, as `exec` and `explain` call it; the second, warm run is counted, by the files of the package in which a
function was called. Generated code, as of attrs, has no file.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from types import FrameType

import poec_workflow
from poec_workflow import Actor, CommandRefused, Refused, Request, Workflow, bootstrap
from poec_workflow.ports import FixedClock
from poec_workflow.serialization import from_dict, journal_line

PACKAGE = str(Path(poec_workflow.__file__).parent)
AT = "2021-11-15T09:00:00+01:00"
DESK = {"kind": "organization", "organization": "AFEC"}
PLATFORM = {"kind": "platform", "organization": "CAP"}
SETUP: tuple[Mapping[str, object], ...] = (
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
    return json.dumps({"at": AT, "actor": actor, "command": command})


def convocation(application: str) -> Request:
    """A convocation that is accepted."""
    return journal_line(line({"type": "convoke", "application": application, "on": "2021-11-22"}, DESK))


def submit(workflow: Workflow, request: Request) -> None:
    """Carry out a request as `exec` does; stop where it is refused."""
    answer, _ = workflow.submit_or_remedy(request)
    if isinstance(answer, Refused):
        raise CommandRefused(answer.refusals)


def entered(work: Callable[[], object]) -> list[str]:
    """The package's files in which a function was called while work was done, in order."""
    files: set[str] = set()

    def note(frame: FrameType, event: str, _argument: object) -> None:
        name = frame.f_code.co_filename
        if event == "call" and name.startswith(PACKAGE):
            files.add(name[len(PACKAGE) + 1 :])

    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(None)
    return sorted(files)


def counted() -> dict[str, list[str]]:
    """The files that a warm `convoke` and a warm `explain` enter."""
    desk = from_dict(DESK, Actor)
    with tempfile.TemporaryDirectory() as folder:
        workflow = bootstrap.workflow(f"sqlite:///{folder}/poec.db", clock=FixedClock(datetime.fromisoformat(AT)))
        for command in SETUP:
            submit(workflow, journal_line(line(command, PLATFORM)))
        submit(workflow, convocation("C-1"))
        request = convocation("C-2")
        workflow.explain("C-2", desk)
        return {
            "explain": entered(lambda: workflow.explain("C-2", desk)),
            "convoke": entered(lambda: submit(workflow, request)),
        }


def main() -> None:
    """Print the counts, and with `--list` the files."""
    for name, files in counted().items():
        print(f"{name}: {len(files)} files")
        if "--list" in sys.argv[1:]:
            print(*(f"  {each}" for each in files), sep="\n")


if __name__ == "__main__":
    main()
