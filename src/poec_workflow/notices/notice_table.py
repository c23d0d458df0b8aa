"""A table of notices, checked when it is built: an accepted decision and its facts ▸ messages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from hashlib import blake2b

from attrs import field, fields, frozen

from poec_workflow.construction import constructor
from poec_workflow.decider import Accepted, Change
from poec_workflow.events import AnyEvent
from poec_workflow.frozen_map import FrozenMap
from poec_workflow.history import Position
from poec_workflow.machines.lifecycle import TableFault, WrongTable
from poec_workflow.messages import About, Addressee, AddresseeKind, DigestPosition, Message, StreamKind
from poec_workflow.model import Application, TrainingSession
from poec_workflow.notices.audience import Audience
from poec_workflow.notices.notice import Notice, faults_of
from poec_workflow.policies.facts import Enrolment, Facts

_make_addressee = constructor(Addressee)
_make_message = constructor(Message)
_make_position = constructor(Position)


def _listed(rows: Iterable[Notice]) -> tuple[Notice, ...]:
    return tuple(rows)


@frozen(slots=False, eq=False)
class Notices:
    """A table of notices, checked when it is built.

    Raises:
        WrongTable: the table is wrong; the message lists everything.
    """

    rows: tuple[Notice, ...] = field(converter=_listed)

    def __attrs_post_init__(self) -> None:
        if faults := [*_faults(self.rows)]:
            raise WrongTable("notices", faults)

    def with_rows(self, *rows: Notice) -> Notices:
        """The table with some rows in place of those of the same id, others added at its end.

        Raises:
            WrongTable: see `Notices`.
        """
        given = {each.id: each for each in rows}
        kept = tuple(given.pop(each.id, each) for each in self.rows)
        return Notices((*kept, *given.values()))

    def without(self, *ids: str) -> Notices:
        """The table without some rows.

        Raises:
            WrongTable: there is no such row.
        """
        if missing := sorted({*ids} - {each.id for each in self.rows}):
            raise WrongTable("notices", [TableFault(f"there is no row {each}") for each in missing])
        return Notices(each for each in self.rows if each.id not in ids)

    @cached_property
    def by_event(self) -> Mapping[type[AnyEvent], Notice]:
        """The row of each event that somebody is told of."""
        return FrozenMap({event: row for row in self.rows for event in row.events})

    @cached_property
    def digest(self) -> Notice | None:
        """The row that sums up what time brings."""
        return next((each for each in self.rows if not each.events), None)

    @cached_property
    def invites(self) -> bool:
        """Whether candidates are invited to their appointments, and so hear of those that do not stand any more."""
        return any(each.invited for row in self.rows for each in row.audiences)

    def told(self, accepted: Accepted, facts: Facts) -> Accepted:
        """An accepted decision that says who is told of it; one that was replayed tells nobody.

        Args:
            accepted: the decision.
            facts: those that it was taken under.
        """
        messages = self._told(accepted, facts)
        return _make_told(accepted, messages) if messages else accepted

    def _told(self, accepted: Accepted, facts: Facts) -> tuple[Message, ...]:
        if accepted.replayed:
            return ()
        if not accepted.consequences:
            row = self.by_event.get(type(accepted.change.event))
            return () if row is None else tuple(_of_change(row, accepted.change, facts, accepted))
        return tuple(
            message
            for change in accepted.changes
            if (row := self.by_event.get(type(change.event))) is not None
            for message in _of_change(row, change, facts, accepted)
        )

    def of_application(self, event: AnyEvent, application: Application, session: TrainingSession) -> Sequence[Message]:
        """Who is told of an event that happens to an application alike, whatever its reference and version.

        Args:
            event: of that kind; its reference and version are not looked at.
            application: as it was before.
            session: its session.
        """
        row = self.by_event.get(type(event))
        if row is None:
            return ()
        about = _make_position(application.subject_kind, application.reference, application.version + 1)
        return _messages(row.id, about, row.tell, application, session)

    def of_digest(self, organization: str, number: int) -> Message | None:
        """The message of an organisation's digest of some number; None where the table has no digest."""
        if self.digest is None:
            return None
        about = DigestPosition(reference=organization, version=number)
        to = Addressee(AddresseeKind.ORGANIZATION, organization)
        return Message(
            id=_id(about, StreamKind.ORGANIZATION, organization, to),
            notice=self.digest.id,
            about=about,
            stream=organization,
            stream_kind=StreamKind.ORGANIZATION,
            to=to,
        )


_make_told = constructor(
    Accepted,
    ("accepted", "notices"),
    {each.name: f"accepted.{each.name}" for each in fields(Accepted) if each.name != "notices"},
)


def _of_change(row: Notice, change: Change, facts: Facts, accepted: Accepted) -> Iterator[Message]:
    """Who is told of one change of a decision."""
    event, subject = change.event, change.subject
    about = _make_position(event.subject_kind, event.reference, event.version)
    if isinstance(subject, Application):
        yield from _messages(row.id, about, row.tell, subject, _session_of(subject, facts))
    elif isinstance(subject, TrainingSession):
        yield from _messages(row.id, about, row.tell, None, subject)
        if row.applications and facts.enrolment is not None:
            for each in _after(facts.enrolment, accepted):
                yield from _messages(row.id, about, row.told_of(each), each, subject)


def _session_of(application: Application, facts: Facts) -> TrainingSession:
    enrolments = facts.reach() if facts.enrolment is None else (facts.enrolment,)
    return next(each.session for each in enrolments if each.session.reference == application.session)


def _after(enrolment: Enrolment, accepted: Accepted) -> Sequence[Application]:
    """The applications of a session that were open or retained, as they are after a decision; by reference."""
    moved = {each.subject.reference: each.subject for each in accepted.changes if isinstance(each.subject, Application)}
    before = sorted((*enrolment.open_applications, *enrolment.retained_applications), key=lambda each: each.reference)
    return [moved.get(each.reference, each) for each in before]


def _messages(
    notice: str,
    about: Position,
    audiences: Iterable[Audience],
    application: Application | None,
    session: TrainingSession,
) -> Sequence[Message]:
    """A message to each of some audiences that is there, whatever the number of their roles."""
    if application is None:
        stream_kind, stream = StreamKind.SESSION, session.reference
    else:
        stream_kind, stream = StreamKind.APPLICATION, application.reference
    told: set[tuple[AddresseeKind, str]] = set()
    messages: list[Message] = []
    for audience in audiences:
        reference = audience.find(session if audience.of_session else application)
        if reference is None or (audience.kind, reference) in told:
            continue
        told.add((audience.kind, reference))
        to = _make_addressee(audience.kind, reference)
        messages.append(
            _make_message(
                _id(about, stream_kind, stream, to), notice, about, stream, to, stream_kind, session.reference
            )
        )
    return messages


def _faults(rows: Sequence[Notice]) -> Iterator[TableFault]:
    for what, names in (
        ("id", [row.id for row in rows]),
        ("event", [event.type for row in rows for event in row.events]),
        ("digest", ["once a day" for row in rows if not row.events]),
    ):
        for name in sorted({each for each in names if names.count(each) > 1}):
            yield TableFault(f"the {what} {name} stands twice", (name,))
    for row in rows:
        for problem in faults_of(row):
            yield TableFault(f"{row.id}: {problem}", (row.id,))


ID_PATTERN = "^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$"
"""What the id of a message looks like."""


def _id(about: About, stream_kind: StreamKind, stream: str, to: Addressee) -> str:
    """The id of a message, a UUID (version 8) of what names it: one event tells an addressee once in a stream."""
    name = f"{about.kind}\0{about.reference}\0{about.version}\0{stream_kind}\0{stream}\0{to.kind}\0{to.reference}"
    text = blake2b(name.encode(), digest_size=16).hexdigest()
    return f"{text[:8]}-{text[8:12]}-8{text[13:16]}-a{text[17:20]}-{text[20:]}"
