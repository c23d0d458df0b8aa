"""Keep a host's transaction whole on SQLite where it began with a savepoint.

SQLAlchemy as it comes emits no BEGIN before SAVEPOINT on SQLite, by sqlite3 and by aiosqlite. SQLite then takes the
savepoint for the transaction, and its release for the commit, which no rollback takes back.
"""

from __future__ import annotations

from sqlalchemy import Connection, event

from poec_workflow.adapters.sql.dialects import NO_TRANSACTION, driver_autocommits


def keep_whole(connection: Connection) -> None:
    """Let no release of a savepoint commit: the transaction ends with the host's commit or rollback, as it should.

    Raises:
        RuntimeError: the host runs in autocommit, where a savepoint is a transaction of its own.
    """
    if connection.dialect.name != "sqlite" or not connection.in_nested_transaction():
        return
    # Nothing public tells SQLAlchemy's autocommit from an engine that begins itself.
    if connection._is_autocommit_isolation() or driver_autocommits(connection):  # noqa: SLF001
        raise RuntimeError(NO_TRANSACTION)
    if not event.contains(connection, "release_savepoint", _double):
        event.listen(connection, "release_savepoint", _double)


def _double(connection: Connection, name: str, _context: object) -> None:
    """Put a second savepoint of the same name on the first: the release ends the second one, which came later."""
    connection.dialect.do_savepoint(connection, name)
