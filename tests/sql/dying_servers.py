"""Servers for tests of their deaths: on TCP, to be frozen, made read-only, and cut off at a commit."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from attrs import frozen

from postgres import Cluster, find

sys.path.append(str(Path(__file__).parents[1] / "failover"))
import process_trees
from patroni_cluster import free_ports
from tcp_proxies import Proxies, Proxy


@frozen
class DyingServer:
    """A PostgreSQL of the test's own, on a port of loopback."""

    cluster: Cluster
    port: int

    @property
    def place(self) -> str:
        """Host and port."""
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        """Of its database."""
        return f"postgresql://postgres@{self.place}/postgres"

    def say(self, *statements: str) -> None:
        """Tell the server something, whatever it is set to."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            for each in ("SET default_transaction_read_only = off", *statements):
                connection.execute(each.encode())

    def ask(self, statement: str) -> object:
        """The first value of a statement."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            row = connection.execute(statement.encode()).fetchone()
            return row[0] if row else None

    def set(self, name: str, value: str) -> None:
        """Set something for every session, those that are open too; when this returns it holds."""
        self.say(f"ALTER SYSTEM SET {name} = '{value}'", "SELECT pg_reload_conf()")
        while self.ask(f"SHOW {name}") != value:
            continue

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """While this lasts, no process of it runs."""
        family = process_trees.stop(self.cluster.pid)
        try:
            yield
        finally:
            process_trees.go_on(family)


@contextmanager
def dying_server() -> Iterator[DyingServer]:
    """A server."""
    (port,) = free_ports(1)
    with Cluster(find(), listen_addresses="127.0.0.1", port=str(port)) as cluster:
        yield DyingServer(cluster, port)


class CommitCutter(Proxy):
    """A way to a server that is cut when a text passes to it: before it does, or when its answer comes back."""

    def __init__(self, target: int, text: bytes = b"COMMIT\0", *, arrives: bool = True) -> None:
        super().__init__(target)
        self._text, self._arrives = text, arrives
        self._armed = self._cutting = False
        self.cuts = 0

    def arm(self) -> None:
        """Cut at the next one."""
        self._armed = True

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, _way: asyncio.Event) -> None:
        while part := await reader.read(65_536):
            if self._cutting:
                break
            if self._armed and self._text in part:
                self._armed, self._cutting = False, True
                if not self._arrives:
                    break
            writer.write(part)
            await writer.drain()
        if self._cutting:
            self.cuts += 1
            self._cutting = False
            for each in self._writers:
                each.transport.abort()


@contextmanager
def through(make: Callable[[], CommitCutter]) -> Iterator[CommitCutter]:
    """A proxy that runs."""
    with Proxies() as proxies:
        yield proxies.listening(make())
