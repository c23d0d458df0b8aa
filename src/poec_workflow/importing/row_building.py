"""What a row says, field by field as text ▸ its command of import, or every reason why it is none."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any

from attrs import field, frozen

from poec_workflow.errors import Fault, Malformed
from poec_workflow.frozen_map import FrozenMap
from poec_workflow.importing.cell_cleaning import BLANK, cleaned, folded
from poec_workflow.importing.compound_cells import motive_code, outcome_of, parts_of, reason_code
from poec_workflow.importing.day_cells import moment_of
from poec_workflow.importing.import_fields import CONVOCATIONS, FIRST_NAME, IMPORTS, LAST_NAME, SAID_TOGETHER, fields_of
from poec_workflow.importing.import_rows import ImportRow, RowFault
from poec_workflow.importing.known_outcomes import with_known_outcomes
from poec_workflow.importing.read_options import ReadOptions
from poec_workflow.importing.value_cells import reference_text, wire_value
from poec_workflow.model import SubjectKind
from poec_workflow.serialization import from_dict

_REFERENCES = frozenset(
    {
        "application", "session", "action", "candidate.reference", "responsible", "positioner", "trainer",
        "prescriber.organization",
    }
)  # fmt: skip
_TITLED = re.compile(r"(\S+)\s+\[.*", re.DOTALL)
"""A reference and after it the title of the action, as lists have them in one cell."""
_LONGEST_DAY = 10
"""Characters; what is longer has a time too."""
_INDEX = re.compile(r"\[([0-9]+)\]")


@frozen
class RowBuilder:
    """Makes commands of rows of one kind.

    Attributes:
        kind: of what.
        options: how the file is read.
        columns: field ▸ what the file calls it, for faults.
        outcomes_told: whether the file has a column for what came of a convocation.
    """

    kind: SubjectKind
    options: ReadOptions
    columns: Mapping[str, str] = field(default=FrozenMap({}))
    outcomes_told: bool = True

    def built(self, line: int, said: Mapping[str, str]) -> Iterator[ImportRow | RowFault]:
        """The command of a row, or what is wrong with it.

        Args:
            line: where it begins.
            said: field, or what says several, ▸ the cell.
        """
        faults: list[Fault] = []
        texts = self._taken_apart(self._texts(said, faults), faults)
        reference = texts.get(str(self.kind))
        texts = self.options.mapping.of(self.kind).filled(reference, texts)
        data = self._data(texts, faults)
        command: Any = None
        try:
            command = from_dict(data, IMPORTS[self.kind])
        except Malformed as error:
            faults.extend([each for each in map(_placed, error.faults) if not _is_known(each, faults)])
        if faults:
            yield from (RowFault(line, self.columns.get(each.place, each.place), each.problem) for each in faults)
        else:
            yield ImportRow(line, command)

    def _texts(self, said: Mapping[str, str], faults: list[Fault]) -> dict[str, str]:
        """Cells without what stands around them, and what the mapping file says they mean."""
        values = self.options.mapping.of(self.kind).values
        texts: dict[str, str] = {}
        for name, cell in said.items():
            try:
                text = cleaned(cell)
            except ValueError as error:
                faults.append(Fault(name, str(error)))
                continue
            if text:
                texts[name] = _meaning(text, values[name]) if name in values else text
        return texts

    def _taken_apart(self, texts: dict[str, str], faults: list[Fault]) -> dict[str, str]:
        """Fields alone: what says several is taken apart, where they have no columns of their own."""
        fields = fields_of(self.kind)
        names = (texts.pop(each, "") for each in (FIRST_NAME, LAST_NAME))
        if name := " ".join(filter(None, names)):
            texts.setdefault("candidate.name", name)
        known = {name: text for name, text in texts.items() if name in fields}
        for name in [each for each in texts if each not in fields]:
            try:
                parts = self._parts(name, texts)
            except ValueError as error:
                faults.append(Fault(name, str(error)))
            else:
                known = {**parts, **known}
        return known

    def _parts(self, name: str, texts: Mapping[str, str]) -> dict[str, str]:
        before, _, part = name.rpartition(".")
        if part in {"present", "notified"}:
            outcome = outcome_of(texts.get(f"{before}.present"), texts.get(f"{before}.notified"))
            return {f"{before}.outcome": outcome} if outcome else {}
        try:
            return parts_of(name, texts[name])
        except ValueError:
            mapping = self.options.mapping.of(self.kind)
            if name == "prescriber" and ("prescriber.origin" in texts or mapping.supplies("prescriber.origin")):
                known = "prescriber.organization" in texts
                return {"prescriber.name" if known else "prescriber.organization": texts[name]}
            raise

    def _data(self, texts: Mapping[str, str], faults: list[Fault]) -> dict[str, Any]:
        """The row as the wire format has it."""
        types, flat = fields_of(self.kind), dict[str, object]()
        for name, text in self._with_times(texts).items():
            try:
                flat[name] = self._value(name, text, types[name], texts)
            except ValueError as error:
                faults.append(Fault(name, str(error)))
        if self.options.source is not None:
            flat.setdefault("source", self.options.source)
        data = _nested(flat)
        if CONVOCATIONS in data:
            for each in data[CONVOCATIONS]:
                each.setdefault("entered_at", flat.get("registered_at"))
            if not self.outcomes_told:
                with_known_outcomes(data)
        return data

    def _with_times(self, texts: Mapping[str, str]) -> Mapping[str, str]:
        """A convocation's day may stand with its time in one cell."""
        times = {}
        for name, text in texts.items():
            time = f"{name.removesuffix('.on')}.time"
            if name.endswith(".on") and time not in texts and len(text) > _LONGEST_DAY:
                with suppress(ValueError):
                    clock = moment_of(text, self.options.mapping.dates)[1]
                    times.update({time: f"{clock:%H:%M}"} if clock else {})
        return {**texts, **times}

    def _value(self, name: str, text: str, type_: type[Any], texts: Mapping[str, str]) -> object:
        if name in _REFERENCES:
            found = _TITLED.fullmatch(text) if name in {"session", "action"} else None
            return reference_text(found[1] if found else text)
        catalogue = self.options.settings.catalogue
        if name == "motive":
            return motive_code(text, catalogue)
        if name == "reason":
            return reason_code(text, motive_code(texts["motive"], catalogue) if "motive" in texts else None, catalogue)
        return wire_value(text, type_, self.options.settings, self.options.mapping.dates)


def _placed(fault: Fault) -> Fault:
    """A fault of the wire format at the field that a mapping file names."""
    place = _INDEX.sub(lambda found: f".{int(found[1]) + 1}", fault.place.removeprefix("$").removeprefix("."))
    return Fault(place, fault.problem)


def _is_known(fault: Fault, faults: Iterable[Fault]) -> bool:
    """Whether something is missing, or wrong, because of what is wrong with the cell that should say it."""
    for each in faults:
        said = (each.place, *SAID_TOGETHER.get(each.place, ()))
        if any(one == fault.place or one.startswith(f"{fault.place}.") for one in said):
            return True
    return False


def _meaning(text: str, values: Mapping[str, str]) -> str:
    if text in values:
        return values[text]
    asked = folded(text)
    return next((meaning for said, meaning in values.items() if folded(said) == asked), BLANK.sub(" ", text))


def _nested(flat: Mapping[str, object]) -> dict[str, Any]:
    """Dotted names as objects; numbered ones as an array, in the order of their numbers."""
    data: dict[str, Any] = {}
    groups: dict[int, dict[str, object]] = {}
    for name, value in flat.items():
        first, *rest = name.split(".")
        if first == CONVOCATIONS:
            groups.setdefault(int(rest[0]), {})[rest[1]] = value
        elif rest:
            data.setdefault(first, {})[rest[0]] = value
        else:
            data[first] = value
    if groups:
        data[CONVOCATIONS] = [groups[number] for number in sorted(groups)]
    return data


def is_empty(cells: Iterable[str]) -> bool:
    """Whether a row says nothing."""
    return not any(each and not each.isspace() and BLANK.sub("", each) for each in cells)
