"""Write a SQLite file anew, so that none of its bytes is left of what was erased.

A deleted row is in the file for long: in pages that are free, in the free space of others (a page that was split keeps
copies, even with `secure_delete`), in the write-ahead log, and three letters by three in the index of free text. The
index is merged, VACUUM writes every page from what is there, and a checkpoint empties the log. Other connections go on;
while one of them reads a state from before, the log can't be emptied.
"""

from __future__ import annotations

import logging
import sqlite3
from typing import Any

from poec_workflow.adapters.sql.schema import applications, people

LARGEST = 256 * 2**20
"""Up to how many bytes a file is written anew after each erasure: in about two seconds, for which writers wait."""

_PATIENCE = 250
"""Milliseconds to wait for those who read; whoever writes has to wait with us."""
_log = logging.getLogger(__name__)


def scrub(connection: sqlite3.Connection, *, whole: bool) -> bool:
    """Leave nothing of what was erased; whether that could be done.

    Args:
        connection: outside of a transaction.
        whole: also where the file is larger than `LARGEST`; else such a one keeps its pages, and only its log is
            emptied.
    """
    patience = _value(connection, "PRAGMA busy_timeout")
    try:
        small = whole or _value(connection, "PRAGMA page_count") * _value(connection, "PRAGMA page_size") <= LARGEST
        if small:
            _merge_index(connection)
            connection.execute("VACUUM").close()
        connection.execute(f"PRAGMA busy_timeout = {_PATIENCE}").close()
        return empty_log(connection) and small
    except sqlite3.OperationalError as error:
        # The erasure itself is stored: a full disk, or a writer that takes long, is no error of it.
        _log.warning("what was erased is still in free space of the file: %s", error)
        return False
    finally:
        connection.execute(f"PRAGMA busy_timeout = {patience}").close()


def empty_log(connection: sqlite3.Connection) -> bool:
    """Write the log into the file, and cut it to nothing; whether nobody reads what is in it."""
    return bool(_value(connection, "PRAGMA wal_checkpoint(TRUNCATE)") == 0)


def _merge_index(connection: sqlite3.Connection) -> None:
    for each in (people, applications):
        name = f"{each.name}_text"
        if _value(connection, f"SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE name = '{name}')"):  # noqa: S608 - ours
            connection.execute(f"INSERT INTO {name}({name}) VALUES ('optimize')").close()  # noqa: S608


def _value(connection: sqlite3.Connection, statement: str) -> Any:  # noqa: ANN401 - of any type
    cursor = connection.execute(statement)
    (value, *_) = cursor.fetchone()
    cursor.close()
    return value
