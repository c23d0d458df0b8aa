"""What was erased is in no byte of a SQLite database: its file, its write-ahead log, and the index of that."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from operator import methodcaller
from pathlib import Path

import pytest
from attrs import evolve

from erased_names import NAMES, drawn, found, registered, rejected, town
from guarantees import NOW, check
from poec_workflow import Settings, Workflow
from poec_workflow.adapters.sql import SqlStorage, sqlite_scrubbing
from poec_workflow.testing import SettableClock
from poec_workflow.views import ApplicationFilter, ApplicationRow

SEED = int(os.environ.get("POEC_ERASURE_SEED", "7"))
MANY = int(os.environ.get("POEC_ERASURE_PEOPLE", "60"))
"""A campaign asks for thousands."""
NUMBERED = tuple(enumerate(NAMES))


@pytest.fixture
def storage(tmp_path: Path) -> Iterator[SqlStorage]:
    """An open store, in a folder of its own."""
    with SqlStorage.open(f"sqlite:///{tmp_path}/poec.db") as opened:
        yield opened


def test_no_byte_names_an_erased_person(storage: SqlStorage, tmp_path: Path) -> None:
    """Each form of each name is there before; after `erase_candidate` none is, in any file of the open store."""
    workflow = town(storage)
    for number, name in NUMBERED:
        assert found(tmp_path, [(number, name)])
        workflow.erase_candidate(f"P-{number}")
        assert found(tmp_path, NUMBERED[: number + 1]) == []
    assert (tmp_path / "poec.db-wal").stat().st_size == 0
    check(storage)


def test_no_byte_names_those_whose_time_is_over(storage: SqlStorage, tmp_path: Path) -> None:
    """After `retain_until` neither they, nor the comments, nor who acted for them."""
    workflow = town(storage)
    rejected(workflow, "Commentaire de Grenelle")
    others = (b"Grenelle", b"Vaugirard", b"vaugirard", b"Durandal", b"U-77")
    settings = Settings(keep_personal_data_years=1, keep_file_years=2)
    for years, left in ((1, others), (2, ())):
        at = SettableClock(NOW + timedelta(days=366 * years))
        evolve(workflow, settings=settings, clock=at).retain_until()
        assert found(tmp_path, NUMBERED) == []
        data = b"".join(each.read_bytes() for each in tmp_path.iterdir())
        assert [each for each in others if each in data] == list(left)
    check(storage)


def test_pages_that_were_split_keep_no_copy(storage: SqlStorage, tmp_path: Path) -> None:
    """Of many people of names of any length, erased in any order, nothing is left in the free space of pages."""
    names = drawn(MANY, SEED)
    workflow = town(storage, names)
    order = sorted(range(MANY), key=lambda each: names[each][::-1])
    for number in order:
        storage.run(methodcaller("forget", f"P-{number}"))
    storage.scrub()
    assert found(tmp_path, enumerate(names)) == []
    assert workflow.applications().items


def test_the_index_of_texts_knows_no_letters_of_theirs(storage: SqlStorage, tmp_path: Path) -> None:
    """Three letters in a row that only erased people had are no term of the index any more."""
    workflow = town(storage, ["Xyzzyqwk Vbnm"])
    workflow.erase_candidate("P-0")
    with closing(sqlite3.connect(tmp_path / "poec.db")) as raw:
        raw.execute("CREATE VIRTUAL TABLE temp.terms USING fts5vocab(main, poec_people_text, row)")
        assert raw.execute("SELECT term FROM temp.terms").fetchall() == []
    data = b"".join(each.read_bytes() for each in tmp_path.iterdir())
    assert b"zqwk" not in data
    assert b"qwk" not in data


def test_a_reader_keeps_the_log_until_it_ends(storage: SqlStorage, tmp_path: Path) -> None:
    """Who reads a state from before goes on; then the next transaction that writes empties the log."""
    workflow = town(storage)
    with closing(sqlite3.connect(tmp_path / "poec.db", isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM poec_people").fetchall()
        workflow.erase_candidate("P-0")
        assert storage.queries.candidate("P-0") is None
        assert found(tmp_path, NUMBERED[:1])
        assert reader.execute("SELECT count(*) FROM poec_people").fetchone() == (len(NAMES),)
        reader.execute("COMMIT")
    registered(workflow, 50, "Quelqu'un D'autre", again=False)
    assert found(tmp_path, NUMBERED[:1]) == []


def test_closing_the_store_empties_the_log(tmp_path: Path) -> None:
    """Nobody wrote after the reader: the last connection that closes takes the log away."""
    with SqlStorage.open(f"sqlite:///{tmp_path}/poec.db") as storage:
        workflow = town(storage)
        with closing(sqlite3.connect(tmp_path / "poec.db", isolation_level=None)) as reader:
            reader.execute("BEGIN")
            reader.execute("SELECT count(*) FROM poec_people").fetchall()
            workflow.erase_candidate("P-0")
    assert found(tmp_path, NUMBERED[:1]) == []


def test_a_writer_in_the_way_is_no_error(storage: SqlStorage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The erasure is stored; what it left is written over by the next one."""
    workflow = town(storage)

    def busy(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(sqlite_scrubbing, "_merge_index", busy)
        workflow.erase_candidate("P-0")
    assert storage.queries.candidate("P-0") is None
    workflow.erase_candidate("P-1")
    assert found(tmp_path, NUMBERED[:2]) == []


def test_a_large_file_waits_for_the_night(storage: SqlStorage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`erase_candidate` empties its log alone, and says so; `retain_until` writes the file anew, whoever is due."""
    monkeypatch.setattr(sqlite_scrubbing, "LARGEST", 0)
    workflow = town(storage)
    assert storage.scrub() is False
    workflow.erase_candidate("P-0")
    assert (tmp_path / "poec.db-wal").stat().st_size == 0
    assert workflow.retain_until().people == ()
    assert found(tmp_path, NUMBERED[:1]) == []


def test_a_dry_run_writes_nothing(storage: SqlStorage, tmp_path: Path) -> None:
    """Not a byte of the file, nor of its log."""
    workflow = town(storage)
    storage.scrub()
    before = {each.name: each.read_bytes() for each in tmp_path.iterdir() if not each.name.endswith("-shm")}
    late = evolve(workflow, clock=SettableClock(NOW + timedelta(days=1_000)))
    assert len(late.retain_until(dry_run=True).people) == len(NAMES)
    assert {each.name: each.read_bytes() for each in tmp_path.iterdir() if not each.name.endswith("-shm")} == before


def test_scrubbing_keeps_everything_else(storage: SqlStorage) -> None:
    """Lists find by text what they found, and rows keep their places in the index."""
    workflow = town(storage)
    workflow.erase_candidate("P-1")
    assert [each.reference for each in _searched(workflow, "nabil")] == ["C-0", "D-0"]
    assert _searched(workflow, "eloise") == []
    assert [each.reference for each in _searched(workflow, "C-1")] == ["C-1"]


def _searched(workflow: Workflow, text: str) -> list[ApplicationRow]:
    return list(workflow.applications(ApplicationFilter(text=text)).items)
