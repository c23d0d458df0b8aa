"""The test cases of a project: each test begins with an empty workflow and a clock that can be set."""

from __future__ import annotations

import unittest
from datetime import UTC, datetime
from typing import Any, ClassVar

import pytest
from django.core import mail
from django.db import connections, transaction
from django.test import LiveServerTestCase

from poec_workflow import Actor, commands
from poec_workflow.adapters.sql.schema import metadata
from poec_workflow.contrib.django import get_workflow
from poec_workflow.contrib.django.models import Action, Entry, Message
from poec_workflow.contrib.django.signals import decided
from poec_workflow.contrib.django.testcases import WorkflowTestCase, WorkflowTransactionTestCase
from poec_workflow.serialization import journal_line

from django_project import TOWN  # isort: skip

PLATFORM = Actor(kind="platform")
CREATE = commands.CreateAction("A-1", title="[POEC] x", funder="OPCO", responsible="AFEC")


class RolledBack(WorkflowTestCase):
    """Two tests that create the same action."""

    now: ClassVar[str] = "2022-03-25T09:00:00+01:00"

    def test_first(self) -> None:
        """It is created on the day of the clock."""
        self.workflow.execute(CREATE, PLATFORM)
        recorded = self.workflow.history("action", "A-1")[0].recorded_at
        assert recorded == datetime(2022, 3, 25, 8, tzinfo=UTC)
        self.clock.set("2022-04-01T00:00:00+02:00")
        assert get_workflow().clock.now().month in {3, 4}

    test_second = test_first

    def test_commits_are_heard(self) -> None:
        """By Django's own means of testing them."""
        heard: list[Any] = []

        def hear(**told: Any) -> None:
            heard.append(told)

        decided.connect(hear)
        with self.captureOnCommitCallbacks(execute=True):
            self.workflow.execute(CREATE, PLATFORM)
        decided.disconnect(hear)
        assert len(heard) == 1


class Committed(WorkflowTransactionTestCase):
    """Two tests that commit the same."""

    now = datetime(2039, 11, 20, 9, tzinfo=UTC)

    def test_first(self) -> None:
        """What is committed is seen, and what it told goes out."""
        assert Entry.objects.count() == 0
        with transaction.atomic():
            self.workflow.execute_many([journal_line(line) for line in TOWN.read_bytes().splitlines()])
        assert Message.objects.count() == 6
        report = self.deliver_messages()
        assert report.dead == 1  # the candidate has no address
        assert mail.outbox == []

    test_second = test_first


class Served(WorkflowTransactionTestCase, LiveServerTestCase):
    """With a server beside it."""

    def test_served(self) -> None:
        """It is empty too."""
        assert self.live_server_url
        self.workflow.execute(CREATE, PLATFORM)
        assert Action.objects.get().reference == "A-1"


@pytest.mark.parametrize("case", [RolledBack, Committed, Served])
def test_each_test_begins_empty(project: Any, case: type[unittest.TestCase]) -> None:
    """Run as Django's runner does, one after the other; afterwards nothing is left but the schema."""
    result = unittest.TestResult()
    unittest.defaultTestLoader.loadTestsFromTestCase(case).run(result)
    assert (result.testsRun > 0, result.errors, result.failures) == (True, [], [])
    left = {}
    with project.cursor() as cursor:
        for name in metadata.tables:
            cursor.execute(f"SELECT count(*) FROM {name}")  # noqa: S608 - a name of ours
            left[name] = cursor.fetchone()[0]
    assert {name for name, count in left.items() if count} == {"poec_alembic_version", "poec_schema", "poec_feed"}
    assert connections["default"] is project


def test_they_use_the_workflows_database(project: Any) -> None:
    """Beside the default one: Django's runner asks before it makes them."""
    from django.test import override_settings  # noqa: PLC0415 - for one use

    del project
    fresh = type("Fresh", (WorkflowTransactionTestCase,), {})
    assert fresh.databases == {"default"}  # type: ignore[attr-defined]
    with override_settings(POEC_WORKFLOW={"DATABASE": "poec"}):
        assert fresh.databases == {"default", "poec"}  # type: ignore[attr-defined]


# What pytest would collect as tests of its own, without a database.
RolledBack.__test__ = Committed.__test__ = Served.__test__ = False  # type: ignore[attr-defined]
