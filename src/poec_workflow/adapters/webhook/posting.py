"""One POST: no redirect followed, no proxy, no cookie, nothing decoded, and hardly anything of the answer read."""

from __future__ import annotations

import ssl
from collections.abc import Mapping, Sequence

import httpcore2
from attrs import frozen

from poec_workflow.adapters.webhook.pinned_connection import Connect, Deadline, PinnedBackend
from poec_workflow.adapters.webhook.webhook_urls import Target

MOST_READ = 8_192
"""How many bytes of an answer's body are read, so that an ordinary one ends in order; nothing is kept of it."""

NETWORK_ERRORS = (OSError, httpcore2.NetworkError, httpcore2.ProtocolError)
"""What a request fails with: TLS errors and timeouts are OSErrors."""


@frozen(kw_only=True)
class HttpAnswer:
    """What a receiver answered: status and `Retry-After`."""

    status: int
    retry_after: str | None


@frozen(kw_only=True)
class Poster:
    """Sends requests, each on a connection of its own.

    Attributes:
        tls: whose certificates are trusted.
        connect: how an address is connected to.
    """

    tls: ssl.SSLContext
    connect: Connect

    def post(
        self, target: Target, addresses: Sequence[str], headers: Mapping[str, str], body: bytes, deadline: Deadline
    ) -> HttpAnswer:
        """Send a request to one of the addresses of a target.

        Raises:
            OSError, httpcore2.NetworkError, httpcore2.ProtocolError: there was no answer.
        """
        url = httpcore2.URL(scheme=target.scheme, host=target.host, port=target.port, target=target.path)
        backend = PinnedBackend(addresses, deadline, self.connect)
        sent: list[tuple[bytes | str, bytes | str]] = [("Host", target.authority), *headers.items()]
        with (
            httpcore2.HTTPConnection(url.origin, ssl_context=self.tls, network_backend=backend) as connection,
            connection.stream("POST", url, headers=sent, content=body) as response,
        ):
            _read_a_little(response)
            waits = [value for name, value in response.headers if name.lower() == b"retry-after"]
            return HttpAnswer(status=response.status, retry_after=waits[0].decode("latin-1") if waits else None)


def _read_a_little(response: httpcore2.Response) -> None:
    """Read the beginning of the body; however that ends, the status was the answer."""
    read = 0
    try:
        for chunk in response.iter_stream():
            read += len(chunk)
            if read > MOST_READ:
                break
    except NETWORK_ERRORS:
        pass
