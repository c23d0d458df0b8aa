"""Refuse what can't be joined: things that are no connections, and transactions that their host has to give up.

What is done in a transaction that was given up is lost, whatever it answers.
"""

from __future__ import annotations

import sys
from typing import Any

from sqlalchemy import Connection

_DOOMED = "and what is done in it is lost: roll it back, then join"
_ASYNC = "asynchronous ones join by SQLAlchemy: `await connection.run_sync(lambda c: … SqlStorage.joined(c) …)`"
_KINDS = {
    "psycopg2": "psycopg2 is not known; install psycopg 3, which Django takes where it is there, or join by "
    "SQLAlchemy's Connection, whatever its driver",
    "asyncpg": _ASYNC,
    "aiosqlite": _ASYNC,
    "sqlalchemy.ext.asyncio": f"{_ASYNC}; from a session, `await session.connection()`",
    "sqlalchemy.orm": "a session is joined by its connection: flush it, then `SqlStorage.joined(session.connection())`",
    "sqlalchemy.engine": "an engine has no transaction: `with engine.begin() as connection` has one",
    "sqlalchemy.pool": "a connection of the pool is joined by its `driver_connection`, or by `engine.begin()`",
}
"""What helps, by the package of what was given."""
_KNOWN = "SQLAlchemy's Connection, Django's connection, a sqlite3.Connection or a psycopg.Connection"


def no_connection(given: object) -> TypeError:
    """The error for what is no connection that can be joined, with what can be in its place."""
    kind = type(given)
    found = f"expected a connection ({_KNOWN}), not {kind.__module__}.{kind.__qualname__}"
    if kind.__name__.startswith("Async"):
        return TypeError(f"{found}: {_KINDS.get(_package(kind), _ASYNC)}")
    if kind.__name__.endswith("Cursor"):
        return TypeError(f"{found}: a cursor is joined by its connection")
    help_ = _KINDS.get(_package(kind))
    return TypeError(f"{found}: {help_}" if help_ else found)


def _package(kind: type) -> str:
    return next((name for name in _KINDS if f"{kind.__module__}.".startswith(f"{name}.")), "")


def refuse_doomed(django: Any) -> None:  # noqa: ANN401 - of an optional dependency
    """Refuse a transaction of Django's that will be rolled back, or that it only seems to have begun.

    Raises:
        RuntimeError: it is marked for rollback; or it began with a savepoint, whose release SQLite takes for a commit.
    """
    if django.needs_rollback:
        raise RuntimeError(f"Django's transaction is marked for rollback (`needs_rollback`), {_DOOMED}")
    if django.vendor == "sqlite" and any(django.savepoint_ids) and django.connection.isolation_level is not None:
        raise RuntimeError(
            "with autocommit off, Django begins no transaction on SQLite before a savepoint, and can't roll back what "
            "is done after it: leave autocommit on, and use `transaction.atomic()`"
        )


def refuse_given_up(connection: Connection) -> None:
    """Refuse a connection whose session failed: SQLAlchemy rolled it back, and would begin anew without the session.

    Raises:
        RuntimeError: the session waits to be rolled back.
    """
    # A host that has sessions has imported them. No public name leads from a connection to its session.
    orm: Any = sys.modules.get("sqlalchemy.orm.session")
    if orm is None:
        return
    for each in orm._sessions.valuerefs():  # noqa: SLF001
        session = each()
        if session is not None and not session.is_active and _holds(session, connection):
            raise RuntimeError(f"the session of the host's connection has failed, {_DOOMED}")


def _holds(session: Any, connection: Connection) -> bool:  # noqa: ANN401 - as above
    level = session.get_nested_transaction() or session.get_transaction()
    while level is not None:
        if connection in level._connections:  # noqa: SLF001
            return True
        level = level.parent
    return False
