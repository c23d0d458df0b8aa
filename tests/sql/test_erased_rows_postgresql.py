"""What was erased is in no table of a PostgreSQL database, and after VACUUM FULL in no file of one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import psycopg
import pytest
from attrs import evolve
from psycopg import sql

from erased_names import NAMES, forms, rejected, town
from guarantees import ADVISER, NOW, PLATFORM, check, registering, workflow_with_session
from poec_workflow import Settings, Workflow, commands
from poec_workflow.adapters.sql import SqlStorage
from poec_workflow.testing import SettableClock
from poec_workflow.testing.contracts.fixtures import opening
from postgres import raw_url

LATE = SettableClock(NOW + timedelta(days=366 * 3))
KEPT = Settings(keep_personal_data_years=1, keep_file_years=2)


@pytest.fixture
def storage(postgresql_url: str) -> Iterator[SqlStorage]:
    """A store of its own."""
    with SqlStorage.open(postgresql_url) as opened:
        yield opened


@pytest.fixture
def raw(postgresql_url: str) -> Iterator[psycopg.Connection[Any]]:
    """A connection beside the store's."""
    with closing(psycopg.connect(raw_url(postgresql_url), autocommit=True)) as connection:
        yield connection


def dumped(raw: psycopg.Connection[Any]) -> bytes:
    """All that the tables hold, as COPY writes it, and what the indexes are asked for."""
    names = raw.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1").fetchall()
    parts: list[bytes] = []
    for (name,) in names:
        query = sql.SQL("COPY {} TO STDOUT (FORMAT csv)").format(sql.Identifier(name))
        with raw.cursor() as cursor, cursor.copy(query) as copy:
            parts.extend(bytes(each) for each in copy)
    return b"".join(parts)


def files(raw: psycopg.Connection[Any]) -> bytes:
    """The bytes of all tables and indexes, as they are on the disk."""
    raw.execute("CHECKPOINT")
    places = raw.execute(
        "SELECT pg_relation_filepath(c.oid) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE c.relkind IN ('r', 'i', 't') AND (n.nspname = 'public' OR c.relname LIKE 'pg_toast%')"
    ).fetchall()
    read = (raw.execute("SELECT pg_read_binary_file(%s)", (place,)).fetchone() for (place,) in places if place)
    return b"".join(each[0] for each in read if each)


def left(data: bytes) -> list[bytes]:
    """Which texts that name one of the people are there."""
    doubled = data.replace(b'""', b'"').replace(b"\\\\", b"\\")
    texts = [each for number, name in enumerate(NAMES) for each in forms(number, name)]
    return [each[:40] for each in texts if each in data or each in doubled]


def test_no_table_names_who_was_erased(storage: SqlStorage, raw: psycopg.Connection[Any]) -> None:
    """In no column, search texts and answers of channels included; nor who acted, once their file is erased."""
    workflow = town(storage)
    rejected(workflow, "Commentaire de Grenelle")
    assert len(left(dumped(raw))) > len(NAMES)
    workflow.erase_candidate("P-0")
    assert not any(each in dumped(raw) for each in forms(0, NAMES[0]))
    evolve(workflow, settings=KEPT, clock=LATE).retain_until()
    data = dumped(raw)
    assert left(data) == []
    assert not any(each in data for each in (b"Grenelle", b"Vaugirard", b"vaugirard", b"Durandal", b"U-77"))
    check(storage)


def test_no_file_names_them_once_tables_are_written_anew(storage: SqlStorage, raw: psycopg.Connection[Any]) -> None:
    """Dead rows stay in the files until then, which is the operator's to say when."""
    workflow = town(storage)
    evolve(workflow, settings=KEPT, clock=LATE).retain_until()
    assert left(files(raw))
    raw.execute("VACUUM FULL")
    assert left(files(raw)) == []


def test_who_registers_meanwhile_keeps_their_name(storage: SqlStorage, postgresql_url: str) -> None:
    """Whoever applies anew while the night's erasure looks at them is erased before it, or not at all."""
    workflow = workflow_with_session(storage, seats=500)
    workflow.execute(opening("S-2", seats=500), PLATFORM)
    many = 60
    for number in range(many):
        workflow.execute(registering(number), ADVISER)
        workflow.execute(commands.Withdraw(f"C-{number}", reason="found-employment"), ADVISER)
    late = evolve(workflow, settings=KEPT, clock=LATE)
    start = Barrier(3)

    def apply() -> None:
        with SqlStorage.open(postgresql_url) as own:
            mine = evolve(workflow, storage=own)
            start.wait()
            for number in range(many):
                again = commands.Preregister(
                    f"D-{number}", session="S-2", candidate=registering(number).candidate, prescriber=_SENDER
                )
                mine.execute(again, ADVISER)

    def erase() -> None:
        with SqlStorage.open(postgresql_url) as own:
            start.wait()
            evolve(late, storage=own).retain_until()

    threads = [Thread(target=each) for each in (apply, erase, erase)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(60)
    assert [storage.queries.candidate(f"P-{number}") for number in range(many)] == [
        registering(number).candidate for number in range(many)
    ]
    check(storage)
    assert late.retain_until().people == ()


_SENDER = registering(0).prescriber


def test_two_machines_erase_everybody_once(storage: SqlStorage, postgresql_url: str) -> None:
    """What one of them reports the other does not; together it is all who are due."""
    names = [f"Nomme {number:03} Quelquun" for number in range(120)]
    workflow: Workflow = town(storage, names)
    late = evolve(workflow, settings=KEPT, clock=LATE)
    start, reported = Barrier(2), list[tuple[str, ...]]()

    def erase() -> None:
        with SqlStorage.open(postgresql_url) as own:
            start.wait()
            reported.append(evolve(late, storage=own).retain_until().people)

    threads = [Thread(target=erase) for _ in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(60)
    assert sorted(each for one in reported for each in one) == sorted(f"P-{number}" for number in range(120))
    check(storage)
