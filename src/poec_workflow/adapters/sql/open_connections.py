"""The drivers' connections that an engine has open, so that a fork finds them."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import Any, TypeVar

from sqlalchemy import Engine, event

from poec_workflow.adapters.forking import abandon

T = TypeVar("T")


class OpenConnections:
    """Connections from when they are opened until they are closed. While they are held, none is opened."""

    def __init__(self) -> None:
        self._open: dict[int, Any] = {}
        self._gate = Lock()

    def __bool__(self) -> bool:
        return bool(self._open)

    def opened(self, connect: Callable[[], T]) -> T:
        """Open one, as soon as that may be."""
        with self._gate:
            connection = connect()
            self._open[id(connection)] = connection
        return connection

    def follow(self, engine: Engine) -> None:
        """Know of what the engine's pool opens and closes."""

        def add(connection: Any, _record: object) -> None:  # noqa: ANN401 - two drivers' connections
            self._open[id(connection)] = connection

        def forget(connection: object, _record: object) -> None:
            self._open.pop(id(connection), None)

        event.listen(engine, "connect", add)
        event.listen(engine, "close", forget)

    def hold(self) -> None:
        """Let nobody open one."""
        self._gate.acquire()

    def go_on(self) -> None:
        """Let them be opened again."""
        self._gate.release()

    def abandon(self) -> None:
        """In a child: leave the parent's to the parent."""
        abandon(*self._open.values())
        self._open = {}
        self._gate = Lock()
