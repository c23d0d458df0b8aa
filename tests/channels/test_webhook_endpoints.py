"""Which endpoints the webhook channel takes, and what it shows of them."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from attrs import evolve
from webhook_receiver import (
    NAME,
    SECRET,
    channel,
    receiving,
    told,
)

from guarantees import NOW
from poec_workflow import Content, Malformed, Message, NotNow, Undeliverable
from poec_workflow.adapters.webhook import Endpoint, MappedEndpoints, WebhookChannel
from poec_workflow.messages import Addressee
from poec_workflow.ports.clock import FixedClock


@pytest.fixture(scope="module")
def n3() -> tuple[Message, Content]:
    """What KAIROS hears of a retained application."""
    return told()


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
