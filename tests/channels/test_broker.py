"""A real RabbitMQ and a real Redis: what is published is confirmed, arrives in order, and is not lost in silence."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from brokers import Broker, NoBroker, consumed, rabbitmq, redis
from kombu import Connection, Exchange, Queue
from samples import samples

from poec_workflow import Candidate
from poec_workflow.adapters.broker_channel import BrokerChannel, NotPublished, ordering_key
from poec_workflow.adapters.message_document import message_document

BROKERS = {"rabbitmq": rabbitmq, "redis": redis}
FOUND = samples(Candidate(reference="P-1", name="Zoé", email="zoe@example.org"))
EXCHANGE = Exchange("poec.messages", type="topic", durable=True)
EVERYTHING = Queue("everything", EXCHANGE, routing_key="#", durable=True)


@pytest.fixture(params=BROKERS)
def broker(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Broker]:
    """A server of each kind; where there is none the test says so, and in CI it fails."""
    try:
        with BROKERS[request.param](tmp_path) as made:
            yield made
    except NoBroker as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(error))


def bind(url: str) -> None:
    """Make the queue that takes everything."""
    with Connection(url) as connection:
        EVERYTHING(connection.default_channel).declare()


def test_a_broker_from_start_to_start(broker: Broker) -> None:
    """Nothing takes it: a failure. Everything published arrives in order, from threads too; a stop is a failure."""
    many = 40
    with broker.running():
        channel = BrokerChannel(broker.url)
        if broker.url.startswith("amqp"):
            with pytest.raises(NotPublished):
                channel.deliver(*FOUND[0])
        bind(broker.url)
        for sample in FOUND[:many]:
            channel.deliver(*sample)
        found = consumed(broker.url, EVERYTHING, many)
        assert found == [(message.id, message_document(message, content)) for message, content in FOUND[:many]]
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda sample: channel.deliver(*sample), FOUND[:many]))
        again = consumed(broker.url, EVERYTHING, many)
        assert sorted(each for each, _ in again) == sorted(message.id for message, _ in FOUND[:many])
        channel.deliver(*FOUND[0])
    with pytest.raises(NotPublished):
        channel.deliver(*FOUND[1])
    with broker.running():
        channel.deliver(*FOUND[1])
        kept = [each for each, _ in consumed(broker.url, EVERYTHING, 2)]
        assert kept == [message.id for message, _ in FOUND[:2]], "what was confirmed outlives the server"
        channel.close()


def test_the_key_keeps_an_application_together() -> None:
    """Of an application, and of a session apart from it; the password is not shown."""
    keys = {ordering_key(message) for message, _ in FOUND}
    assert {"application.C-1", "session.S-1", "organization.TRAIN"} <= keys
    assert "secret" not in repr(BrokerChannel("amqp://poec:secret@localhost//"))
    assert BrokerChannel("memory://").preview(*FOUND[0])[0] == ".json"
