"""Everything that a store knows of a person, with the days until which it is kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import cast

from attrs import evolve

from poec_workflow.messages import AddresseeKind, Message, StreamKind
from poec_workflow.model import OPEN_STATES, Application, SubjectKind
from poec_workflow.policies.deadlines import file_kept_until, personal_data_kept_until
from poec_workflow.policies.settings import Settings
from poec_workflow.ports import MessageState, Storage
from poec_workflow.ports.keeping import ApplicationFile, CandidateFile, keeps_records

ListTheirs = Callable[[str], Sequence[str]]
"""The references of a candidate's applications, from the list."""


def candidate_file(storage: Storage, settings: Settings, reference: str, list_theirs: ListTheirs) -> CandidateFile:
    """A person's file; from one consistent read, where the storage keeps records."""
    found = storage.run(lambda each: each.candidate_file(reference) if keeps_records(each) else None, write=False)
    return _dated(_gathered(storage, reference, list_theirs(reference)) if found is None else found, settings)


def _dated(file: CandidateFile, settings: Settings) -> CandidateFile:
    """The file with the last movement and, unless an application is open, the last days on which it is kept."""
    if not file.applications:
        return file
    last = max(each.history[-1].recorded_at for each in file.applications)
    moved = evolve(file, last_movement=last)
    if any(each.application.state in OPEN_STATES for each in file.applications):
        return moved
    personal, whole = personal_data_kept_until(last, settings), file_kept_until(last, settings)
    return evolve(moved, personal_data_kept_until=personal, file_kept_until=whole)


def _gathered(storage: Storage, candidate: str, theirs: Sequence[str]) -> CandidateFile:
    """What the queries and the outbox of any storage give; receipts and acts elsewhere they do not."""
    queries, outbox = storage.queries, storage.outbox

    def is_theirs(message: Message) -> bool:
        to_them = message.to.kind is AddresseeKind.CANDIDATE and message.to.reference == candidate
        return to_them or message.application in theirs

    queued = (each for state in MessageState for each in outbox.queued(state))
    sent = (each for one in theirs for each in outbox.delivered(StreamKind.APPLICATION, one))
    return CandidateFile(
        reference=candidate,
        person=queries.candidate(candidate),
        applications=tuple(
            ApplicationFile(
                application=cast("Application", queries.subject(SubjectKind.APPLICATION, each)),
                history=tuple(queries.history(SubjectKind.APPLICATION, each)),
            )
            for each in theirs
        ),
        messages=tuple(each for each in queued if is_theirs(each.message)),
        deliveries=tuple(sorted(sent, key=lambda each: (each.at, each.message.id))),
    )
