"""LHEO documents as rows of import: each `action` of a `formation` a training action, each of its `session` a session."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from hashlib import blake2b
from typing import BinaryIO, TypeVar

from attrs import define, field

from poec_workflow.commands import Command, ImportAction, ImportSession
from poec_workflow.errors import Malformed
from poec_workflow.importing.import_rows import ImportRow, RowFault
from poec_workflow.importing.lheo_actions import action_values
from poec_workflow.importing.lheo_elements import Element
from poec_workflow.importing.lheo_funders import funding, programmes
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


@define
class _Seen:
    """A reference that was read: where first, and what it stood for."""

    line: int
    digest: bytes
    is_row: bool


@define
class _Reader:
    mapping: LheoMapping
    name: str | None
    seen: dict[tuple[str, str], _Seen] = field(factory=dict)
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
        if not self.actions:
            yield RowFault(0, "", "no formation in the document")
        elif self.left_out == self.actions:
            yield RowFault(0, "", f"none of {self.actions} actions is a POEC: set words, programmes or everything")

    def _is_wanted(self, formation: Element, action: Element) -> bool:
        title = formation.first("intitule-formation")
        return is_own(action) or self.mapping.is_poec(title.text if title else "", programmes(action))

    def _action(self, formation: Reading, action: Reading) -> Iterator[Row]:
        own = own_values(action, "action")
        levels = {"formation": formation.element, "action": action.element}
        reference = self._reference(action, self.mapping.action_reference, levels)
        answers = None if "responsible" in own else responsible(formation, self.mapping)
        pays = None if "funder" in own else funding(action, self.mapping)
        values = action_values(formation, action, own, answers, pays, self.mapping)
        command = self._command(ImportAction, action, reference, values, (*formation.faults, *action.faults))
        around = self._surroundings(action, own, answers, pays)
        # Two rows that are the same are one: some write a formation once for each of its sessions.
        yield from self._told(command, formation, action, "action", reference)
        sessions = [*action.element.named("session")]
        if not sessions:
            yield RowFault(action.element.line, action.place, "no session: every action has one")
        for each in sessions:
            place = f"{action.place}/session[@numero='{numbered(each)}']"
            reading = Reading(each, place)
            yield from self._session(reading, {**levels, "session": each}, reference, around)

    def _surroundings(
        self, action: Reading, own: Mapping[str, object], answers: str | None, pays: object
    ) -> Surroundings:
        raise NotImplementedError
