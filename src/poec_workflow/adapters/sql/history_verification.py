"""Verify the stored history: every stream against its chain of digests, every subject against its history."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Any

from attrs import define, field

from poec_workflow.adapters.sql.connections import Connections
from poec_workflow.adapters.sql.schema import COUNTS
from poec_workflow.adapters.sql.stream_check import StreamCheck
from poec_workflow.adapters.sql.stream_reading import KINDS, StreamReading
from poec_workflow.model import ApplicationState, SubjectKind
from poec_workflow.ports.verification import Finding, FindingKind, StreamHead, Verification, digest_of_heads

MOST = 1_000
"""Findings that are kept; the others are counted."""
HeadTaker = Callable[[StreamHead], object]
Progress = Callable[[int], object]


def verify(
    connections: Connections, expected: Iterable[StreamHead], each_head: HeadTaker | None, progress: Progress | None
) -> Verification:
    """Read every stream once, and those of which something is found a second time: nobody wrote in between then."""
    run = _Run(StreamReading(connections), iter(expected), each_head, progress)
    for kind in KINDS:
        run.walk(kind)
    run.end()
    return Verification(
        streams=run.streams,
        entries=run.entries,
        heads=run.digest(),
        found=run.found,
        findings=tuple(run.findings),
    )


@define
class _Run:
    """One verification on its way.

    Attributes:
        explained: sessions of applications of which something was found, which says why their counters are wrong.
    """

    reading: StreamReading
    _noted: Iterator[StreamHead]
    _each_head: HeadTaker | None
    _progress: Progress | None
    streams: int = 0
    entries: int = 0
    found: int = 0
    findings: list[Finding] = field(factory=list)
    explained: set[str] = field(factory=set)
    take_head: HeadTaker = field(init=False)
    digest: Callable[[], str] = field(init=False)
    _next_noted: StreamHead | None = field(init=False)
    _check: StreamCheck | None = None

    def __attrs_post_init__(self) -> None:
        self.take_head, self.digest = digest_of_heads()
        self._next_noted = next(self._noted, None)

    def walk(self, kind: SubjectKind) -> None:
        """Look at all streams of a kind."""
        for page in self.reading.pages(kind):
            for reference, rows in groupby(page.rows, attrgetter("reference")):
                self._go_to(kind, reference)
                assert self._check is not None  # noqa: S101 - it was just made
                for row in rows:
                    self._check.add(row)
            for reference in page.orphans:
                self._look_alone(kind, reference)
            self._compare_counters(page.recounted)
            if self._progress is not None:
                self._progress(self.entries)
        self._end_stream()

    def end(self) -> None:
        """Say what no stream was there for."""
        self._drop_noted_before(None)
        for row in self.reading.of_no_kind():
            self._keep(Finding(what=FindingKind.INSERTED, kind=row.kind, reference=row.reference, version=row.version))

    def _go_to(self, kind: SubjectKind, reference: str) -> None:
        if self._check is not None and (self._check.kind, self._check.reference) == (kind, reference):
            return
        self._end_stream()
        self._check = StreamCheck(kind, reference, self._noted_of(kind, reference))

    def _end_stream(self) -> None:
        check, self._check = self._check, None
        if check is None:
            return
        head = check.end()
        if check.findings:
            check, head = self._again(check.kind, check.reference, check.expected)
        self.streams += 1
        self.entries += check.entries
        self._keep_all(check)
        if head is not None:
            self.take_head(head)
            if self._each_head is not None:
                self._each_head(head)

    def _again(
        self, kind: SubjectKind, reference: str, expected: StreamHead | None = None
    ) -> tuple[StreamCheck, StreamHead | None]:
        """Check a stream by itself, in one transaction: what was read page by page may be of several moments."""
        check = StreamCheck(kind, reference, expected)
        any_row = self.reading.alone(kind, reference, check.add)
        return check, check.end() if any_row else None

    def _look_alone(self, kind: SubjectKind, reference: str) -> None:
        check, _ = self._again(kind, reference)
        self.entries += check.entries
        self._keep_all(check)

    def _keep_all(self, check: StreamCheck) -> None:
        for each in check.findings:
            self._keep(each)
        if check.findings and check.kind is SubjectKind.APPLICATION:
            self.explained.update(check.sessions)

    def _keep(self, finding: Finding) -> None:
        self.found += 1
        if len(self.findings) < MOST:
            self.findings.append(finding)

    def _compare_counters(self, recounted: Sequence[Any]) -> None:
        """Compare the counters of sessions with their applications, as far as these are as they were written."""
        for reference, rows in groupby(recounted, attrgetter("reference")):
            some = [*rows]
            counted = {each.state: each.many for each in some if each.state is not None}
            expected = {state.name.lower(): counted.get(state.value, 0) for state in ApplicationState}
            expected["registered"] = sum(counted.values())
            fields = tuple(name for name in COUNTS if getattr(some[0], name) != expected[name])
            if fields and reference not in self.explained:
                self._keep(
                    Finding(
                        what=FindingKind.SUBJECT_CHANGED,
                        kind=SubjectKind.SESSION.value,
                        reference=reference,
                        version=some[0].version,
                        fields=fields,
                    )
                )

    # Heads that were noted

    def _noted_of(self, kind: SubjectKind, reference: str) -> StreamHead | None:
        self._drop_noted_before((kind.value, reference))
        noted = self._next_noted
        if noted is None or (noted.kind, noted.reference) != (kind, reference):
            return None
        self._next_noted = next(self._noted, None)
        return noted

    def _drop_noted_before(self, place: tuple[str, str] | None) -> None:
        """Say that the streams which were noted, and stand before a place, are there no more."""
        while (noted := self._next_noted) is not None:
            if place is not None and (noted.kind.value, noted.reference) >= place:
                return
            self._keep(
                Finding(
                    what=FindingKind.DROPPED,
                    kind=noted.kind.value,
                    reference=noted.reference,
                    version=1,
                    until=noted.version if noted.version > 1 else None,
                )
            )
            self._next_noted = next(self._noted, None)
