"""Commands in and outside of the project's transactions, and the signal that says what was committed."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from threading import Thread
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connections, transaction
from django.test import override_settings

from django_project import TODAY, other_alias
from poec_workflow import Actor, Application, CommandRefused, Conflict, Request, StorageUnavailable, commands
from poec_workflow.contrib.django import get_workflow
from poec_workflow.contrib.django.signals import decided
from poec_workflow.testing import SettableClock
from poec_workflow.workflow import Workflow
from postgres import SERVER

AFEC = Actor(kind="organization", organization="AFEC", name="L. Roy")
PLATFORM = Actor(kind="platform")
ABSENT = commands.RecordAbsence("C-1", notified=True)


class Undone(Exception):
    """What a project raises to take back what it did."""


@pytest.fixture
def told() -> Iterator[list[Any]]:
    """What receivers heard."""
    heard: list[Any] = []

    def hear(sender: type, *, answer: Any, request: Request, **_: object) -> None:
        heard.append((sender, answer.subject.reference, request.command.type, request.actor.name))

    decided.connect(hear)
    yield heard
    decided.disconnect(hear)


def create(number: int) -> commands.CreateAction:
    """An action of its own."""
    return commands.CreateAction(f"A-{number}", title="[POEC] x", funder="OPCO", responsible="AFEC")


def test_a_command_outside_of_a_transaction_is_committed(town: Workflow, told: list[Any]) -> None:
    """In one of its own, and then it is told."""
    town.execute(ABSENT, AFEC)
    assert told == [(Application, "C-1", "record-absence", "L. Roy")]
    assert not connections["default"].in_atomic_block
    connections["default"].close()
    assert town.application("C-1").state == "absent"


def test_within_a_transaction_it_is_told_at_its_end(town: Workflow, told: list[Any]) -> None:
    """With the project's own rows, or not at all."""
    with suppress(Undone), transaction.atomic():
        User.objects.create_user("gone")
        town.execute(ABSENT, AFEC)
        raise Undone
    assert (told, User.objects.count(), town.application("C-1").state) == ([], 0, "convoked")
    with transaction.atomic():
        User.objects.create_user("there")
        town.execute(ABSENT, AFEC)
        assert told == []
    assert [each[1] for each in told] == ["C-1"]
    assert User.objects.count() == 1


def test_what_a_savepoint_takes_back_is_not_told(workflow: Workflow, told: list[Any]) -> None:
    """What was done before and after it is."""
    with transaction.atomic():
        workflow.execute(create(1), PLATFORM)
        with suppress(Undone), transaction.atomic():
            workflow.execute(create(2), PLATFORM)
            raise Undone
        workflow.execute(create(3), PLATFORM)
    assert [each[1] for each in told] == ["A-1", "A-3"]
    assert {each.reference for each in workflow.actions().items} == {"A-1", "A-3"}


def test_refusals_and_replays_are_not_told(town: Workflow, told: list[Any]) -> None:
    """Nothing was committed, or it was told before; a preview asks only."""
    with pytest.raises(CommandRefused):
        town.execute(ABSENT, Actor(kind="organization", organization="ELSEWHERE"))
    town.preview(ABSENT, AFEC)
    assert told == []
    town.execute(ABSENT, AFEC, key="once")
    assert town.execute(ABSENT, AFEC, key="once").replayed
    assert len(told) == 1


def test_sweeps_and_batches_are_told_each(town: Workflow, told: list[Any], clock: SettableClock) -> None:
    """An application at a time; what an atomic batch took back is not."""
    town.execute_many([Request(create(1), PLATFORM), Request(create(1), PLATFORM)], atomic=True)
    assert told == []
    clock.set(TODAY + timedelta(days=365))
    town.sweep(dry_run=True)
    assert told == []
    town.sweep()
    assert sorted(each[1:3] for each in told) == [("C-1", "expire"), ("C-2", "expire")]


def test_a_receiver_that_fails_harms_nothing(town: Workflow, told: list[Any], caplog: pytest.LogCaptureFixture) -> None:
    """The others hear, the command stands, and the log says what failed."""

    def fail(**_: object) -> None:
        raise ZeroDivisionError

    decided.connect(fail)
    try:
        with caplog.at_level(logging.ERROR), transaction.atomic():
            town.execute(ABSENT, AFEC)
    finally:
        decided.disconnect(fail)
    assert len(told) == 1
    assert town.application("C-1").state == "absent"
    assert "ZeroDivisionError" in caplog.text


def test_the_projects_own_observer_hears_too(project: Any, told: list[Any]) -> None:
    """Each answer, with what it takes; refusals too."""
    del project
    heard: list[Any] = []

    def observe(answer: Any, request: Request) -> None:
        heard.append((type(answer).__name__, request.command.type))

    with override_settings(POEC_WORKFLOW={"OBSERVE": observe}):
        get_workflow().execute(create(1), PLATFORM)
        get_workflow().submit(Request(create(1), PLATFORM))
    assert heard == [("Accepted", "create-action"), ("Refused", "create-action")]
    assert len(told) == 1


def test_reading_waits_for_no_writer_on_sqlite(town: Workflow) -> None:
    """A preview and an explanation begin as readers, though the project's transactions begin as writers."""
    seen: list[Any] = []

    def look() -> None:
        try:
            seen.append(town.preview(ABSENT, AFEC).subject.state)  # type: ignore[union-attr]
            seen.append(len(town.explain("C-1", AFEC)))
        finally:
            connections.close_all()

    with transaction.atomic():
        town.execute(create(1), PLATFORM)
        other = Thread(target=look)
        other.start()
        other.join(20)
    assert seen[0] == "absent"
    assert seen[1] > 5


def test_who_waits_too_long_is_told_to_try_again(town: Workflow) -> None:
    """Another transaction holds the file: a conflict, as of any storage, and the connection is usable after it."""
    found: list[Any] = []

    def write() -> None:
        try:
            with connections["default"].cursor() as cursor:
                cursor.execute("PRAGMA busy_timeout = 1")
            try:
                town.execute(ABSENT, AFEC)
            except Conflict as error:
                found.append(error)
            found.append(town.application("C-1").state)
        finally:
            connections.close_all()

    with transaction.atomic():
        town.execute(create(1), PLATFORM)
        other = Thread(target=write)
        other.start()
        other.join(20)
    assert [type(found[0]), found[1]] == [Conflict, "convoked"]


def test_a_lost_connection_is_opened_again(postgresql_url: str) -> None:
    """A database that was restarted is unreachable once, and not for as long as the process lives."""
    with other_alias(postgresql_url) as connection:
        connection.ensure_connection()
        get_workflow().storage.create()  # type: ignore[attr-defined]
        get_workflow().execute(create(1), PLATFORM)
        SERVER.cut(postgresql_url)
        with pytest.raises(StorageUnavailable):
            get_workflow().execute(create(2), PLATFORM)
        assert get_workflow().execute(create(2), PLATFORM).subject.reference == "A-2"
        # A question has no transaction, by whose end Django would hear of it.
        SERVER.cut(postgresql_url)
        with pytest.raises(StorageUnavailable):
            get_workflow().actions()
        assert len(get_workflow().actions().items) == 2


def test_a_database_that_is_not_there_is_unavailable(tmp_path: Any) -> None:
    """For commands and for questions; the message names no password."""
    with other_alias(f"postgresql://u:secret@/none?host={tmp_path}"):
        for ask in (lambda: get_workflow().execute(create(1), PLATFORM), lambda: get_workflow().actions()):
            with pytest.raises(StorageUnavailable) as raised:
                ask()
            assert "secret" not in str(raised.value)
