"""When candidates in memory last moved, what of them can be erased, and everything that is known of one."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from attrs import evolve

from poec_workflow.adapters.anonymization import erased_application, erased_entry
from poec_workflow.adapters.memory.memory_tables import Tables
from poec_workflow.history import HistoryEntry
from poec_workflow.messages import AddresseeKind, Message
from poec_workflow.model import OPEN_STATES, SubjectKind
from poec_workflow.ports.keeping import ApplicationFile, CandidateFile, LastMovement

_OF_APPLICATION = SubjectKind.APPLICATION
Put = Callable[[dict[Any, Any], object, object], None]
Take = Callable[[dict[Any, Any], object], None]
"""How a transaction changes its tables, so that it can take it back."""


def movements(tables: Tables, candidates: Collection[str]) -> Sequence[LastMovement]:
    """When some candidates last moved, in order."""
    histories = tables.histories[_OF_APPLICATION]
    return [
        LastMovement(
            candidate=candidate,
            at=max(histories[each][-1].recorded_at for each in theirs),
            is_open=any(tables.application(each).state in OPEN_STATES for each in theirs),
        )
        for candidate in sorted(candidates)
        if (theirs := tables.applications_by.get(candidate))
    ]


class MemoryRecords:
    """What can be erased of some people; see `ErasableRecords`."""

    def __init__(
        self, tables: Tables, people: Collection[str], files: Collection[str], *, put: Put, take: Take
    ) -> None:
        self._tables, self._whole, self._put, self._take = tables, files, put, take
        self._owners = {each: owner for owner in people for each in tables.applications_by.get(owner, ())}
        self._known = sorted(each for each in people if each in tables.people)
        self._changes: list[tuple[dict[Any, Any], str, object]] = []
        self.people, self.files = set(self._known), set[str]()
        self._add_applications()
        self._add_histories(people)
        self._add_answers(people)

    def erase(self) -> None:
        """Erase it all."""
        for each in self._known:
            self._take(self._tables.people, each)
        for table, key, value in self._changes:
            self._put(table, key, value)

    def _add_applications(self) -> None:
        for reference, owner in self._owners.items():
            before = self._tables.application(reference)
            erased = erased_application(before, whole=owner in self._whole)
            self._note(erased.people, erased.files)
            if erased.left is not before:
                self._changes.append((self._tables.subjects[_OF_APPLICATION], reference, erased.left))

    def _add_histories(self, people: Collection[str]) -> None:
        for kind, histories in self._tables.histories.items():
            for reference, before in histories.items():
                owner = self._owners.get(reference) if kind is _OF_APPLICATION else None
                after = tuple(self._erased(each, people, owner) for each in before)
                if any(one is not other for one, other in zip(before, after, strict=True)):
                    self._changes.append((histories, reference, after))

    def _erased(self, entry: HistoryEntry, people: Collection[str], owner: str | None) -> HistoryEntry:
        erased = erased_entry(entry, people, owner, whole=owner in self._whole)
        self._note(erased.people, erased.files)
        return erased.left

    def _add_answers(self, people: Collection[str]) -> None:
        for each in self._tables.messages.values():
            whose = next((one for one in people if is_of(each.message, one, self._owners)), None)
            if whose is not None and each.answer is not None:
                self._note([whose])
                self._changes.append((self._tables.messages, each.message.id, evolve(each, answer=None)))

    def _note(self, people: Collection[str], files: Collection[str] = ()) -> None:
        self.people.update(people)
        self.files.update(files)


def candidate_file(tables: Tables, candidate: str) -> CandidateFile:
    """Everything that is known of a person, but for the dates."""
    theirs = sorted(tables.applications_by.get(candidate, ()))
    owners = dict.fromkeys(theirs, candidate)
    others = (
        entry
        for kind, histories in sorted(tables.histories.items())
        for reference, entries in sorted(histories.items())
        for entry in entries
        if entry.actor.candidate == candidate and not (kind is _OF_APPLICATION and reference in owners)
    )
    receipts = (each for each in tables.receipts.values() if each.decision.kind is _OF_APPLICATION)
    deliveries = (each for each in tables.deliveries.values() if is_of(each.message, candidate, owners))
    return CandidateFile(
        reference=candidate,
        person=tables.people.get(candidate),
        applications=tuple(
            ApplicationFile(application=tables.application(each), history=tables.histories[_OF_APPLICATION][each])
            for each in theirs
        ),
        acts=tuple(others),
        receipts=tuple(sorted((each for each in receipts if each.decision.reference in owners), key=lambda r: r.key)),
        messages=tuple(each for each in tables.messages.values() if is_of(each.message, candidate, owners)),
        deliveries=tuple(sorted(deliveries, key=lambda each: (each.at, each.message.id))),
    )


def is_of(message: Message, candidate: str, owners: Mapping[str, str]) -> bool:
    """Whether a message is to somebody, or about one of their applications."""
    to_them = message.to.kind is AddresseeKind.CANDIDATE and message.to.reference == candidate
    return to_them or (message.application is not None and owners.get(message.application) == candidate)
