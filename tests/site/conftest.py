"""The screens on a database of their own, with a small world in it; what a test does is taken back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import django_settings

django_settings.configure()

from django.contrib.auth.models import User  # noqa: E402 - once Django knows its settings
from django.core.management import call_command  # noqa: E402
from django.db import connections, transaction  # noqa: E402
from django.test import Client, override_settings  # noqa: E402
from site_world import CLOCK, USERS, SignedIn, requests  # noqa: E402

from poec_workflow import Accepted  # noqa: E402
from poec_workflow.contrib.django import get_workflow  # noqa: E402
from poec_workflow.contrib.django.models import Membership  # noqa: E402

SETTINGS = {
    "ROOT_URLCONF": "site_urls",
    "LOGIN_URL": "/sign-in/",
    "CSRF_FAILURE_VIEW": "poec_workflow.contrib.django.screens.error_pages.csrf_failed",
    "POEC_WORKFLOW": {"CLOCK": CLOCK},
}


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of the world, told once."""
    file = tmp_path_factory.mktemp("site") / "site.db"
    with _on(file):
        _tell()
    return file


@pytest.fixture(autouse=True, scope="module")
def site(world: Path) -> Iterator[None]:
    """The site on it."""
    with _on(world):
        yield


@contextmanager
def _on(file: Path) -> Iterator[None]:
    """The settings of the site, and its database; those of other tests afterwards."""
    connections.close_all()
    known = connections.databases["default"]
    before, known["NAME"] = known["NAME"], str(file)
    try:
        with override_settings(**SETTINGS):
            yield
    finally:
        connections.close_all()
        known["NAME"] = before


def _tell() -> None:
    call_command("migrate", verbosity=0)
    answers = get_workflow().execute_many(requests(), atomic=True)
    assert all(isinstance(each, Accepted) for each in answers), answers
    for name, actors in USERS.items():
        user = User.objects.create(username=name)
        for each in actors:
            Membership.objects.create(
                user=user, kind=each.kind.value, organization=each.organization or "", candidate=each.candidate or ""
            )


@pytest.fixture(autouse=True)
def taken_back(site: None) -> Iterator[None]:
    """Whatever a test does is taken back."""
    del site
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def signed_in() -> SignedIn:
    """A client of a user, by name."""

    def client_of(name: str, **options: Any) -> Client:
        client = Client(raise_request_exception=False, **options)
        client.force_login(User.objects.get(username=name))
        return client

    return client_of
