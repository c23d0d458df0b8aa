"""The use cases of the service: load ▸ decide ▸ save in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING

from attrs import evolve, field, frozen

from poec_workflow import sweep
from poec_workflow.commands import Command, Expire, ImportApplication, Preregister, Request
from poec_workflow.decider import Accepted, Refused, decide
from poec_workflow.errors import CommandRefused, Refusal
from poec_workflow.history_recording import recorded, replayed
from poec_workflow.model import SYSTEM, Actor, Candidate
from poec_workflow.policies.calendar import in_zone, local_instant
from poec_workflow.ports import DecisionContext, Receipt, Scrubs, Storage, Transaction, finds_receipts, loads_ahead
from poec_workflow.ports.clock import local_now
from poec_workflow.read_model import ReadModel
from poec_workflow.serialization import checked, digest, well_formed
from poec_workflow.views import RetentionReport, SweepReport

if TYPE_CHECKING:
    from poec_workflow.importing import ImportProgress, ImportReport, ImportRow, RowFault
    from poec_workflow.remedies import Remedy

Answer = Accepted | Refused
Progress = sweep.Progress
"""Takes how many are done so far."""
Observe = Callable[..., object]
"""Takes an answer, and where it wants them `request` and `duration`."""


@frozen
class Workflow(ReadModel):
    """The rules on a storage: frozen, thread-safe, one per process.

    Attributes:
        storage: where subjects live.
        clock: read once per call, before the transaction.
        settings: the rules' settings.
        lifecycles: the tables: the package's, or those of `machines.with_rows`.
        notices: who is told of what: the package's table, another one, or `notices.NONE`.
        observe: called after commit with every answer that stands (of an undone batch only the refusals; in a host's
            transaction before the host's own commit), and where it takes them with `request` and `duration`, in
            seconds; what it raises is logged, and changes nothing. See `observers`.

    Raises:
        Malformed: the settings, lifecycles or notices are none.
    """

    observe: Observe | None = field(default=None, kw_only=True)

    def using(self, storage: Storage) -> Workflow:
        """The same workflow on another storage: the host's own transaction, for one."""
        return evolve(self, storage=storage)

    # Commands

    def execute(
        self,
        command: Command,
        actor: Actor,
        *,
        key: str | None = None,
        expected_version: int | None = None,
    ) -> Accepted:
        """Carry out a command, in one transaction with all that it causes.

        Args:
            command: the command.
            actor: who gives it, as the host authenticated them.
            key: idempotency key: a used key gets the first answer again (`replayed`).
            expected_version: refuse when the subject has another; 0 means that it does not exist yet.

        Raises:
            CommandRefused: the rules say no, and nothing was changed.
            Malformed: a value can't be written in the wire format.
        """
        answer = self.submit(Request(command=command, actor=actor, key=key, expected_version=expected_version))
        if isinstance(answer, Refused):
            raise CommandRefused(answer.refusals)
        return answer

    def submit(self, request: Request) -> Answer:
        """Carry out a request as `execute` does, and return a refusal instead of raising it.

        Raises:
            Malformed: a value can't be written in the wire format.
        """
        [(known, at)] = self._checked([request])
        return self._run_one(known, at)

    def submit_or_remedy(self, request: Request) -> tuple[Answer, Remedy | None]:
        """Carry out a request; if it is refused, look for its remedy in the same transaction.

        Raises:
            Malformed: a value can't be written in the wire format.
        """
        [(known, now)] = self._checked([request])

        def work(transaction: Transaction) -> tuple[Answer, Remedy | None]:
            loaded = transaction.load(known.command, key=known.key)
            answer = self._carried_out(transaction, known, loaded, now)
            return answer, self._remedy(known, loaded, now) if isinstance(answer, Refused) else None

        began = perf_counter()
        answer, found = self.storage.run(work)
        return self._notified(answer, known, began), found

    def execute_many(self, requests: Iterable[Request], *, atomic: bool = False, batch: int = 1) -> list[Answer]:
        """Carry out requests in order, each at its own `at` where it has one, else at the clock's now.

        Args:
            requests: the requests.
            atomic: all in one transaction, where each sees those before it: when any answer is a refusal, nothing
                of them was stored.
            batch: without `atomic`, how many share a transaction. The answers are the same: a refused request leaves
                those before and after it as they are. What fails, fails for the batch.

        Returns:
            An answer per request, in order.

        Raises:
            Malformed: a value can't be written in the wire format; nothing was done.
            ValueError: `batch` is less than 1.
            Conflict, StorageUnavailable: the storage failed; without `atomic`, what came before is stored, and the
                observer was called for it.
        """
        admitted = self._checked(requests)
        if batch < 1:
            raise ValueError(f"a batch has one request or more, not {batch}")
        if atomic:
            return self._all_or_nothing(admitted)
        if batch == 1:
            return [self._run_one(request, at) for request, at in admitted]
        answers: list[Answer] = []
        for start in range(0, len(admitted), batch):
            some, began = admitted[start : start + batch], perf_counter()
            given = self.storage.run(partial(self._execute_all, requests=some))
            answers.extend(
                self._notified(answer, request, began) for answer, (request, _) in zip(given, some, strict=True)
            )
        return answers

    def preview(
        self, command: Command, actor: Actor, *, key: str | None = None, expected_version: int | None = None
    ) -> Answer:
        """The decision that `execute` would take now, with nothing stored; `final` says that it ends the subject.

        Raises:
            Malformed: a value can't be written in the wire format.
        """
        asked = Request(command=command, actor=actor, key=key, expected_version=expected_version)
        [(request, now)] = self._checked([asked])
        return self.storage.run(
            lambda each: self._decide(each, request, each.load(request.command, key=request.key), now), write=False
        )

    def preview_many(self, requests: Iterable[Request]) -> list[Answer]:
        """The decisions that `execute_many` would take now, each after those before it, with nothing stored.

        Raises:
            Malformed: a value can't be written in the wire format.
        """
        admitted = self._checked(requests)
        answers: list[Answer] = []

        def work(transaction: Transaction) -> None:
            answers[:] = self._execute_all(transaction, admitted)
            raise _Undone

        with suppress(_Undone):
            self.storage.run(work)
        return answers

    def import_(
        self,
        rows: Iterable[ImportRow | RowFault],
        actor: Actor,
        *,
        check: bool = False,
        batch: int = 500,
        progress: Callable[[ImportProgress], object] | None = None,
        skip_faults: bool = False,
    ) -> ImportReport:
        """Take over what another system had: actions, then sessions, then applications, whatever their order.

        All rows are checked before the first is stored, and with a fault none is, unless faults are skipped. A row that
        was imported before with the same content is unchanged, whatever became of it since: so an import that was
        stopped is gone on with by doing it again. Nobody is told.

        Args:
            rows: of files, as the readers in `poec_workflow.importing` yield them, or made by hand.
            actor: the platform, unless the settings permit others.
            check: find the faults and advisories, and store nothing.
            batch: how many rows share a transaction.
            progress: called with how far it is, after each thousand rows that are read and each batch.
            skip_faults: store what has no fault all the same.

        Raises:
            ValueError: `batch` is less than 1.
            Conflict, StorageUnavailable: the storage failed; the batches before are stored.
        """
        from poec_workflow.importing.importer import import_rows  # noqa: PLC0415 - for the day of a move alone

        return import_rows(self, rows, actor, check=check, batch=batch, progress=progress, skip_faults=skip_faults)

    def remedy(self, request: Request) -> Remedy | None:
        """The one change that would make a refused request pass; None where it passes, or no one change would do."""
        [(known, at)] = self._checked([request])
        return self.storage.run(
            lambda each: self._remedy(known, each.load(known.command, key=known.key), at), write=False
        )

    def sweep(self, *, dry_run: bool = False, progress: Progress | None = None) -> SweepReport:
        """Expire every application past its advice deadline; with `dry_run` decide the same and store nothing.

        Raises:
            CommandRefused: the settings do not let the system expire.
        """
        now = local_now(self.clock, self.settings.zone)
        expired: list[str] = []
        batches = sweep.previews if dry_run else sweep.batches
        began = perf_counter()
        for batch in batches(self.storage, now, self.settings, self.lifecycles, self.notices):
            expired.extend(batch.references)
            if self.observe is not None and not dry_run:
                for answer in batch:
                    self._notified(answer, Request(Expire(answer.subject.reference), SYSTEM, at=now), began)
            if progress:
                progress(len(expired))
            began = perf_counter()
        return SweepReport(at=in_zone(now, self.settings.zone), expired=tuple(sorted(expired)), dry_run=dry_run)

    # People

    def erase_candidate(self, reference: str) -> None:
        """Forget a person's name and e-mail, and their name where they acted themself; history and counts stay."""
        known = well_formed(reference, str)
        self.storage.run(lambda transaction: transaction.forget(known))
        if isinstance(self.storage, Scrubs):
            self.storage.scrub()

    def retain_until(self, *, dry_run: bool = False, progress: Progress | None = None) -> RetentionReport:
        """Erase everybody whose time is over by the settings' two clocks; with `dry_run` find the same, erase nothing.

        A person as `erase_candidate` does, once `keep_personal_data_years` are over since the last movement of all
        their applications, and none is open. Of these, once `keep_file_years` are over, the comments and the people
        who acted. What decisions and counts are made of stays.

        Raises:
            NotImplementedError: files are to be erased, and the storage's transactions are not `KeepsRecords`.
        """
        from poec_workflow import retention  # noqa: PLC0415 - once a night, and no command needs it

        now = local_now(self.clock, self.settings.zone)
        people: list[str] = []
        files: list[str] = []
        for batch in retention.batches(self.storage, now, self.settings, dry_run=dry_run):
            people.extend(batch.people)
            files.extend(batch.files)
            if progress:
                progress(len(people) + len(files))
        if isinstance(self.storage, Scrubs) and not dry_run:
            self.storage.scrub(whole=True)
        at = in_zone(now, self.settings.zone)
        return RetentionReport(at=at, people=tuple(people), files=tuple(files), dry_run=dry_run)

    def _checked(self, requests: Iterable[Request]) -> list[tuple[Request, datetime]]:
        """Check every request before the first is carried out, and give each its instant."""
        now = local_now(self.clock, self.settings.zone)
        known = [checked(each) for each in requests]
        return [(each, local_instant(each.at or now, self.settings.zone, "$.at").instant) for each in known]

    def _run_one(self, request: Request, at: datetime) -> Answer:
        began = perf_counter()
        return self._notified(self.storage.run(partial(self._execute_alone, request=request, at=at)), request, began)

    def _execute(self, transaction: Transaction, request: Request, at: datetime) -> Answer:
        loaded = transaction.load(request.command, key=request.key)
        return self._carried_out(transaction, request, loaded, at)

    def _execute_alone(self, transaction: Transaction, request: Request, at: datetime) -> Answer:
        """Carry out a request; where the transaction finds used keys by itself, ask for the receipt last."""
        if (key := request.key) is None or not finds_receipts(transaction):
            return self._execute(transaction, request, at)
        answer = self._carried_out(transaction, request, transaction.load(request.command), at)
        receipt = transaction.receipt(key) if isinstance(answer, Refused) else None
        return answer if receipt is None else self._answer_again(transaction, receipt, request)

    def _execute_all(self, transaction: Transaction, requests: Sequence[tuple[Request, datetime]]) -> list[Answer]:
        if loads_ahead(transaction):
            transaction.load_ahead([(request.command, request.key) for request, _ in requests])
        return [self._execute(transaction, request, at) for request, at in requests]

    def _carried_out(self, transaction: Transaction, request: Request, loaded: DecisionContext, at: datetime) -> Answer:
        answer = self._decide(transaction, request, loaded, at)
        if isinstance(answer, Accepted) and not answer.replayed:
            changes = recorded(answer, at, self.settings, self.lifecycles)
            receipt = None
            if request.key is not None:
                receipt = Receipt(request.key, digest(request.command, request.actor), changes[0].entry.decision)
            people = _people(request.command)
            transaction.save(changes, receipt, people, answer.notices)
        return answer

    def _decide(self, transaction: Transaction, request: Request, loaded: DecisionContext, at: datetime) -> Answer:
        if loaded.receipt is not None:
            return self._answer_again(transaction, loaded.receipt, request)
        facts = loaded.facts(at, request.actor, self.settings, request.expected_version)
        answer = decide(loaded.subject, request.command, facts, self.lifecycles)
        return answer if isinstance(answer, Refused) else self.notices.told(answer, facts)

    def _answer_again(self, transaction: Transaction, receipt: Receipt, request: Request) -> Answer:
        """Answer 0 of the domain page: the first answer to the same command, `key-reused` to anything else."""
        if receipt.digest != digest(request.command, request.actor):
            return Refused((Refusal("key-reused", {"key": receipt.key}),))
        return replayed(transaction.recall(receipt.decision), self.lifecycles)

    def _remedy(self, request: Request, loaded: DecisionContext, at: datetime) -> Remedy | None:
        from poec_workflow.remedies import remedy  # noqa: PLC0415 - only who asks for one needs it

        facts = loaded.facts(at, request.actor, self.settings, request.expected_version)
        return None if loaded.receipt else remedy(loaded.subject, request.command, facts, self.lifecycles)

    def _all_or_nothing(self, requests: Sequence[tuple[Request, datetime]]) -> list[Answer]:
        answers: list[Answer] = []

        def work(transaction: Transaction) -> None:
            answers[:] = self._execute_all(transaction, requests)
            if any(isinstance(each, Refused) for each in answers):
                raise _Undone

        began, undone = perf_counter(), False
        try:
            self.storage.run(work)
        except _Undone:
            undone = True
        for answer, (request, _) in zip(answers, requests, strict=True):
            if isinstance(answer, Refused) or not undone:
                self._notified(answer, request, began)
        return answers

    def _notified(self, answer: Answer, request: Request, began: float) -> Answer:
        """Call the observer, and return the answer."""
        if self.observe is not None:
            from poec_workflow.observers import tell  # noqa: PLC0415 - who observes pays for it

            tell(self.observe, answer, request, perf_counter() - began)
        return answer


class _Undone(Exception):
    """Raised to roll back the transaction of a batch."""


def _people(command: Command) -> Sequence[Candidate]:
    """Who is known by a command; of an import without a name the person was erased elsewhere."""
    if not isinstance(command, Preregister) or (isinstance(command, ImportApplication) and not command.candidate.name):
        return ()
    return (command.candidate,)
