"""Checks of the setting `POEC_WORKFLOW`: what is wrong shows when the project starts, not at the first command."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Info
from django.core.checks import Warning as Caution
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.validators import URLValidator
from django.db import connections

from poec_workflow.contrib.django.configuration import CHANNELS, SETTING, Configuration, configuration
from poec_workflow.contrib.django.host_channels import configured_routes
from poec_workflow.contrib.django.host_workflow import get_workflow
from poec_workflow.errors import Malformed
from poec_workflow.locales import LANGUAGES
from poec_workflow.redaction import redacted

_INNER = re.compile(r"https?://[A-Za-z0-9-]+(?::[0-9]{1,5})?(?:/[^\s?#]*)?", re.IGNORECASE)
_PAGE = "docs/how-to/django.md lists the keys."


def check_setting(**_: Any) -> list[CheckMessage]:  # noqa: ANN401 - what Django gives its checks
    """The setting's keys and values, its database, its channels, the languages."""
    try:
        configured = configuration()
        if configured.database not in connections:
            return [_unknown_database(configured)]
        get_workflow()
    except ImproperlyConfigured as error:
        return [Error(redacted(str(error)), hint=_PAGE, id="poec_workflow.E001")]
    return [*_channels(configured), *_languages(), *_site(configured)]


def _unknown_database(configured: Configuration) -> CheckMessage:
    return Error(
        f"{SETTING}['DATABASE'] is {configured.database!r}, which DATABASES does not have",
        hint=f"One of: {', '.join(connections)}.",
        id="poec_workflow.E002",
    )


def _channels(configured: Configuration) -> Iterator[CheckMessage]:
    try:
        told = configured_routes(configured).kinds
    except Malformed as error:
        yield _no_channels("; ".join(each.problem for each in error.faults))
        return
    except Exception as error:  # noqa: BLE001 - anybody's code, which may fail in any way
        yield _no_channels(f"{type(error).__name__}: {error}")
        return
    ours = configured.channels.__module__ == CHANNELS.rpartition(".")[0]
    if ours and "organization" not in told:
        yield Info(
            "no addresses of organisations are known: what they are told waits",
            hint=f"Give {SETTING}['ADDRESSES'], a mapping or what looks an organisation up; or CHANNELS of your own.",
            id="poec_workflow.I001",
        )


def _no_channels(why: str) -> CheckMessage:
    return Error(
        f"{SETTING}['CHANNELS'] makes no channels: {redacted(why)}",
        hint="It is called without arguments, and returns a channel, or channels by addressee, as Relay takes them.",
        id="poec_workflow.E003",
    )


def _languages() -> Iterator[CheckMessage]:
    if settings.LANGUAGE_CODE.partition("-")[0].lower() not in LANGUAGES:
        yield Caution(
            f"the texts are in French and English, and LANGUAGE_CODE is {settings.LANGUAGE_CODE!r}: they are French",
            hint="Set LANGUAGE_CODE to 'fr' or 'en'.",
            id="poec_workflow.W001",
        )
    others = [code for code, _ in settings.LANGUAGES if code.partition("-")[0].lower() not in LANGUAGES]
    if settings.USE_I18N and others and "django.middleware.locale.LocaleMiddleware" in settings.MIDDLEWARE:
        yield Info(
            "LocaleMiddleware may activate a language that there are no texts in, and a page be in two",
            hint="Set LANGUAGES to [('fr', 'Français'), ('en', 'English')].",
            id="poec_workflow.I002",
        )


def _site(configured: Configuration) -> Iterator[CheckMessage]:
    site = configured.site_url
    if site and not _is_site(site):
        yield Error(
            f"{SETTING}['SITE_URL'] is {site!r}, which no mail can link to",
            hint="As https://poec.example.org, without the path of a page.",
            id="poec_workflow.E004",
        )


def _is_site(text: str) -> bool:
    """Whether a path after it makes the address of a page."""
    try:
        URLValidator(schemes=["http", "https"])(text)
    except ValidationError:
        # Of hosts within a network, which have no dots, it knows one.
        return _INNER.fullmatch(text) is not None
    return not set("?#") & set(text)


def check_deployment(**_: Any) -> list[CheckMessage]:  # noqa: ANN401 - as above
    """What works on the machine of who writes a project, and not where it is deployed."""
    if settings.DEFAULT_FROM_EMAIL != "webmaster@localhost":
        return []
    return [
        Caution(
            "mails are sent from webmaster@localhost, which many servers refuse",
            hint="Set DEFAULT_FROM_EMAIL to an address of the service's own.",
            id="poec_workflow.W002",
        )
    ]
