"""Relays of TCP on loopback that can be cut, as a network is: silently, or with every connection reset.

A silent one keeps its connections and passes nothing on. What it held back goes on when it is open again, as TCP
itself sends again what got lost.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from contextlib import suppress
from enum import Enum
from types import TracebackType
from typing import Any, Self, TypeVar

PATIENCE = 10


class Passage(Enum):
    """What a proxy does with what it is given."""

    OPEN = "open"
    SILENT = "silent"
    RESET = "reset"
    MUTE = "mute"
    """What is asked arrives, and no answer comes back."""


class Proxy:
    """One address that leads to another."""

    def __init__(self, target: int) -> None:
        self.port = 0
        self._target = target
        self._passage = Passage.OPEN
        self._open = asyncio.Event()
        self._answers = asyncio.Event()
        self._writers: set[asyncio.StreamWriter] = set()

    async def listen(self) -> asyncio.Server:
        """Listen on a free port."""
        self.let(Passage.OPEN)
        server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        return server

    def let(self, passage: Passage) -> None:
        """Open it or cut it; in the loop's thread."""
        self._passage = passage
        for way, passes in ((self._open, (Passage.OPEN, Passage.MUTE)), (self._answers, (Passage.OPEN,))):
            way.set() if passage in passes else way.clear()
        if passage is Passage.RESET:
            for each in self._writers:
                each.transport.abort()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._passage is Passage.RESET:
            writer.transport.abort()
            return
        self._writers.add(writer)
        try:
            await self._open.wait()
            with suppress(OSError):
                await self._joined(reader, writer, *await asyncio.open_connection("127.0.0.1", self._target))
        finally:
            self._writers.discard(writer)
            writer.transport.abort()

    async def _joined(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        behind: asyncio.StreamReader,
        to_behind: asyncio.StreamWriter,
    ) -> None:
        self._writers.add(to_behind)
        passing = [
            asyncio.ensure_future(each)
            for each in (self._pass(reader, to_behind, self._open), self._pass(behind, writer, self._answers))
        ]
        try:
            await asyncio.wait(passing, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in passing:
                each.cancel()
            await asyncio.gather(*passing, return_exceptions=True)
            self._writers.discard(to_behind)
            to_behind.transport.abort()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, way: asyncio.Event) -> None:
        with suppress(OSError):
            while part := await reader.read(65_536):
                await way.wait()
                writer.write(part)
                await writer.drain()
            # That the other side has ended is not heard through a cut either.
            await way.wait()


P = TypeVar("P", bound=Proxy)


class Proxies:
    """A thread that runs proxies."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._servers: list[asyncio.Server] = []

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._run(self._ended())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(PATIENCE)
        self._loop.close()

    async def _ended(self) -> None:
        for each in self._servers:
            each.close()
        connections = asyncio.all_tasks() - {asyncio.current_task()}
        for connection in connections:
            connection.cancel()
        await asyncio.gather(*connections, return_exceptions=True)
        # Transports close at the loop's next turn.
        await asyncio.sleep(0)

    def to(self, target: int) -> Proxy:
        """A new one, to a port."""
        return self.listening(Proxy(target))

    def listening(self, proxy: P) -> P:
        """One that is made, once it listens."""

        async def listen() -> None:
            self._servers.append(await proxy.listen())

        self._run(listen())
        return proxy

    def let(self, passage: Passage, *proxies: Proxy) -> None:
        """Open some or cut them; when this returns it is done."""

        async def done() -> None:
            for each in proxies:
                each.let(passage)

        self._run(done())

    def _run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(PATIENCE)
