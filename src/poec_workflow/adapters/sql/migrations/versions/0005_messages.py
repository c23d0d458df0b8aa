"""Revision 0005: messages in place of the outbox; history and receipts know their session.

What waits in the outbox of an earlier release is an event; it becomes the messages to the addressees of that moment.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Any, NamedTuple

import sqlalchemy as sa
from alembic.operations import Operations

from poec_workflow.errors import SchemaOutdated

revision = "0005"
down_revision = "0004"

BATCH = 500
REFERENCE = sa.String(64).with_variant(sa.String(64, collation="C"), "postgresql")
DAY = sa.String(10)
ROW = sa.BigInteger().with_variant(sa.Integer, "sqlite")
OF_SESSION = (
    "CASE kind WHEN 'session' THEN reference WHEN 'application' THEN "
    "(SELECT session FROM poec_applications WHERE poec_applications.reference = {table}.reference) END"
)
EPOCH, MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)

ROLES = ("responsible", "positioner", "trainer")
OPEN = ("pending", "convoked", "present", "absent")
ENDED = ("candidate", "prescriber", "KAIROS")
OF_APPLICATIONS: Mapping[str, tuple[str, Sequence[str]]] = {
    "preregistered": ("N1", ("positioner", "prescriber")),
    "convoked": ("N2", ("candidate", "prescriber")),
    "convocation-moved": ("N2", ("candidate", "prescriber")),
    "retained": ("N3", ENDED),
    "rejected": ("N4", ENDED),
    "absent-at-last-convocation": ("N4", ENDED),
    "absent-without-notice": ("N4", ENDED),
    "withdrawn": ("N5", ("candidate", "prescriber", "positioner", "trainer", "KAIROS")),
    "expired": ("N6", ENDED),
    "session-full-refused": ("N6", ENDED),
    "cancelled": ("N7", ENDED),
}
"""The event of an application ▸ the notice, and who is told."""
OF_SESSIONS: Mapping[str, tuple[str, Mapping[str, Sequence[str]]]] = {
    "session-cancelled": ("N8", {"retained": ENDED}),
    "session-rescheduled": ("N9", {**dict.fromkeys(OPEN, ("candidate", "prescriber")), "retained": ENDED}),
}
"""The event of a session ▸ the notice, and who is told of its applications by their state; its organisations too."""

_history = sa.table(
    "poec_history",
    *map(
        sa.column,
        ("kind", "reference", "version", "decision_kind", "decision_reference", "decision_version", "data"),
    ),
)
_outbox = sa.table("poec_outbox", *map(sa.column, ("id", "kind", "reference", "version")))
_applications = sa.table("poec_applications", *map(sa.column, ("reference", "session", "data")))
_same = sa.and_(
    _outbox.c.kind == _history.c.kind,
    _outbox.c.reference == _history.c.reference,
    _outbox.c.version == _history.c.version,
)
_waiting = (
    sa.select(_outbox.c.id, _history)
    .select_from(_outbox.join(_history, _same))
    .where(_outbox.c.id > sa.bindparam("after"))
    .order_by(_outbox.c.id)
    .limit(BATCH)
)
_entries = sa.select(_outbox.c.id, _history).select_from(_history.outerjoin(_outbox, _same))
_of_sessions = _entries.where(
    _history.c.kind == "session", _history.c.reference.in_(sa.bindparam("sessions", expanding=True))
).order_by(_history.c.reference, _history.c.version)
_some = sa.select(_applications).where(_applications.c.reference.in_(sa.bindparam("references", expanding=True)))
_registered = sa.select(_applications).where(_applications.c.session == sa.bindparam("session")).order_by("reference")
_of_registered = (
    _entries.join(_applications, _applications.c.reference == _history.c.reference)
    .where(_history.c.kind == "application", _applications.c.session == sa.bindparam("session"))
    .order_by(_history.c.reference, _history.c.version)
)


def upgrade(op: Operations) -> None:
    """Add the session to history and receipts, make the tables of messages, and fill them with what waits.

    Raises:
        SchemaOutdated: SQL is written for a database that may have rows, whose histories are read in Python.
    """
    for table in ("poec_history", "poec_receipts"):
        op.add_column(table, sa.Column("session", REFERENCE))
        op.execute(f"UPDATE {table} SET session = {OF_SESSION.format(table=table)}")  # noqa: S608
    op.create_table(
        "poec_messages",
        sa.Column("id", ROW, autoincrement=True, nullable=False),
        *_message_columns(),
        sa.Column("session", REFERENCE),
        sa.Column("recorded_at", sa.BigInteger, nullable=False),
        *(
            sa.Column(name, kind, server_default="0", nullable=False)
            for name, kind in (
                ("dead", sa.Integer),
                ("due_at", sa.BigInteger),
                ("attempts", sa.Integer),
                ("fence", sa.Integer),
            )
        ),
        sa.Column("answer", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_poec_messages"),
    )
    op.create_index("ix_poec_messages_stream", "poec_messages", ["stream"])
    op.create_table(
        "poec_deliveries",
        *_message_columns(),
        sa.Column("session", REFERENCE),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("message_id", name="pk_poec_deliveries"),
    )
    op.create_index("ix_poec_deliveries_stream", "poec_deliveries", ["stream"])
    op.create_table(
        "poec_digests",
        sa.Column("organization", REFERENCE, nullable=False),
        sa.Column("day", DAY, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("organization", name="pk_poec_digests"),
    )
    context = op.get_context()
    if not context.as_sql:
        _move(op.get_bind())
    elif context.opts.get("starting_rev") is not None:
        raise SchemaOutdated("the revision 0005 reads histories in Python: run `poec-workflow store upgrade`")
    op.drop_table("poec_outbox")
    op.execute("UPDATE poec_schema SET version = 5")


def _message_columns() -> Sequence[sa.Column[Any]]:
    return (
        sa.Column("message_id", sa.String(36), nullable=False),
        sa.Column("notice", sa.String(16), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("reference", REFERENCE, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("stream", REFERENCE, nullable=False),
        sa.Column("stream_kind", sa.String(16), nullable=False),
        sa.Column("to_kind", sa.String(16), nullable=False),
        sa.Column("to_reference", REFERENCE, nullable=False),
    )


class _Application(NamedTuple):
    """What an application's addressees are found from."""

    reference: str
    session: str
    candidate: str
    prescriber: str | None
    origin: str

    @classmethod
    def of(cls, row: Any) -> _Application:  # noqa: ANN401 - a row
        """Read a row."""
        data = json.loads(row.data)
        prescriber = data["prescriber"]
        return cls(row.reference, row.session, data["candidate"], prescriber.get("organization"), prescriber["origin"])


class _Stream(NamedTuple):
    """Whose messages: an application's, or a session's."""

    kind: str
    reference: str
    session: str


class _Batch(NamedTuple):
    """What the addressees of some events are found from, read at once.

    Attributes:
        applications: those that the events happened to.
        holders: of each session, the entries that set roles, in order, with the roles that each sets.
    """

    applications: Mapping[str, _Application]
    holders: Mapping[str, Sequence[tuple[Any, Mapping[str, str]]]]

    @classmethod
    def of(cls, connection: sa.Connection, events: Sequence[Any]) -> _Batch:
        """Read it in two statements."""
        references = sorted({row.reference for row in events if row.kind == "application"})
        rows = connection.execute(_some, {"references": references})
        applications = {row.reference: _Application.of(row) for row in rows}
        of_events = {row.reference for row in events if row.kind == "session"}
        sessions = sorted(of_events | {each.session for each in applications.values()})
        holders: dict[str, list[tuple[Any, Mapping[str, str]]]] = {each: [] for each in sessions}
        for row in connection.execute(_of_sessions, {"sessions": sessions}):
            entry = json.loads(row.data)
            if entry["type"] in ("session-created", "session-reassigned"):
                given = {role: entry["data"][role] for role in ROLES if entry["data"].get(role) is not None}
                holders[row.reference].append((row, given))
        return cls(applications, holders)

    def roles(self, session: str, event: Any) -> Mapping[str, str]:  # noqa: ANN401 - a row
        """Who held the session's roles when an event happened."""
        held: dict[str, str] = {}
        for row, given in self.holders[session]:
            # A session was created before all else, whatever a clock said.
            if not held or _came_before(row, event):
                held |= given
        return held


def _move(connection: sa.Connection) -> None:
    """Batch by batch, in the order of the outbox: what is in memory does not grow with the store."""
    messages = sa.table("poec_messages", *map(sa.column, _NAMES))
    after = 0
    while rows := connection.execute(_waiting, {"after": after}).all():
        batch = _Batch.of(connection, rows)
        made = [each for row in rows for each in _messages(connection, batch, row)]
        if made:
            connection.execute(messages.insert(), made)
        after = rows[-1].id


_NAMES = (
    "message_id",
    "notice",
    "kind",
    "reference",
    "version",
    "stream",
    "stream_kind",
    "to_kind",
    "to_reference",
    "session",
    "recorded_at",
)


def _messages(
    connection: sa.Connection,
    batch: _Batch,
    row: Any,  # noqa: ANN401 - a row
) -> Iterator[dict[str, Any]]:
    """The messages of one event."""
    entry = json.loads(row.data)
    if row.kind == "application" and entry["type"] in OF_APPLICATIONS:
        notice, audiences = OF_APPLICATIONS[entry["type"]]
        application = batch.applications[row.reference]
        stream = _Stream("application", application.reference, application.session)
        roles = batch.roles(application.session, row)
        yield from _told(row, entry, notice, stream, _addressees(audiences, application, roles))
    elif row.kind == "session" and entry["type"] in OF_SESSIONS:
        notice, by_state = OF_SESSIONS[entry["type"]]
        roles = batch.roles(row.reference, row)
        stream = _Stream("session", row.reference, row.reference)
        yield from _told(row, entry, notice, stream, _addressees(ROLES, None, roles))
        states = _states(connection, row)
        for found in connection.execute(_registered, {"session": row.reference}).all():
            application = _Application.of(found)
            audiences = by_state.get(states.get(application.reference, ""), ())
            stream = _Stream("application", application.reference, application.session)
            yield from _told(row, entry, notice, stream, _addressees(audiences, application, roles))


def _states(connection: sa.Connection, event: Any) -> Mapping[str, str]:  # noqa: ANN401 - a row
    """The states of a session's applications after one of its events, and after what that event ended."""
    decision = (event.kind, event.reference, event.version)
    states: dict[str, str] = {}
    for row in connection.execute(_of_registered, {"session": event.reference}):
        caused = (row.decision_kind, row.decision_reference, row.decision_version) == decision
        if caused or _came_before(row, event):
            states[row.reference] = json.loads(row.data)["to"]
    return states


def _came_before(row: Any, event: Any) -> bool:  # noqa: ANN401 - rows
    """Whether an entry was stored before an event: by the outbox's numbers, or, where it was sent, by the clock."""
    return bool(row.id < event.id) if row.id is not None else _recorded(row) <= _recorded(event)


def _recorded(row: Any) -> datetime:  # noqa: ANN401 - a row
    return datetime.fromisoformat(json.loads(row.data)["recorded"])


def _addressees(
    audiences: Sequence[str], application: _Application | None, roles: Mapping[str, str]
) -> Sequence[tuple[str, str]]:
    """Each addressee once, in the order of the audiences."""
    found = [
        ("organization", roles[each]) if each in ROLES else _of_application(each, application)
        for each in audiences
        if each in ROLES or application is not None
    ]
    return [*dict.fromkeys(each for each in found if each is not None)]


def _of_application(audience: str, application: _Application | None) -> tuple[str, str] | None:
    assert application is not None  # noqa: S101 - the others are of a session
    if audience == "candidate":
        return "candidate", application.candidate
    if audience == "prescriber":
        return None if application.prescriber is None else ("organization", application.prescriber)
    return ("system", audience) if application.origin == "france-travail" else None


def _told(
    row: Any,  # noqa: ANN401 - a row
    entry: Mapping[str, Any],
    notice: str,
    stream: _Stream,
    addressees: Sequence[tuple[str, str]],
) -> Iterator[dict[str, Any]]:
    recorded_at = (datetime.fromisoformat(entry["recorded"]) - EPOCH) // MICROSECOND
    for kind, reference in addressees:
        name = (row.kind, row.reference, str(row.version), stream.kind, stream.reference, kind, reference)
        values = (notice, row.kind, row.reference, row.version, stream.reference, stream.kind, kind, reference)
        yield dict(zip(_NAMES, (_id(name), *values, stream.session, recorded_at), strict=True))


def _id(name: Sequence[str]) -> str:
    text = blake2b("\0".join(name).encode(), digest_size=16).hexdigest()
    return f"{text[:8]}-{text[8:12]}-8{text[13:16]}-a{text[17:20]}-{text[20:]}"
