"""A receiver of webhooks on loopback, which answers as a test tells it; and a channel that calls it."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from typing import Any
from zoneinfo import ZoneInfo

from attrs import define, evolve, field

from guarantees import ADVISER, NOW, TRAINER, registering, retaining, workflow_with_session
from poec_workflow import Content, Message, Workflow
from poec_workflow.adapters.memory import MemoryStorage
from poec_workflow.adapters.webhook import Endpoint, WebhookChannel
from poec_workflow.messages import Addressee
from poec_workflow.ports import Storage
from poec_workflow.relay import ContentLookup
from poec_workflow.testing import SettableClock

NAME = "hooks.example.org"
CERTIFICATE = Path(__file__).with_name(f"{NAME}.pem")
PUBLIC = "8.8.8.8"
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwcGVybmV3"  # noqa: S105 - of these tests
OTHER_SECRET = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oDc2VjcmV0"  # noqa: S105
TO = Addressee("system", "KAIROS")


@define
class Request:
    """What the receiver got."""

    path: str
    headers: dict[str, str]
    body: bytes


class Handler(BaseHTTPRequestHandler):
    """Reads a request, notes it, and lets the test's function answer."""

    server: Server

    def do_POST(self) -> None:
        """Note it, then answer."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.receiver.requests.append(Request(self.path, dict(self.headers), body))
        try:
            self.server.receiver.answer(self)
        except OSError:
            self.close_connection = True

    def reply(self, status: int, **headers: str) -> None:
        """Answer with a status, headers (`_` for `-`) and no body."""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


class Server(ThreadingHTTPServer):
    """A server that knows the receiver whose it is."""

    receiver: Receiver
    daemon_threads = True

    def handle_error(self, *_: Any) -> None:
        """A client that hung up is what some tests are about."""


Answer = Callable[[Handler], object]


def accept(handler: Handler) -> None:
    """Take it."""
    handler.reply(204)


@define
class Receiver:
    """What arrived, and how it is answered.

    Attributes:
        over: set when the test is over: an answer that hangs waits for it.
    """

    answer: Answer = accept
    requests: list[Request] = field(factory=list)
    port: int = 0
    over: Event = field(factory=Event)


@contextmanager
def receiving(answer: Answer = accept, *, tls: bool = False) -> Iterator[Receiver]:
    """A receiver that runs."""
    receiver = Receiver(answer)
    with Server(("127.0.0.1", 0), Handler) as server:
        server.receiver, receiver.port = receiver, server.server_port
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(CERTIFICATE)
            server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield receiver
        finally:
            receiver.over.set()
            server.shutdown()
            thread.join()


@contextmanager
def listening(serve: Callable[[socket.socket], object]) -> Iterator[int]:
    """A port whose first connection is served by a function, byte by byte."""

    def run() -> None:
        try:
            connected, _ = listener.accept()
            with connected:
                serve(connected)
        except OSError:
            pass  # the client hung up, or nobody came

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = Thread(target=run, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)
        thread.join(10)
        assert not thread.is_alive()


def trusting() -> ssl.SSLContext:
    """A context that trusts the receiver's certificate."""
    return ssl.create_default_context(cafile=str(CERTIFICATE))


def paris_now() -> datetime:
    """The real instant, as a host's clock in Paris has it: the vendor's `verify` asks the real clock."""
    return datetime.now(UTC).astimezone(ZoneInfo("Europe/Paris"))


def channel(url: str, *, secrets: tuple[str, ...] = (SECRET,), **options: Any) -> WebhookChannel:
    """A channel to one webhook, which may be on loopback."""
    given = {"clock": SettableClock(paris_now()), "allow_private": True, "allow_http": True, **options}
    return WebhookChannel({"system:KAIROS": Endpoint(url=url, secrets=secrets)}, **given)


def retained(storage: Storage, applications: int) -> Workflow:
    """Take applications to a seat, so that each stream has several messages."""
    workflow_with_session(storage, seats=applications)
    workflow = Workflow(storage, clock=SettableClock(NOW))
    for number in range(1, applications + 1):
        workflow.execute(registering(number), ADVISER)
        for command in retaining(number):
            workflow.execute(command, TRAINER)
    return workflow


def told() -> tuple[Message, Content]:
    """What KAIROS hears of a retained application (N3)."""
    workflow = retained(MemoryStorage(), 1)
    [message] = [each.message for each in workflow.storage.outbox.queued() if each.message.to == TO]
    content = ContentLookup(workflow).content(message)
    assert content is not None
    return message, content


def saying(content: Content, text: str) -> Content:
    """The same, with a text among the fields that are told."""
    return evolve(content, told={**content.told, "comment": text})
