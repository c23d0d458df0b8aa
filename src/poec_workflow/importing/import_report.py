"""What came of an import: how many were stored, what was there, what deserves a second look, what is wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from attrs import define, field, frozen

from poec_workflow.errors import Advisory, plain
from poec_workflow.frozen_map import FrozenMap
from poec_workflow.importing.import_fields import IMPORTS
from poec_workflow.importing.import_rows import ImportRow, RowFault
from poec_workflow.model import SubjectKind
from poec_workflow.value_base import Value

MOST_KEPT = 10_000
"""So many faults, and advisories, are kept of an import; of the others the number is."""


@frozen(repr=False)
class RowAdvisory(Value):
    """What deserves a second look in a row that is taken over."""

    line: int
    advisory: Advisory
    file: str = ""

    @property
    def code(self) -> str:
        """The rule that it breaks."""
        return self.advisory.code

    def message(self, lang: str = "fr") -> str:
        """A sentence for people, in `"fr"` or `"en"`."""
        return self.advisory.message(lang)


@frozen
class ImportProgress:
    """How far an import is.

    Attributes:
        phase: `read`, `check` or `store`.
        done: rows.
        total: of how many; None while they are read.
    """

    phase: str
    done: int
    total: int | None = None


def _counts(counted: Mapping[Any, int]) -> Mapping[Any, int]:
    return FrozenMap(counted)


@frozen(kw_only=True, repr=False)
class ImportReport(Value):
    """What came of an import.

    Attributes:
        imported: by kind, how many were stored; with `check`, how many would be.
        unchanged: by kind, how many were imported before, with the same content.
        advisories: what deserves a second look, with its line; the first `MOST_KEPT`.
        faults: why rows can't be imported, each with its line; the first `MOST_KEPT`.
        advisory_counts: how many there are of each code.
        fault_count: how many there are in all.
        stored: whether rows were stored: not with `check`, and not with faults unless these are skipped.
        check: whether nothing was to be stored.
    """

    imported: Mapping[SubjectKind, int] = field(converter=_counts)
    unchanged: Mapping[SubjectKind, int] = field(converter=_counts)
    advisories: tuple[RowAdvisory, ...] = ()
    faults: tuple[RowFault, ...] = ()
    advisory_counts: Mapping[str, int] = field(default=FrozenMap({}), converter=_counts)
    fault_count: int = 0
    stored: bool = False
    check: bool = False

    def to_dict(self, lang: str = "fr") -> dict[str, Any]:
        """As JSON, its sentences in a language."""
        return {
            "check": self.check,
            "stored": self.stored,
            "imported": {f"{kind}s": count for kind, count in self.imported.items()},
            "unchanged": {f"{kind}s": count for kind, count in self.unchanged.items()},
            "advisory_counts": dict(sorted(self.advisory_counts.items())),
            "advisories": [
                {
                    **_where(each),
                    "code": each.code,
                    "message": each.message(lang),
                    "details": _plain(each.advisory.details),
                }
                for each in self.advisories
            ],
            "fault_count": self.fault_count,
            "faults": [
                {**_where(each), "place": each.place, "code": each.code, "message": each.message(lang)}
                for each in self.faults
            ],
        }


def _plain(details: Mapping[str, Any]) -> dict[str, Any]:
    return {name: plain(value) for name, value in details.items()}


def _where(row: RowAdvisory | RowFault) -> dict[str, Any]:
    return {"file": row.file, "line": row.line} if row.file else {"line": row.line}


@define
class ImportTally:
    """The counts of an import while it goes on."""

    imported: Counter[SubjectKind] = field(factory=Counter)
    unchanged: Counter[SubjectKind] = field(factory=Counter)
    advisories: list[RowAdvisory] = field(factory=list)
    faults: list[RowFault] = field(factory=list)
    advisory_counts: Counter[str] = field(factory=Counter)
    fault_count: int = 0

    def refuse(self, fault: RowFault) -> None:
        """Count a fault."""
        self.fault_count += 1
        if len(self.faults) < MOST_KEPT:
            self.faults.append(fault)

    def advise(self, row: ImportRow, advisories: Iterable[Advisory]) -> None:
        """Count what deserves a second look."""
        for each in advisories:
            self.advisory_counts[each.code] += 1
            if len(self.advisories) < MOST_KEPT:
                self.advisories.append(RowAdvisory(row.line, each, row.file))

    def report(self, *, check: bool, stored: bool) -> ImportReport:
        """What came of it; by file and line."""
        counts = self.imported if stored or check else Counter[SubjectKind]()
        return ImportReport(
            imported={kind: counts[kind] for kind in IMPORTS},
            unchanged={kind: self.unchanged[kind] for kind in IMPORTS},
            advisories=tuple(sorted(self.advisories, key=lambda each: (each.file, each.line))),
            faults=tuple(sorted(self.faults, key=lambda each: (each.file, each.line))),
            advisory_counts=self.advisory_counts,
            fault_count=self.fault_count,
            stored=stored,
            check=check,
        )
