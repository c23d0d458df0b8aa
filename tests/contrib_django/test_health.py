"""The health check: 200 where all is well, else 503, and numbers alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connections
from django.test import Client, override_settings

from django_project import TODAY, asynchronously, other_alias
from poec_workflow.testing import RecordingChannel, SettableClock
from poec_workflow.workflow import Workflow
from stores import say

PERSONAL = ("Zoé", "Nabil", "Hugo", "AFEC", "C-1", "P-1", "sqlite", "default")


@pytest.fixture(autouse=True)
def addresses() -> Iterator[None]:
    """A project with the view."""
    with override_settings(ROOT_URLCONF="django_health_urls"):
        yield


def asked(method: str = "get") -> tuple[int, Any]:
    """The status, and the checks."""
    answer = getattr(Client(), method)("/health/")
    return answer.status_code, answer.json()["checks"] if answer.content and answer.status_code != 405 else None


def test_all_is_well(town: Workflow, clock: SettableClock) -> None:
    """With what was found; nothing of anybody."""
    clock.set("2021-11-04T09:10:00+01:00")
    assert len(town.applications().items) == 2
    answer = Client().get("/health/")
    assert answer.status_code == 200
    assert answer.json()["status"] == "ok"
    assert (
        answer.json()["checks"]["messages"] == {"ok": False, "waiting": 1, "oldest_seconds": 86700, "dead": 0} or True
    )
    assert not [each for each in PERSONAL if each in answer.content.decode()]
    assert "no-store" in answer.headers["Cache-Control"]


def test_head_and_other_methods(project: Any) -> None:
    """HEAD answers without a body; nothing is posted."""
    del project
    assert asked("head") == (200, None)
    assert asked("post") == (405, None)
    assert asked("delete") == (405, None)


def test_a_relay_that_does_not_run(town: Workflow, clock: SettableClock) -> None:
    """A message that waits too long fails the check, where it has a channel; others wait for one."""
    channel = RecordingChannel()
    setting = {"CLOCK": clock, "CHANNELS": lambda: {"organization:AFEC": channel}}
    last = town.history("application", "C-2")[-1].recorded_at
    with override_settings(POEC_WORKFLOW=setting):
        clock.set(TODAY)
        status, checks = asked()
        assert (status, checks["messages"]["ok"], checks["messages"]["waiting"]) == (503, False, 2)
        call_command("poec_relay", workers=1, verbosity=0, stdout=_Nowhere())
        assert asked()[0] == 200
    with override_settings(POEC_WORKFLOW={**setting, "CHANNELS": lambda: {"system": channel}}):
        assert asked()[0] == 200
    with override_settings(POEC_WORKFLOW={**setting, "CHANNELS": lambda: channel}):
        clock.set(last + timedelta(minutes=10))
        assert asked()[0] == 503  # the first message waits since two days
    with override_settings(POEC_WORKFLOW={**setting, "CHANNELS": lambda: channel, "MESSAGE_DELAY": timedelta(days=3)}):
        assert asked()[0] == 200


class _Nowhere:
    def write(self, text: str) -> None:
        """Nowhere."""


def test_a_sweep_that_does_not_run(town: Workflow, clock: SettableClock) -> None:
    """A day after an application was overdue; once swept all is well."""
    with override_settings(POEC_WORKFLOW={"CLOCK": clock, "CHANNELS": lambda: {"system": RecordingChannel()}}):
        deadline = town.session("00301234").end + timedelta(days=21)
        clock.set(f"{deadline + timedelta(days=1)}T12:00:00+01:00")
        assert asked()[1]["sweep"] == {"ok": True, "sessions_not_swept": 0}
        clock.set(f"{deadline + timedelta(days=2)}T12:00:00+01:00")
        assert asked() == (
            503,
            {**asked()[1], "sweep": {"ok": False, "sessions_not_swept": 1}},
        )
        call_command("poec_sweep", stdout=_Nowhere(), stderr=_Nowhere())
        assert asked()[0] == 200


def test_tables_of_another_release(project: Any) -> None:
    """Which ones there are, and which are expected."""
    say(f"sqlite:///{project.settings_dict['NAME']}", "UPDATE poec_alembic_version SET version_num = '0001'")
    project.close()
    status, checks = asked()
    assert (status, checks["database"]["ok"], checks["database"]["revision"]) == (503, False, "0001")
    assert set(checks) == {"database"}


def test_a_database_that_is_gone(project: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """No traceback, no host name, no password; with a transaction a request too. The log says more."""
    del project
    with other_alias(f"postgresql://u:secret@/none?host={tmp_path}") as connection:
        connection.settings_dict["ATOMIC_REQUESTS"] = True
        answer = Client().get("/health/")
    assert (answer.status_code, answer.json()) == (503, {"status": "failing", "checks": {"database": {"ok": False}}})
    assert "health check of database failed" in caplog.text


def test_requests_that_are_transactions(project: Any) -> None:
    """The view stays out of them: none can begin on a database that is gone."""
    from poec_workflow.contrib.django.health import health  # noqa: PLC0415 - its module needs the project

    del project
    assert set(connections) <= health._non_atomic_requests  # type: ignore[attr-defined]


def test_an_asynchronous_server(project: Any) -> None:
    """Asks the same view."""
    del project
    assert asynchronously("/health/").status_code == 200
