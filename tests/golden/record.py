"""Record what this release makes of a journal that takes every row: its answers, histories, subjects and store.

    uv run python tests/golden/record.py [VERSION]

writes `tests/golden/releases/VERSION/`, by default of the version that is installed. What a release that is out has
recorded is never recorded again: later releases must read it. `test_golden.py` replays all of them.
"""

from __future__ import annotations

import json
import re
import sqlite3
import sys
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from poec_workflow import Refused, Workflow, __version__, to_dict
from poec_workflow.adapters.sql import SqlStorage
from poec_workflow.model import SubjectKind
from poec_workflow.ports import Storage
from poec_workflow.serialization import journal_line
from poec_workflow.testing import SettableClock, shortest_paths
from poec_workflow.workflow import Answer

RELEASES = Path(__file__).parent / "releases"
_REFERENCE = re.compile(r'"([ASCP])-(\d+)"')


def journal() -> list[str]:
    """A shortest path over each row, each with subjects of its own; its last line twice more, with and without a key.

    So there are accepted lines, refused ones, and first answers given again.
    """
    found: list[str] = []
    for row, path in shortest_paths().over.items():
        lines = [_REFERENCE.sub(rf'"\1-{row}-\2"', line) for line in path.lines]
        *others, last = lines
        keyed = json.dumps({**json.loads(last), "key": f"key of {row}"}, ensure_ascii=False)
        stale = json.dumps({**json.loads(last), "expected_version": 77}, ensure_ascii=False)
        found += [*others, keyed, keyed, last, stale]
    return found


def executed(lines: Iterable[str], storage: Storage) -> tuple[Workflow, list[dict[str, Any]]]:
    """A workflow on a storage after a journal, and its answers as plain data."""
    workflow = Workflow(storage, clock=SettableClock("2022-04-01T09:00:00+02:00"))
    return workflow, [_told(workflow.submit(journal_line(line))) for line in lines]


def histories(workflow: Workflow) -> Iterator[Any]:
    """Every history entry as plain data, subject by subject."""
    for kind in SubjectKind:
        for reference in workflow.storage.queries.states(kind):
            yield from (to_dict(each) for each in workflow.history(kind, reference))


def subjects(workflow: Workflow) -> Iterator[Any]:
    """Every subject as plain data, with its kind."""
    queries = workflow.storage.queries
    for kind in SubjectKind:
        yield from (
            {"subject_kind": kind.value, **to_dict(queries.subject(kind, each))} for each in queries.states(kind)
        )


def _told(answer: Answer) -> dict[str, Any]:
    if isinstance(answer, Refused):
        return {"refused": sorted(answer.codes)}
    changes = [[each.subject.reference, each.event.type, each.subject.state.value] for each in answer.changes]
    return {"accepted": changes, "final": answer.final, "replayed": answer.replayed}


def record(place: Path) -> None:
    """Write a release's golden data into an empty or new folder."""
    place.mkdir(parents=True)
    lines = journal()
    with TemporaryDirectory() as folder:
        file = Path(folder) / "poec.db"
        with SqlStorage.open(f"sqlite:///{file}") as storage:
            workflow, answers = executed(lines, storage)
            for name, rows in (
                ("answers", answers),
                ("histories", histories(workflow)),
                ("subjects", subjects(workflow)),
            ):
                _write(place / f"{name}.jsonl", (json.dumps(each, ensure_ascii=False) for each in rows))
        with closing(sqlite3.connect(file)) as connection:
            _write(place / "store.sql", connection.iterdump())
    _write(place / "journal.jsonl", lines)


def _write(file: Path, lines: Iterable[str]) -> None:
    file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def main(version: str) -> None:
    """Record a release, unless it is recorded."""
    place = RELEASES / version
    if place.exists():
        sys.exit(f"{place} is there: what a release has recorded stays as it is")
    record(place)
    sys.stdout.write(f"{len((place / 'journal.jsonl').read_text(encoding='utf-8').splitlines())} lines in {place}\n")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else __version__)
