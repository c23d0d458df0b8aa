"""Sample messages, each with what it says: of every event and addressee that the table has, and a digest."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import time as clock_time
from datetime import timedelta

from attrs import evolve

from poec_workflow import commands
from poec_workflow.adapters.memory import MemoryStorage
from poec_workflow.messages import Message
from poec_workflow.model import Candidate
from poec_workflow.ports import Content
from poec_workflow.relay import Relay, remind
from poec_workflow.testing.contracts.fixtures import (
    ADVISER,
    NOW,
    PLATFORM,
    TRAINER,
    opening,
    registering,
    retaining,
    workflow_with_session,
)
from poec_workflow.testing.recording_channel import RecordingChannel
from poec_workflow.testing.settable_clock import SettableClock
from poec_workflow.workflow import Workflow

Sample = tuple[Message, Content]


def sample_messages(
    person: Candidate | None = None, comment: str = "Trop loin", title: str | None = None
) -> Sequence[Sample]:
    """Messages of every event and a digest, to every kind of addressee, in the order of sending.

    Args:
        person: whose name and e-mail the candidates have.
        comment: of the rejection.
        title: of the training action, after its prefix.
    """
    storage, clock = MemoryStorage(), SettableClock(NOW)
    workflow = workflow_with_session(storage, seats=20)
    workflow = Workflow(storage, clock=clock)
    if title is not None:
        workflow.execute(commands.CorrectAction("A-1", title=f"[POEC] {title}"), PLATFORM)
    for reference in ("S-2", "S-3"):
        workflow.execute(opening(reference, seats=1), PLATFORM)
    for number in range(1, 9):
        registered = registering(number)
        given = registered.candidate if person is None else evolve(person, reference=f"P-{number}")
        workflow.execute(evolve(registered, candidate=given), ADVISER)
    workflow.execute(registering(9, "S-2"), ADVISER)
    workflow.execute(registering(10, "S-2"), ADVISER)
    workflow.execute(registering(11, "S-3"), ADVISER)
    later = NOW.date() + timedelta(days=3)
    for command in (
        commands.Convoke("C-1", on=later, time=clock_time(9, 30), place="Salle A, 12 rue de la Paix"),
        commands.MoveConvocation("C-1", on=later + timedelta(days=1)),
        *retaining(2),
        *retaining(3)[:2],
        commands.Reject("C-3", motive="other", reason="other", comment=comment),
        commands.Convoke("C-4", on=NOW.date()),
        commands.RecordAbsence("C-4", notified=False),
        *_thrice_absent("C-5"),
        *retaining(9),
    ):
        workflow.execute(command, TRAINER)
    workflow.execute(commands.Withdraw("C-1", reason="found-employment"), ADVISER)
    workflow.execute(commands.DeclareSessionFull("S-2"), PLATFORM)
    session = workflow.session("S-1")
    week = timedelta(weeks=1)
    moved = commands.RescheduleSession(
        "S-1",
        start=session.start + week,
        end=session.end + week,
        registration_deadline=session.registration_deadline,
        late_entry_deadline=session.late_entry_deadline + week,
    )
    workflow.execute(moved, PLATFORM)
    channel = RecordingChannel()
    relay = Relay(workflow, channel, workers=1)
    relay.run_once()
    workflow.execute(commands.CancelSession("S-1", reason="Trop peu d'inscrits"), PLATFORM)
    clock.set(NOW + (session.end - NOW.date()) + timedelta(days=10))
    remind(workflow)
    relay.run_once()
    clock.set(clock.now() + timedelta(days=60))
    workflow.sweep()
    relay.run_once()
    return channel.delivered


def _thrice_absent(reference: str) -> list[commands.Command]:
    first = NOW.date()
    return [
        command
        for days in range(3)
        for command in (
            commands.Convoke(reference, on=first + timedelta(days=days)),
            commands.RecordAbsence(reference, notified=True),
        )
    ]
