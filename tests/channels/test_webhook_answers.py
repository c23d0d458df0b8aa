"""What a receiver's answers mean to the webhook channel."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from attrs import evolve
from webhook_receiver import (
    SECRET,
    TO,
    Handler,
    channel,
    receiving,
    retained,
    told,
)

from guarantees import NOW
from poec_workflow import Content, Message, NotNow, Relay, Undeliverable, Workflow
from poec_workflow.adapters.memory import MemoryStorage
from poec_workflow.adapters.webhook import Endpoint, MappedEndpoints
from poec_workflow.adapters.webhook.retry_after import LONGEST_WAIT, wait_of
from poec_workflow.messages import Addressee
from poec_workflow.testing import SettableClock


@pytest.fixture(scope="module")
def n3() -> tuple[Message, Content]:
    """What KAIROS hears of a retained application."""
    return told()


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
