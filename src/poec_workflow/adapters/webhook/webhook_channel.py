"""The webhook channel: looks an endpoint up, signs, posts, and says what an answer means."""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Sequence
from datetime import timedelta
from http import HTTPStatus

from attrs import Factory, field, frozen

from poec_workflow.adapters.webhook.cloud_event import CONTENT_TYPE, event_body
from poec_workflow.adapters.webhook.endpoints import Endpoint, Endpoints, endpoints_of
from poec_workflow.adapters.webhook.pinned_connection import Connect, Deadline
from poec_workflow.adapters.webhook.posting import NETWORK_ERRORS, HttpAnswer, Poster
from poec_workflow.adapters.webhook.public_addresses import Resolve, refusal_of_any, system_addresses
from poec_workflow.adapters.webhook.retry_after import wait_of
from poec_workflow.adapters.webhook.signatures import signature_headers
from poec_workflow.adapters.webhook.webhook_urls import Target
from poec_workflow.errors import Malformed
from poec_workflow.messages import Message
from poec_workflow.ports import Clock, Content, NotNow, Undeliverable

LARGEST_BODY = 262_144
"""Of a request, in bytes."""


@frozen(eq=False)
class WebhookChannel:
    """Posts messages to webhooks, as CloudEvents signed by the Standard Webhooks specification.

    A 2xx is delivered. Anything else is tried again, as that specification says, when `Retry-After` allows it: a
    receiver under repair answers 401 and 404 too. But 410 turns the webhook off. What can't be right later is
    undeliverable: no webhook, a URL that is none, an address that is not public, a body that is too large.

    Attributes:
        endpoints: who has which webhook; a mapping has them by addressee, as `organization:AFEC`.
        timeout: for one delivery in all, from the name's resolution to the answer.
        allow_private: whether requests may go to addresses that are not public, as inside of one's own network.
        allow_http: whether requests may go unencrypted.
        source: of the CloudEvents: a URI that names this service, another for each of its installations.
        tls: whose certificates are trusted; the system's by default.
        resolve: the addresses of a host; asked once a delivery.
        connect: how one of them is connected to.
    """

    endpoints: Endpoints = field(converter=endpoints_of)
    clock: Clock = field(kw_only=True)
    timeout: timedelta = field(default=timedelta(seconds=10), kw_only=True)
    allow_private: bool = field(default=False, kw_only=True)
    allow_http: bool = field(default=False, kw_only=True)
    source: str = field(default="urn:poec-workflow", kw_only=True)
    tls: ssl.SSLContext = field(factory=ssl.create_default_context, kw_only=True, repr=False)
    resolve: Resolve = field(default=system_addresses, kw_only=True, repr=False)
    connect: Connect = field(default=socket.create_connection, kw_only=True, repr=False)
    _poster: Poster = field(
        init=False,
        repr=False,
        default=Factory(lambda self: Poster(tls=self.tls, connect=self.connect), takes_self=True),
    )

    def deliver(self, message: Message, content: Content) -> None:
        """Post a message to the webhook of its addressee.

        Raises:
            Undeliverable: it can't be delivered, now or later.
            NotNow: there was no answer, or one that does not accept it.
        """
        endpoint = self._endpoint(message)
        body = self._body(message, content)
        now = self.clock.now()
        headers = {
            "Content-Type": CONTENT_TYPE,
            "User-Agent": "poec-workflow",
            **signature_headers(message.id, body, endpoint.secrets, now),
        }
        origin = endpoint.target.origin
        try:
            deadline = Deadline.after(self.timeout.total_seconds())
            addresses = self._addresses(endpoint.target, deadline)
            answer = self._poster.post(endpoint.target, addresses, headers, body, deadline)
        except TimeoutError as error:
            raise NotNow(f"{origin} did not answer within {self.timeout.total_seconds():g} s") from error
        except NETWORK_ERRORS as error:
            raise NotNow(f"{origin}: {_reason(error)}") from error
        self._judge(message, origin, answer)

    def preview(self, message: Message, content: Content) -> tuple[str, bytes]:
        """The body of the request.

        Raises:
            Undeliverable: none would be sent.
        """
        self._endpoint(message)
        return ".json", self._body(message, content)

    def _endpoint(self, message: Message) -> Endpoint:
        to = f"{message.to.kind} {message.to.reference}"
        try:
            endpoint = self.endpoints.endpoint(message.to)
        except Malformed as error:
            raise Undeliverable(f"the webhook of {to} is none: {error}") from error
        if endpoint is None:
            raise Undeliverable(f"{to} has no webhook")
        if endpoint.turned_off is not None:
            raise Undeliverable(f"the webhook of {to} is turned off: {endpoint.turned_off}")
        if endpoint.target.scheme != "https" and not self.allow_http:
            raise Undeliverable(f"{endpoint.target.origin}: https is required")
        return endpoint

    def _body(self, message: Message, content: Content) -> bytes:
        if not re.fullmatch("[!-~]+", message.id):
            raise Undeliverable("the message's id can't stand in a header")
        body = event_body(message, content, source=self.source, now=self.clock.now())
        if len(body) > LARGEST_BODY:
            raise Undeliverable(f"{len(body)} bytes: at most {LARGEST_BODY} are sent to a webhook")
        return body

    def _addresses(self, target: Target, deadline: Deadline) -> Sequence[str]:
        """The addresses of a target, asked for once: these were looked at, and these are connected to."""
        addresses = deadline.hold(lambda: self.resolve(target.host, target.port))
        if not self.allow_private and (why := refusal_of_any(addresses)):
            raise Undeliverable(f"{target.origin}: {why}")
        return addresses

    def _judge(self, message: Message, origin: str, answer: HttpAnswer) -> None:
        if HTTPStatus.OK <= answer.status < HTTPStatus.MULTIPLE_CHOICES:
            return
        said = f"{origin} answered {answer.status}"
        if answer.status == HTTPStatus.GONE:
            self.endpoints.turn_off(message.to, said)
            raise Undeliverable(f"{said}: the webhook is turned off")
        if HTTPStatus.MULTIPLE_CHOICES <= answer.status < HTTPStatus.BAD_REQUEST:
            said += ": redirects are not followed"
        raise NotNow(said, after=wait_of(answer.retry_after, self.clock.now()))


def _reason(error: Exception) -> str:
    """What failed; of a faulty answer its kind alone, for the text quotes the receiver."""
    return f"{type(error).__name__}: {error}" if isinstance(error, OSError) else type(error).__name__
