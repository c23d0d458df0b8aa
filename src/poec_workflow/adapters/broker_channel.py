"""Hand messages to a broker: RabbitMQ, Redis, or what else kombu knows (extra `broker`)."""

from __future__ import annotations

from contextlib import suppress
from threading import local
from typing import Any

from attrs import field, frozen

from poec_workflow.adapters.extras import needs_extra

with needs_extra("broker"):
    from kombu import Connection, Exchange, Producer
    from kombu.exceptions import KombuError, OperationalError

from poec_workflow.adapters.broker_urls import check_broker_url
from poec_workflow.adapters.forking import abandon, follow_forks
from poec_workflow.adapters.message_document import message_document
from poec_workflow.adapters.message_folder import written
from poec_workflow.messages import Message
from poec_workflow.ports import Content
from poec_workflow.serialization.neutral_message import BROKER_EXCHANGE

PERSISTENT = 2
_CONFIRMING = ("amqp", "pyamqp")
"""The schemes of RabbitMQ."""


class NotPublished(Exception):
    """The broker did not take a message."""


@frozen
class BrokerChannel:
    """Publishes the neutral form of each message, and waits until the broker has it.

    The routing key is the kind and the reference of the stream, as `application.C-000001`; the header `ordering-key`
    has the same, for an exchange or a consumer that keeps the order of one application by it.

    Attributes:
        url: as kombu takes it: `amqp://user:password@host//`, `redis://host/0`.
        exchange: where messages are published; a topic exchange, declared when it is not there.
        mandatory: whether a message that no queue takes is a failure; on Redis it is lost, whatever is said here.
        timeout: in seconds, for connecting and for the broker's answer.

    Raises:
        Malformed: the URL is none. The text does not quote it, for it may hold a password.
    """

    url: str = field(repr=False, validator=check_broker_url)
    exchange: str = field(default=BROKER_EXCHANGE, kw_only=True)
    mandatory: bool = field(default=True, kw_only=True)
    timeout: float = field(default=10.0, kw_only=True)
    # A connection a thread: kombu's are not to be shared, nor is one with a child after a fork.
    _kept: local = field(init=False, factory=local, repr=False)
    _opened: list[Connection] = field(init=False, factory=list, repr=False)

    def __attrs_post_init__(self) -> None:
        follow_forks(self)

    def before_fork(self) -> None:
        """Nothing: the connections stay the parent's."""

    def after_fork_in_parent(self) -> None:
        """Nothing."""

    def after_fork_in_child(self) -> None:
        """Leave every connection to the parent."""
        abandon(*self._opened)
        self._opened.clear()
        self._kept.__dict__.clear()

    def deliver(self, message: Message, content: Content) -> None:
        """Publish a message, and wait for the broker's confirmation.

        Raises:
            NotPublished: the broker can't be reached, did not confirm, or has no queue for it: to be tried again.
        """
        key = ordering_key(message)
        try:
            self._producer().publish(
                message_document(message, content),
                serializer="json",
                routing_key=key,
                message_id=message.id,
                delivery_mode=PERSISTENT,
                headers={"ordering-key": key, "notice": message.notice},
                mandatory=self.mandatory,
                timeout=self.timeout,
                retry=False,
            )
        except Exception as error:
            # Whatever failed, the connection may hold half an answer.
            self._forget()
            raise NotPublished(f"the broker did not take it: {type(error).__name__}") from error

    def preview(self, message: Message, content: Content) -> tuple[str, bytes]:
        """What is published."""
        return ".json", written(message, content)

    def close(self) -> None:
        """Close the connections."""
        while self._opened:
            _release(self._opened.pop())

    def _producer(self) -> Producer:
        producer: Producer | None = getattr(self._kept, "producer", None)
        if producer is None:
            producer = self._kept.producer = self._connected()
        return producer

    def _connected(self) -> Producer:
        # What confirms, and gives back what no queue takes; others have the message once they answer.
        confirms = self.url.startswith(_CONFIRMING)
        patience = {"socket_timeout": self.timeout, "socket_connect_timeout": self.timeout}
        options: dict[str, Any] = {"confirm_publish": True} if confirms else patience
        connection = Connection(self.url, connect_timeout=self.timeout, transport_options=options)
        connection.ensure_connection(max_retries=1, timeout=self.timeout)
        self._opened.append(connection)
        self._kept.connection = connection
        return Producer(
            connection,
            exchange=Exchange(self.exchange, type="topic", durable=True),
            auto_declare=True,
            on_return=_returned if confirms else None,
        )

    def _forget(self) -> None:
        connection: Connection | None = getattr(self._kept, "connection", None)
        self._kept.producer = self._kept.connection = None
        if connection is not None:
            _release(connection)
            with suppress(ValueError):
                self._opened.remove(connection)


def ordering_key(message: Message) -> str:
    """The stream whose messages are to stay in order."""
    return f"{message.stream_kind}.{message.stream}"


def _returned(exception: Exception, *_: object) -> None:
    raise exception


def _release(connection: Connection) -> None:
    try:
        connection.release()
    except (KombuError, OperationalError, OSError):
        return
