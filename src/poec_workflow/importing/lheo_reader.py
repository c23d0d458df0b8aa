"""LHEO documents as rows of import: each `action` is a training action, each of its `session` a session."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from hashlib import blake2b
from string import Formatter
from typing import BinaryIO, TypeVar

from attrs import define, field, frozen

from poec_workflow.commands import Command, ImportAction, ImportSession
from poec_workflow.errors import Malformed
from poec_workflow.importing.import_rows import ImportRow, RowFault
from poec_workflow.importing.lheo_actions import action_values
from poec_workflow.importing.lheo_elements import Element
from poec_workflow.importing.lheo_funders import Funding, funding, programmes
from poec_workflow.importing.lheo_mapping import LheoMapping
from poec_workflow.importing.lheo_organizations import responsible, trainer
from poec_workflow.importing.lheo_own_extras import is_own, own_values
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
from poec_workflow.model import REFERENCE_LENGTH
from poec_workflow.serialization import from_dict, to_json

C = TypeVar("C", bound=Command)
Row = ImportRow | RowFault


def read_lheo(source: BinaryIO, mapping: LheoMapping | None = None, *, name: str | None = None) -> Iterator[Row]:
    """The rows of an LHEO document, 2.0 to 2.3, as they are read: an action, then its sessions.

    It is read in bounded memory: one `formation` at a time, and the references that were yielded.

    Args:
        source: the document, in whatever encoding it declares.
        mapping: what LHEO does not know; without one it knows what a catalogue of this package has in its extras.
        name: what the commands say that they come from, where the mapping names nothing.

    Yields:
        A row for each training action and session; a fault for each thing that keeps one out, on the line where it is
        to be mended. After a fault of the document itself nothing follows.
    """
    reader = _Reader(mapping or LheoMapping(), name)
    try:
        for each in offers(source):
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
    mapping: LheoMapping
    name: str | None
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
        own = own_values(action, "action")
        levels = {"formation": formation.element, "action": action.element}
        reference = _reference(action, self.mapping.action_reference, levels)
        answers = None if "responsible" in own else responsible(formation, self.mapping)
        pays = None if "funder" in own else funding(action, self.mapping)
        values = action_values(formation, action, own, answers, pays, self.mapping)
        action.faults[:0] = formation.faults
        command = self._command(ImportAction, action, {"action": reference, **values})
        yield from self._told(command, action)
        keeps_out = bool(action.faults)
        sessions = [(each, own_values(each, "session")) for each in self._sessions(action)]
        if not sessions:
            yield RowFault(action.element.line, action.place, "no session: every action has one")
        action.faults.clear()
        around = self._surroundings(action, [known for _, known in sessions], answers or own.get("responsible"), pays)
        yield from action.faults
        keeps_out |= bool(action.faults)
        for each, known in sessions:
            yield from self._session(each, known, around, levels, reference, keeps_out=keeps_out)

    def _sessions(self, action: Reading) -> Iterator[Reading]:
        for each in action.element.named("session"):
            yield Reading(each, f"{action.place}/session[@numero='{numbered(each)}']")

    def _surroundings(
        self, action: Reading, known: Iterable[Mapping[str, object]], answers: object, pays: Funding | None
    ) -> Surroundings:
        """What the sessions have from their action; what each says itself is not looked for."""
        wanted = {name for each in known for name in ("trainer", "place") if name not in each}
        responsible = str(answers) if answers else None
        return Surroundings(
            responsible=responsible,
            trainer=trainer(action, self.mapping, responsible) if "trainer" in wanted else None,
            funding=pays,
            place=place_of(action, self.mapping) if "place" in wanted else None,
            information_dates=information_dates(action),
        )

    def _session(
        self,
        session: Reading,
        own: Mapping[str, object],
        around: Surroundings,
        levels: Mapping[str, Element],
        action: str | None,
        *,
        keeps_out: bool,
    ) -> Iterator[Row]:
        """The row of a session; its faults alone where its action is kept out, and so keeps it out."""
        reference = _reference(session, self.mapping.session_reference, {**levels, "session": session.element})
        try:
            values = session_values(session, own, around, self.mapping)
        except LeftOut:
            return
        if keeps_out:
            yield from session.faults
            return
        command = self._command(ImportSession, session, {"session": reference, "action": action, **values})
        yield from self._told(command, session)

    def _command(self, kind: type[C], reading: Reading, values: Mapping[str, object | None]) -> C | None:
        """The command, if nothing is wrong; what its fields can't be is added to the faults."""
        if reading.faults:
            return None
        source = self.mapping.source or self.name
        known = {**values, "source": source} if source else values
        try:
            return from_dict({name: each for name, each in known.items() if each is not None}, kind)
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
