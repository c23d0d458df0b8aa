"""A real SMTP server on loopback: with TLS and a login where asked, and with answers that it is told to give."""

from __future__ import annotations

import socket
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword
from attrs import define, field

HOST = "127.0.0.1"


@define
class Answers:
    """What the server says at a stage, and the envelopes that it took."""

    recipient: str = "250 OK"
    data: str = "250 OK"
    goodbye: str = "221 Bye"
    taken: list[Envelope] = field(factory=list)

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's
        self, _server: object, _session: object, envelope: Envelope, address: str, _options: object
    ) -> str:
        if self.recipient.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.recipient

    async def handle_DATA(self, _server: object, _session: object, envelope: Envelope) -> str:  # noqa: N802
        if self.data.startswith("250"):
            self.taken.append(envelope)
        return self.data

    async def handle_QUIT(self, _server: object, _session: object, _envelope: Envelope) -> str:  # noqa: N802
        return self.goodbye


def _authenticate(*given: Any) -> AuthResult:
    known = given[-1]
    right = isinstance(known, LoginPassword) and (known.login, known.password) == (b"poec", b"secret")
    return AuthResult(success=right, handled=right)


def _free_port() -> int:
    with socket.create_server((HOST, 0)) as server:
        port: int = server.getsockname()[1]
    return port


@contextmanager
def serving(
    answers: Answers, *, context: ssl.SSLContext | None = None, login: bool = False, utf8: bool = True
) -> Iterator[int]:
    """A server while this lasts; its port."""
    controller = Controller(
        answers,
        hostname=HOST,
        port=_free_port(),
        tls_context=context,
        require_starttls=context is not None,
        authenticator=_authenticate if login else None,
        auth_required=login,
        enable_SMTPUTF8=utf8,
    )
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


def certificate(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A certificate of the host: the server's context, and a client's that trusts it."""
    key, cert = folder / "key.pem", folder / "cert.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    command += ["-addext", f"subjectAltName=IP:{HOST}", "-keyout", str(key), "-out", str(cert)]
    subprocess.run(command, check=True, capture_output=True)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(cert, key)
    return server, ssl.create_default_context(cafile=str(cert))
