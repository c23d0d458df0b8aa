"""Erase people, and their files, from every table that says something of them; `anonymization` says which fields.

Whoever is erased is looked up by indexes: their row, their applications, what they did themself, and for a file every
entry of their applications. Rows that have nothing to lose are not written.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from attrs import field, frozen
from sqlalchemy import Dialect, Select, bindparam, or_, select, union

from poec_workflow.adapters.anonymization import Erased, erased_application, erased_entry
from poec_workflow.adapters.sql import locked_candidates
from poec_workflow.adapters.sql.bulk import Write, any_of, list_parameter, update, write_all
from poec_workflow.adapters.sql.erasable_texts import entry_may_be_emptied, may_be_emptied, may_name_sender
from poec_workflow.adapters.sql.prepared import Prepared, StatementConnection
from poec_workflow.adapters.sql.row_mapping import Values, event_position_row, row_of
from poec_workflow.adapters.sql.schema import applications, history, messages, people
from poec_workflow.adapters.sql.stored_values import read
from poec_workflow.history import HistoryEntry
from poec_workflow.messages import AddresseeKind, StreamKind
from poec_workflow.model import Application, SubjectKind
from poec_workflow.serialization import to_json

# Locked, so that a command that is executed meanwhile is not overwritten.
_APPLICATIONS = locked_candidates.applications_of(
    applications.c.candidate, applications.c.reference, applications.c.data
)


def _entries(dialect: Dialect) -> Any:  # noqa: ANN401 - a SELECT
    """Three index searches: for one condition with OR, PostgreSQL scans the whole history."""
    columns = (history.c.kind, history.c.reference, history.c.version, history.c.actor_candidate, history.c.data)
    entry = select(*columns)
    of_applications = entry.where(history.c.kind == SubjectKind.APPLICATION.value)
    return union(
        entry.where(any_of(history.c.actor_candidate, "candidates", dialect)),
        # The first entry of each application, the only one that names a prescriber.
        of_applications.where(any_of(history.c.reference, "references", dialect), history.c.version == 1),
        of_applications.where(any_of(history.c.reference, "of_files", dialect)),
    ).order_by("kind", "reference", "version")


_ENTRIES = Prepared(_entries)


def _answered(dialect: Dialect) -> Select[tuple[int, str, str, str]]:
    """The messages to them or about their applications for which a channel had an answer: it may name anybody."""
    to_them = (messages.c.to_kind == AddresseeKind.CANDIDATE.value) & any_of(
        messages.c.to_reference, "candidates", dialect
    )
    about_them = (messages.c.stream_kind == StreamKind.APPLICATION.value) & any_of(
        messages.c.stream, "references", dialect
    )
    columns = select(messages.c.id, messages.c.to_kind, messages.c.to_reference, messages.c.stream)
    return columns.where(messages.c.answer.is_not(None), or_(to_them, about_them)).with_for_update()


_ANSWERED = Prepared(_answered)
_NO_ANSWER = Prepared(messages.update().where(messages.c.id == bindparam("row")).values(answer=None))
_PERSON = Prepared(people.delete().where(people.c.reference == bindparam("known")))
_APPLICATION = update(
    applications,
    ("known_reference", "search", "data"),
    lambda given: (
        applications.update()
        .where(applications.c.reference == given("known_reference"))
        .values(search=given("search"), data=given("data"))
    ),
)
_ENTRY = update(
    history,
    ("known_kind", "known_reference", "known_version", "data"),
    lambda given: (
        history.update()
        .where(
            history.c.kind == given("known_kind"),
            history.c.reference == given("known_reference"),
            history.c.version == given("known_version"),
        )
        .values(data=given("data"))
    ),
)


@frozen(kw_only=True)
class StoredRecords:
    """What is stored of some people and can be erased; see `ErasableRecords`."""

    _connection: StatementConnection
    people: set[str] = field(factory=set)
    files: set[str] = field(factory=set)
    _known: list[str] = field(factory=list)
    _applications: list[Values] = field(factory=list)
    _entries: list[Values] = field(factory=list)
    _answers: list[int] = field(factory=list)

    def erase(self) -> None:
        """Erase it all."""
        if self._known:
            self._connection.write(_PERSON, [{"known": each} for each in self._known])
        if self._answers:
            self._connection.write(_NO_ANSWER, [{"row": each} for each in self._answers])
        writes = (Write(_APPLICATION, self._applications), Write(_ENTRY, self._entries))
        write_all(self._connection, [each for each in writes if each.rows])

    def add_person(self, reference: str) -> None:
        """A person whose name is known."""
        self._known.append(reference)
        self.people.add(reference)

    def add_application(self, text: str, *, whole: bool) -> None:
        """An application as it is stored; the whole file or what it says of the person."""
        application = read(text, Application)
        erased = erased_application(application, whole=whole)
        self._note(erased)
        if erased.left is not application:
            row = row_of(erased.left)
            known = {"known_reference": row["reference"], "search": row["search"], "data": row["data"]}
            self._applications.append(known)

    def add_entry(self, text: str, people: Collection[str], owner: str | None, *, whole: bool) -> None:
        """An entry as it is stored, of an application of `owner`, or that one of the people caused."""
        entry = read(text, HistoryEntry)
        erased = erased_entry(entry, people, owner, whole=whole)
        self._note(erased)
        if erased.left is not entry:
            key = event_position_row(erased.left.event)
            known = {f"known_{name}": each for name, each in key.items()}
            self._entries.append({**known, "data": to_json(erased.left)})

    def add_answer(self, row: int, candidate: str) -> None:
        """A message to them or about their application that has an answer."""
        self._answers.append(row)
        self.people.add(candidate)

    def _note(self, erased: Erased[Any]) -> None:
        self.people.update(erased.people)
        self.files.update(erased.files)


def erasable(connection: StatementConnection, people_: Collection[str], files: Collection[str]) -> StoredRecords:
    """What is stored of some people and can be erased, and of the files of those of them that are in `files`."""
    found = StoredRecords(connection=connection)
    if not people_:
        return found
    lists = {"candidates": list_parameter(sorted(people_), connection.dialect)}
    for each in connection.values(locked_candidates.PEOPLE, lists):
        found.add_person(each)
    owners: dict[str, str] = {}
    for row in connection.rows(_APPLICATIONS, lists):
        owners[row.reference] = row.candidate
        whole = row.candidate in files
        if may_name_sender(row.data) or (whole and may_be_emptied(row.data)):
            found.add_application(row.data, whole=whole)
    of_files = sorted(each for each, owner in owners.items() if owner in files)
    lists["references"] = list_parameter(sorted(owners), connection.dialect)
    lists["of_files"] = list_parameter(of_files, connection.dialect)
    for row in connection.rows(_ENTRIES, lists):
        owner = owners.get(row.reference) if row.kind == SubjectKind.APPLICATION.value else None
        whole, own = owner in files, row.actor_candidate in people_
        if (own or whole or may_name_sender(row.data)) and entry_may_be_emptied(row.data):
            found.add_entry(row.data, people_, owner, whole=whole)
    for row in connection.rows(_ANSWERED, lists):
        to_them = row.to_kind == AddresseeKind.CANDIDATE.value and row.to_reference in people_
        found.add_answer(row.id, row.to_reference if to_them else owners[row.stream])
    return found


def forget(connection: StatementConnection, candidate: str) -> None:
    """Erase a person's name and e-mail, and their name where they acted themself."""
    erasable(connection, [candidate], []).erase()
