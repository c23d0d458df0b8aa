"""A whole store ▸ commands of import, in the order in which another store takes them.

What they carry is how each subject is now. Histories, versions, idempotency keys, receipts and messages stay where they
are: what is imported begins there with one entry, which says how it was.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar, cast

from attrs import fields

from poec_workflow.commands import Command
from poec_workflow.importing.import_fields import IMPORTS
from poec_workflow.model import Application, Candidate, Subject, SubjectKind
from poec_workflow.ports import Queries
from poec_workflow.ports.queries import reads_in_bulk

_LOT = 500
T = TypeVar("T")
_NOT_KEPT = "source"
"""Of where a subject came from before the store does not know any more."""


def exported(queries: Queries) -> Iterator[Command]:
    """The commands that import what a store has: actions, sessions and applications, each by reference.

    A person whose name was erased is exported with an empty one.
    """
    for kind in IMPORTS:
        for subjects in _lots(queries, kind):
            people = _people(queries, [each.candidate for each in subjects if isinstance(each, Application)])
            for each in subjects:
                yield _command(each, people)


def _command(subject: Subject, people: Mapping[str, Candidate]) -> Command:
    cls: Any = IMPORTS[subject.subject_kind]
    names = [each.name for each in fields(cls) if each.name not in {subject.subject_kind, _NOT_KEPT}]
    known = {name: getattr(subject, name) for name in names if getattr(subject, name) is not None}
    if isinstance(subject, Application):
        nameless = Candidate(reference=subject.candidate, name="")
        known["candidate"] = people.get(subject.candidate, nameless)
    return cast("Command", cls(subject.reference, **known))


def _lots(queries: Queries, kind: SubjectKind) -> Iterator[Sequence[Subject]]:
    if not reads_in_bulk(queries):
        subjects = (queries.subject(kind, each) for each in sorted(queries.states(kind)))
        yield from ([each] for each in subjects if each is not None)
        return
    after = ""
    while some := queries.subjects(kind, after, _LOT):
        yield some
        after = some[-1].reference


def _people(queries: Queries, references: Sequence[str]) -> Mapping[str, Candidate]:
    if not references:
        return {}
    if reads_in_bulk(queries):
        return queries.people(references)
    known = (queries.candidate(each) for each in references)
    return {each.reference: each for each in known if each is not None}
