"""Channels made from a file of settings, for `relay --channels email` and its like: no line of Python is needed.

The file is TOML, named by the environment variable `POEC_CHANNELS_FILE` (`channels.toml` where it is not set), with a
table for each channel; `docs/how-to/send-mails.md` has one.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from poec_workflow.ports import Channel, SystemClock
from poec_workflow.redaction import redacted

VARIABLE, DEFAULT = "POEC_CHANNELS_FILE", "channels.toml"


class WrongSettings(ValueError):
    """The file of settings is missing, is no TOML, or lacks what a channel needs."""


def email() -> Mapping[str, Channel]:
    """Candidates and organisations by e-mail.

    Raises:
        WrongSettings: see the class.
    """
    from poec_workflow.adapters.email import Directory, EmailChannel, SmtpBackend  # noqa: PLC0415 - its extra

    settings = _table("email")
    book = Directory(settings.pop("organizations", {}))
    server = {
        name: settings.pop(name) for name in ("host", "port", "security", "username", "password") if name in settings
    }
    channel = _made("email", lambda: EmailChannel(backend=SmtpBackend(**server), addresses=book, **settings))
    return {"candidate": channel, "organization": channel}


def webhook() -> Mapping[str, Channel]:
    """Each addressee that has a webhook, as `organization:AFEC`.

    Raises:
        WrongSettings: see the class.
    """
    from poec_workflow.adapters.webhook import Endpoint, MappedEndpoints, WebhookChannel  # noqa: PLC0415 - its extra

    settings = _table("webhook")
    given = {to: _made("webhook", lambda each=each: Endpoint(**each)) for to, each in settings.items()}
    channel = _made("webhook", lambda: WebhookChannel(MappedEndpoints(given), clock=SystemClock()))
    return dict.fromkeys(given, channel)


def folder() -> Mapping[str, Channel]:
    """Systems by files in a folder.

    Raises:
        WrongSettings: see the class.
    """
    from poec_workflow.adapters.message_folder import FolderChannel  # noqa: PLC0415 - only who names it needs it

    settings = _table("folder")
    return {"system": _made("folder", lambda: FolderChannel(settings.pop("path"), **settings))}


def broker() -> Channel:
    """Everybody by a broker.

    Raises:
        WrongSettings: see the class.
    """
    from poec_workflow.adapters.broker_channel import BrokerChannel  # noqa: PLC0415 - its extra

    settings = _table("broker")
    channel: Channel = _made("broker", lambda: BrokerChannel(settings.pop("url"), **settings))
    return channel


def configured() -> Mapping[str, Channel]:
    """All channels of the file together: who has a webhook hears by it; systems by folder, else by broker.

    Raises:
        WrongSettings: see the class.
    """
    there = _settings()
    channels: dict[str, Channel] = {}
    if "broker" in there:
        channels |= dict.fromkeys(("candidate", "organization", "system"), broker())
    for name, make in (("folder", folder), ("email", email), ("webhook", webhook)):
        if name in there:
            channels |= make()
    return channels


def _made(name: str, make: Any) -> Any:  # noqa: ANN401 - a channel
    try:
        return make()
    except (KeyError, TypeError, ValueError) as error:
        raise WrongSettings(f"{_place()}: [{name}]: {redacted(str(error))}") from error


def _table(name: str) -> dict[str, Any]:
    settings = _settings()
    if name not in settings:
        raise WrongSettings(f"{_place()}: there is no table [{name}]")
    return dict(settings[name])


def _settings() -> Mapping[str, Any]:
    try:
        return tomllib.loads(_place().read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise WrongSettings(f"{_place()}: {error}") from error


def _place() -> Path:
    return Path(os.environ.get(VARIABLE, DEFAULT))
