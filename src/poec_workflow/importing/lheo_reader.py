"""LHEO documents as rows of import: each `action` is a training action, each of its `session` a session."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from hashlib import blake2b
from string import Formatter
from typing import BinaryIO, TypeVar

from attrs import define, evolve, field, frozen

from poec_workflow.commands import Command, ImportAction, ImportSession
from poec_workflow.errors import Malformed
from poec_workflow.importing.import_fields import fields_of
from poec_workflow.importing.import_rows import ImportRow, RowFault
from poec_workflow.importing.lheo_actions import action_values
from poec_workflow.importing.lheo_elements import Element
from poec_workflow.importing.lheo_funders import Funding, funding, programmes
from poec_workflow.importing.lheo_mapping import LheoMapping, mapping_of
from poec_workflow.importing.lheo_organizations import responsible, trainer
from poec_workflow.importing.lheo_own_extras import Given, is_own, own_values
from poec_workflow.importing.lheo_sessions import (
    LeftOut,
    Surroundings,
    information_dates,
    numbered,
    place_of,
    session_values,
)
from poec_workflow.importing.lheo_stream import LheoFault, offers
from poec_workflow.importing.lheo_values import Reading
from poec_workflow.importing.read_options import ReadOptions
from poec_workflow.importing.value_cells import wire_value
from poec_workflow.model import REFERENCE_LENGTH, SubjectKind
from poec_workflow.serialization import from_dict, to_json

C = TypeVar("C", bound=Command)
Row = ImportRow | RowFault


def read_lheo(source: BinaryIO, options: ReadOptions) -> Iterator[Row]:
    """The rows of an LHEO document, 2.0 to 2.3, as they are read: an action, then its sessions.

    It is read in bounded memory: one `formation` at a time, and the references that were yielded. A fault stands on
    the line where it is to be mended; after one of the document itself nothing follows.

    Args:
        source: the document, in whatever encoding it declares.
        options: the mapping says what LHEO does not know; without one it knows what a catalogue of this package has
            in its extras.

    Raises:
        Malformed: the table `[lheo]` of the mapping says what it can't.
    """
    return _rows(source, _Reader(options, mapping_of(options.mapping)))


def _rows(source: BinaryIO, reader: _Reader) -> Iterator[Row]:
    try:
        for each in offers(source, reader.options.encoding):
            yield from reader.formation(each)
    except LheoFault as fault:
        yield RowFault(fault.line, "", str(fault))
        return
    yield from reader.closing()


@frozen
class _Seen:
    """A reference that was read: on which line first, and what it stood for."""

    line: int
    digest: bytes


@define
class _Reader:
    options: ReadOptions
    mapping: LheoMapping
    seen: dict[tuple[type[Command], str], _Seen] = field(factory=dict)
    actions: int = 0
    left_out: int = 0

    def formation(self, element: Element) -> Iterator[Row]:
        """The rows of a formation."""
        at = f"formation[@numero='{numbered(element)}']"
        actions = [*element.named("action")]
        if not actions:
            yield RowFault(element.line, at, "no action: every formation has one")
        for each in actions:
            self.actions += 1
            if self._is_wanted(element, each):
                place = f"{at}/action[@numero='{numbered(each)}']"
                yield from self._action(Reading(element, at), Reading(each, place))
            else:
                self.left_out += 1

    def closing(self) -> Iterator[RowFault]:
        """What is to be said of the document as a whole."""
        if self.actions and self.left_out == self.actions:
            yield RowFault(0, "", f"none of {self.actions} actions is a POEC: set words, programmes or everything")

    def _is_wanted(self, formation: Element, action: Element) -> bool:
        title = formation.first("intitule-formation")
        return is_own(action) or self.mapping.is_poec(title.text if title else "", programmes(action))

    def _action(self, formation: Reading, action: Reading) -> Iterator[Row]:
        levels = {"formation": formation.element, "action": action.element}
        reference = _reference(action, self.mapping.action_reference, levels)
        given = self._given(SubjectKind.ACTION, action, reference)
        answers = _responsible(given, formation, self.mapping)
        required = not given.supplies("funder")
        pays = None if "funder" in given.values else funding(action, self.mapping, required=required)
        values = action_values(formation, action, given, answers, pays, self.mapping)
        action.faults[:0] = formation.faults
        command = self._command(ImportAction, action, {**values, "action": reference})
        yield from self._told(command, action)
        keeps_out = bool(action.faults)
        action.faults.clear()
        sessions = [self._session_given(each, action, levels) for each in action.element.named("session")]
        if not sessions:
            action.wrong("no session: every action has one")
        around = self._surroundings(action, [known for _, _, known in sessions], answers, pays)
        around = evolve(around, faulty=keeps_out or bool(action.faults))
        yield from action.faults
        for session, own_reference, known in sessions:
            yield from self._session(session, known, around, {"session": own_reference, "action": reference})

    def _session_given(
        self, element: Element, action: Reading, levels: Mapping[str, Element]
    ) -> tuple[Reading, str | None, Given]:
        session = Reading(element, f"{action.place}/session[@numero='{numbered(element)}']")
        reference = _reference(session, self.mapping.session_reference, {**levels, "session": element})
        return session, reference, self._given(SubjectKind.SESSION, session, reference)

    def _given(self, kind: SubjectKind, reading: Reading, reference: str | None) -> Given:
        """What the extras of an element and the mapping file say; the file wins."""
        said = self.options.mapping.of(kind)
        rows = said.rows.get(reference or "", {})
        return Given(
            values={**own_values(reading, kind.value), **self._wire(kind, reading, {**said.constants, **rows})},
            defaults=self._wire(kind, reading, said.defaults),
        )

    def _wire(self, kind: SubjectKind, reading: Reading, texts: Mapping[str, str]) -> dict[str, object]:
        """What the mapping file says, as the wire format has it."""
        values: dict[str, object] = {}
        for name, text in texts.items():
            try:
                values[name] = wire_value(
                    text, fields_of(kind)[name], self.options.settings, self.options.mapping.dates
                )
            except ValueError as error:
                reading.wrong(str(error), name)
        return values

    def _surroundings(
        self, action: Reading, known: Iterable[Given], answers: str | None, pays: Funding | None
    ) -> Surroundings:
        """What the sessions have from their action; what each says itself is not looked for."""
        without = [*known]
        wanted = {name for each in without for name in ("trainer", "place") if name not in each.values}
        placed = any(not each.supplies("place") for each in without)
        return Surroundings(
            responsible=answers,
            trainer=trainer(action, self.mapping, answers) if "trainer" in wanted else None,
            funding=pays,
            place=place_of(action, self.mapping, required=placed) if "place" in wanted else None,
            information_dates=information_dates(action),
        )

    def _session(
        self,
        session: Reading,
        given: Given,
        around: Surroundings,
        references: Mapping[str, str | None],
    ) -> Iterator[Row]:
        """The row of a session; its faults alone where its action is kept out, and so keeps it out."""
        try:
            values = session_values(session, given, around, self.mapping)
        except LeftOut:
            return
        if around.faulty:
            yield from session.faults
            return
        yield from self._told(self._command(ImportSession, session, {**values, **references}), session)

    def _command(self, kind: type[C], reading: Reading, values: Mapping[str, object | None]) -> C | None:
        """The command, if nothing is wrong; what its fields can't be is added to the faults."""
        if reading.faults:
            return None
        known = {name: each for name, each in values.items() if each is not None}
        source = self.mapping.source or self.options.source
        if source is not None:
            known.setdefault("source", source)
        try:
            return from_dict(known, kind)
        except Malformed as error:
            reading.faults += (
                RowFault(reading.element.line, f"{reading.place}/{each.place.removeprefix('$.')}", each.problem)
                for each in error.faults
            )
            return None

    def _told(self, command: ImportAction | ImportSession | None, reading: Reading) -> Iterator[Row]:
        """Yield the row or its faults. Two rows that are the same are one: some write a formation for each session."""
        if command is not None:
            digest = blake2b(to_json(command).encode(), digest_size=16).digest()
            key = (type(command), command.reference)
            first = self.seen.get(key)
            if first is None:
                self.seen[key] = _Seen(reading.element.line, digest)
                yield ImportRow(reading.element.line, command)
            elif first.digest != digest:
                reading.wrong(f"{command.reference} stands for something else on line {first.line}")
        yield from reading.faults


def _responsible(given: Given, formation: Reading, mapping: LheoMapping) -> str | None:
    known = given.values.get("responsible")
    return known if isinstance(known, str) else responsible(formation, mapping)


def _reference(reading: Reading, template: str, levels: Mapping[str, Element]) -> str | None:
    """A reference, made of the numbers of an element and of those around it."""
    numbers = {name: numbered(each) for name, each in levels.items()}
    used = {name for _, name, _, _ in Formatter().parse(template) if name}
    if missing := sorted(name for name in used if not numbers[name]):
        reading.wrong(f"no attribute numero of the {missing[0]}, which its reference is made of")
        return None
    reference = template.format(**numbers)
    if len(reference) > REFERENCE_LENGTH.most:
        reading.wrong(f"a reference of {len(reference)} characters: {REFERENCE_LENGTH.most} at most")
        return None
    return reference
