"""Settings of channels: a wrong URL or host is said without its password, by the error and by all that is behind it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from kombu import Connection, Exchange, Queue
from samples import samples

from poec_workflow import Malformed, bootstrap
from poec_workflow.adapters.broker_channel import BrokerChannel
from poec_workflow.adapters.email import SmtpBackend
from poec_workflow.adapters.webhook import Endpoint
from poec_workflow.model import Candidate

FOUND = samples(Candidate(reference="P-1", name="Zoé", email="zoe@example.org"))
SECRET = "s3cret"  # noqa: S105 - what no error may have


def behind(error: BaseException | None) -> Iterator[str]:
    while error is not None:
        yield f"{error} {error!r}"
        error = error.__cause__ or error.__context__


WRONG_BROKERS = [
    f"amqp://u:{SECRET}@h:abc//",
    f"amqp://u:{SECRET}",
    f"amqp://u:x@{SECRET}@h//",
    f"amqp://u:x/{SECRET}@h//",
    f"amqp://u:1#{SECRET}@h//",
    f"amqp://u:1?{SECRET}@h//",
    f"redis://:{SECRET}@[::1/0",
    f"redis://h/0;redis://:{SECRET}@h:x/0",
    f"u:{SECRET}@h",
]


@pytest.mark.parametrize("url", WRONG_BROKERS)
def test_a_brokers_url(url: str) -> None:
    """It is looked at when the channel is made, not by kombu at the first message."""
    with pytest.raises(Malformed) as caught:
        BrokerChannel(url)
    assert not any(SECRET in each for each in behind(caught.value))


@pytest.mark.parametrize("url", [f"https://u:{SECRET}", f"https://u:{SECRET}@h/", f"https://h:{SECRET}/"])
def test_a_webhooks_url(url: str) -> None:
    """The error that quotes the port is not behind ours."""
    with pytest.raises(Malformed) as caught:
        Endpoint(url=url, secrets=f"whsec_{'A' * 32}")
    assert not any(SECRET in each for each in behind(caught.value))


@pytest.mark.parametrize(
    "given", [{"host": f"smtp://u:{SECRET}@h"}, {"host": "h", "port": f"h:{SECRET}"}, {"host": ""}]
)
def test_a_mail_server(given: dict[str, str]) -> None:
    """A URL is no host, and would be shown as one."""
    with pytest.raises(Malformed) as caught:
        SmtpBackend(**given)  # type: ignore[arg-type]
    assert not any(SECRET in each for each in behind(caught.value))


@pytest.mark.parametrize(
    ("name", "table"),
    [
        ("broker", f'[broker]\nurl = "amqp://u:{SECRET}@h:x//"'),
        ("broker", f'[broker]\nurl = ["{SECRET}"]'),
        ("email", f'[email]\nhost = "smtp://u:{SECRET}@h"\nsender = "a@example.org"'),
        ("email", f'[email]\nhost = "h"\npassword = "{SECRET}"\nunknown = "{SECRET}"'),
        ("webhook", f'[webhook."organization:A"]\nurl = "https://u:{SECRET}@h/"\nsecrets = "{SECRET}"'),
        ("configured", f'[broker]\nurl = "amqp://u:{SECRET}@h:x//"'),
    ],
)
def test_a_file_of_settings(name: str, table: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the command line says of it."""
    (tmp_path / "channels.toml").write_text(table, encoding="utf-8")
    monkeypatch.setenv("POEC_CHANNELS_FILE", str(tmp_path / "channels.toml"))
    with pytest.raises(bootstrap.InvalidOption) as caught:
        bootstrap.channels(f"poec_workflow.adapters.configured_channels:{name}")
    assert not any(SECRET in each for each in behind(caught.value))


def test_a_fork_leaves_the_brokers_connection_to_the_parent() -> None:
    """The child has none of it, and closing there closes nothing of the parent's."""
    channel = BrokerChannel("memory://", mandatory=False)
    with Connection("memory://") as connection:
        Queue("all", Exchange("poec.messages", type="topic"), routing_key="#")(connection.default_channel).declare()
    channel.deliver(*FOUND[0])
    heard, said = os.pipe()
    pid = os.fork()
    if not pid:
        kept = len(channel._opened)  # noqa: SLF001 - what it would release
        channel.close()
        os.write(said, str(kept).encode())
        os._exit(0)
    os.close(said)
    with os.fdopen(heard, "rb") as answer:
        assert answer.read() == b"0"
    os.waitpid(pid, 0)
    assert len(channel._opened) == 1  # noqa: SLF001
    channel.close()
