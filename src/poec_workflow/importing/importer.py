"""Rows ▸ faults and advisories, and where there is no fault, a store that has them.

All rows are looked at first, on a workbench: what stands twice, what is there already, and what the tables say of each
row after those before it. Then what is ready is stored in batches, each a transaction: actions, sessions, applications.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Protocol

from attrs import define, evolve, field

from poec_workflow.commands import Command, Request
from poec_workflow.decider import Accepted, Refused
from poec_workflow.errors import Malformed, Refusal
from poec_workflow.history import HistoryEntry
from poec_workflow.importing.import_differences import differences, is_import
from poec_workflow.importing.import_fields import IMPORTS
from poec_workflow.importing.import_report import ImportProgress, ImportReport, ImportTally
from poec_workflow.importing.import_rows import ImportRow, RowFault
from poec_workflow.importing.workbench import BenchRow, Mark, Workbench, parent_of
from poec_workflow.model import Actor, SubjectKind
from poec_workflow.ports import Storage
from poec_workflow.ports.queries import reads_in_bulk
from poec_workflow.serialization import checked


class Decides(Protocol):
    """What of a workflow an import needs."""

    @property
    def storage(self) -> Storage:
        """Where subjects live."""
        ...

    def preview_many(self, requests: Iterable[Request]) -> list[Accepted | Refused]:
        """The decisions of a batch, of which nothing is stored."""
        ...

    def execute_many(self, requests: Iterable[Request], *, batch: int = 1) -> list[Accepted | Refused]:
        """Carry out requests, so many of them in a transaction."""
        ...


Progress = Callable[[ImportProgress], object]
_EVERY = 1000
_PARENTS: Mapping[SubjectKind, SubjectKind] = {
    SubjectKind.SESSION: SubjectKind.ACTION,
    SubjectKind.APPLICATION: SubjectKind.SESSION,
}
_LONGEST_NUMBER = 12
"""Digits, up to which a number is looked for with zeros before it."""


def import_rows(
    workflow: Decides,
    rows: Iterable[ImportRow | RowFault],
    actor: Actor,
    *,
    check: bool,
    batch: int,
    progress: Progress | None,
    skip_faults: bool,
) -> ImportReport:
    """See `Workflow.import_`."""
    if batch < 1:
        raise ValueError(f"a batch has one row or more, not {batch}")
    with Workbench() as bench:
        importing = _Import(workflow, actor, batch, bench, progress)
        importing.read(rows)
        importing.check()
        stored = not check and (skip_faults or not importing.tally.fault_count)
        if stored:
            importing.store()
        elif check:
            importing.tally.imported.update({kind: bench.count(kind, Mark.READY) for kind in IMPORTS})
        return importing.tally.report(check=check, stored=stored)


@define
class _Import:
    """One import.

    Attributes:
        done: rows of the phase that is going on.
    """

    workflow: Decides
    actor: Actor
    batch: int
    bench: Workbench
    progress: Progress | None
    tally: ImportTally = field(factory=ImportTally)
    total: int = 0

    # Reading

    def read(self, rows: Iterable[ImportRow | RowFault]) -> None:
        """Put all rows on the bench, and find what stands twice."""
        for each in rows:
            known = each if isinstance(each, RowFault) else self._well_formed(each)
            if isinstance(known, RowFault):
                self.tally.refuse(known)
                continue
            self.bench.add(known)
            self.total += 1
            if self.total % _EVERY == 0:
                self._tell("read", self.total, None)
        self.bench.sort()
        for repeated in self.bench.repeated():
            self._settle(repeated)

    def _well_formed(self, row: ImportRow) -> ImportRow | RowFault:
        """A row as the wire format has it: one that was made by hand may not conform."""
        if not isinstance(row.command, tuple(IMPORTS.values())):
            told = getattr(row.command, "type", type(row.command).__name__)
            return RowFault(row.line, "", f"{told} imports nothing", file=row.file)
        try:
            command = checked(Request(row.command, self.actor)).command
        except Malformed as error:
            return RowFault(row.line, error.faults[0].place, error.faults[0].problem, file=row.file)
        return row if command is row.command else evolve(row, command=command)

    def _settle(self, repeated: Sequence[BenchRow]) -> None:
        """Keep the first row of a reference: the same again is nothing, another is a fault."""
        first, *others = repeated
        for each in others:
            if each.command == first.command:
                self.tally.unchanged[each.command.subject_kind] += 1
                self.bench.mark([(each, Mark.UNCHANGED)])
            else:
                problem = f"{each.command.reference} stands on line {first.row.line} with other values"
                self._refuse(each, RowFault(each.row.line, "", problem, file=each.row.file))

    # Checking

    def check(self) -> None:
        """Find what the store and the tables say of each row; nothing is stored."""
        done = 0
        for kind in IMPORTS:
            for some in _together(self.bench.rows(kind, Mark.NEW), self.batch):
                self._check(kind, some)
                done += len(some)
                self._tell("check", done, self.total)

    def _check(self, kind: SubjectKind, some: Sequence[BenchRow]) -> None:
        new = self._unless_there(kind, some)
        if not new:
            return
        around = self._parents(kind, [parent_of(each.command) for each in new])
        asked = [Request(each.command, self.actor) for each in (*around, *new)]
        answers = self.workflow.preview_many(asked)[len(around) :]
        for each, answer in zip(new, answers, strict=True):
            if isinstance(answer, Refused):
                self._refuse_by(each, answer)
            else:
                self.tally.advise(each.row, answer.advisories)
        ready = [each for each, answer in zip(new, answers, strict=True) if isinstance(answer, Accepted)]
        self.bench.mark((each, Mark.READY) for each in ready)

    def _unless_there(self, kind: SubjectKind, some: Sequence[BenchRow]) -> list[BenchRow]:
        """The rows whose subject is not in the store; of the others it is said whether they are the same."""
        known = self._first_entries(kind, [each.command.reference for each in some])
        for each in some:
            if (entry := known.get(each.command.reference)) is not None:
                self._compare(each, entry)
        return [each for each in some if each.command.reference not in known]

    def _compare(self, row: BenchRow, entry: HistoryEntry) -> None:
        problem = "it was not imported" if not is_import(entry) else ""
        if not problem and (told := differences(row.command, entry)):
            problem = f"it was imported with other values: {told}"
        if problem:
            taken = Refusal("duplicate-reference", {"reference": row.command.reference})
            self._refuse(row, RowFault(row.row.line, "", problem, taken, row.row.file))
        else:
            self.tally.unchanged[row.command.subject_kind] += 1
            self.bench.mark([(row, Mark.UNCHANGED)])

    def _parents(self, kind: SubjectKind, references: Sequence[str]) -> list[BenchRow]:
        """What is to be stored before some rows, and is not yet: their sessions, and the actions of these."""
        parent = _PARENTS.get(kind)
        if parent is None:
            return []
        found = list(self.bench.ready(parent, references))
        return [*self._parents(parent, [parent_of(each.command) for each in found]), *found]

    def _refuse_by(self, row: BenchRow, answer: Refused) -> None:
        for each in answer.refusals:
            problem = self._why_unknown(each)
            self.tally.refuse(RowFault(row.row.line, "", problem, each, row.row.file))
        self.bench.mark([(row, Mark.AT_FAULT)])

    def _why_unknown(self, refusal: Refusal) -> str:
        """Why what a row is about is not there: its own row is at fault, or a spreadsheet dropped its zeros."""
        kind = next((each for each in _PARENTS.values() if refusal.code == f"unknown-{each}"), None)
        if kind is None:
            return ""
        reference = str(refusal.details[kind.value])
        if (row := self.bench.line_of(kind, reference)) is not None:
            return f"its row, on line {row.line}, is at fault"
        if reference.isdecimal() and reference.isascii():
            for width in range(len(reference) + 1, _LONGEST_NUMBER + 1):
                padded = reference.zfill(width)
                if self.bench.has(kind, padded) or self.workflow.storage.queries.subject(kind, padded):
                    return f"did a spreadsheet drop its zeros? There is {padded}"
        return ""

    # Storing

    def store(self) -> None:
        """Store what is ready."""
        done, total = 0, sum(self.bench.count(kind, Mark.READY) for kind in IMPORTS)
        for kind in IMPORTS:
            for some in _lots(self.bench.rows(kind, Mark.READY), self.batch):
                asked = [Request(each.command, self.actor) for each in some]
                answers = self.workflow.execute_many(asked, batch=self.batch)
                late = [each for each, answer in zip(some, answers, strict=True) if isinstance(answer, Refused)]
                self.tally.imported[kind] += len(some) - len(late)
                self._recheck(kind, late, answers)
                done += len(some)
                self._tell("store", done, total)

    def _recheck(self, kind: SubjectKind, late: Sequence[BenchRow], answers: Sequence[Accepted | Refused]) -> None:
        """What is refused now, and was not before: somebody else was there meanwhile, perhaps with the same rows."""
        refused = iter([each for each in answers if isinstance(each, Refused)])
        missing = {each.number for each in (self._unless_there(kind, late) if late else ())}
        for each, answer in zip(late, refused, strict=True):
            if each.number in missing:
                self._refuse_by(each, answer)

    # Throughout

    def _first_entries(self, kind: SubjectKind, references: Sequence[str]) -> Mapping[str, HistoryEntry]:
        queries = self.workflow.storage.queries
        if reads_in_bulk(queries):
            return queries.first_entries(kind, references)
        histories = {each: queries.history(kind, each) for each in references}
        return {each: entries[0] for each, entries in histories.items() if entries}

    def _refuse(self, row: BenchRow, fault: RowFault) -> None:
        self.tally.refuse(fault)
        self.bench.mark([(row, Mark.AT_FAULT)])

    def _tell(self, phase: str, done: int, total: int | None) -> None:
        if self.progress is not None:
            self.progress(ImportProgress(phase, done, total))


def _lots(rows: Iterator[BenchRow], size: int) -> Iterator[list[BenchRow]]:
    """Rows in lots of a size."""
    lot: list[BenchRow] = []
    for each in rows:
        lot.append(each)
        if len(lot) >= size:
            yield lot
            lot = []
    if lot:
        yield lot


def _together(rows: Iterator[BenchRow], size: int) -> Iterator[list[BenchRow]]:
    """Rows in lots of a size or more, those of one session or action in one."""
    lot: list[BenchRow] = []
    parent: Command | str = ""
    for each in rows:
        if len(lot) >= size and parent_of(each.command) != parent:
            yield lot
            lot = []
        parent = parent_of(each.command)
        lot.append(each)
    if lot:
        yield lot
