"""Receivers that hang, drip, flood and hang up: one delivery takes its time at most, and no memory."""

from __future__ import annotations

import socket
import tracemalloc
from collections.abc import Callable, Sequence
from datetime import timedelta
from threading import Event
from time import monotonic

import httpcore2
import pytest
from webhook_receiver import NAME, Handler, channel, listening, receiving, told, trusting

from poec_workflow import Content, Message, NotNow
from poec_workflow.adapters.webhook.pinned_connection import Deadline, TimedStream

SHORT = timedelta(seconds=0.3)
LONG = 5
"""Seconds: past them somebody held us."""
PIECE = bytes(65_536)
FLOOD = 1 << 30


@pytest.fixture(scope="module")
def n3() -> tuple[Message, Content]:
    """What KAIROS hears of a retained application."""
    return told()


def drip(connected: socket.socket, over: Event, before: bytes = b"") -> None:
    """A byte now and then, for ever."""
    connected.sendall(before)
    while not over.wait(0.02):
        connected.sendall(b"x")


Serve = Callable[[socket.socket, Event], object]


@pytest.mark.parametrize(
    ("scheme", "serve"),
    [
        ("http", lambda _, over: over.wait(60)),
        ("https", lambda _, over: over.wait(60)),
        ("http", lambda connected, over: drip(connected, over, b"HTTP/1.1 204 ")),
        ("http", lambda connected, over: drip(connected, over, b"HTTP/1.1 204 OK\r\nX-Slow: ")),
        ("http", lambda connected, over: drip(connected, over, b"HTTP/1.1 500 No\r\nContent-Length: 9999\r\n\r\n")),
        # The length of a TLS record, and less of it than that.
        ("https", lambda connected, over: drip(connected, over, b"\x16\x03\x03\x40\x00")),
    ],
)
def test_who_hangs_or_drips_holds_nobody(scheme: str, serve: Serve, n3: tuple[Message, Content]) -> None:
    """Before the handshake, before an answer, and in the middle of it: the time is for all of it."""
    over = Event()
    with listening(lambda connected: serve(connected, over)) as port:
        sending = channel(f"{scheme}://{NAME}:{port}/", timeout=SHORT, resolve=lambda *_: ["127.0.0.1"], tls=trusting())
        began = monotonic()
        with pytest.raises(NotNow, match=r"did not answer within 0\.3 s|answered 500"):
            sending.deliver(*n3)
        assert monotonic() - began < LONG
        over.set()


def test_a_resolver_that_hangs_holds_nobody(n3: tuple[Message, Content]) -> None:
    """Looking the name up is within the time too."""
    over = Event()

    def hang(host: str, port: int) -> Sequence[str]:
        del host, port
        over.wait(60)
        return []

    began = monotonic()
    with pytest.raises(NotNow, match="did not answer within"):
        channel(f"https://{NAME}/", timeout=SHORT, resolve=hang).deliver(*n3)
    assert monotonic() - began < LONG
    over.set()


def test_a_reader_that_stops_holds_nobody() -> None:
    """A request that nobody takes is given up in time, also by a reader who takes a little now and then."""
    ours, theirs = socket.socketpair()
    taken: list[int] = []

    class Slow(socket.socket):
        def send(self, data: bytes, flags: int = 0) -> int:  # type: ignore[override]
            theirs.setblocking(False)  # noqa: FBT003
            taken.append(len(theirs.recv(4_096)) if taken else 0)
            return super().send(data, flags)

    with theirs, Slow(fileno=ours.detach()) as slow:
        began = monotonic()
        with pytest.raises(TimeoutError):
            TimedStream(slow, Deadline.after(0.2)).write(bytes(1 << 26))
        assert monotonic() - began < LONG


def test_a_closed_connection_is_told_apart_from_a_slow_one() -> None:
    """As a failure to write, after which an answer that came before is still read."""
    ours, theirs = socket.socketpair()
    theirs.close()
    with ours, pytest.raises(httpcore2.WriteError):
        TimedStream(ours, Deadline.after(LONG)).write(b"x")


def flood(handler: Handler, beginning: str) -> None:
    """Send a gigabyte, or as much of it as is taken."""
    handler.wfile.write(beginning.encode())
    for _ in range(FLOOD // len(PIECE)):
        handler.wfile.write(PIECE)
        handler.server.receiver.port += len(PIECE)  # counts what was sent


@pytest.mark.parametrize(
    ("beginning", "accepted"),
    [
        (f"HTTP/1.1 200 OK\r\nContent-Length: {FLOOD}\r\n\r\n", True),
        (f"HTTP/1.1 503 No\r\nContent-Length: {FLOOD}\r\n\r\n", False),
        ("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", True),
        ("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\n", True),
        ("HTTP/1.1 200 OK\r\nX-Endless: ", False),
    ],
)
def test_a_gigabyte_is_cut_off(beginning: str, accepted: bool, n3: tuple[Message, Content]) -> None:  # noqa: FBT001
    """After a little of it, whatever its status; nothing is unpacked, and memory stays flat."""
    with receiving(lambda handler: flood(handler, beginning)) as receiver:
        port = receiver.port
        sending = channel(f"http://127.0.0.1:{port}/")
        tracemalloc.start()
        try:
            if accepted:
                sending.deliver(*n3)
            else:
                with pytest.raises(NotNow):
                    sending.deliver(*n3)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert receiver.port - port < FLOOD // 20  # what sockets buffer
    assert peak < 2_000_000


@pytest.mark.parametrize("rest", [b"abc", b""])
def test_an_answer_whose_end_is_lost_was_an_answer(rest: bytes, n3: tuple[Message, Content]) -> None:
    """A receiver that says 200 has taken it, also when the connection is lost after that."""

    def serve(connected: socket.socket) -> None:
        connected.recv(1 << 16)
        connected.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n" + rest)

    with listening(serve) as port:
        channel(f"http://127.0.0.1:{port}/").deliver(*n3)


@pytest.mark.parametrize(
    "said", [b"", b"HTTP/1.1 2", b"SSH-2.0-OpenSSH\r\n", b"HTTP/1.1 200 OK\r\nA\x00: t0ken\r\n\r\n"]
)
def test_no_answer_is_tried_again(said: bytes, n3: tuple[Message, Content]) -> None:
    """A connection that is lost before an answer, and what is no HTTP, of which nothing is quoted."""

    def serve(connected: socket.socket) -> None:
        connected.recv(1 << 16)
        connected.sendall(said)

    with listening(serve) as port:
        origin = f"http://127.0.0.1:{port}"
        with pytest.raises(NotNow, match=f"^{origin}: ") as failure:
            channel(f"{origin}/").deliver(*n3)
    assert not any(each in str(failure.value) for each in ("t0ken", "SSH"))
    with pytest.raises(NotNow, match="ConnectionRefusedError"):
        channel(f"{origin}/").deliver(*n3)


def test_an_answer_that_comes_early_counts(n3: tuple[Message, Content]) -> None:
    """A receiver that answers and hangs up before it has read the request has said what it wants."""

    def serve(connected: socket.socket) -> None:
        connected.sendall(b"HTTP/1.1 503 No\r\nContent-Length: 0\r\nRetry-After: 7\r\n\r\n")
        connected.shutdown(socket.SHUT_WR)
        connected.recv(1 << 16)

    with listening(serve) as port, pytest.raises(NotNow, match="answered 503") as failure:
        channel(f"http://127.0.0.1:{port}/").deliver(*n3)
    assert failure.value.after == timedelta(seconds=7)
