"""One message of each kind with what it says: everything that a table can tell, played on a storage in memory."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import time as clock_time
from datetime import timedelta

from attrs import evolve

from guarantees import ADVISER, NOW, PLATFORM, TRAINER, registering, retaining, workflow_with_session
from poec_workflow import Candidate, Content, Message, Relay, Workflow, commands, remind
from poec_workflow.adapters.memory import MemoryStorage
from poec_workflow.testing import SettableClock
from poec_workflow.testing.contracts.fixtures import opening

Sample = tuple[Message, Content]


class Keeping:
    """A channel that keeps what it is given."""

    def __init__(self) -> None:
        self.kept: list[Sample] = []

    def deliver(self, message: Message, content: Content) -> None:
        """Keep it."""
        self.kept.append((message, content))


def samples(person: Candidate | None = None, comment: str = "Trop loin", title: str | None = None) -> Sequence[Sample]:
    """Messages of every event and digest, to every kind of addressee."""
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
    channel = Keeping()
    relay = Relay(workflow, channel, workers=1)
    relay.run_once()
    workflow.execute(commands.CancelSession("S-1", reason="Trop peu d'inscrits"), PLATFORM)
    clock.set(NOW + (session.end - NOW.date()) + timedelta(days=10))
    remind(workflow)
    relay.run_once()
    clock.set(clock.now() + timedelta(days=60))
    workflow.sweep()
    relay.run_once()
    return channel.kept


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


def the(found: Sequence[Sample], event: str, to: str) -> Sample:
    """The first sample of an event, or of the digest, to a kind of addressee."""
    return next(
        each
        for each in found
        if (each[1].entry.event.type if each[1].entry else "digest", each[0].to.kind) == (event, to)
    )
