"""A connection to addresses that were looked at, whatever a name says by then, with one time for all of it."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from threading import Thread
from time import monotonic
from typing import Any, TypeVar

import httpcore2
from attrs import frozen

T = TypeVar("T")

Connect = Callable[[tuple[str, int], float], socket.socket]
"""Connects to an IP address and a port, within seconds: `socket.create_connection`."""


@frozen
class Deadline:
    """When everything must be done."""

    _at: float

    @classmethod
    def after(cls, seconds: float) -> Deadline:
        """So many seconds from now."""
        return cls(monotonic() + seconds)

    def left(self) -> float:
        """How many seconds are left.

        Raises:
            TimeoutError: none.
        """
        left = self._at - monotonic()
        if left <= 0:
            raise TimeoutError("the time is up")
        return left

    def hold(self, call: Callable[[], T]) -> T:
        """What a call returns that takes no timeout itself, as the resolver's; one that hangs is left to itself.

        Raises:
            TimeoutError: it did not return in time.
        """
        answer: Future[T] = Future()

        def run() -> None:
            try:
                answer.set_result(call())
            except BaseException as error:  # noqa: BLE001 - raised again where it is waited for
                answer.set_exception(error)

        Thread(target=run, name="webhook-call", daemon=True).start()
        return answer.result(self.left())


class PinnedBackend(httpcore2.NetworkBackend):
    """Connects to the given addresses, in turn, and never looks a name up."""

    def __init__(self, addresses: Sequence[str], deadline: Deadline, connect: Connect) -> None:
        self._addresses, self._deadline, self._connect = addresses, deadline, connect

    def connect_tcp(
        self,
        host: str,  # noqa: ARG002 - its name is for TLS and the header `Host`
        port: int,
        timeout: float | None = None,  # noqa: ARG002 - the deadline's
        local_address: str | None = None,  # noqa: ARG002
        socket_options: Iterable[Any] | None = None,  # noqa: ARG002
    ) -> httpcore2.NetworkStream:
        """Connect to the first address that answers; each has its share of the time that is left."""
        failure: OSError = OSError("no address")
        for place, address in enumerate(self._addresses):
            share = self._deadline.left() / (len(self._addresses) - place)
            try:
                return TimedStream(self._connect((address, port), share), self._deadline)
            except OSError as error:
                failure = error
        raise failure


class TimedStream(httpcore2.NetworkStream):
    """A socket whose every step has the time that is left: who drips bytes gains none.

    A request's own timeouts are not looked at, for each would begin anew with each byte.
    """

    def __init__(self, connected: socket.socket, deadline: Deadline) -> None:
        self._socket, self._deadline = connected, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002
        """Read what is there."""
        self._socket.settimeout(self._deadline.left())
        return self._socket.recv(max_bytes)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002
        """Write all of it.

        Raises:
            httpcore2.WriteError: the connection was closed; an answer may have come before, and is read then.
        """
        rest = memoryview(buffer)
        while rest:
            self._socket.settimeout(self._deadline.left())
            try:
                rest = rest[self._socket.send(rest) :]
            except TimeoutError:
                raise
            except OSError as error:
                raise httpcore2.WriteError(str(error)) from error

    def close(self) -> None:
        """Close it."""
        self._socket.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002
    ) -> httpcore2.NetworkStream:
        """Go on in TLS, with the name that the certificate must have."""
        self._socket.settimeout(self._deadline.left())
        return TimedStream(ssl_context.wrap_socket(self._socket, server_hostname=server_hostname), self._deadline)

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 - the interface's
        """The socket as an `ssl_object`, which knows its protocol."""
        return self._socket if info == "ssl_object" and isinstance(self._socket, ssl.SSLSocket) else None
