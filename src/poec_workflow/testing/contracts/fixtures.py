"""A few commands to fill a storage with, and what must be true of any storage as a whole."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from attrs import evolve

from poec_workflow import commands
from poec_workflow.folding import fold
from poec_workflow.history import Position
from poec_workflow.messages import Message
from poec_workflow.model import Actor, ActorKind, SubjectKind, Tally
from poec_workflow.ports import Storage
from poec_workflow.ports.verification import VerifiesHistory
from poec_workflow.testing.contracts.sample_subjects import CANDIDATE, PRESCRIBER, SESSION
from poec_workflow.testing.contracts.sample_subjects import NOW as NOW  # noqa: PLC0414 - published with the rest
from poec_workflow.testing.emptied_outbox import emptied
from poec_workflow.testing.reference import Snapshot
from poec_workflow.testing.settable_clock import SettableClock
from poec_workflow.workflow import Workflow

PLATFORM = Actor(kind=ActorKind.PLATFORM, organization="CAP")
TRAINER = Actor(kind=ActorKind.ORGANIZATION, organization="TRAIN")
ADVISER = Actor(kind=ActorKind.ADVISER, organization="FT", reference="U-1", name="A. Martin")


def workflow_on(storage: Storage) -> Workflow:
    """Make a workflow whose clock stands still."""
    return Workflow(storage, clock=SettableClock(NOW))


def workflow_with_session(storage: Storage, *, seats: int = 2, coefficient: int = 3) -> Workflow:
    """Make a workflow with one published action and one session on it, `S-1`."""
    workflow = workflow_on(storage)
    workflow.execute(commands.CreateAction("A-1", title="[POEC] Soudeur", funder="OPCO", responsible="RESP"), PLATFORM)
    workflow.execute(commands.PublishAction("A-1"), PLATFORM)
    workflow.execute(opening("S-1", seats=seats, coefficient=coefficient), PLATFORM)
    return workflow


def opening(reference: str, *, seats: int = 2, coefficient: int = 3) -> commands.CreateSession:
    """Create a session on the action, with the dates of the sample session."""
    return commands.CreateSession(
        reference,
        action="A-1",
        start=SESSION.start,
        end=SESSION.end,
        place="Pau",
        responsible="RESP",
        positioner="POS",
        trainer="TRAIN",
        capacity=seats,
        coefficient=coefficient,
        registration_deadline=SESSION.registration_deadline,
        late_entry_deadline=SESSION.late_entry_deadline,
    )


def registering(number: int, session: str = "S-1") -> commands.Preregister:
    """Register candidate `P-number` as `C-number`."""
    person = evolve(CANDIDATE, reference=f"P-{number}", name=f"Zoé Nabil {number}")
    return commands.Preregister(f"C-{number}", session=session, candidate=person, prescriber=PRESCRIBER)


def retaining(number: int) -> list[commands.Command]:
    """List what leads from a registration to a seat."""
    reference = f"C-{number}"
    return [
        commands.Convoke(reference, on=date(2021, 11, 20)),
        commands.RecordPresence(reference),
        commands.Retain(reference, entry=SESSION.start, exit=SESSION.end, weekly_hours=Decimal(35)),
    ]


def everything(storage: Storage) -> Snapshot:
    """Read all that a storage holds."""
    return Snapshot.of(storage)


def check(storage: Storage) -> None:
    """Assert that folded histories equal the stored subjects, the counters a recount, and that digests chain entries.

    A storage that chains none is not asked for them.
    """
    stored = Snapshot.of(storage)
    for key, subject in stored.subjects.items():
        events = [each.event for each in stored.histories[key]]
        assert [each.version for each in events] == list(range(1, subject.version + 1))
        assert fold(events) == subject
    sessions = stored.of_kind(SubjectKind.SESSION)
    assert stored.tallies == {each.reference: stored.recount(each.reference) for each in sessions}
    if isinstance(storage, VerifiesHistory):
        assert storage.verify().findings == ()


def tally_of(storage: Storage, session: str) -> Tally:
    """Return the counters of a session."""
    command = commands.ReopenSession(session)
    loaded = storage.run(lambda transaction: transaction.load(command), write=False)
    assert loaded.enrolment
    return loaded.enrolment.tally


def emptied_outbox(storage: Storage) -> list[Message]:
    """Take all messages that wait to be sent, in the order of sending; what is held is waited for."""
    return [each for hour in (0, 1) for each in emptied(storage.outbox, NOW + timedelta(hours=hour))]


def all_positions(storage: Storage) -> list[Position]:
    """List the positions of all events, subject by subject."""
    return [each.position for history in Snapshot.of(storage).histories.values() for each in history]
