"""A story in which every command of applications and sessions is carried out, and what each said to the database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from attrs import evolve, frozen

from guarantees import ADVISER, NOW, PLATFORM, TRAINER, registering, retaining, workflow_on, workflow_with_session
from poec_workflow import Accepted, Actor, Request, commands
from poec_workflow.adapters.sql import SqlStorage
from poec_workflow.commands import Command
from poec_workflow.model import SYSTEM
from poec_workflow.testing.contracts.fixtures import opening
from statements import Said, listening
from world import SAMPLES

LATE = datetime.fromisoformat("2022-04-28T09:00:00+02:00")
SESSION, OTHER = "S-2", "S-1"
"""Where it happens, and a session of the same action that has applications too."""


@frozen
class Told:
    """One command, all that it moved, and what was said."""

    command: Command
    moved: tuple[tuple[str, str], ...]
    said: tuple[Said, ...]


def told(storage: SqlStorage) -> list[Told]:
    """The story, command by command."""
    workflow = workflow_with_session(storage)
    for number in (91, 92):
        workflow.execute(registering(number, OTHER), ADVISER)
    found = []
    for number, (command, actor, at) in enumerate(scenes()):
        request = Request(command=command, actor=actor, at=at, key=f"k-{number}")
        with listening() as said:
            answer = workflow_on(storage).submit(request)
        assert isinstance(answer, Accepted), (command, answer)
        moved = tuple((each.subject.subject_kind.value, each.subject.reference) for each in answer.changes)
        found.append(Told(command, moved, tuple(said)))
    return found


def scenes() -> Iterator[tuple[Command, Actor, datetime]]:
    """Who asks what, and when."""
    yield opening(SESSION), PLATFORM, NOW
    for name, actor in (
        ("set-registration-deadline", TRAINER),
        ("set-coefficient", TRAINER),
        ("set-information-dates", TRAINER),
        ("reschedule-session", PLATFORM),
    ):
        yield _here(name), actor, NOW
    yield commands.ReassignSession(SESSION, positioner="POS-2"), PLATFORM, NOW
    yield commands.CorrectSession(SESSION, place="Pau"), PLATFORM, NOW
    for number in range(1, 8):
        yield registering(number, SESSION), ADVISER, NOW
    convoke, present, retain = retaining(1)
    yield from ((each, TRAINER, NOW) for each in (convoke, commands.MoveConvocation("C-1", on=NOW.date()), present))
    yield from ((each, TRAINER, NOW) for each in (_of("correct-attendance", 1), present, _entering(retain)))
    yield from ((each, TRAINER, NOW) for each in (*retaining(2)[:1], _of("record-absence", 2), _of("withdraw", 2)))
    yield from ((each, TRAINER, NOW) for each in (*retaining(3)[:2], _of("reject", 3)))
    yield commands.SetCapacity(SESSION, capacity=1), PLATFORM, NOW
    yield commands.Expire("C-4"), SYSTEM, LATE
    yield commands.DeclareSessionFull(SESSION), TRAINER, NOW
    yield commands.SetCapacity(SESSION, capacity=4), PLATFORM, NOW
    yield commands.ReopenSession(SESSION), TRAINER, NOW
    for number in (8, 9, 10):
        yield registering(number, SESSION), ADVISER, NOW
    yield commands.CancelSession(SESSION, reason="Trop peu d'inscrits"), PLATFORM, NOW


def _here(name: str) -> Command:
    sample: Any = SAMPLES[name]
    return evolve(sample, session=SESSION)  # type: ignore[no-any-return]


def _of(name: str, number: int) -> Command:
    sample: Any = SAMPLES[name]
    return evolve(sample, application=f"C-{number}")  # type: ignore[no-any-return]


def _entering(retain: Command) -> Command:
    """Within the dates to which the session was moved."""
    assert isinstance(retain, commands.Retain)
    return evolve(retain, entry=date(2022, 1, 3), exit=date(2022, 4, 1))
