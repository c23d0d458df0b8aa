"""What a receiver of webhooks gets, verified with the vendors' own libraries."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from attrs import evolve
from cloudevents.core.bindings.http import HTTPMessage, from_http_event
from standardwebhooks.webhooks import Webhook, WebhookVerificationError
from webhook_receiver import (
    OTHER_SECRET,
    SECRET,
    Handler,
    channel,
    paris_now,
    receiving,
    retained,
    saying,
    told,
)

from guarantees import NOW
from poec_workflow import Content, Message, NotNow, Relay, Undeliverable, Workflow
from poec_workflow.adapters.memory import MemoryStorage
from poec_workflow.adapters.message_document import message_document
from poec_workflow.adapters.webhook.webhook_channel import LARGEST_BODY
from poec_workflow.messages import StreamKind
from poec_workflow.ports.clock import FixedClock
from poec_workflow.relay.previews import write_previews
from poec_workflow.testing import SettableClock
from test_docs import ran


@pytest.fixture(scope="module")
def n3() -> tuple[Message, Content]:
    """What KAIROS hears of a retained application."""
    return told()


def test_a_receiver_verifies_and_reads_it(n3: tuple[Message, Content]) -> None:
    """The signature by `standardwebhooks`, the event by `cloudevents`; from a clock in Paris."""
    message, content = n3
    assert content.entry
    with receiving() as receiver:
        channel(f"http://127.0.0.1:{receiver.port}/poec?from=us").deliver(message, content)
        [got] = receiver.requests
    Webhook(SECRET).verify(got.body, got.headers)
    assert (got.path, got.headers["webhook-id"]) == ("/poec?from=us", message.id)
    assert got.headers["Content-Type"] == "application/cloudevents+json"
    event = from_http_event(HTTPMessage(headers=got.headers, body=got.body))
    assert event.get_attributes() == {
        "specversion": "1.0",
        "id": message.id,
        "source": "urn:poec-workflow",
        "type": "org.poec-workflow.retained",
        "subject": "C-1",
        "time": content.entry.recorded_at,
        "datacontenttype": "application/json",
        "dataschema": "urn:poec-workflow:schema:message",
    }
    assert event.get_data() == message_document(message, content)


def test_a_changed_body_is_not_verified(n3: tuple[Message, Content]) -> None:
    """Nor one under another secret, nor one that was sent an hour ago."""
    with receiving() as receiver:
        url = f"http://127.0.0.1:{receiver.port}/"
        channel(url).deliver(*n3)
        channel(url, clock=FixedClock(paris_now() - timedelta(hours=1))).deliver(*n3)
        now, old = receiver.requests
    for secret, body, headers in (
        (SECRET, now.body.replace(b"C-1", b"C-2"), now.headers),
        (OTHER_SECRET, now.body, now.headers),
        (SECRET, now.body, now.headers | {"webhook-id": "another"}),
        (SECRET, old.body, old.headers),
    ):
        with pytest.raises(WebhookVerificationError):
            Webhook(secret).verify(body, headers)


def test_while_a_secret_is_changed_both_verify(n3: tuple[Message, Content]) -> None:
    """Two signatures in the header: a receiver that knows either secret takes it."""
    with receiving() as receiver:
        channel(f"http://127.0.0.1:{receiver.port}/", secrets=(OTHER_SECRET, SECRET)).deliver(*n3)
        [got] = receiver.requests
    assert got.headers["webhook-signature"].count(" ") == 1
    for secret in (SECRET, OTHER_SECRET):
        Webhook(secret).verify(got.body, got.headers)


def test_a_digest_is_an_event_too() -> None:
    """Of the organisation, under a type of its own, with the time of its sending."""
    message, content = told()
    digest = evolve(message, notice="N10", stream="AFEC", stream_kind=StreamKind.ORGANIZATION)
    _, body = channel("http://127.0.0.1/", clock=FixedClock(NOW)).preview(digest, evolve(content, entry=None))
    event = json.loads(body)
    assert (event["type"], event["subject"]) == ("org.poec-workflow.applications-expiring", "AFEC")
    assert datetime.fromisoformat(event["time"]) == NOW


def test_line_breaks_stay_in_their_text(n3: tuple[Message, Content]) -> None:
    """CR and LF, quotes and accents in a value are that value's characters, and no header's."""
    message, content = n3
    text = 'é\r\nX-Injected: 1\r\n\r\n{"id": "no"}'
    message = evolve(message, stream=f"C\r\nwebhook-id: {text}"[:64])
    with receiving() as receiver:
        channel(f"http://127.0.0.1:{receiver.port}/").deliver(message, saying(content, text))
        [got] = receiver.requests
    assert {"x-injected", "X-Injected"}.isdisjoint(got.headers)
    event = Webhook(SECRET).verify(got.body, got.headers)
    assert (event["data"]["told"]["comment"], event["subject"]) == (text, message.stream)


@pytest.mark.parametrize("id_", ["1\r\nX: 1", "é", "a b", ""])
def test_an_id_that_no_header_takes_is_undeliverable(id_: str, n3: tuple[Message, Content]) -> None:
    """No request is made with it."""
    message, content = n3
    with receiving() as receiver, pytest.raises(Undeliverable, match="header"):
        channel(f"http://127.0.0.1:{receiver.port}/").deliver(evolve(message, id=id_), content)
    assert receiver.requests == []


def test_a_body_that_is_too_large_is_undeliverable(n3: tuple[Message, Content]) -> None:
    """No request is made with it."""
    message, content = n3
    with receiving() as receiver, pytest.raises(Undeliverable, match="bytes"):
        channel(f"http://127.0.0.1:{receiver.port}/").deliver(message, saying(content, "x" * LARGEST_BODY))
    assert receiver.requests == []


def test_a_preview_is_what_is_sent(n3: tuple[Message, Content], tmp_path: Path) -> None:
    """The same bytes as the request's body, in a file a message; and no request."""
    with receiving() as receiver:
        sending = channel(f"http://127.0.0.1:{receiver.port}/")
        extension, body = sending.preview(*n3)
        assert receiver.requests == []
        sending.deliver(*n3)
        assert (extension, body) == (".json", receiver.requests[0].body)
        storage = MemoryStorage()
        retained(storage, 1)
        relay = Relay(Workflow(storage, clock=SettableClock(NOW)), {"system:KAIROS": sending})
        assert write_previews(relay, tmp_path) == len(receiver.requests)
        assert [json.loads(each.read_bytes())["type"] for each in tmp_path.iterdir()] == ["org.poec-workflow.retained"]


def test_the_page_for_receivers_receives(n3: tuple[Message, Content], capsys: pytest.CaptureFixture[str]) -> None:
    """Its function takes what is sent, once, and refuses what was changed; its new secret is one."""
    page = ran("docs/how-to/receive-webhooks.md")
    message, content = n3

    def answer(handler: Handler) -> None:
        got = handler.server.receiver.requests[-1]
        assert page["receive"](got.headers, got.body + b" ") == 401
        handler.reply(page["receive"](got.headers, got.body))

    with receiving(answer) as receiver:
        for secrets in ((page["our_secret"],), (page["new_secret"], page["our_secret"])):
            channel(f"http://127.0.0.1:{receiver.port}/", secrets=secrets).deliver(message, content)
        with pytest.raises(NotNow, match="answered 401"):
            channel(f"http://127.0.0.1:{receiver.port}/", secrets=(page["new_secret"],)).deliver(message, content)
    assert capsys.readouterr().out == "org.poec-workflow.retained C-1\n"
    assert len(receiver.requests) == 3
