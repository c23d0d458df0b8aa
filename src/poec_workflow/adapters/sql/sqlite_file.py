"""A SQLite file, and connections to it, which read it where nothing can be written too."""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar
from urllib.parse import parse_qsl, unquote, urlencode

from attrs import field, frozen
from sqlalchemy.engine import URL

from poec_workflow.errors import Malformed

_MODES = ("ro", "rw", "rwc")
_OPTIONS = frozenset({"mode", "cache", "immutable", "nolock", "psow", "vfs"})
"""What SQLite itself takes in the URI of a file."""
_OURS = frozenset({"uri", "timeout", "check_same_thread", "cached_statements", "isolation_level", "detect_types"})
"""What SQLAlchemy takes in a URL, and this package sets itself."""
_UNWRITABLE = frozenset({sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN})
_PRIMARY_CODE = 0xFF
T = TypeVar("T", bound=sqlite3.Connection)
Prepare = Callable[[sqlite3.Connection], None]


class UnchangingConnection(sqlite3.Connection):
    """A connection to a file that can't be locked; it sees no later change, and is good for as long as there is none.

    Attributes:
        version: of the file, when it was opened.
    """

    version: tuple[int, ...] | None = None


@frozen
class SqliteFile:
    """A file, by its absolute path, and the options of its URI.

    A reader of a file with write-ahead logging makes files beside it. Where it can't, the file is opened as one that
    does not change (`immutable`), provided that nothing is left of a writer that would have to be read with it.
    """

    path: Path
    options: Mapping[str, str] = field(repr=False)

    @classmethod
    def of(cls, url: URL) -> SqliteFile:
        """The file that a URL names, as a path or as SQLite's URI (`file:…`).

        Raises:
            Malformed: it is a database in memory, or has an option that SQLite does not know.
        """
        name, options = url.database or "", dict(url.query)
        if name.startswith("file:"):
            name, _, query = name.removeprefix("file:").partition("?")
            name = unquote(re.sub("^//(?:localhost)?/+", "/", name))
            options |= dict(parse_qsl(query))
        if name in ("", ":memory:") or options.get("mode") == "memory":
            raise Malformed.at("$.url", "a database in memory is one connection's: MemoryStorage is for that")
        given = {option: str(each) for option, each in options.items() if option not in _OURS}
        if not given.keys() <= _OPTIONS or given.get("mode", "rw") not in _MODES:
            raise Malformed.at("$.url", "expected after the ? nothing but options of SQLite, as mode=ro")
        return cls(Path(os.path.abspath(name)), given)  # noqa: PTH100 - also where the folder is not there

    def exists(self) -> bool:
        """Whether there is one."""
        return os.path.exists(self.path)  # noqa: PTH110 - a folder that can't be entered is no error

    def connect(self, timeout: float, prepare: Prepare) -> sqlite3.Connection:
        """A connection that any thread may use, once `prepare` was done on it.

        Args:
            timeout: seconds to wait for a lock.
            prepare: what is done first; it is to read the file.
        """
        options = {"mode": "rwc", **self.options}
        try:
            return self._opened(options, timeout, prepare, sqlite3.Connection)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & _PRIMARY_CODE not in _UNWRITABLE or not self._is_at_rest():
                raise
        version = self.version()
        unchanging = {**options, "mode": "ro", "immutable": "1"}
        connection = self._opened(unchanging, timeout, prepare, UnchangingConnection)
        connection.version = version
        return connection

    def is_outdated(self, connection: UnchangingConnection) -> bool:
        """Whether a connection no longer sees the file as it is."""
        return connection.version != self.version() or not self._is_at_rest()

    def version(self) -> tuple[int, ...] | None:
        """What is another after each change; None where there is no file."""
        try:
            found = self.path.stat()
        except OSError:
            return None
        return found.st_ino, found.st_size, found.st_mtime_ns

    def _is_at_rest(self) -> bool:
        """Whether the file is there and whole: nothing beside it waits to be written into it."""
        beside = (f"{self.path}{ending}" for ending in ("-wal", "-journal"))
        return self.exists() and not any(os.path.exists(each) and os.path.getsize(each) for each in beside)  # noqa: PTH110, PTH202

    def _opened(self, options: Mapping[str, str], timeout: float, prepare: Prepare, kind: type[T]) -> T:
        place = f"{self.path.as_uri()}?{urlencode(options)}"
        connection = sqlite3.connect(place, uri=True, timeout=timeout, check_same_thread=False, factory=kind)
        try:
            prepare(connection)
        except BaseException:
            connection.close()
            raise
        return connection
