"""What each column of a file says: by the mapping file, else by its heading."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from attrs import define, field, frozen

from poec_workflow.importing.cell_cleaning import cleaned
from poec_workflow.importing.headings import READ_OVER, heading_key, said_by, similar
from poec_workflow.importing.import_fields import (
    CONVOCATIONS,
    FIRST_NAME,
    LAST_NAME,
    SAID_TOGETHER,
    fields_of,
    required_of,
)
from poec_workflow.importing.import_rows import RowFault
from poec_workflow.importing.mapping import EVERY_COLUMN, ImportMapping
from poec_workflow.model import SubjectKind

_OUTCOMES = (".outcome", ".present", ".notified")


@frozen
class ColumnPlan:
    """What the columns of a file say.

    Attributes:
        kind: of which subjects.
        names: column by column: a field, what says several, nothing that is kept, or None: it has no heading.
        headings: field ▸ what the file calls it.
        faults: headings that are not known or stand twice, and required fields that no column says.
    """

    kind: SubjectKind
    names: tuple[str | None, ...]
    headings: Mapping[str, str]
    faults: tuple[RowFault, ...]

    @property
    def known(self) -> int:
        """How many columns say something that is known."""
        return sum(each is not None for each in self.names) - sum(bool(each.place) for each in self.unknown)

    @property
    def unknown(self) -> tuple[RowFault, ...]:
        """The headings that are not known."""
        return tuple(each for each in self.faults if each.problem.startswith(_UNKNOWN))

    @property
    def outcomes_told(self) -> bool:
        """Whether a column says what came of a convocation."""
        return any(each == CONVOCATIONS or (each or "").endswith(_OUTCOMES) for each in self.names)


_UNKNOWN = "this column is not known"


def plan_of(kind: SubjectKind, line: int, header: Sequence[str], mapping: ImportMapping) -> ColumnPlan:
    """The plan of a file whose headings stand on a line."""
    planning = _Planning(kind, line, mapping)
    for heading in header:
        planning.add(heading)
    planning.settle()
    planning.require()
    headings: dict[str, str] = {}
    for name, heading in zip(planning.names, planning.headings, strict=True):
        if name:
            headings.setdefault(name, heading)
    return ColumnPlan(kind, tuple(planning.names), headings, tuple(planning.faults))


@define
class _Planning:
    kind: SubjectKind
    line: int
    mapping: ImportMapping
    names: list[str | None] = field(factory=list)
    headings: list[str] = field(factory=list)
    faults: list[RowFault] = field(factory=list)
    mapped: set[int] = field(factory=set)

    def add(self, cell: str) -> None:
        """Take the next heading."""
        try:
            heading = " ".join(cleaned(cell).split())
        except ValueError:
            heading = cell.strip()
        self.headings.append(heading)
        self.names.append(self._said_by(heading) if heading else None)

    def _said_by(self, heading: str) -> str | None:
        of_kind, key = self.mapping.of(self.kind), heading_key(heading)
        mapped = next(
            (name for each, name in of_kind.columns.items() if each == heading or heading_key(each) == key), None
        )
        if mapped is not None:
            self.mapped.add(len(self.names))
            return mapped
        ignored = {heading_key(each) for each in of_kind.ignored}
        known = READ_OVER if key in ignored else said_by(heading, self.kind)
        if known is None and EVERY_COLUMN not in of_kind.ignored:
            self.faults.append(RowFault(self.line, heading, self._not_known(heading)))
        return known or READ_OVER

    def _not_known(self, heading: str) -> str:
        meant = similar(heading, self.kind)
        perhaps = f" (is it {meant}?)" if meant else ""
        return f"{_UNKNOWN}{perhaps}: say in the mapping file what it is, or that it is ignored"

    def settle(self) -> None:
        """Decide what a column says by what the others say."""
        self._settle_own_reference()
        self._settle_candidate()
        seen: dict[str, int] = {}
        for index, name in enumerate(self.names):
            if not name:
                continue
            first = seen.setdefault(name, index)
            joined = first in self.mapped and index in self.mapped and fields_of(self.kind).get(name) is str
            if first != index and not joined:
                problem = (
                    f"says {name}, as the column {self.headings[first]} does: say in the mapping file which one is kept"
                )
                self.faults.append(RowFault(self.line, self.headings[index], problem))

    def _settle_own_reference(self) -> None:
        """Beside the reference a list has a column of the kind's own name, which shows what it is about."""
        own = [index for index, name in enumerate(self.names) if name == self.kind and index not in self.mapped]
        by_reference = [index for index in own if heading_key(self.headings[index]) != self.kind]
        if by_reference and len(own) > len(by_reference):
            for index in set(own) - set(by_reference):
                self.names[index] = READ_OVER

    def _settle_candidate(self) -> None:
        if "candidate" not in self.names:
            return
        index = self.names.index("candidate")
        named = any(each in self.names for each in ("candidate.name", FIRST_NAME, LAST_NAME))
        of_kind = self.mapping.of(self.kind)
        referred = "candidate.reference" in self.names or of_kind.supplies("candidate.reference")
        if named != referred:
            self.names[index] = "candidate.reference" if named else "candidate.name"
        elif named:
            self.names[index] = READ_OVER
        else:
            problem = "is this the candidate's name or reference? Say it in the mapping file"
            self.faults.append(RowFault(self.line, self.headings[index], problem))

    def require(self) -> None:
        """Find the required fields that nothing says."""
        of_kind = self.mapping.of(self.kind)
        said = {*filter(None, self.names)}
        said.update(part for each in tuple(said) for part in SAID_TOGETHER.get(each, ()))
        said.update(name for row in of_kind.rows.values() for name in row)
        if "candidate" in said:
            said.update(("candidate.name", "candidate.reference"))
        self.faults.extend(
            self._missing(each for each in required_of(self.kind) if each not in said and not of_kind.supplies(each))
        )

    def _missing(self, names: Iterator[str]) -> Iterator[RowFault]:
        problem = "no column says this, and it is required: name its column, or its value, in the mapping file"
        return (RowFault(self.line, each, problem) for each in names)
