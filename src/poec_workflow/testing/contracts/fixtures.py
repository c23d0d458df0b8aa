"""What any storage keeps, said of a whole storage; and a small town to fill one with."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from itertools import chain

from attrs import evolve

from poec_workflow import commands
from poec_workflow.events import Position
from poec_workflow.folding import fold
from poec_workflow.model import Actor, ActorKind, Application, SubjectKind, Tally
from poec_workflow.ports import Delivery, Storage
from poec_workflow.testing.contracts.sample_subjects import CANDIDATE, PRESCRIBER, SESSION
from poec_workflow.testing.contracts.sample_subjects import NOW as NOW  # noqa: PLC0414 - published with the rest
from poec_workflow.testing.settable_clock import SettableClock
from poec_workflow.workflow import Workflow

PLATFORM = Actor(kind=ActorKind.PLATFORM, organization="CAP")
TRAINER = Actor(kind=ActorKind.ORGANIZATION, organization="TRAIN")
ADVISER = Actor(kind=ActorKind.ADVISER, organization="FT", reference="U-1", name="A. Martin")


def workflow_on(storage: Storage) -> Workflow:
    """A workflow whose clock stands still."""
    return Workflow(storage, clock=SettableClock(NOW))


def founded(storage: Storage, *, seats: int = 2, coefficient: int = 3) -> Workflow:
    """A workflow with one published action and one session on it, `S-1`."""
    workflow = workflow_on(storage)
    workflow.execute(commands.CreateAction("A-1", title="[POEC] Soudeur", funder="OPCO", responsible="RESP"), PLATFORM)
    workflow.execute(commands.PublishAction("A-1"), PLATFORM)
    workflow.execute(opening("S-1", seats=seats, coefficient=coefficient), PLATFORM)
    return workflow


def opening(reference: str, *, seats: int = 2, coefficient: int = 3) -> commands.CreateSession:
    """The creation of a session on the action, with the dates of the world's own."""
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
    """The registration of candidate `P-number` as `C-number`."""
    person = evolve(CANDIDATE, reference=f"P-{number}", name=f"Zoé Nabil {number}")
    return commands.Preregister(f"C-{number}", session=session, candidate=person, prescriber=PRESCRIBER)


def retaining(number: int) -> list[commands.Command]:
    """What leads from a registration to a seat."""
    reference = f"C-{number}"
    return [
        commands.Convoke(reference, on=date(2021, 11, 20)),
        commands.RecordPresence(reference),
        commands.Retain(reference, entry=SESSION.start, exit=SESSION.end, weekly_hours=Decimal(35)),
    ]


def everything(storage: Storage) -> dict[Position, object]:
    """Every subject, by its position."""
    queries = storage.queries
    found = (queries.subject(kind, each) for kind in SubjectKind for each in queries.states(kind))
    return {Position(each.kind, each.reference, each.version): each for each in found if each}


def check(storage: Storage) -> None:
    """Folded history equals the stored subject; counters equal a recount."""
    subjects = everything(storage)
    for position, subject in subjects.items():
        history = storage.queries.history(position.kind, position.reference)
        assert [each.event.version for each in history] == list(range(1, position.version + 1))
        assert fold(each.event for each in history) == subject
    recount: Counter[tuple[str, str]] = Counter()
    registered: Counter[str] = Counter()
    for each in subjects.values():
        if isinstance(each, Application):
            recount[each.session, each.state.name.lower()] += 1
            registered[each.session] += 1
    for reference in storage.queries.states(SubjectKind.SESSION):
        states = {name: count for (session, name), count in recount.items() if session == reference}
        assert tally_of(storage, reference) == Tally(registered=registered[reference], **states)


def tally_of(storage: Storage, session: str) -> Tally:
    """A session's counters."""
    command = commands.ReopenSession(session)
    loaded = storage.run(lambda transaction: transaction.load(command), write=False)
    assert loaded.enrolment
    return loaded.enrolment.tally


def drained(storage: Storage) -> list[Position]:
    """All that waits to be sent, in the order of sending."""
    sent: list[Position] = []
    for hour in range(10_000):
        batch = storage.outbox.claim(limit=1_000, now=NOW + timedelta(hours=hour), lease=timedelta(minutes=1))
        if not batch:
            break
        for each in batch:
            storage.outbox.settle(each, Delivery.SENT)
        sent.extend(batch)
    return sent


def happened(storage: Storage) -> list[Position]:
    """Every event's position, subject by subject."""
    queries = storage.queries
    histories = (queries.history(kind, each) for kind in SubjectKind for each in queries.states(kind))
    return [each.position for each in chain.from_iterable(histories)]
