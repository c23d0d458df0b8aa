"""In the host's transaction on PostgreSQL: together or not at all, for SQLAlchemy, psycopg and Django."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, connections, transaction
from django.db.backends.postgresql.base import DatabaseWrapper
from psycopg.rows import dict_row
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from django_settings import configure
from guarantees import ADVISER, PLATFORM, TRAINER, check, registering, retaining, workflow_on, workflow_with_session
from poec_workflow import CommandRefused, Conflict, SchemaOutdated, StorageUnavailable, commands
from poec_workflow.adapters.sql import SqlStorage
from postgres import SERVER, raw_url

Work = Callable[[Callable[[str], None], SqlStorage], object]
INSERT = "INSERT INTO notes VALUES ('{}')"


class Broken(Exception):
    """What a host raises."""


def of_sqlalchemy(url: str, work: Work) -> None:
    """SQLAlchemy as it comes."""
    engine = create_engine(url)
    try:
        with engine.begin() as connection:
            work(lambda note: connection.execute(text(INSERT.format(note))).close(), SqlStorage.joined(connection))
    finally:
        engine.dispose()


def of_psycopg(url: str, work: Work) -> None:
    """The driver alone: a transaction begins with the first statement."""
    with psycopg.connect(raw_url(url)) as connection:
        work(lambda note: _said(connection, note), SqlStorage.joined(connection))


def of_psycopg_with_rows(url: str, work: Work) -> None:
    """The driver in autocommit with the host's own rows and cursors, in a transaction that was begun by hand."""
    with (
        psycopg.connect(
            raw_url(url), autocommit=True, row_factory=dict_row, cursor_factory=psycopg.ClientCursor
        ) as connection,
        connection.transaction(),
    ):
        work(lambda note: _said(connection, note), SqlStorage.joined(connection))


def of_django(url: str, work: Work) -> None:
    """Django inside of two `atomic`s, of which the inner one is a savepoint."""
    with django_on(url) as connection, transaction.atomic(using="poec"), transaction.atomic(using="poec"):
        work(lambda note: _django_note(connection, note), SqlStorage.joined(connection))


@contextmanager
def django_on(url: str) -> Iterator[Any]:
    """Django's connection to a database."""
    found = make_url(url)
    configure()
    connection = DatabaseWrapper(
        {
            **connections["default"].settings_dict,
            "ENGINE": "django.db.backends.postgresql",
            "NAME": found.database,
            "USER": found.username or "",
            "PASSWORD": found.password or "",
            "HOST": found.host or found.query.get("host", ""),
            "PORT": str(found.port or ""),
            "OPTIONS": {},
        },
        "poec",
    )
    connections["poec"] = connection
    try:
        yield connection
    finally:
        connection.close()
        del connections["poec"]


def _django_note(connection: Any, note: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(INSERT.format(note))


def _said(connection: psycopg.Connection[Any], note: str) -> None:
    connection.execute(INSERT.format(note)).close()


HOSTS: Mapping[str, Callable[[str, Work], None]] = {
    each.__name__: each for each in (of_sqlalchemy, of_psycopg, of_psycopg_with_rows, of_django)
}


@pytest.fixture(params=sorted(HOSTS))
def host(request: pytest.FixtureRequest) -> Callable[[str, Work], None]:
    """Each kind of host."""
    return HOSTS[request.param]


@pytest.fixture
def town(postgresql_url: str) -> Iterator[SqlStorage]:
    """A database with our tables, a session, and the host's own table."""
    with psycopg.connect(raw_url(postgresql_url)) as connection:
        connection.execute("CREATE TABLE notes (body TEXT)")
    with SqlStorage.open(postgresql_url) as storage:
        workflow_with_session(storage)
        yield storage


def notes(url: str) -> list[str]:
    """What the host stored."""
    with psycopg.connect(raw_url(url)) as connection:
        return [body for (body,) in connection.execute("SELECT body FROM notes").fetchall()]


def test_it_is_committed_with_the_host(
    host: Callable[[str, Work], None], postgresql_url: str, town: SqlStorage
) -> None:
    """What the host wrote before and after, and what we did between, are stored together; a refusal breaks nothing."""

    def work(note: Callable[[str], None], joined: SqlStorage) -> None:
        note("before")
        workflow = workflow_on(joined)
        workflow.execute(registering(1), ADVISER, key="k")
        for command in retaining(1):
            workflow.execute(command, TRAINER)
        with pytest.raises(CommandRefused):
            workflow.execute(registering(1), ADVISER)
        workflow.preview(registering(2), ADVISER)
        assert workflow.application("C-1").state == "retained"
        note("after")

    host(postgresql_url, work)
    assert notes(postgresql_url) == ["before", "after"]
    assert list(town.queries.states(commands.Preregister.subject_kind)) == ["C-1"]
    assert workflow_on(town).execute(registering(1), ADVISER, key="k").replayed
    check(town)


def test_many_rows_go_through_any_driver(
    host: Callable[[str, Work], None], postgresql_url: str, town: SqlStorage
) -> None:
    """What a session's cancellation ends travels as arrays, whatever is in its text."""

    def work(_note: Callable[[str], None], joined: SqlStorage) -> None:
        workflow = workflow_on(joined)
        for number in (1, 2, 3):
            workflow.execute(registering(number), ADVISER)
        assert len(workflow.execute(commands.CancelSession("S-1", reason='"\\, {NULL}'), PLATFORM).consequences) == 3

    host(postgresql_url, work)
    assert set(town.queries.states(commands.Preregister.subject_kind).values()) == {"cancelled"}
    check(town)


def test_it_is_rolled_back_with_the_host(
    host: Callable[[str, Work], None], postgresql_url: str, town: SqlStorage
) -> None:
    """Nothing of either is stored, also when we were the first to write."""

    def work(note: Callable[[str], None], joined: SqlStorage) -> None:
        workflow_on(joined).execute(registering(1), ADVISER, key="k")
        note("after")
        raise Broken

    with pytest.raises(Broken):
        host(postgresql_url, work)
    assert notes(postgresql_url) == []
    assert town.queries.states(commands.Preregister.subject_kind) == {}
    check(town)


def test_what_raises_is_undone_and_the_rest_is_not(
    host: Callable[[str, Work], None], postgresql_url: str, town: SqlStorage
) -> None:
    """A failure of the database itself leaves the host's transaction usable, which PostgreSQL alone would not."""

    def work(note: Callable[[str], None], joined: SqlStorage) -> None:
        note("before")

        def missing(inner: Any) -> None:
            inner._connection.core.exec_driver_sql("SELECT * FROM missing")  # noqa: SLF001

        with pytest.raises(SchemaOutdated):
            joined.run(missing)
        workflow_on(joined).execute(registering(1), ADVISER)

    host(postgresql_url, work)
    assert notes(postgresql_url) == ["before"]
    assert list(town.queries.states(commands.Preregister.subject_kind)) == ["C-1"]


def test_hosts_make_the_tables_in_a_migration(host: Callable[[str, Work], None], postgresql_url: str) -> None:
    """`create` works in the host's transaction, twice too; without it the schema is outdated."""
    with pytest.raises(SchemaOutdated):
        host(postgresql_url, lambda _, joined: (workflow_with_session(joined), None)[1])
    host(postgresql_url, lambda _, joined: joined.create())
    host(postgresql_url, lambda _, joined: joined.create())
    host(postgresql_url, lambda _, joined: (workflow_with_session(joined), None)[1])
    with SqlStorage.open(postgresql_url) as storage:
        check(storage)


def test_a_connection_without_a_transaction(postgresql_url: str, town: SqlStorage) -> None:
    """In autocommit there is nothing to join; reading is fine."""
    with psycopg.connect(raw_url(postgresql_url), autocommit=True) as connection:
        joined = workflow_on(SqlStorage.joined(connection))
        with pytest.raises(RuntimeError, match="no transaction"):
            joined.execute(registering(1), ADVISER)
        assert joined.session("S-1") == workflow_on(town).session("S-1")


def asked_in_vain(storage: SqlStorage) -> None:
    """Neither a command nor a question nor a look at the schema gets through; each says so in our words."""
    workflow = workflow_on(storage)
    for ask in (lambda: workflow.execute(registering(1), ADVISER), lambda: workflow.session("S-1"), storage.schema):
        with pytest.raises(StorageUnavailable):
            ask()


def test_a_hosts_connection_that_is_gone(
    host: Callable[[str, Work], None], postgresql_url: str, town: SqlStorage
) -> None:
    """Dropped by the server, then used again and again: unavailable each time, and nothing is stored."""
    reached = []

    def work(note: Callable[[str], None], joined: SqlStorage) -> None:
        note("before")
        SERVER.cut(postgresql_url)
        asked_in_vain(joined)
        asked_in_vain(joined)
        reached.append(True)

    with suppress(psycopg.Error, SQLAlchemyError, DatabaseError):  # the host can't commit either
        host(postgresql_url, work)
    assert reached
    assert notes(postgresql_url) == []
    check(town)


@pytest.mark.usefixtures("town")
def test_a_hosts_connection_that_was_closed(postgresql_url: str) -> None:
    """The driver's, and SQLAlchemy's."""
    raw = psycopg.connect(raw_url(postgresql_url))
    raw.close()
    asked_in_vain(SqlStorage.joined(raw))
    engine = create_engine(postgresql_url)
    core = engine.connect()
    core.close()
    engine.dispose()
    asked_in_vain(SqlStorage.joined(core))


def test_a_django_that_can_not_connect() -> None:
    """Its own exception is the driver's in other words."""
    with django_on("postgresql+psycopg://nobody@127.0.0.1:1/none") as connection:
        asked_in_vain(SqlStorage.joined(connection))


def test_a_host_in_a_pipeline(postgresql_url: str, town: SqlStorage) -> None:
    """Answers come too late there to decide by: nothing is done, and the host is told."""
    with (
        psycopg.connect(raw_url(postgresql_url)) as connection,
        connection.pipeline(),
        pytest.raises(RuntimeError, match="pipeline"),
    ):
        workflow_on(SqlStorage.joined(connection)).execute(registering(1), ADVISER)
    check(town)


def test_a_host_is_never_made_to_wait_for_a_retry(postgresql_url: str, town: SqlStorage) -> None:
    """A host that sees an older moment, and was overtaken, gets its conflict at once, and keeps its transaction."""
    with psycopg.connect(raw_url(postgresql_url)) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        joined = workflow_on(SqlStorage.joined(connection))
        _said(connection, "before")
        assert joined.session("S-1").capacity == 2
        workflow_on(town).execute(commands.SetCapacity("S-1", capacity=5), PLATFORM)
        with pytest.raises(Conflict):
            joined.execute(registering(1), ADVISER)
        _said(connection, "after")
    assert notes(postgresql_url) == ["before", "after"]
