"""The outbox: messages stored with the change that causes them, in order, each held and settled by one at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from poec_workflow import commands
from poec_workflow.decider import Accepted
from poec_workflow.messages import Addressee, AddresseeKind, Message, StreamKind
from poec_workflow.notices import NOTICES
from poec_workflow.ports import Delivery, MessageState, QueuedMessage, Routes, Settlement, Storage
from poec_workflow.testing.contracts.contract import Contract
from poec_workflow.testing.contracts.fixtures import (
    ADVISER,
    NOW,
    PLATFORM,
    TRAINER,
    emptied_outbox,
    registering,
    retaining,
    workflow_with_session,
)

LEASE = timedelta(minutes=5)
MOMENT = timedelta(microseconds=1)
TO_THE_PRESCRIBER = Routes(kinds=frozenset(), addressees=frozenset({Addressee(AddresseeKind.ORGANIZATION, "FT")}))


class OutboxContract(Contract):
    """One message an addressee of an event, held by one at a time, the oldest of each stream and addressee first."""

    def test_messages_are_those_of_the_answers(self, storage: Storage) -> None:
        """What the answers name waits in the same order, with the instant of its storing."""
        told = _retained_and_cancelled(storage)
        queued = storage.outbox.queued()
        assert [each.message for each in queued] == told
        assert {(each.recorded_at, each.attempts, each.state) for each in queued} == {(NOW, 0, MessageState.WAITING)}
        assert [each.message for each in storage.outbox.queued(limit=2)] == told[:2]
        assert storage.outbox.find(told[3].id) == queued[3]
        assert storage.outbox.find("nothing") is None

    def test_one_stream_reaches_one_addressee_in_order(self, storage: Storage) -> None:
        """Claimed and settled as they come, the messages of a stream to an addressee come in the order of events."""
        told = _retained_and_cancelled(storage)
        sent = emptied_outbox(storage)
        assert sorted(sent, key=_id) == sorted(told, key=_id)
        for stream, to in {(each.stream, each.to) for each in told}:
            of = [each for each in sent if (each.stream, each.to) == (stream, to)]
            assert of == [each for each in told if (each.stream, each.to) == (stream, to)]
        assert storage.outbox.queued() == []

    def test_what_is_held_is_not_claimed_again(self, storage: Storage) -> None:
        """One a stream and addressee, the oldest first; held until the lease ends; the next one once it is settled."""
        first, second, later = _three_to_the_prescriber(storage)
        outbox = storage.outbox
        everything = [each.message for each in outbox.queued()]
        assert _claimed(storage, limit=1) == everything[:1]
        assert _claimed(storage, routes=TO_THE_PRESCRIBER) == [first]
        assert not {first, second, everything[0]} & {*_claimed(storage)}
        assert _claimed(storage, after=LEASE - MOMENT) == []
        again = _held(storage, first, after=LEASE)
        assert (again.attempts, again.fence, again.due_at) == (2, 2, NOW + 2 * LEASE)
        assert outbox.settle([_settled(again, Delivery.DELIVERED)]) == 1
        assert _held(storage, second, after=2 * LEASE).message == second
        assert later not in _claimed(storage, after=2 * LEASE)

    def test_who_comes_back_late_settles_nothing(self, storage: Storage) -> None:
        """The fence: once it was claimed again, only the last claim counts, and none counts twice."""
        first, *_ = _three_to_the_prescriber(storage)
        late = _held(storage, first)
        current = _held(storage, first, after=LEASE)
        for outcome in (Delivery.DELIVERED, Delivery.POSTPONED, Delivery.DEAD, Delivery.RELEASED):
            assert storage.outbox.settle([_settled(late, outcome)]) == 0
        assert storage.outbox.find(first.id) == current
        assert storage.outbox.settle([_settled(current, Delivery.DELIVERED)]) == 1
        assert storage.outbox.settle([_settled(current, Delivery.DELIVERED)]) == 0

    def test_what_failed_waits_and_holds_up_its_successors(self, storage: Storage) -> None:
        """Until its time, with what was answered; what is given back is due at once, and no attempt."""
        first, second, _ = _three_to_the_prescriber(storage)
        retry_at = NOW + timedelta(hours=1)
        storage.outbox.settle([_settled(_held(storage, first), Delivery.POSTPONED, retry_at=retry_at, answer="busy")])
        known = storage.outbox.find(first.id)
        assert known is not None
        assert (known.attempts, known.due_at, known.answer) == (1, retry_at, "busy")
        assert not {first, second} & {*_claimed(storage, after=timedelta(hours=1) - MOMENT)}
        again = _held(storage, first, after=timedelta(hours=1))
        storage.outbox.settle([_settled(again, Delivery.RELEASED)])
        released = storage.outbox.find(first.id)
        assert released is not None
        assert (released.attempts, released.due_at, released.answer) == (1, None, "busy")

    def test_a_dead_message_holds_up_nothing(self, storage: Storage) -> None:
        """It is kept and shown, can wait again, with no attempts, or be dropped."""
        first, second, _ = _three_to_the_prescriber(storage)
        outbox = storage.outbox
        outbox.settle([_settled(_held(storage, first), Delivery.DEAD, answer="no such address")])
        [dead] = outbox.queued(MessageState.DEAD)
        assert (dead.message, dead.state, dead.answer) == (first, MessageState.DEAD, "no such address")
        assert first not in [each.message for each in outbox.queued()]
        assert outbox.figures().dead == 1
        held = _held(storage, second)
        assert first not in _claimed(storage, after=timedelta(days=1))
        assert not outbox.drop(second.id, NOW)
        assert outbox.retry(first.id)
        assert not outbox.retry("nothing")
        revived = _held(storage, first, after=LEASE)
        assert (revived.attempts, revived.fence) == (1, dead.fence + 1)
        outbox.settle([_settled(revived, Delivery.DEAD)])
        assert outbox.drop(first.id, NOW)
        assert not outbox.drop(first.id, NOW)
        assert outbox.find(first.id) is None
        assert outbox.settle([_settled(held, Delivery.UNNEEDED)]) in (0, 1)

    def test_what_became_of_messages_is_known(self, storage: Storage) -> None:
        """Of each stream, and of an application apart from a session of the same reference."""
        first, second, later = _three_to_the_prescriber(storage)
        outbox = storage.outbox
        outbox.settle([_settled(_held(storage, first), Delivery.DELIVERED)])
        outbox.settle([_settled(_held(storage, second), Delivery.UNNEEDED, after=MOMENT)])
        outbox.settle([_settled(_held(storage, later), Delivery.DEAD)])
        outbox.drop(later.id, NOW + LEASE)
        records = [
            (each.message, each.outcome, each.at) for each in outbox.delivered(StreamKind.APPLICATION, first.stream)
        ]
        assert records == [
            (first, Delivery.DELIVERED, NOW),
            (second, Delivery.UNNEEDED, NOW + MOMENT),
            (later, Delivery.DROPPED, NOW + LEASE),
        ]
        assert outbox.delivered(StreamKind.SESSION, first.stream) == []

    def test_only_who_can_be_reached_is_claimed(self, storage: Storage) -> None:
        """By kind, by addressee, and not while an addressee rests."""
        told = _retained_and_cancelled(storage)
        candidates = Routes(kinds=frozenset({AddresseeKind.CANDIDATE}))
        assert {each.to.kind for each in _claimed(storage, routes=candidates)} == {AddresseeKind.CANDIDATE}
        kairos = Addressee(AddresseeKind.SYSTEM, "KAIROS")
        assert {
            each.to for each in _claimed(storage, routes=Routes(kinds=frozenset(), addressees=frozenset({kairos})))
        } == {kairos}
        [some, *_] = {each.to for each in told if each.to.kind is AddresseeKind.ORGANIZATION}
        rest = _claimed(storage, routes=Routes(resting=frozenset({some})))
        assert rest
        assert some not in {each.to for each in rest}
        assert _claimed(storage, routes=Routes(kinds=frozenset())) == []

    def test_the_figures(self, storage: Storage) -> None:
        """How many wait, since when, how many were tried, how often at most, and how many are dead."""
        empty = storage.outbox.figures()
        assert (empty.waiting, empty.oldest, empty.attempts, empty.dead) == (0, None, 0, 0)
        first, *others = _three_to_the_prescriber(storage)
        waiting = len(storage.outbox.queued())
        _held(storage, first, after=LEASE)
        figures = storage.outbox.figures()
        assert (figures.waiting, figures.oldest, figures.attempts) == (waiting, NOW, 1)
        assert figures.retried >= 1
        assert len(others) == 2

    def test_a_digest_a_day(self, storage: Storage) -> None:
        """Numbered for each organisation; not twice a day, nor for a day before the last."""
        day = NOW.date()

        def numbers() -> list[int | None]:
            days = (day, day, day - timedelta(days=1), day + timedelta(days=1))
            return [storage.run(lambda t, on=on: t.start_digest("TRAIN", on)) for on in days]  # type: ignore[misc]

        assert numbers() == [1, None, None, 2]
        assert storage.run(lambda t: t.start_digest("RESP", day)) == 1

    def test_a_digest_is_posted_with_its_count(self, storage: Storage) -> None:
        """In one transaction: what is undone leaves no message, and its number."""
        message = NOTICES.of_digest("TRAIN", 1)
        assert message is not None

        def work(post: Callable[[], None]) -> None:
            def both(transaction: object) -> None:
                assert transaction.start_digest("TRAIN", NOW.date()) == 1  # type: ignore[attr-defined]
                transaction.post([message], NOW)  # type: ignore[attr-defined]
                post()

            storage.run(both)

        def fail() -> None:
            raise LookupError

        try:
            work(fail)
        except LookupError:
            assert storage.outbox.queued() == []
        work(lambda: None)
        assert [each.message for each in storage.outbox.queued()] == [message]
        assert _claimed(storage) == [message]


def _retained_and_cancelled(storage: Storage) -> list[Message]:
    """Two applications, of which one is retained before their session is cancelled; what the answers told."""
    workflow = workflow_with_session(storage)
    answers = [workflow.execute(registering(number), ADVISER) for number in (1, 2)]
    answers += [workflow.execute(command, TRAINER) for command in retaining(2)]
    answers.append(workflow.execute(commands.CancelSession("S-1", reason="Trop peu d'inscrits"), PLATFORM))
    return _told(answers)


def _three_to_the_prescriber(storage: Storage) -> tuple[Message, Message, Message]:
    """The messages to the prescriber of an application that was convoked and withdrawn."""
    workflow = workflow_with_session(storage)
    answers = [workflow.execute(registering(1), ADVISER), workflow.execute(retaining(1)[0], TRAINER)]
    answers.append(workflow.execute(commands.Withdraw("C-1", reason="found-employment"), ADVISER))
    first, second, later = (each for each in _told(answers) if each.to.reference == "FT")
    return first, second, later


def _told(answers: Sequence[Accepted]) -> list[Message]:
    return [message for answer in answers for message in answer.notices]


def _claimed(
    storage: Storage, *, limit: int = 100, after: timedelta = timedelta(), routes: Routes | None = None
) -> list[Message]:
    claimed = storage.outbox.claim(limit=limit, now=NOW + after, lease=LEASE, routes=routes or Routes())
    return [each.message for each in claimed]


def _held(storage: Storage, message: Message, *, after: timedelta = timedelta()) -> QueuedMessage:
    """Claim a message, and give back whatever else was claimed."""
    claimed = storage.outbox.claim(limit=100, now=NOW + after, lease=LEASE)
    storage.outbox.settle([_settled(each, Delivery.RELEASED) for each in claimed if each.message != message])
    [held] = (each for each in claimed if each.message == message)
    return held


def _settled(
    claimed: QueuedMessage,
    outcome: Delivery,
    *,
    after: timedelta = timedelta(),
    answer: str | None = None,
    retry_at: datetime | None = None,
) -> Settlement:
    return Settlement(claimed=claimed, outcome=outcome, at=NOW + after, answer=answer, retry_at=retry_at)


def _id(message: Message) -> str:
    return message.id
