"""The contract of a storage: transactions, keys, counters, history."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import pytest
from attrs import evolve

from guarantees import (
    ADVISER,
    NOW,
    PLATFORM,
    TRAINER,
    check,
    drained,
    everything,
    founded,
    happened,
    registering,
    retaining,
    tally_of,
    workflow_on,
)
from poec_workflow import (
    Accepted,
    Actor,
    ActorKind,
    Candidate,
    CommandRefused,
    Origin,
    Prescriber,
    Refused,
    Request,
    Settings,
    SubjectKind,
    Workflow,
    commands,
)
from poec_workflow.events import Position
from poec_workflow.ports import Delivery, Storage, Transaction
from poec_workflow.testing import SettableClock
from seasons import given_season, outcome

T = TypeVar("T")


def test_the_season(storage: Storage) -> None:
    """The given season comes out exactly as expected, and leaves the storage sound."""
    lines, expected = given_season()
    assert outcome(lines, expected, storage=storage) == expected
    check(storage)


def test_an_exception_undoes_everything(storage: Storage) -> None:
    """Work that raises leaves no subject, count, history, outbox row, receipt or person."""
    founded(storage)
    before, sent = everything(storage), len(happened(storage))

    def work(transaction: Transaction) -> None:
        inner = Workflow(_Within(transaction, storage), clock=SettableClock(NOW))
        inner.execute(registering(1), ADVISER, key="k")
        inner.execute(commands.SetCapacity("S-1", capacity=9), PLATFORM)
        raise LookupError

    with pytest.raises(LookupError):
        storage.run(work)
    assert everything(storage) == before
    assert storage.queries.candidate("P-1") is None
    assert tally_of(storage, "S-1").registered == 0
    assert len(drained(storage)) == sent
    assert not workflow_on(storage).execute(registering(1), ADVISER, key="k").replayed


def test_work_that_is_not_to_write_is_undone(storage: Storage) -> None:
    """`write=False` shows the work what it did, and keeps nothing of it."""
    founded(storage)
    before = everything(storage)

    def work(transaction: Transaction) -> object:
        inner = Workflow(_Within(transaction, storage), clock=SettableClock(NOW))
        inner.execute(registering(1), ADVISER)
        return transaction.load(commands.RecordPresence("C-1")).subject

    assert storage.run(work, write=False) is not None
    assert everything(storage) == before


def test_a_refused_batch_is_undone(storage: Storage) -> None:
    """All or nothing: one refusal, and nothing of the batch is stored."""
    workflow = founded(storage)
    before = everything(storage)
    requests = [
        Request(command=registering(1), actor=ADVISER),
        Request(command=commands.RecordPresence("C-1"), actor=TRAINER),
    ]
    answers = workflow.execute_many(requests, atomic=True)
    assert [type(each) for each in answers] == [Accepted, Refused]
    assert everything(storage) == before


def test_a_batch_sees_what_came_before(storage: Storage) -> None:
    """In one transaction, each command decides on what the one before it did."""
    workflow = founded(storage)
    requests = [
        Request(command=registering(1), actor=ADVISER, key="k"),
        Request(command=registering(1), actor=ADVISER, key="k"),
    ]
    requests += [Request(command=each, actor=TRAINER) for each in retaining(1)]
    answers = workflow.execute_many(requests, atomic=True)
    assert [type(each) for each in answers] == [Accepted] * 5
    assert answers[1] == replay_of(answers[0])
    assert tally_of(storage, "S-1").retained == 1
    check(storage)


def test_a_key_gets_the_first_answer_again(storage: Storage) -> None:
    """Consequences and all, whatever happened since; from somebody else it is `key-reused`."""
    workflow = founded(storage, seats=1)
    for each in (1, 2, 3):
        workflow.execute(registering(each), ADVISER)
    for command in retaining(1):
        workflow.execute(command, TRAINER)
    first = workflow.execute(commands.DeclareSessionFull("S-1"), TRAINER, key="full")
    assert [each.subject.reference for each in first.consequences] == ["C-2", "C-3"]
    workflow.execute(commands.SetCapacity("S-1", capacity=5), PLATFORM)
    workflow.execute(commands.ReopenSession("S-1"), TRAINER)
    again = workflow.execute(commands.DeclareSessionFull("S-1"), TRAINER, key="full")
    assert again == replay_of(first)
    with pytest.raises(CommandRefused) as refused:
        workflow.execute(commands.DeclareSessionFull("S-1"), PLATFORM, key="full")
    assert refused.value.codes == {"key-reused"}
    check(storage)


def test_a_refused_command_leaves_its_key_free(storage: Storage) -> None:
    """The key of a refusal can be used by anything else."""
    workflow = founded(storage)
    with pytest.raises(CommandRefused):
        workflow.execute(commands.ReopenSession("S-1"), PLATFORM, key="k")
    assert not workflow.execute(registering(1), ADVISER, key="k").replayed


def test_one_message_an_event_in_order(storage: Storage) -> None:
    """The outbox has exactly the history's positions, and gives each subject's in order."""
    workflow = founded(storage)
    for number in (1, 2):
        workflow.execute(registering(number), ADVISER)
    for command in retaining(2):
        workflow.execute(command, TRAINER)
    workflow.execute(commands.CancelSession("S-1", reason="Trop peu d'inscrits"), PLATFORM)
    sent = drained(storage)
    assert sorted(sent, key=_order) == sorted(happened(storage), key=_order)
    for kind in SubjectKind:
        for reference in storage.queries.states(kind):
            versions = [each.version for each in sent if (each.kind, each.reference) == (kind, reference)]
            assert versions == sorted(versions)


def test_what_is_held_is_not_claimed_again(storage: Storage) -> None:
    """One a subject, the oldest first; held until the lease ends or sending failed; the next one after that."""
    founded(storage)
    outbox, lease = storage.outbox, timedelta(minutes=5)
    created, published = (Position(SubjectKind.ACTION, "A-1", version) for version in (1, 2))
    session = Position(SubjectKind.SESSION, "S-1", 1)
    assert outbox.claim(limit=1, now=NOW, lease=lease) == [created]
    assert outbox.claim(limit=5, now=NOW, lease=lease) == [session]
    assert outbox.claim(limit=5, now=NOW + lease - timedelta(microseconds=1), lease=lease) == []
    assert outbox.claim(limit=5, now=NOW + lease, lease=lease) == [created, session]
    outbox.settle(created, Delivery.FAILED)
    assert outbox.claim(limit=5, now=NOW + lease, lease=lease) == [created]
    outbox.settle(created, Delivery.SENT)
    outbox.settle(created, Delivery.SENT)
    assert outbox.claim(limit=5, now=NOW + lease, lease=lease) == [published]


def test_overdue_ones_are_claimed_in_batches(storage: Storage) -> None:
    """At most so many, with what a decision needs, until none is left."""
    workflow = founded(storage, seats=5)
    for each in range(1, 6):
        workflow.execute(registering(each), ADVISER)
    end = workflow.session("S-1").end
    claimed = storage.run(lambda t: t.claim_overdue(end + timedelta(days=1), limit=3), write=False)
    assert [each.subject.reference for each in claimed if each.subject] == ["C-1", "C-2", "C-3"]
    assert all(each.action and each.enrolment and each.enrolment.tally.pending == 5 for each in claimed)
    assert not storage.run(lambda t: t.claim_overdue(end, limit=3), write=False)
    late = Workflow(storage, clock=SettableClock(datetime(2022, 4, 20, tzinfo=UTC)))
    assert late.sweep(dry_run=True).expired == tuple(f"C-{each}" for each in range(1, 6))
    assert late.sweep().expired == tuple(f"C-{each}" for each in range(1, 6))
    assert late.sweep().expired == ()
    check(storage)


def test_erasing_a_person_leaves_the_rest_valid(storage: Storage) -> None:
    """Name and e-mail go, in the history too where they acted themself; folds, counts and keys stay."""
    workflow = founded(storage)
    command, actor = _registering_oneself()
    first = workflow.execute(command, actor, key="k")
    workflow.execute(registering(1), ADVISER)
    workflow.execute(commands.Withdraw("C-9", reason="found-employment"), actor)
    workflow.erase_candidate("P-9")
    assert storage.queries.candidate("P-9") is None
    assert storage.queries.candidate("P-1") is not None
    texts = [str(entry) for entry in workflow.history("application", "C-9")]
    assert not any("Awa" in each or "U-9" in each for each in (*texts, str(workflow.application("C-9"))))
    assert [each.candidate_name for each in workflow.candidate_applications("P-9")] == [None]
    assert workflow.history("application", "C-1")[0].actor == ADVISER
    assert workflow.execute(command, actor, key="k").subject.version == first.subject.version
    check(storage)
    workflow.erase_candidate("P-9")


def test_a_person_who_applies_again_is_known_by_the_newest_name(storage: Storage) -> None:
    """Name and e-mail are the last that were given."""
    workflow = founded(storage)
    workflow.execute(registering(1), ADVISER)
    workflow.execute(commands.Withdraw("C-1", reason="found-employment"), ADVISER)
    again = registering(1)
    person = Candidate(reference="P-1", name="Zoé Martin")
    workflow.execute(commands.Preregister("C-2", session="S-1", candidate=person, prescriber=again.prescriber), ADVISER)
    assert storage.queries.candidate("P-1") == person


def test_explaining_needs_no_transaction(storage: Storage) -> None:
    """What a decision on an application would know can be read outside of one, its neighbours included."""
    workflow = founded(storage)
    for each in (1, 2):
        workflow.execute(registering(each), ADVISER)
    around = storage.queries.around(workflow.application("C-1"))
    assert around.enrolment
    assert [each.reference for each in around.enrolment.open_applications] == ["C-1", "C-2"]
    assert {each.command.type for each in workflow.explain("C-1", TRAINER) if each.allowed} == {
        "convoke",
        "withdraw",
    }


def test_the_dashboard_since_a_day(storage: Storage) -> None:
    """Applications registered earlier are not counted; the role is held all the same."""
    workflow = founded(storage, seats=5)
    for day, number in ((18, 1), (19, 2), (20, 3)):
        at = datetime(2021, 11, day, 0, 30, tzinfo=UTC)
        workflow.execute_many([Request(command=registering(number), actor=ADVISER, at=at)])
    counts = [
        [row.pending for row in workflow.dashboard("TRAIN", since=datetime(2021, 11, day, tzinfo=UTC).date()).rows]
        for day in (18, 19, 20, 21)
    ]
    assert counts == [[3], [2], [1], [0]]
    assert workflow.dashboard("NOBODY").rows == ()


def test_settings_do_not_reach_the_storage(storage: Storage) -> None:
    """One storage serves workflows of different settings."""
    workflow = founded(storage, seats=1, coefficient=2)
    for each in (1, 2):
        workflow.execute(registering(each), ADVISER)
    workflow.execute(commands.Withdraw("C-1", reason="found-employment"), ADVISER)
    with pytest.raises(CommandRefused):
        workflow.execute(registering(3), ADVISER)
    live = Workflow(storage, clock=workflow.clock, settings=Settings(quota_counts="live"))
    assert live.execute(registering(3), ADVISER).subject.version == 1


def replay_of(answer: object) -> Accepted:
    """The same answer, as a replay."""
    assert isinstance(answer, Accepted)
    return evolve(answer, replayed=True)


def _registering_oneself() -> tuple[commands.Preregister, Actor]:
    awa = Candidate(reference="P-9", name="Awa Diop", email="awa@example.org")
    sender = Prescriber(origin=Origin.SELF, name="Awa Diop")
    command = commands.Preregister("C-9", session="S-1", candidate=awa, prescriber=sender)
    return command, Actor(kind=ActorKind.CANDIDATE, candidate="P-9", reference="U-9", name="Awa Diop")


class _Within:
    """A storage that is inside of a transaction already."""

    def __init__(self, transaction: Transaction, outside: Storage) -> None:
        self.transaction, self.queries, self.outbox = transaction, outside.queries, outside.outbox

    def run(self, work: Callable[[Transaction], T], *, write: bool = True) -> T:
        del write
        return work(self.transaction)


def _order(position: Position) -> tuple[str, str, int]:
    return position.kind, position.reference, position.version
