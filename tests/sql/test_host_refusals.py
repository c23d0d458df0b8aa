"""What is no connection, or one of a driver that is not known, is refused with what can be in its place."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import closing
from typing import Any

import aiosqlite
import psycopg
import psycopg2  # type: ignore[import-untyped]
import pytest
from sqlalchemy import create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import Session, scoped_session, sessionmaker

from guarantees import ADVISER, check, registering, workflow_on, workflow_with_session
from poec_workflow import Conflict
from poec_workflow.adapters.sql import SqlStorage
from poec_workflow.ports import Transaction
from postgres import raw_url

ENGINE = create_engine("sqlite://")
ASYNC_ENGINE = create_async_engine("sqlite+aiosqlite://")


def refused(given: object, match: str) -> None:
    """At the first use, with the words."""
    with pytest.raises(TypeError, match=f"expected a connection .*SQLAlchemy's Connection.*{match}"):
        workflow_on(SqlStorage.joined(given)).session("S-1")


@pytest.mark.parametrize(
    ("made", "match"),
    [
        (lambda: None, "not builtins.NoneType$"),
        (lambda: "sqlite:///file.db", "not builtins.str$"),
        (lambda: ENGINE, r"engine\.begin\(\)"),
        (lambda: Session(ENGINE), r"flush it, then `SqlStorage.joined\(session\.connection\(\)\)`"),
        (lambda: sessionmaker(ENGINE), r"session\.connection\(\)"),
        (lambda: scoped_session(sessionmaker(ENGINE)), r"session\.connection\(\)"),
        (ENGINE.raw_connection, "driver_connection"),
        (lambda: sqlite3.connect(":memory:").cursor(), "a cursor is joined by its connection"),
        (lambda: ASYNC_ENGINE, "run_sync"),
        (ASYNC_ENGINE.connect, "run_sync"),
        (lambda: AsyncSession(ASYNC_ENGINE), r"run_sync.*await session\.connection\(\)"),
        (lambda: aiosqlite.connect(":memory:"), "run_sync"),
    ],
)
def test_what_is_no_connection(made: Callable[[], Any], match: str) -> None:
    """Engines, sessions, cursors, asynchronous ones, and what has nothing to do with a database."""
    refused(made(), match)


def test_drivers_of_postgresql_that_are_not_known(postgresql_url: str) -> None:
    """The psycopg of before, and the asynchronous side of ours."""
    with closing(psycopg2.connect(raw_url(postgresql_url))) as connection:
        refused(connection, "psycopg 3.*SQLAlchemy's Connection, whatever its driver")

    async def run() -> None:
        async with await psycopg.AsyncConnection.connect(raw_url(postgresql_url)) as connection:
            refused(connection, "run_sync")

    asyncio.run(run())


def test_sqlalchemy_brings_any_driver(postgresql_url: str) -> None:
    """By psycopg2 it is joined as by psycopg: committed and rolled back with the host, and its errors are ours."""
    with SqlStorage.open(postgresql_url) as storage:
        workflow_with_session(storage)
        engine = create_engine(make_url(postgresql_url).set(drivername="postgresql+psycopg2"))
        with engine.connect() as connection:
            joined = SqlStorage.joined(connection)
            workflow_on(joined).execute(registering(1), ADVISER, key="k")
            connection.rollback()
            workflow_on(joined).execute(registering(2), ADVISER, key="k")
            with pytest.raises(Conflict):
                joined.run(_break_a_key)
            workflow_on(joined).execute(registering(3), ADVISER)
            connection.commit()
        engine.dispose()
        assert [each.reference for each in workflow_on(storage).applications().items] == ["C-2", "C-3"]
        check(storage)


def _break_a_key(transaction: Transaction) -> None:
    connection: Any = transaction._connection  # type: ignore[attr-defined]  # noqa: SLF001
    connection.core.exec_driver_sql("INSERT INTO poec_people SELECT * FROM poec_people")
