"""Transactions that a host has given up, has not begun, or began with a savepoint: refused, or kept whole."""

from __future__ import annotations

import asyncio
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, suppress
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import transaction
from hosts import django_on_file
from sqlalchemy import Connection, Engine, MetaData, create_engine, insert, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from test_joined_postgresql import django_on

from guarantees import ADVISER, check, registering, workflow_on, workflow_with_session
from poec_workflow import commands
from poec_workflow.adapters.sql import SqlStorage
from postgres import raw_url


class Base(DeclarativeBase):
    """The host's models."""

    metadata = MetaData()


class Letter(Base):
    """A row of the host's own."""

    __tablename__ = "letters"
    number: Mapped[int] = mapped_column(primary_key=True)


@pytest.fixture
def url(database_url: str) -> str:
    """A database of each kind, with our tables, a session, and the host's own table."""
    with SqlStorage.open(database_url) as storage:
        workflow_with_session(storage)
    engine = create_engine(database_url)
    Base.metadata.create_all(engine)
    engine.dispose()
    return database_url


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    """A host's engine on it, as it comes."""
    engine = create_engine(url)
    yield engine
    engine.dispose()


def register(connection: object, number: int = 1) -> None:
    """Execute a command in the host's transaction."""
    workflow_on(SqlStorage.joined(connection)).execute(registering(number), ADVISER)


def write(connection: Connection, number: int) -> None:
    """Write a row of the host's own."""
    connection.execute(insert(Letter), {"number": number})


def stored(url: str) -> list[str]:
    """Which applications there are in the end."""
    with SqlStorage.open(url) as storage:
        check(storage)
        return sorted(storage.queries.states(commands.Preregister.subject_kind))


def refused(connection: object, match: str) -> None:
    """Neither a command nor a question is answered."""
    joined = workflow_on(SqlStorage.joined(connection))
    with pytest.raises(RuntimeError, match=match):
        joined.execute(registering(1), ADVISER)
    with pytest.raises(RuntimeError, match=match):
        joined.preview(registering(1), ADVISER)
    with pytest.raises(RuntimeError, match=match):
        joined.session("S-1")


def django_at(url: str) -> AbstractContextManager[Any]:
    """Django's connection to a database of either kind."""
    found = make_url(url)
    return django_on_file(Path(str(found.database))) if found.get_backend_name() == "sqlite" else django_on(url)


def add_twice(session: Session) -> None:
    """Break the session: the flush fails, and SQLAlchemy rolls back."""
    session.add(Letter(number=1))
    session.flush()
    session.expunge_all()
    session.add(Letter(number=1))
    with suppress(SQLAlchemyError):
        session.flush()


def test_django_that_will_roll_back(url: str) -> None:
    """Marked by hand, or by an inner block without a savepoint; a block with one leaves the outer one usable."""
    with django_at(url) as connection:
        using = connection.alias
        with transaction.atomic(using=using):
            transaction.set_rollback(True, using=using)
            refused(connection, "marked for rollback")
        with transaction.atomic(using=using):
            with suppress(ZeroDivisionError), transaction.atomic(using=using, savepoint=False):
                _ = 1 / 0
            refused(connection, "needs_rollback")
        with transaction.atomic(using=using):
            with suppress(ZeroDivisionError), transaction.atomic(using=using):
                register(connection, 1)
                _ = 1 / 0
            register(connection, 2)
    assert stored(url) == ["C-2"]


def test_django_that_closed_its_connection(url: str) -> None:
    """Inside of a block it can't be opened again; after it, it can."""
    with django_at(url) as connection:
        with suppress(Exception), transaction.atomic(using=connection.alias):
            connection.close()
            refused(connection, "marked for rollback")
        with transaction.atomic(using=connection.alias):
            register(connection)
    assert stored(url) == ["C-1"]


def test_django_that_has_begun_nothing(url: str) -> None:
    """In autocommit: nothing to join."""
    with django_at(url) as connection, pytest.raises(RuntimeError, match="no transaction"):
        register(connection)
    assert stored(url) == []


def test_django_with_autocommit_off(url: str) -> None:
    """It begins with the first write; on SQLite `atomic` is a savepoint then, and its release a commit: refused."""
    with django_at(url) as connection:
        using = connection.alias
        transaction.set_autocommit(False, using=using)
        register(connection)
        transaction.rollback(using=using)
        if connection.vendor == "sqlite":
            with transaction.atomic(using=using):
                refused(connection, "autocommit off")
        else:
            with transaction.atomic(using=using):
                register(connection, 2)
        transaction.rollback(using=using)
        assert stored(url) == []
        register(connection, 3)
        transaction.commit(using=using)
    assert stored(url) == ["C-3"]


def test_a_transaction_that_ended_in_its_block(engine: Engine, url: str) -> None:
    """SQLAlchemy waits for the end of the block, of the transaction's or the savepoint's."""
    with engine.connect() as connection:
        with connection.begin() as outer:
            outer.rollback()
            refused(connection, "has ended")
        with connection.begin():
            with connection.begin_nested() as inner:
                inner.rollback()
                refused(connection, "has ended")
            register(connection, 2)
        register(connection, 3)
    assert stored(url) == ["C-2"]


def test_a_savepoint_that_was_rolled_back(engine: Engine, url: str) -> None:
    """What was done after it is gone, what is done now stays."""
    with engine.begin() as connection:
        inner = connection.begin_nested()
        register(connection, 1)
        inner.rollback()
        register(connection, 2)
    assert stored(url) == ["C-2"]


@pytest.mark.parametrize("begin", [Session.begin, Session.begin_nested])
def test_a_session_that_failed(engine: Engine, url: str, begin: Callable[[Session], Any]) -> None:
    """Its connection would begin anew without it; once the session is rolled back, it can be joined again."""
    with Session(engine) as session:
        begun = begin(session)
        connection = session.connection()
        add_twice(session)
        refused(connection, "session .* has failed")
        with Session(engine) as other:
            # Another session has nothing to do with it.
            assert workflow_on(SqlStorage.joined(other.connection())).session("S-1").version == 1
        begun.rollback()
        register(session.connection())
        session.commit()
    assert stored(url) == ["C-1"]


def test_an_asynchronous_session_that_failed(file: Path) -> None:
    """The session behind it is SQLAlchemy's own."""
    with SqlStorage.open(f"sqlite:///{file}") as storage:
        workflow_with_session(storage)

    async def run() -> None:
        engine = create_async_engine(f"sqlite+aiosqlite:///{file}")
        async with engine.begin() as connection:
            await connection.run_sync(Base.metadata.create_all)
        async with AsyncSession(engine) as session:
            connection = await session.connection()
            await session.run_sync(add_twice)
            await connection.run_sync(lambda each: refused(each, "session .* has failed"))
        await engine.dispose()

    asyncio.run(run())


def test_a_transaction_that_failed(postgresql_url: str) -> None:
    """PostgreSQL answers nothing more in it: for the driver, Django and SQLAlchemy."""
    with SqlStorage.open(postgresql_url) as storage:
        workflow_with_session(storage)
    with psycopg.connect(raw_url(postgresql_url)) as raw:
        with suppress(psycopg.Error):
            raw.execute("SELECT 1/0")
        refused(raw, "transaction has failed")
        raw.rollback()
        register(raw, 1)
    engine = create_engine(postgresql_url)
    with engine.begin() as core:
        with suppress(SQLAlchemyError):
            core.execute(text("SELECT 1/0"))
        refused(core, "transaction has failed")
    engine.dispose()
    with django_on(postgresql_url) as django, transaction.atomic(using="poec"):
        with suppress(Exception), django.cursor() as cursor:
            cursor.execute("SELECT 1/0")
        refused(django, "marked for rollback|transaction has failed")
        transaction.set_rollback(True, using="poec")
    assert stored(postgresql_url) == ["C-1"]


def plainly(connection: Connection, number: int) -> None:
    """In a savepoint."""
    with connection.begin_nested():
        register(connection, number)


def after_a_letter(connection: Connection, number: int) -> None:
    """In a savepoint in which the host wrote before."""
    with connection.begin_nested():
        write(connection, number)
        register(connection, number)


def in_two(connection: Connection, number: int) -> None:
    """In a savepoint in a savepoint."""
    with connection.begin_nested(), connection.begin_nested():
        register(connection, number)


def again(connection: Connection, number: int) -> None:
    """In a savepoint, once more, and in one that is rolled back."""
    plainly(connection, number)
    with suppress(ZeroDivisionError), connection.begin_nested():
        register(connection, number + 10)
        _ = 1 / 0


@pytest.mark.parametrize("ends", ["commit", "rollback"])
def test_a_savepoint_first(engine: Engine, url: str, ends: str) -> None:
    """SQLAlchemy begins no transaction on SQLite before it, whose release would be the commit: it is not."""
    works = (plainly, after_a_letter, in_two, again)
    with engine.connect() as connection:
        for number, work in enumerate(works, 1):
            work(connection, number)
            write(connection, number + 20)
            getattr(connection, ends)()
        letters = connection.scalar(text("SELECT count(*) FROM letters"))
    assert stored(url) == (["C-1", "C-2", "C-3", "C-4"] if ends == "commit" else [])
    assert letters == (5 if ends == "commit" else 0)


def test_a_savepoint_first_that_is_rolled_back_itself(engine: Engine, url: str) -> None:
    """Neither what the host wrote in it nor what we did; what comes after is another matter."""
    with engine.connect() as connection:
        inner = connection.begin_nested()
        write(connection, 1)
        register(connection, 1)
        inner.rollback()
        register(connection, 2)
        connection.commit()
        assert connection.scalar(text("SELECT count(*) FROM letters")) == 0
    assert stored(url) == ["C-2"]


def test_a_savepoint_first_in_a_session(engine: Engine, url: str) -> None:
    """A session's savepoints are its connection's, also where it joins the transaction of a test."""
    with Session(engine) as session:
        with session.begin_nested():
            register(session.connection())
        session.rollback()
    with engine.connect() as connection, connection.begin() as outer:
        with Session(connection, join_transaction_mode="create_savepoint") as session:
            register(session.connection())
            session.commit()
        outer.rollback()
    assert stored(url) == []


@pytest.mark.parametrize("ends", ["commit", "rollback"])
def test_an_asynchronous_savepoint_first(file: Path, ends: str) -> None:
    """By aiosqlite it is the same."""
    url = f"sqlite:///{file}"
    with SqlStorage.open(url) as storage:
        workflow_with_session(storage)

    async def run() -> None:
        engine = create_async_engine(f"sqlite+aiosqlite:///{file}")
        async with AsyncSession(engine) as session:
            async with session.begin_nested():
                await (await session.connection()).run_sync(register)
            await getattr(session, ends)()
        await engine.dispose()

    asyncio.run(run())
    assert stored(url) == (["C-1"] if ends == "commit" else [])


@pytest.mark.parametrize("begin", [Connection.get_transaction, Connection.begin])
def test_an_engine_in_autocommit(engine: Engine, url: str, begin: Callable[[Connection], Any]) -> None:
    """Nothing can be rolled back: nothing to join, whatever SQLAlchemy calls begun; nor in a savepoint of SQLite's."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        begin(connection)
        with pytest.raises(RuntimeError, match="no transaction"):
            register(connection)
        if engine.dialect.name == "sqlite":
            with connection.begin_nested(), pytest.raises(RuntimeError, match="no transaction"):
                register(connection)
    assert stored(url) == []


@pytest.mark.skipif(sys.version_info < (3, 12), reason="sqlite3 has `autocommit` since Python 3.12")
def test_sqlite3_with_its_own_autocommit(file: Path) -> None:
    """On, a commit does nothing, and what we began would be lost; off, the driver has always begun."""
    url = f"sqlite:///{file}"
    with SqlStorage.open(url) as storage:
        workflow_with_session(storage)
    connect: Any = sqlite3.connect
    with closing(connect(file, autocommit=True)) as connection:
        with pytest.raises(RuntimeError, match="no transaction"):
            register(connection)
        connection.execute("BEGIN")
        register(connection, 1)
        connection.execute("COMMIT")
    with closing(connect(file, autocommit=False)) as connection:
        register(connection, 2)
        connection.commit()
    engine = create_engine(url, connect_args={"autocommit": True})
    with engine.connect() as core:
        with pytest.raises(RuntimeError, match="no transaction"):
            register(core)
        with core.begin_nested(), pytest.raises(RuntimeError, match="no transaction"):
            register(core)
    engine.dispose()
    assert stored(url) == ["C-1", "C-2"]
