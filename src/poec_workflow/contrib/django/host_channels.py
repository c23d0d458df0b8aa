"""The relay's channels: the project's own, or mails; only who sends loads what mails need."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from poec_workflow.bootstrap import close_channels
from poec_workflow.contrib.django.configuration import Configuration
from poec_workflow.ports import Channel, Routes
from poec_workflow.relay import Routing


def default_channels() -> Mapping[str, Channel]:
    """Mails through Django's backend, from `DEFAULT_FROM_EMAIL`, in the language of `LANGUAGE_CODE`.

    To candidates, and with the key `ADDRESSES` to organisations.

    Raises:
        ValueError: an address is none.
        TypeError: `MAIL` has a key that `EmailChannel` does not take.
    """
    from poec_workflow.contrib.django.mail_channels import mail_channels  # noqa: PLC0415 - templates and calendars

    return mail_channels()


@cache
def configured_routes(configured: Configuration) -> Routes:
    """Whom the project's channels reach; they are made once for that.

    Raises:
        Malformed: they are no channels.
    """
    channels = configured.channels()
    try:
        return Routing.of(channels).routes()
    finally:
        close_channels(channels)
