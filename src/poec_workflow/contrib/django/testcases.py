"""Test cases of a project on the app: the clock can be set, and each test begins with an empty workflow."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, ClassVar

from django.conf import settings
from django.db import connections, transaction
from django.test import TestCase, TransactionTestCase, override_settings
from django.utils.functional import classproperty

from poec_workflow import bootstrap
from poec_workflow.adapters.sql.schema import feed, marker, metadata, revision
from poec_workflow.contrib.django.configuration import SETTING, configuration
from poec_workflow.contrib.django.host_workflow import get_workflow
from poec_workflow.relay import Relay, RelayReport, calling_thread
from poec_workflow.testing import SettableClock
from poec_workflow.workflow import Workflow


class WorkflowTests:
    """What both test cases have.

    Attributes:
        now: the instant at which each test begins, as `"2022-03-25T09:00:00+01:00"`; that of the machine where None.
        clock: the workflow's clock in the test: `self.clock.set(…)`.
    """

    now: ClassVar[datetime | str | None] = None
    clock: ClassVar[SettableClock]
    databases: Any = classproperty(lambda _: {"default", configuration().database})

    @classmethod
    def setUpClass(cls) -> None:
        """Put the clock into the setting."""
        cls.clock = SettableClock(cls._beginning())
        given = getattr(settings, SETTING, {})
        clocked = override_settings(**{SETTING: {**given, "CLOCK": cls.clock}})
        clocked.enable()
        cls.addClassCleanup(clocked.disable)  # type: ignore[attr-defined]
        super().setUpClass()  # type: ignore[misc]

    def setUp(self) -> None:
        """Set the clock to the beginning."""
        super().setUp()  # type: ignore[misc]
        self.clock.set(self._beginning())

    @classmethod
    def _beginning(cls) -> datetime | str:
        return cls.now or datetime.now(UTC)

    @property
    def workflow(self) -> Workflow:
        """The project's workflow, on the clock."""
        return get_workflow()

    def deliver_messages(self) -> RelayReport:
        """Send what waits, by the project's channels, in this thread: mails are in `django.core.mail.outbox` then."""
        channels = configuration().channels()
        try:
            return Relay(self.workflow, channels, pool=calling_thread).run_once()
        finally:
            bootstrap.close_channels(channels)


class WorkflowTestCase(WorkflowTests, TestCase):
    """A `TestCase`: what the workflow wrote is rolled back with all else."""


class WorkflowTransactionTestCase(WorkflowTests, TransactionTestCase):
    """A `TransactionTestCase`, for what is committed: Django empties the tables of models, and this the workflow's.

    With `LiveServerTestCase` too: `class Pages(WorkflowTransactionTestCase, StaticLiveServerTestCase)`.
    """

    def setUp(self) -> None:
        """Have the tables emptied, whatever becomes of the test."""
        self.addCleanup(empty_workflow)
        super().setUp()


def empty_workflow() -> None:
    """Take every row out of the workflow's tables; their schema stays."""
    alias = configuration().database
    # The row of the feed belongs to the schema: without it PostgreSQL takes no entry.
    kept = {revision.name, marker.name, feed.name}
    with transaction.atomic(using=alias), connections[alias].cursor() as cursor:
        for each in metadata.tables.values():
            if each.name not in kept:
                cursor.execute(f"DELETE FROM {each.name}")  # noqa: S608 - a name of ours
