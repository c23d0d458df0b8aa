"""The edge of the two drivers: every statement and every commit of an engine passes here, and may be stopped.

A watcher is told of each moment, and lets it pass by returning. What it raises is what the driver raises.
"""

from __future__ import annotations

import os
import socket
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Self

import psycopg
from attrs import frozen
from sqlalchemy import Dialect, Engine, event

BEFORE, AFTER = "before", "after"
STATEMENT, COMMIT, RETURN = "statement", "commit", "return"


@frozen
class InterceptedCall:
    """A point at which something can go wrong.

    Attributes:
        what: a statement, a commit, or the return to the caller.
        when: before it is handed to the driver, or after the driver came back.
        text: of the statement.
        connection: the driver's, on which it happens.
    """

    what: str
    when: str
    text: str = ""
    connection: Any = None

    def __str__(self) -> str:
        return f"{self.when} {self.what} {' '.join(self.text.split())[:60]}".strip()


Watch = Callable[[InterceptedCall], None]


class Interceptor:
    """Where connections report to."""

    def __init__(self) -> None:
        self.watch: Watch = _let_pass

    def connect(self, dialect: Dialect, _record: object, arguments: Any, named: Any) -> Any:
        """A connection of the dialect's driver that reports."""
        if dialect.name == "sqlite":
            made: Any = sqlite3.connect(*arguments, **named, factory=SqliteConnection)
        else:
            made = PsycopgConnection.connect(*arguments, **named, cursor_factory=PsycopgCursor)
        made.interceptor = self
        return made

    def around(self, what: str, text: str, connection: object, do: Callable[[], Any]) -> Any:
        """Do something, with the watcher told before and after."""
        self.watch(InterceptedCall(what, BEFORE, text, connection))
        done = do()
        self.watch(InterceptedCall(what, AFTER, text, connection))
        return done


def _let_pass(_moment: InterceptedCall) -> None:
    """Nobody watches."""


@contextmanager
def interceptor() -> Iterator[Interceptor]:
    """While this lasts, every engine connects through the edge."""
    made = Interceptor()
    event.listen(Engine, "do_connect", made.connect)
    try:
        yield made
    finally:
        event.remove(Engine, "do_connect", made.connect)


class SqliteConnection(sqlite3.Connection):
    """sqlite3's, reporting."""

    interceptor: Interceptor

    def cursor(self, _factory: object = None) -> Any:
        return super().cursor(SqliteCursor)

    def commit(self) -> None:
        self.interceptor.around(COMMIT, "", self, super().commit)


class SqliteCursor(sqlite3.Cursor):
    """sqlite3's, reporting; of many rows each is a statement."""

    connection: SqliteConnection

    def execute(self, statement: str, parameters: Any = ()) -> Self:
        self.connection.interceptor.around(
            STATEMENT, statement, self.connection, lambda: super(SqliteCursor, self).execute(statement, parameters)
        )
        return self

    def executemany(self, statement: str, rows: Any) -> Self:
        def told() -> Iterator[Any]:
            for number, row in enumerate(rows):
                if number:
                    self.connection.interceptor.watch(InterceptedCall(STATEMENT, BEFORE, statement, self.connection))
                yield row

        self.connection.interceptor.around(
            STATEMENT, statement, self.connection, lambda: super(SqliteCursor, self).executemany(statement, told())
        )
        return self


class PsycopgConnection(psycopg.Connection[Any]):
    """psycopg's, reporting; its BEGIN goes out with the first statement."""

    interceptor: Interceptor

    def commit(self) -> None:
        self.interceptor.around(COMMIT, "", self, super().commit)


class PsycopgCursor(psycopg.Cursor[Any]):
    """psycopg's, reporting; many rows go out together."""

    connection: PsycopgConnection

    def execute(self, query: Any, params: Any = None, **named: Any) -> Self:
        do = super().execute
        self.connection.interceptor.around(STATEMENT, str(query), self.connection, lambda: do(query, params, **named))
        return self

    def executemany(self, query: Any, params_seq: Any, **named: Any) -> None:
        do = super().executemany
        self.connection.interceptor.around(
            STATEMENT, str(query), self.connection, lambda: do(query, params_seq, **named)
        )


# What the wire to PostgreSQL can suffer, done to the wire itself.


@contextmanager
def _wire(connection: psycopg.Connection[Any]) -> Iterator[socket.socket]:
    with socket.socket(fileno=os.dup(connection.pgconn.socket)) as wire:
        wire.settimeout(60)
        yield wire


def hang_up(connection: psycopg.Connection[Any]) -> None:
    """Drop the connection, unseen by the driver until it next speaks or listens."""
    with _wire(connection) as wire:
        wire.shutdown(socket.SHUT_RDWR)


def send_commit(connection: psycopg.Connection[Any]) -> None:
    """Send COMMIT past the driver, and wait for nothing."""
    words = b"COMMIT\0"
    with _wire(connection) as wire:
        wire.sendall(b"Q" + (len(words) + 4).to_bytes(4, "big") + words)


def steal_answer(connection: psycopg.Connection[Any]) -> None:
    """Read the server's answer away from the driver, up to the end that every answer has."""
    with _wire(connection) as wire:
        heard = b""
        while not heard.endswith(_READY):
            part = wire.recv(4096)
            assert part, "the server hung up before it answered"
            heard += part


_READY = (b"Z\0\0\0\5I", b"Z\0\0\0\5T", b"Z\0\0\0\5E")
