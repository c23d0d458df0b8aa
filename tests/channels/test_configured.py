"""Channels from a file of settings: each, all together, and what is wrong with the file."""

from __future__ import annotations

from pathlib import Path

import pytest

from poec_workflow import bootstrap
from poec_workflow.adapters.broker_channel import BrokerChannel
from poec_workflow.adapters.configured_channels import VARIABLE, WrongSettings, configured, email
from poec_workflow.adapters.email import EmailChannel
from poec_workflow.adapters.message_folder import FolderChannel
from poec_workflow.adapters.webhook import WebhookChannel

FILE = """
[email]
host = "localhost"
port = 25
security = "none"
from_address = "poec@example.org"
reply_to = "contact@example.org"
subject_prefix = "[TEST] "

[email.organizations]
AFEC = "afec@example.org"

[webhook."organization:AFEC"]
url = "https://hooks.example.org/poec"
secrets = ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"]

[folder]
path = "kairos"

[broker]
url = "amqp://localhost//"
"""


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    place = tmp_path / "channels.toml"
    place.write_text(FILE, encoding="utf-8")
    monkeypatch.setenv(VARIABLE, str(place))
    return place


def test_each_is_installed(file: Path) -> None:
    """By its name on the command line, with the addressees that it reaches."""
    assert file.exists()
    kinds = {
        name: {key: type(each) for key, each in made.items()} if isinstance(made, dict) else type(made)
        for name in ("email", "webhook", "folder", "broker")
        for made in [bootstrap.channels(name)]
    }
    assert kinds == {
        "email": {"candidate": EmailChannel, "organization": EmailChannel},
        "webhook": {"organization:AFEC": WebhookChannel},
        "folder": {"system": FolderChannel},
        "broker": BrokerChannel,
    }


def test_all_together(file: Path) -> None:
    """A webhook before mails, mails and files before the broker."""
    assert file.exists()
    assert {key: type(each) for key, each in configured().items()} == {
        "candidate": EmailChannel,
        "organization": EmailChannel,
        "organization:AFEC": WebhookChannel,
        "system": FolderChannel,
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[folder]\npath = 'x'\n", r"no table \[email\]"),
        ("[email", "channels.toml"),
        ("[email]\nhost = 'h'\nfrom_address = 'x@y.fr'\n", "reply_to"),
        ("[email]\nhost = 'h'\nfrom_address = 'nobody'\nreply_to = 'a@b.fr'\n", "not an e-mail address"),
        ("[email]\nhots = 'h'\n", "hots|host"),
    ],
)
def test_what_is_wrong_is_said(text: str, said: str, file: Path) -> None:
    """With the file and the table."""
    file.write_text(text, encoding="utf-8")
    with pytest.raises(WrongSettings, match=said):
        email()
    with pytest.raises(bootstrap.InvalidOption, match=said):
        bootstrap.channels("email")


def test_a_missing_file_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With its name."""
    monkeypatch.setenv(VARIABLE, str(tmp_path / "none.toml"))
    with pytest.raises(WrongSettings, match=r"none\.toml"):
        email()
