"""Erase the people whose time is over, and then their files, in batches: two clocks, which only settings wind.

Run late, twice, or on several machines it has one result. Each batch is one transaction: after a kill the next run
goes on, for of who was erased nothing is left to erase. A batch is looked at without locks, and who is due once
more under them: they may have applied anew meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from functools import partial

from attrs import field, frozen

from poec_workflow.commands import Expire
from poec_workflow.model import OPEN_STATES, Application, SubjectKind
from poec_workflow.policies.calendar import local_day
from poec_workflow.policies.deadlines import file_kept_until, personal_data_kept_until
from poec_workflow.policies.settings import Settings
from poec_workflow.ports import Storage, Transaction
from poec_workflow.ports.keeping import KeepsRecords, LastMovement, keeps_records

BATCH = 500
"""How many people a transaction looks at, and erases, at most."""


@frozen(kw_only=True)
class Erased:
    """Whom a batch erased, or would: references in order."""

    people: Sequence[str] = field(factory=tuple)
    files: Sequence[str] = field(factory=tuple)


def batches(
    storage: Storage, now: datetime, settings: Settings, *, dry_run: bool = False, size: int = BATCH
) -> Iterator[Erased]:
    """Erase all whose time is over; each batch is yielded once it is stored. With `dry_run` nothing is stored.

    Raises:
        NotImplementedError: files are to be erased, and the storage can't.
    """
    today = local_day(now, settings.zone)
    if not storage.run(keeps_records, write=False):
        yield from _one_by_one(storage, today, settings, dry_run=dry_run)
        return
    after = ""
    while seen := storage.run(partial(_movements, after=after, limit=size), write=False):
        after = seen[-1].candidate
        if due := [each.candidate for each in seen if _is_over(each, today, settings)]:
            work = partial(_erased, candidates=due, today=today, settings=settings, dry_run=dry_run)
            erased = storage.run(work, write=not dry_run)
            if erased.people or erased.files:
                yield erased


def _movements(transaction: Transaction, after: str, limit: int) -> Sequence[LastMovement]:
    return _keeping(transaction).last_movements(after, limit=limit)


def _erased(
    transaction: Transaction, candidates: Sequence[str], today: date, settings: Settings, *, dry_run: bool
) -> Erased:
    keeping = _keeping(transaction)
    seen, records = None, None
    # Who has no row to be locked may register anew while the others are looked at.
    while records is None or seen != keeping.lock_movements(candidates):
        seen = keeping.lock_movements(candidates)
        due = [each for each in seen if _is_over(each, today, settings)]
        files = {each.candidate for each in due if _file_is_over(each, today, settings)}
        records = keeping.erasable({each.candidate for each in due}, files)
    if not dry_run:
        records.erase()
    return Erased(people=sorted(records.people), files=sorted(records.files))


def _keeping(transaction: Transaction) -> KeepsRecords:
    assert keeps_records(transaction)  # noqa: S101 - the storage was asked
    return transaction


def _is_over(movement: LastMovement, today: date, settings: Settings) -> bool:
    return not movement.is_open and personal_data_kept_until(movement.at, settings) < today


def _file_is_over(movement: LastMovement, today: date, settings: Settings) -> bool:
    until = file_kept_until(movement.at, settings)
    return until is not None and until < today


def _one_by_one(storage: Storage, today: date, settings: Settings, *, dry_run: bool) -> Iterator[Erased]:
    """Erase people on any storage, each in a transaction of their own; all references are read at once."""
    if settings.keep_file_years is not None:
        raise NotImplementedError("this storage can't erase files: its transactions lack what KeepsRecords asks for")
    of_candidate: dict[str, list[Application]] = {}
    for reference in storage.queries.states(SubjectKind.APPLICATION):
        application = storage.queries.subject(SubjectKind.APPLICATION, reference)
        assert isinstance(application, Application)  # noqa: S101 - it was listed
        of_candidate.setdefault(application.candidate, []).append(application)
    for candidate, applications in sorted(of_candidate.items()):
        movement = _movement(storage, candidate, applications)
        if _is_over(movement, today, settings) and _is_named(storage, candidate, applications):
            work = partial(_forgotten, candidate=candidate, applications=applications)
            if dry_run or storage.run(work):
                yield Erased(people=(candidate,))


def _movement(storage: Storage, candidate: str, applications: Sequence[Application]) -> LastMovement:
    last = (storage.queries.history(SubjectKind.APPLICATION, each.reference)[-1] for each in applications)
    is_open = any(each.state in OPEN_STATES for each in applications)
    return LastMovement(candidate=candidate, at=max(each.recorded_at for each in last), is_open=is_open)


def _is_named(storage: Storage, candidate: str, applications: Sequence[Application]) -> bool:
    """Whether anything still says who a person is: their own row, or an entry of what they did themself."""
    acted = (
        entry.actor
        for each in applications
        for entry in storage.queries.history(SubjectKind.APPLICATION, each.reference)
        if entry.actor.candidate == candidate
    )
    return storage.queries.candidate(candidate) is not None or any(each.name or each.reference for each in acted)


def _forgotten(transaction: Transaction, candidate: str, applications: Sequence[Application]) -> bool:
    """Forget a person, unless one of their applications has moved since it was read."""
    if any(transaction.load(Expire(each.reference)).subject != each for each in applications):
        return False
    transaction.forget(candidate)
    return True
