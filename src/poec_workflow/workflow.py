"""The use cases: load ▸ decide ▸ save, each on one screen. What others import and call."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import partial

from attrs import evolve, field, frozen

from poec_workflow import sweep
from poec_workflow.commands import Command, Preregister, Request
from poec_workflow.decider import Accepted, Refused, decide
from poec_workflow.errors import CommandRefused, Refusal
from poec_workflow.history_recording import recorded, replayed
from poec_workflow.model import Actor
from poec_workflow.policies.deadlines import ended_before
from poec_workflow.ports import Receipt, Storage, Transaction
from poec_workflow.read_model import Reading
from poec_workflow.remedies import Remedy, remedy
from poec_workflow.serialization import checked, digest, from_dict
from poec_workflow.views import SweepReport

Answer = Accepted | Refused
Observe = Callable[[Answer], None]

_log = logging.getLogger(__name__)


@frozen
class Workflow(Reading):
    """The rules on a storage: frozen, thread-safe, one per process.

    Attributes:
        storage: where subjects live.
        clock: read once per call, before the transaction.
        settings: the rules' settings.
        observe: called after commit with every answer that stands (of an undone batch only the refusals; in a host's
            transaction before the host's own commit); what it raises is logged, and changes nothing.
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
            command: what is asked.
            actor: who asks, as the host authenticated them.
            key: makes sending it again safe: a used key gets the first answer again (`replayed`).
            expected_version: refuse when the subject has another; 0 means that it does not exist yet.

        Raises:
            CommandRefused: the rules say no, and nothing was changed.
            Malformed: a value can't be written in the wire format.
        """
        request = Request(command=command, actor=actor, key=key, expected_version=expected_version)
        answer = self.execute_many([request])[0]
        if isinstance(answer, Refused):
            raise CommandRefused(answer.refusals)
        return answer

    def execute_many(self, requests: Iterable[Request], *, atomic: bool = False) -> list[Answer]:
        """Carry out requests in order, each at its own `at` where it has one, else at the clock's now.

        Args:
            requests: what is asked.
            atomic: all in one transaction, where each sees those before it: when any answer is a refusal, nothing
                of them was stored.

        Returns:
            An answer per request, in order.

        Raises:
            Malformed: a value can't be written in the wire format; nothing was done.
            Conflict, StorageUnavailable: the storage failed; without `atomic`, what came before is stored, and the
                observer has heard it.
        """
        now = self._now()
        asked = [checked(each) for each in requests]
        if atomic:
            return self._all_or_nothing(asked, now)
        return [self._told(self.storage.run(partial(self._execute, request=each, now=now))) for each in asked]

    def preview(self, command: Command, actor: Actor) -> Answer:
        """The decision that `execute` would take now, with nothing stored; `final` says that it ends the subject."""
        request, now = checked(Request(command=command, actor=actor)), self._now()
        return self.storage.run(lambda transaction: self._decide(transaction, request, now)[0], write=False)

    def remedy(self, request: Request) -> Remedy | None:
        """The one change that would make a refused request pass; None where it passes, or no one change would do."""
        asked, now = checked(request), self._now()

        def work(transaction: Transaction) -> Remedy | None:
            loaded = transaction.load(asked.command, key=asked.key)
            facts = loaded.facts(asked.at or now, asked.actor, self.settings, asked.expected_version)
            return None if loaded.receipt else remedy(loaded.subject, asked.command, facts)

        return self.storage.run(work, write=False)

    def sweep(self, *, dry_run: bool = False, progress: sweep.Progress | None = None) -> SweepReport:
        """Expire what is past its advice deadline; with `dry_run` only say what would be."""
        now = self._now()
        expired: list[str] = []
        if dry_run:
            expired.extend(self.storage.queries.overdue(ended_before(self._today(now), self.settings)))
        else:
            for batch in sweep.batches(self.storage, now, self.settings):
                expired.extend(each.subject.reference for each in batch)
                for answer in batch:
                    self._told(answer)
                if progress:
                    progress(len(expired))
        return SweepReport(at=now, expired=tuple(sorted(expired)), dry_run=dry_run)

    # People

    def erase_candidate(self, reference: str) -> None:
        """Forget a person's name and e-mail, and their name where they acted themself; history and counts stay."""
        known = from_dict(reference, str)
        self.storage.run(lambda transaction: transaction.forget(known))

    def _execute(self, transaction: Transaction, request: Request, now: datetime) -> Answer:
        answer, at = self._decide(transaction, request, now)
        if isinstance(answer, Accepted) and not answer.replayed:
            changes = recorded(answer, at, self.settings)
            receipt = None
            if request.key is not None:
                receipt = Receipt(request.key, digest(request.command, request.actor), changes[0].entry.decision)
            people = [request.command.candidate] if isinstance(request.command, Preregister) else []
            transaction.save(changes, receipt, people)
        return answer

    def _decide(self, transaction: Transaction, request: Request, now: datetime) -> tuple[Answer, datetime]:
        at = request.at or now
        loaded = transaction.load(request.command, key=request.key)
        if loaded.receipt is not None:
            return _answer_again(transaction, loaded.receipt, request), at
        facts = loaded.facts(at, request.actor, self.settings, request.expected_version)
        return decide(loaded.subject, request.command, facts), at

    def _all_or_nothing(self, requests: Sequence[Request], now: datetime) -> list[Answer]:
        answers: list[Answer] = []

        def work(transaction: Transaction) -> None:
            answers.clear()
            answers.extend(self._execute(transaction, each, now) for each in requests)
            if any(isinstance(each, Refused) for each in answers):
                raise _Undone

        try:
            self.storage.run(work)
        except _Undone:
            standing: list[Answer] = [each for each in answers if isinstance(each, Refused)]
        else:
            standing = answers
        for answer in standing:
            self._told(answer)
        return answers

    def _told(self, answer: Answer) -> Answer:
        """The answer, once the observer has heard it."""
        if self.observe is not None:
            try:
                self.observe(answer)
            except Exception:  # noqa: BLE001 - whatever it is, the command was carried out
                _log.exception("an observer failed; the decision stands")
        return answer


class _Undone(Exception):
    """Take the transaction back."""


def _answer_again(transaction: Transaction, receipt: Receipt, request: Request) -> Answer:
    """Answer 0 of the domain page: the first answer to the same command, `key-reused` to anything else."""
    if receipt.digest != digest(request.command, request.actor):
        return Refused((Refusal("key-reused", {"key": receipt.key}),))
    return replayed(transaction.recall(receipt.decision))
