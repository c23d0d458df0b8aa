"""The webhook channel: what a receiver gets, verified with the vendors' own libraries, and what its answers mean."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from cloudevents.core.bindings.http import HTTPMessage, from_http_event
from standardwebhooks.webhooks import Webhook, WebhookVerificationError
from webhook_receiver import (
    NAME,
    OTHER_SECRET,
    SECRET,
    TO,
    Handler,
    channel,
    paris_now,
    receiving,
    retained,
    saying,
    told,
)

from guarantees import NOW
from poec_workflow import Content, Malformed, Message, NotNow, Relay, Undeliverable, Workflow
from poec_workflow.adapters.memory import MemoryStorage
from poec_workflow.adapters.message_document import message_document
from poec_workflow.adapters.webhook import Endpoint, MappedEndpoints, WebhookChannel
from poec_workflow.adapters.webhook.retry_after import LONGEST_WAIT, wait_of
from poec_workflow.adapters.webhook.webhook_channel import LARGEST_BODY
from poec_workflow.messages import Addressee, StreamKind
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


def test_gone_turns_a_webhook_off(n3: tuple[Message, Content]) -> None:
    """After a 410 nothing is asked any more, until it is turned on again; other addressees are told."""
    with receiving(lambda handler: handler.reply(410 if handler.path == "/gone" else 204)) as receiver:
        url = f"http://127.0.0.1:{receiver.port}"
        endpoints = MappedEndpoints(
            {
                "system:KAIROS": Endpoint(url=f"{url}/gone", secrets=SECRET),
                "organization:AFEC": Endpoint(url=f"{url}/there", secrets=SECRET),
            }
        )
        sending = evolve(channel(url), endpoints=endpoints)
        message, content = n3
        for said in ("answered 410", "turned off", "turned off"):
            with pytest.raises(Undeliverable, match=said):
                sending.deliver(message, content)
        assert [each.path for each in receiver.requests] == ["/gone"]
        sending.deliver(evolve(message, to=Addressee("organization", "AFEC")), content)
        endpoints.turn_on(TO)
        with pytest.raises(Undeliverable, match="answered 410"):
            sending.deliver(message, content)
    assert [each.path for each in receiver.requests] == ["/gone", "/there", "/gone"]


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_every_2xx_is_delivered(status: int, n3: tuple[Message, Content]) -> None:
    """Whatever it says besides."""
    with receiving(lambda handler: handler.reply(status, Retry_After="60")) as receiver:
        channel(f"http://127.0.0.1:{receiver.port}/").deliver(*n3)


@pytest.mark.parametrize("status", [300, 302, 307, 400, 401, 403, 404, 408, 409, 425, 429, 500, 502, 503, 599])
def test_anything_else_is_tried_again(status: int, n3: tuple[Message, Content]) -> None:
    """When the receiver says; the text names the receiver and the status."""
    with receiving(lambda handler: handler.reply(status, Retry_After="120")) as receiver:
        origin = f"http://127.0.0.1:{receiver.port}"
        with pytest.raises(NotNow, match=f"{origin} answered {status}") as failure:
            channel(f"{origin}/").deliver(*n3)
    assert failure.value.after == timedelta(minutes=2)


@pytest.mark.parametrize(
    ("value", "wait"),
    [
        (None, None),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("²", None),
        ("0", timedelta(0)),
        (" 120 ", timedelta(minutes=2)),
        ("9" * 5000, LONGEST_WAIT),
        ("86401", LONGEST_WAIT),
        ("Wed, 02 Mar 2022 12:30:00 GMT", timedelta(minutes=30)),
        ("Wednesday, 02-Mar-22 12:30:00 GMT", timedelta(minutes=30)),
        ("Wed Mar  2 12:30:00 2022", timedelta(minutes=30)),
        ("Wed, 02 Mar 2022 11:00:00 GMT", timedelta(0)),
        ("Fri, 31 Dec 9999 23:59:59 GMT", LONGEST_WAIT),
        ("Wed, 02 Mar 2022 99:00:00 GMT", None),
    ],
)
def test_retry_after_is_read(value: str | None, wait: timedelta | None) -> None:
    """Seconds and the three forms of an HTTP date; no longer than a day; nonsense says nothing."""
    assert wait_of(value, datetime(2022, 3, 2, 12, tzinfo=UTC)) == wait


def test_nothing_shows_a_credential(n3: tuple[Message, Content], caplog: pytest.LogCaptureFixture) -> None:
    """Neither errors, nor a value's text, nor what any library logs, show the secret or the URL's path and query."""
    caplog.set_level(logging.DEBUG)
    with receiving(lambda handler: handler.reply(500)) as receiver:
        sending = channel(f"http://127.0.0.1:{receiver.port}/hook/t0ken?key=t0ken")
        with pytest.raises(NotNow) as failure:
            sending.deliver(*n3)
        assert receiver.requests[0].path == "/hook/t0ken?key=t0ken"
    assert caplog.text
    for text in (str(failure.value), repr(sending), repr(sending.endpoints), caplog.text):
        assert "t0ken" not in text
        assert SECRET[6:] not in text


@pytest.mark.parametrize(
    "url",
    [
        "",
        "hooks.example.org",
        "ftp://hooks.example.org/",
        "https://",
        "https:///path",
        "https://user:t0ken@hooks.example.org/",
        "https://hooks.example.org@127.0.0.1/",
        "https://hooks.example.org/#t0ken",
        "https://hooks.example.org:0/",
        "https://hooks.example.org:70000/",
        "https://hooks.example.org:x/",
        "https://hooks.example.org/\r\nHost: t0ken",
        "https://hooks.example.org/a b",
        "https://hooks.example.org\\@127.0.0.1/",
        "https://hooks..example.org/",
        "https://.example.org/",
        "https://[fe80::1%25eth0]/",
        "https://[::1/",
        "https://[127.0.0.1]/",
        "https://%31%32%37.0.0.1/",
        "https://hôtel.example.org/",
        f"https://{'a' * 64}.example.org/",
        f"https://hooks.example.org/{'a' * 2000}",
    ],
)
def test_a_url_that_is_none_is_refused(url: str, n3: tuple[Message, Content]) -> None:
    """When it is configured, without being quoted; the messages of one in a host's own table are undeliverable."""
    with pytest.raises(Malformed) as failure:
        Endpoint(url=url, secrets=SECRET)
    assert "t0ken" not in str(failure.value)

    class Table(MappedEndpoints):
        def endpoint(self, addressee: Addressee) -> Endpoint | None:
            del addressee
            return Endpoint(url=url, secrets=SECRET)

    with pytest.raises(Undeliverable) as dead:
        WebhookChannel(Table({}), clock=FixedClock(NOW)).deliver(*n3)
    assert "t0ken" not in str(dead.value)


@pytest.mark.parametrize(
    "secrets", [(), "", "whsec_", "whsec_c2hvcnQ=", "whsec_not base64!", SECRET[6:], (SECRET, "whsec_" + "A" * 100)]
)
def test_a_secret_that_is_none_is_refused(secrets: Any) -> None:
    """Too short, too long, no base64, no prefix, none at all."""
    with pytest.raises(Malformed) as failure:
        Endpoint(url=f"https://{NAME}/", secrets=secrets)
    assert failure.value.faults[0].place.startswith("$.secrets")


@pytest.mark.parametrize(
    "given", [{"KAIROS": None}, {"robot:KAIROS": None}, {"system:": None}, {"system:KAIROS": "https://x/"}]
)
def test_a_mapping_that_names_nobody_is_refused(given: Any) -> None:
    """When the channel is made."""
    with pytest.raises(Malformed, match=r"\$\.endpoints\."):
        WebhookChannel(given, clock=FixedClock(NOW))


def test_nobody_is_told_without_a_webhook(n3: tuple[Message, Content]) -> None:
    """Nor without encryption, unless that is allowed."""
    message, content = n3
    sending = channel("http://127.0.0.1/")
    with pytest.raises(Undeliverable, match="organization AFEC has no webhook"):
        sending.deliver(evolve(message, to=Addressee("organization", "AFEC")), content)
    with pytest.raises(Undeliverable, match="https is required"):
        evolve(sending, allow_http=False).deliver(message, content)


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


def test_a_relay_delivers_through_failures() -> None:
    """A receiver that fails every third time, and hangs up after it took every fifth, gets all of them in order."""
    storage, clock = MemoryStorage(), SettableClock(NOW)
    retained(storage, 4)
    expected = [each.message.id for each in storage.outbox.queued() if each.message.to == TO]
    taken: list[str] = []

    def answer(handler: Handler) -> None:
        number = len(handler.server.receiver.requests)
        if number % 3:
            taken.append(handler.headers["webhook-id"])
        if number % 3 and not number % 5:
            handler.close_connection = True
        else:
            handler.reply(204 if number % 3 else 503)

    with receiving(answer) as receiver:
        url = f"http://127.0.0.1:{receiver.port}/"
        endpoints = MappedEndpoints(
            {
                each: Endpoint(url=url, secrets=SECRET)
                for each in ("system:KAIROS", "organization:FT", "organization:AFEC")
            }
        )
        sending = evolve(channel(url, clock=clock), endpoints=endpoints)
        told_all = [each.message for each in storage.outbox.queued() if endpoints.endpoint(each.message.to)]
        relay = Relay(Workflow(storage, clock=clock), {"organization": sending, "system": sending})
        for _ in range(60):
            relay.run_once()
            clock.set(clock.now() + timedelta(hours=6))
    assert expected
    assert {*taken} == {each.id for each in told_all}
    assert len(taken) > len(told_all)
    streams = {each.id: (each.stream, each.to) for each in told_all}
    first = list(dict.fromkeys(taken))
    for stream in {*streams.values()}:
        assert [each for each in first if streams[each] == stream] == [
            each.id for each in told_all if streams[each.id] == stream
        ]


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
