"""Who is to hear of events: read off the rows of the table of notices, and found in what is stored."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from poec_workflow.history import HistoryEntry
from poec_workflow.messages import Message
from poec_workflow.model import Application, SubjectKind, TrainingSession
from poec_workflow.notices import Audience, Notice, Notices
from poec_workflow.testing.reference.snapshot import Snapshot, SubjectKey

Heard = tuple[str, str, str, int, str, str, str, str]
"""A notice, what it is about (kind, reference, version), its stream (kind, reference), and who hears it (the same)."""


def heard_of(message: Message) -> Heard:
    """What a message tells whom, apart from its id."""
    about, to = message.about, message.to
    stream = (message.stream_kind.value, message.stream)
    return (message.notice, str(about.kind), about.reference, about.version, *stream, to.kind.value, to.reference)


def expected_notices(
    entries: Mapping[SubjectKey, Iterable[HistoryEntry]], after: Snapshot, notices: Notices
) -> Iterator[Heard]:
    """Who is to hear of some new entries, given all that exists after them."""
    for some in entries.values():
        for entry in some:
            for row in notices.rows:
                if type(entry.event) in row.events:
                    yield from _of_entry(entry, row, after)


def _of_entry(entry: HistoryEntry, row: Notice, after: Snapshot) -> Iterator[Heard]:
    event = entry.event
    about = (row.id, str(event.subject_kind), event.reference, event.version)
    subject = after.subjects[event.subject_kind, event.reference]
    if isinstance(subject, Application):
        session = after.session(subject.session)
        yield from _each_once(about, ("application", subject.reference), row.tell, subject, session)
    elif isinstance(subject, TrainingSession):
        yield from _each_once(about, ("session", subject.reference), row.tell, None, subject)
        for each in after.of_kind(SubjectKind.APPLICATION):
            if isinstance(each, Application) and each.session == subject.reference:
                audiences = [one for states, some in row.applications.items() if each.state in states for one in some]
                yield from _each_once(about, ("application", each.reference), audiences, each, subject)


def _each_once(
    about: tuple[str, str, str, int],
    stream: tuple[str, str],
    audiences: Iterable[Audience],
    application: Application | None,
    session: TrainingSession | None,
) -> Iterator[Heard]:
    found = {(each.kind.value, each.find(session if each.of_session else application)) for each in audiences}
    yield from ((*about, *stream, kind, to) for kind, to in sorted(found, key=str) if to is not None)
