"""A season of a million applications, imported from files: rows a second, and the memory that it takes.

uv run --group benchmarks python -m benchmarks.importing [--rows 1000000] [--database sqlite postgresql] [--batch 500]

Actions and sessions are JSON Lines, applications CSV as a spreadsheet writes it: fifteen of each session, a third of
them retained, most of their people with one application. Read, checked and stored, then all of it once more, of which
nothing changes. PostgreSQL and SQLite keep what they acknowledge, as they do by default. Each import has a process of
its own, whose most memory is told.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time

from benchmarks.filling import DATABASES, DURABLE
from poec_workflow import ActionState, Actor, ActorKind, SessionState, Workflow, to_json
from poec_workflow.adapters.sql import SqlStorage
from poec_workflow.commands import ImportAction, ImportSession
from poec_workflow.importing import ImportProgress, ReadOptions
from poec_workflow.importing.source_files import read_files

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
from postgres import Cluster, find, str_of

PER_SESSION, PER_ACTION, SEATS = 15, 20, 5
PLATFORM = Actor(kind=ActorKind.PLATFORM, organization="CAP")
HEADER = (
    "Référence;Nom du candidat;Référence du candidat;E-mail;Session;Origine;Agence;Date de préinscription;État;"
    "Date de convocation 1;Heure de convocation 1;Entrée;Sortie;Heures par semaine;Motif;Raison\r\n"
)
RETAINED = "Retenue;12/11/2021;9h30;09/12/2021;04/03/2022;35,00;;"
REJECTED = "Non retenue;12/11/2021;9h30;;;;Profil;prerequisites-not-met"


def above(rows: int) -> Iterator[str]:
    """The actions and sessions of so many applications."""
    sessions = -(-rows // PER_SESSION)
    for number in range(-(-sessions // PER_ACTION)):
        yield to_json(
            ImportAction(
                f"A{number:06}", title="[POEC] Cuisinier", funder="OPCO", responsible="RESP",
                state=ActionState.PUBLISHED,
            )
        )  # fmt: skip
    for number in range(sessions):
        yield to_json(
            ImportSession(
                f"{number:08}", action=f"A{number // PER_ACTION:06}", start=date(2021, 12, 9), end=date(2022, 3, 4),
                place="Agen", responsible="RESP", positioner="POS", trainer=f"T{number % 200}", capacity=SEATS,
                coefficient=3, registration_deadline=date(2021, 12, 9), late_entry_deadline=date(2021, 12, 17),
                state=SessionState.ACTIVE,
            )
        )  # fmt: skip


def applications(rows: int) -> Iterator[str]:
    """The lines of so many applications."""
    yield HEADER
    for number in range(rows):
        ended = RETAINED if number % PER_SESSION < SEATS else REJECTED
        person, session = number % (rows * 2 // 3 + 1), f'"=""{number // PER_SESSION:08}"""'
        known = f"Zoé Nabil {person};P{person:08};zoe.{person}@example.org;{session};France Travail;FT-AGEN;03/11/2021"
        yield f"C{number:08};{known};{ended}\r\n"


def imported(url: str, place: Path, batch: int) -> dict[str, object]:
    """What an import of the files took."""
    began, ended = {"read": perf_counter()}, {"read": perf_counter()}

    def note(each: ImportProgress) -> None:
        began.setdefault(each.phase, max(ended.values()))
        ended[each.phase] = perf_counter()

    with SqlStorage.open(url) as storage, (place / "above.jsonl").open("rb") as unused:
        rows = read_files([str(place / "above.jsonl"), str(place / "applications.csv")], ReadOptions(), None, unused)
        report = Workflow(storage).import_(rows, PLATFORM, batch=batch, progress=note)
    took = {phase: ended[phase] - began[phase] for phase in began}
    return {
        "imported": sum(report.imported.values()),
        "unchanged": sum(report.unchanged.values()),
        "faults": report.fault_count,
        "took": took,
        "processor": process_time(),
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def in_a_process(url: str, place: Path, batch: int) -> str:
    """The same in a process of its own, as a line of a table."""
    command = [sys.executable, "-m", "benchmarks.importing", "--child", url, str(place), "--batch", str(batch)]
    began = perf_counter()
    said = subprocess.run(  # noqa: S603 - this very file
        command, capture_output=True, text=True, check=True, cwd=Path(__file__).parent.parent
    )
    whole, found = perf_counter() - began, json.loads(said.stdout)
    rows = found["imported"] + found["unchanged"]
    phases = ", ".join(f"{phase} {took:.0f}" for phase, took in found["took"].items())
    return (
        f"{found['imported']:>9,} imported {found['unchanged']:>9,} unchanged {found['faults']} faults "
        f"{whole:>6.0f} s ({phases}), {found['processor']:.0f} s of a processor: {rows / whole:>6,.0f} rows/s, "
        f"{found['memory']:.0f} MB"
    )


def measure(database: str, place: Path, batch: int) -> None:
    """Import twice into an empty database, and print both lines."""
    if database == "sqlite":
        urls = [f"sqlite:///{place / 'poec.db'}"]
        for url in urls * 2:
            print(f"{database:<11}{in_a_process(url, place, batch)}", flush=True)
        return
    with Cluster(find(), **DURABLE) as cluster:
        for _ in range(2):
            print(f"{database:<11}{in_a_process(str_of(cluster.url), place, batch)}", flush=True)


def main() -> None:
    """Write the files, and measure."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rows", type=int, default=1_000_000)
    options.add_argument("--database", nargs="*", choices=DATABASES, default=DATABASES)
    options.add_argument("--batch", type=int, default=500)
    options.add_argument("--child", nargs=2, help=argparse.SUPPRESS)
    asked = options.parse_args()
    if asked.child:
        json.dump(imported(asked.child[0], Path(asked.child[1]), asked.batch), sys.stdout)
        return
    with TemporaryDirectory(dir=os.environ.get("TMPDIR")) as folder:
        place = Path(folder)
        (place / "above.jsonl").write_text("\n".join(above(asked.rows)), encoding="utf-8")
        with (place / "applications.csv").open("w", encoding="utf-8-sig", newline="") as out:
            out.writelines(applications(asked.rows))
        for database in asked.database:
            measure(database, place, asked.batch)


if __name__ == "__main__":
    main()
