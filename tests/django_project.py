"""A Django project with the app, on a database of its own for each test: fixtures of `contrib_django/`."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from asgiref.sync import sync_to_async
from django.core import mail
from django.core.management import call_command
from django.db import connections
from django.test import AsyncClient, Client, override_settings
from sqlalchemy.engine import make_url

from django_settings import SETTINGS
from poec_workflow.contrib.django import get_workflow
from poec_workflow.serialization import journal_line
from poec_workflow.testing import SettableClock
from poec_workflow.workflow import Workflow

TOWN = Path(__file__).parents[1] / "examples" / "town.jsonl"
TODAY = datetime(2039, 11, 20, 9, tzinfo=UTC)


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file that `migrate` made."""
    file = tmp_path_factory.mktemp("django") / "project.sqlite3"
    with on_file(file):
        call_command("migrate", verbosity=0)
    return file


@pytest.fixture
def project(migrated: Path, tmp_path: Path) -> Iterator[Any]:
    """Django's connection to a migrated database; nobody and nothing is in it."""
    file = tmp_path / "project.sqlite3"
    shutil.copy(migrated, file)
    mail.outbox = []
    with on_file(file) as connection:
        yield connection


class on_file:  # noqa: N801 - used as a statement
    """Points the project at a file."""

    def __init__(self, file: Path) -> None:
        known = {"NAME": str(file), "OPTIONS": SETTINGS["DATABASES"]["default"]["OPTIONS"]}
        self._patch = mock.patch.dict(connections["default"].settings_dict, known)

    def __enter__(self) -> Any:
        connections["default"].close()
        self._patch.start()
        return connections["default"]

    def __exit__(self, *_: object) -> None:
        # Of an in-memory database `close` does nothing.
        connections["default"].close()
        self._patch.stop()


@contextmanager
def other_alias(url: str) -> Iterator[Any]:
    """Django's connection to a database of any kind, under the alias `poec`, on which the workflow is."""
    found = make_url(url)
    engine = "postgresql" if found.get_backend_name() == "postgresql" else "sqlite3"
    settings = {
        **connections["default"].settings_dict,
        "ENGINE": f"django.db.backends.{engine}",
        "NAME": found.database,
        "USER": found.username or "",
        "PASSWORD": found.password or "",
        "HOST": found.host or found.query.get("host", ""),
        "PORT": str(found.port or ""),
        "OPTIONS": {} if engine == "postgresql" else {"transaction_mode": "IMMEDIATE"},
    }
    connection = import_module(f"{settings['ENGINE']}.base").DatabaseWrapper(settings, "poec")
    connections["poec"] = connection
    try:
        with override_settings(POEC_WORKFLOW={"DATABASE": "poec"}):
            yield connection
    finally:
        connection.close()
        del connections["poec"]


def asynchronously(path: str) -> Any:
    """What an asynchronous server answers."""

    async def ask() -> Any:
        try:
            return await AsyncClient(raise_request_exception=False).get(path)
        finally:
            # The thread of synchronous code outlives the test, and its database does not.
            await sync_to_async(connections.close_all)()

    return asyncio.run(ask())


@pytest.fixture
def clock() -> SettableClock:
    """Stands on the day of the town."""
    return SettableClock(TODAY)


@pytest.fixture
def workflow(project: Any, clock: SettableClock) -> Iterator[Workflow]:
    """The project's workflow, on the clock."""
    del project
    with override_settings(POEC_WORKFLOW={"CLOCK": clock}):
        yield get_workflow()


@pytest.fixture
def town(workflow: Workflow) -> Workflow:
    """Two applications for a session of AFEC's."""
    workflow.execute_many([journal_line(line) for line in TOWN.read_bytes().splitlines()], batch=100)
    return workflow


@pytest.fixture
def operator(project: Any) -> Client:
    """A browser in which a superuser is signed in."""
    from django.contrib.auth.models import User  # noqa: PLC0415 - once Django is configured

    del project
    client = Client(headers={"accept-language": "fr"})
    client.force_login(User.objects.create_superuser("root", "root@example.org", "pw"))
    return client
