"""RabbitMQ and Redis as private servers on loopback: started for the tests, on ports and in folders of their own."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from attrs import frozen
from kombu import Connection

HOST = "127.0.0.1"
RABBITMQ = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
PATIENCE = 120.0
"""Seconds after which a server does not start any more."""


class NoBroker(Exception):
    """There is no such server here."""


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.create_server((HOST, 0)) as server:
        port: int = server.getsockname()[1]
    return port


@frozen
class Broker:
    """A server that can be stopped and started again, with what it keeps."""

    url: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    folder: Path
    answers: Callable[[], bool]

    @contextmanager
    def running(self) -> Iterator[None]:
        """While this lasts it runs."""
        with (self.folder / "output").open("ab") as output:
            process = subprocess.Popen(
                self.command,
                env={**os.environ, **self.environment},
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            self._wait(process)
            yield
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def _wait(self, process: subprocess.Popen[bytes]) -> None:
        waited = 0.0
        while not self.answers():
            with suppress(subprocess.TimeoutExpired):
                process.wait(0.2)
                raise NoBroker((self.folder / "output").read_text(errors="replace")[-2_000:])
            waited += 0.2
            if waited > PATIENCE:
                raise NoBroker("it does not answer")


def _speaks(port: int, greeting: bytes, answer: bytes) -> bool:
    """Whether a server says at a port what it should."""
    with suppress(OSError), socket.create_connection((HOST, port), 1) as connection:
        connection.settimeout(5)
        connection.sendall(greeting)
        return connection.recv(64).startswith(answer)
    return False


@contextmanager
def rabbitmq(folder: Path) -> Iterator[Broker]:
    """A RabbitMQ that is not running yet.

    Raises:
        NoBroker: none is installed.
    """
    if not RABBITMQ.exists():
        raise NoBroker("no RabbitMQ is installed (Debian's package rabbitmq-server)")
    port, names = free_port(), free_port()
    (folder / "plugins").write_text("[].\n")
    environment = {
        "HOME": str(folder),
        "RABBITMQ_NODENAME": f"poec{port}@localhost",
        "RABBITMQ_NODE_IP_ADDRESS": HOST,
        "RABBITMQ_NODE_PORT": str(port),
        "RABBITMQ_DIST_PORT": str(free_port()),
        "RABBITMQ_MNESIA_BASE": str(folder / "data"),
        "RABBITMQ_LOG_BASE": str(folder / "log"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
        "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq"),
        "RABBITMQ_CONF_ENV_FILE": str(folder / "none"),
        "ERL_EPMD_PORT": str(names),
        "ERL_EPMD_ADDRESS": HOST,
    }
    # The answer of AMQP 0-9-1 to its own header is a frame of a method.
    answers = lambda: _speaks(port, b"AMQP\x00\x00\x09\x01", b"\x01")  # noqa: E731
    try:
        yield Broker(f"amqp://guest:guest@{HOST}:{port}//", (str(RABBITMQ),), environment, folder, answers)
    finally:
        # Erlang's directory of names is a daemon that outlives its nodes.
        subprocess.run(
            ["epmd", "-port", str(names), "-kill"], env={**os.environ, **environment}, capture_output=True, check=False
        )


@contextmanager
def redis(folder: Path) -> Iterator[Broker]:
    """A Redis that is not running yet.

    Raises:
        NoBroker: none is installed.
    """
    server, port = shutil.which("redis-server"), free_port()
    if server is None:
        raise NoBroker("no Redis is installed (Debian's package redis-server)")
    command = (server, "--port", str(port), "--bind", HOST, "--dir", str(folder), "--appendonly", "yes")
    yield Broker(f"redis://{HOST}:{port}/0", command, {}, folder, lambda: _speaks(port, b"PING\r\n", b"+PONG"))


def consumed(url: str, queue: object, many: int) -> list[tuple[str, object]]:
    """So many messages of a queue, in their order: id and body."""
    found: list[tuple[str, object]] = []
    with Connection(url) as connection, connection.SimpleQueue(queue) as simple:
        while len(found) < many:
            message = simple.get(timeout=PATIENCE)
            found.append((message.properties["message_id"], message.payload))
            message.ack()
    return found
