"""Storages, each broken in one way that a hurried author might not notice. pytest runs the contract on each."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import date, datetime, timedelta
from pathlib import Path
from threading import RLock
from typing import TypeVar

import pytest
from attrs import evolve
from hypothesis import Phase, settings

from poec_workflow.adapters.memory import MemoryStorage
from poec_workflow.adapters.memory.memory_outbox import MemoryOutbox
from poec_workflow.adapters.memory.memory_queries import MemoryQueries
from poec_workflow.adapters.memory.memory_records import MemoryRecords
from poec_workflow.adapters.memory.memory_storage import MemoryTransaction
from poec_workflow.adapters.memory.memory_tables import Tables
from poec_workflow.commands import Command
from poec_workflow.history import HistoryEntry, Position
from poec_workflow.history_recording import RecordedChange
from poec_workflow.messages import Message
from poec_workflow.model import Application, Candidate
from poec_workflow.policies.alerts import AlertCriteria
from poec_workflow.ports import EVERYBODY, DecisionContext, QueuedMessage, Receipt, Routes, Storage
from poec_workflow.ports.keeping import LastMovement
from poec_workflow.testing.contracts import StorageContract
from poec_workflow.views import ApplicationFilter, ApplicationRow, DashboardRow, Span, Tab

T = TypeVar("T")


class Broken(MemoryStorage):
    """A storage in memory whose parts a subclass replaces."""

    transaction: type[MemoryTransaction] = MemoryTransaction
    reader: type[MemoryQueries] = MemoryQueries
    sender: type[MemoryOutbox] = MemoryOutbox

    def run(self, work: Callable[[MemoryTransaction], T], *, write: bool = True) -> T:
        with self._lock:
            transaction = self.transaction(self._tables)
            try:
                result = work(transaction)
            except BaseException:
                transaction.undo()
                raise
            if not write:
                transaction.undo()
            return result

    @property
    def queries(self) -> MemoryQueries:
        return self.reader(self._tables, self._lock)

    @property
    def outbox(self) -> MemoryOutbox:
        return self.sender(self._tables, self._lock)


class LosesHistory(Broken):
    """Of a decision with consequences, only the first entry is kept in the history."""

    class transaction(MemoryTransaction):  # noqa: D106, N801 - in the place of an attribute
        def save(
            self,
            changes: Sequence[RecordedChange],
            receipt: Receipt | None = None,
            people: Sequence[Candidate] = (),
            messages: Sequence[Message] = (),
        ) -> None:
            before = {kind: dict(histories) for kind, histories in self._tables.histories.items()}
            super().save(changes, receipt, people, messages)
            for each in changes[1:]:
                kind, reference = each.subject.subject_kind, each.subject.reference
                self._put(self._tables.histories[kind], reference, before[kind][reference])


class CountsWrong(Broken):
    """A registration is counted, what becomes of it is not."""

    class transaction(MemoryTransaction):  # noqa: D106, N801 - in the place of an attribute
        def save(
            self,
            changes: Sequence[RecordedChange],
            receipt: Receipt | None = None,
            people: Sequence[Candidate] = (),
            messages: Sequence[Message] = (),
        ) -> None:
            before = dict(self._tables.tallies)
            super().save(changes, receipt, people, messages)
            for each in changes:
                if isinstance(each.subject, Application) and each.subject.version > 1:
                    self._put(self._tables.tallies, each.subject.session, before[each.subject.session])


class ForgetsReceipts(Broken):
    """Keys are not kept."""

    class transaction(MemoryTransaction):  # noqa: D106, N801 - in the place of an attribute
        def save(
            self,
            changes: Sequence[RecordedChange],
            receipt: Receipt | None = None,
            people: Sequence[Candidate] = (),
            messages: Sequence[Message] = (),
        ) -> None:
            del receipt
            super().save(changes, None, people, messages)


class DoesNotUndo(Broken):
    """What work did before it raised stays."""

    def run(self, work: Callable[[MemoryTransaction], T], *, write: bool = True) -> T:
        with self._lock:
            transaction = MemoryTransaction(self._tables)
            result = work(transaction)
            if not write:
                transaction.undo()
            return result


class AlwaysWrites(Broken):
    """`write=False` is not looked at."""

    def run(self, work: Callable[[MemoryTransaction], T], *, write: bool = True) -> T:
        del write
        return super().run(work, write=True)


class SendsTwice(Broken):
    """What one sender holds is given to the next."""

    class sender(MemoryOutbox):  # noqa: D106, N801 - in the place of an attribute
        def claim(
            self, *, limit: int, now: datetime, lease: timedelta, routes: Routes = EVERYBODY
        ) -> Sequence[QueuedMessage]:
            return super().claim(limit=limit, now=now, lease=lease * 0, routes=routes)


class SendsOutOfOrder(Broken):
    """The newest goes first."""

    class sender(MemoryOutbox):  # noqa: D106, N801 - in the place of an attribute
        def claim(
            self, *, limit: int, now: datetime, lease: timedelta, routes: Routes = EVERYBODY
        ) -> Sequence[QueuedMessage]:
            with self._lock:
                turned = Tables()
                turned.messages = dict(reversed(self._tables.messages.items()))
                claimed = MemoryOutbox(turned, RLock()).claim(limit=limit, now=now, lease=lease, routes=routes)
                self._tables.messages.update((each.message.id, each) for each in claimed)
                return claimed


class SettlesLate(Broken):
    """Who comes back after the lease still settles what somebody else holds by now."""

    class sender(MemoryOutbox):  # noqa: D106, N801 - in the place of an attribute
        def _is_last_claim(self, claimed: QueuedMessage) -> bool:
            return claimed.message.id in self._tables.messages


class CountsDigestsTwice(Broken):
    """Each run of the day makes a digest."""

    class transaction(MemoryTransaction):  # noqa: D106, N801 - in the place of an attribute
        def start_digest(self, organization: str, day: date) -> int | None:
            self._tables.digests.pop(organization, None)
            return super().start_digest(organization, day)


class DropsMessages(Broken):
    """What a command tells is not stored with it."""

    class transaction(MemoryTransaction):  # noqa: D106, N801 - in the place of an attribute
        def post(self, messages: Sequence[Message], recorded_at: datetime) -> None:
            super().post(messages[:1], recorded_at)


class ClaimsTooEarly(Broken):
    """A session that ends on the day itself counts as ended before it."""

    class transaction(MemoryTransaction):  # noqa: D106, N801 - in the place of an attribute
        def claim_overdue(self, ended_before: date, *, limit: int) -> Sequence[DecisionContext]:
            return super().claim_overdue(ended_before + timedelta(days=1), limit=limit)


class IgnoresAFilter(Broken):
    """`session_until` does not restrict."""

    class reader(MemoryQueries):  # noqa: D106, N801 - in the place of an attribute
        def _applications(self, asked: ApplicationFilter, criteria: AlertCriteria) -> Iterator[Application]:
            return super()._applications(evolve(asked, session_until=None), criteria)


class SortsByReference(Broken):
    """Whatever order is asked for, a list has its first page by reference."""

    class reader(MemoryQueries):  # noqa: D106, N801 - in the place of an attribute
        def applications(
            self, filter_: ApplicationFilter, criteria: AlertCriteria, span: Span
        ) -> Sequence[ApplicationRow]:
            return super().applications(filter_, criteria, span if span.after else Span(limit=span.limit))


class CountsATabOfAll(Broken):
    """The tabs' counts do not look at the text that is searched."""

    class reader(MemoryQueries):  # noqa: D106, N801 - in the place of an attribute
        def application_tabs(self, filter_: ApplicationFilter, criteria: AlertCriteria) -> Mapping[Tab, int]:
            return super().application_tabs(evolve(filter_, text=""), criteria)


class MissesADay(Broken):
    """The dashboard counts nobody as expiring on the last day on which advices can be given."""

    class reader(MemoryQueries):  # noqa: D106, N801 - in the place of an attribute
        def dashboard(
            self, organization: str, *, expiring: tuple[date, date], since: datetime | None = None
        ) -> Sequence[DashboardRow]:
            first, last = expiring
            return super().dashboard(organization, expiring=(first + timedelta(days=1), last), since=since)


class DropsPeople(Broken):
    """Names and e-mails are not kept."""

    class transaction(MemoryTransaction):  # noqa: D106, N801 - in the place of an attribute
        def save(
            self,
            changes: Sequence[RecordedChange],
            receipt: Receipt | None = None,
            people: Sequence[Candidate] = (),
            messages: Sequence[Message] = (),
        ) -> None:
            del people
            super().save(changes, receipt, (), messages)


class RecallsHalf(Broken):
    """The consequences of a decision are not recalled."""

    class transaction(MemoryTransaction):  # noqa: D106, N801 - in the place of an attribute
        def recall(self, decision: Position) -> Sequence[Sequence[HistoryEntry]]:
            return super().recall(decision)[:1]


class ErasesHalf(Broken):
    """The person goes, their name in the history does not."""

    class transaction(MemoryTransaction):  # noqa: D106, N801 - in the place of an attribute
        def forget(self, candidate: str) -> None:
            if candidate in self._tables.people:
                self._take(self._tables.people, candidate)


class LooksAtItsOwnSession(Broken):
    """Where somebody else's seat is, it does not say."""

    class transaction(MemoryTransaction):  # noqa: D106, N801 - in the place of an attribute
        def load(self, command: Command, *, key: str | None = None) -> DecisionContext:
            return evolve(super().load(command, key=key), retained_elsewhere=())


class LocksNothing(Broken):
    """Transactions go on side by side, and the last one to save is believed."""

    def run(self, work: Callable[[MemoryTransaction], T], *, write: bool = True) -> T:
        transaction = MemoryTransaction(self._tables)
        try:
            result = work(transaction)
        except BaseException:
            transaction.undo()
            raise
        if not write:
            transaction.undo()
        return result


class ErasesTheOpen(Broken):
    """Whoever has an application that is open is taken for somebody who has none."""

    class transaction(MemoryTransaction):  # noqa: D106, N801 - in the place of an attribute
        def lock_movements(self, candidates: Sequence[str]) -> Sequence[LastMovement]:
            return [evolve(each, is_open=False) for each in super().lock_movements(candidates)]

        def last_movements(self, after: str, *, limit: int) -> Sequence[LastMovement]:
            return [evolve(each, is_open=False) for each in super().last_movements(after, limit=limit)]


class MovesByRegistration(Broken):
    """The last movement is that of the first of their applications."""

    class transaction(MemoryTransaction):  # noqa: D106, N801 - in the place of an attribute
        def last_movements(self, after: str, *, limit: int) -> Sequence[LastMovement]:
            return [self._first(each) for each in super().last_movements(after, limit=limit)]

        def lock_movements(self, candidates: Sequence[str]) -> Sequence[LastMovement]:
            return [self._first(each) for each in super().lock_movements(candidates)]

        def _first(self, movement: LastMovement) -> LastMovement:
            first = min(self._tables.applications_by[movement.candidate], key=self._registered)
            return evolve(movement, at=self._tables.application(first).registered_at)

        def _registered(self, application: str) -> datetime:
            return self._tables.application(application).registered_at


class KeepsFiles(Broken):
    """Of files nothing is erased."""

    class transaction(MemoryTransaction):  # noqa: D106, N801 - in the place of an attribute
        def erasable(self, people: Collection[str], files: Collection[str]) -> MemoryRecords:
            del files
            return super().erasable(people, ())


class KeepsAnswers(Broken):
    """What channels answered stays when a person is erased."""

    class transaction(MemoryTransaction):  # noqa: D106, N801 - in the place of an attribute
        def forget(self, candidate: str) -> None:
            before = dict(self._tables.messages)
            super().forget(candidate)
            for each in before.values():
                self._put(self._tables.messages, each.message.id, each)


def _suite(broken: type[Broken]) -> type[StorageContract]:
    def empty_storage(self: StorageContract, folder: Path) -> AbstractContextManager[Storage]:
        del self, folder
        return nullcontext(broken())

    return type(f"Test{broken.__name__}", (StorageContract,), {"empty_storage": empty_storage})


settings.register_profile("broken", max_examples=25, phases=[Phase.generate], database=None)


@pytest.fixture(scope="module", autouse=True)
def few_examples() -> Iterator[None]:
    """Few examples, and none made shorter, for here failing is what is asked; who imports this file has more."""
    before = settings.get_current_profile_name()
    settings.load_profile("broken")
    yield
    settings.load_profile(before)


ALL: tuple[type[Broken], ...] = (Broken, *Broken.__subclasses__())
globals().update({f"Test{each.__name__}": _suite(each) for each in ALL})
