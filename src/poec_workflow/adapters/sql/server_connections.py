"""Connections to PostgreSQL's servers: which of several is tried first, and when a silent one is given up.

A server whose machine is gone, cut off or frozen says nothing, and its connections look alive: the kernel of a frozen
one even acknowledges what it gets. PostgreSQL's client library waits for ever then. So who has waited for an answer as
long as a connection may take to open asks whether the server still takes connections. One that does is at work, on a
long statement or waiting for a lock, and is waited for; one that does not has died for its clients.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Mapping, Sequence
from math import inf
from threading import Lock
from time import monotonic
from typing import Any, TypeVar

import psycopg
from psycopg import errors
from psycopg.abc import PQGen

from poec_workflow.adapters.sql.host_lists import HostList
from poec_workflow.adapters.sql.losses import LostBeforeCommit
from poec_workflow.errors import StorageUnavailable

T = TypeVar("T")
Named = Mapping[str, Any]

_UNREPLICATED = "SyncRepWaitForLSN"
"""The server's routine that warns of a commit that is on no standby; the words of the warning are translated."""
_PORT = "5432"
_SPEAKS_TLS = (8).to_bytes(4, "big") + (80877103).to_bytes(4, "big")
"""The protocol's SSLRequest."""


class ServerConnection(psycopg.Connection[Any]):
    """psycopg's, which gives up a server that is silent and takes no connections.

    Attributes:
        patience: seconds of silence after which the server is asked; 0 is never.
        is_alive: asks it.
    """

    patience: float = 0
    is_alive: Callable[[ServerConnection], bool]
    _unreplicated = False

    def wait(self, gen: PQGen[T], *arguments: Any, **named: Any) -> T:  # noqa: ANN401 - as each release has it
        """Wait for an answer.

        Raises:
            psycopg.OperationalError: the server is given up, and the connection closed.
        """
        return super().wait(self._heard(gen) if self.patience else gen, *arguments, **named)

    def commit(self) -> None:
        """Commit.

        Raises:
            StorageUnavailable: somebody cancelled the wait for the synchronous standby, and the server says it is done.
        """
        self._unreplicated = False
        super().commit()
        if self._unreplicated:
            raise StorageUnavailable(
                "the commit is stored on the primary, and not known to be on its standby: the wait for it was "
                "cancelled. Send the command again with its key"
            )

    def hear(self, notice: Any) -> None:  # noqa: ANN401 - of an optional dependency
        """Remember that a commit waited for its standby in vain."""
        self._unreplicated |= notice.source_function == _UNREPLICATED

    def _heard(self, gen: PQGen[T]) -> PQGen[T]:
        """Pass on what a generator waits for, and look at the clock whenever nothing came for a while."""
        since: float | None = None
        try:
            wanted = next(gen)
            while True:
                ready = yield wanted
                if ready:
                    since = None
                elif since is None:
                    since = monotonic()
                elif monotonic() - since >= self.patience:
                    self._ask()
                    since = None
                wanted = gen.send(ready)
        except StopIteration as end:
            answer: T = end.value
            return answer

    def _ask(self) -> None:
        if self.is_alive(self):
            return
        self.pgconn.finish()
        raise errors.OperationalError("the server is silent, and takes no connections")


class Servers:
    """The servers of a URL. The one that was found last is tried first."""

    def __init__(self, hosts: HostList | None) -> None:
        self._hosts = hosts
        self._first = 0
        self._known: dict[object, tuple[float, bool]] = {}
        self._asking = Lock()

    @property
    def several(self) -> bool:
        """Whether another one may be writable when one is not."""
        return self._hosts is not None and len(self._hosts.hosts) > 1

    def connect(self, _dialect: object, _record: object, arguments: Sequence[Any], named: Named) -> ServerConnection:
        """Open a connection, to the first that has what is asked for.

        Raises:
            StorageUnavailable: none has.
        """
        try:
            made = ServerConnection.connect(*arguments, **{**named, **self._in_order()})
        except errors.OperationalError as error:
            kind = LostBeforeCommit if self.several else StorageUnavailable
            raise kind(f"the database can't be reached: {error}") from error
        made.patience = float(named.get("connect_timeout") or 0)
        made.is_alive = self._is_alive
        made.add_notice_handler(made.hear)
        self._remember(made)
        return made

    def _in_order(self) -> Named:
        if self._hosts is None:
            return {}
        first = self._first
        order = [*range(first, len(self._hosts.hosts)), *range(first)]
        return HostList(
            [self._hosts.hosts[each] for each in order], [self._hosts.ports[each] for each in order]
        ).options

    def _remember(self, made: ServerConnection) -> None:
        if self._hosts is None:
            return
        found = (made.info.host, str(made.info.port))
        places = zip(self._hosts.hosts, (each or _PORT for each in self._hosts.ports), strict=True)
        self._first = next((number for number, each in enumerate(places) if each == found), 0)

    def _is_alive(self, silent: ServerConnection) -> bool:
        """Whether a connection's server takes others; it is asked by one thread for all."""
        place = (silent.info.host, silent.info.hostaddr, silent.info.port)
        with self._asking:
            at, alive = self._known.get(place, (-inf, False))
            if monotonic() - at >= silent.patience:
                alive = answers(*place, silent.patience)
                self._known[place] = (monotonic(), alive)
        return alive


def answers(host: str, address: str, port: int, patience: float) -> bool:
    """Whether a server says within so many seconds whether it speaks TLS, which it says to anybody, in any state."""
    try:
        if host.startswith("/"):
            wire = socket.socket(socket.AF_UNIX)
            wire.settimeout(patience)
            wire.connect(f"{host}/.s.PGSQL.{port}")
        else:
            wire = socket.create_connection((address or host, port), patience)
        with wire:
            wire.sendall(_SPEAKS_TLS)
            return bool(wire.recv(1))
    except OSError:
        return False
