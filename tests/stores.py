"""Databases of other times, and what they look like: the golden one, a later release's, and how to compare two."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from shutil import copytree
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Engine,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    UniqueConstraint,
    create_engine,
    inspect,
    select,
    text,
)

from poec_workflow.adapters.sql import SqlStorage
from poec_workflow.adapters.sql.connections import OwnConnections
from poec_workflow.adapters.sql.revisions import REVISIONS, RevisionChain
from poec_workflow.adapters.sql.schema import metadata
from poec_workflow.history import Position

HERE = Path(__file__).parent
GOLDEN = HERE / "golden" / "stores"
LATER = "9999"
"""The revision that a later release adds, after whichever is the head now."""
SEARCHED = ("poec_actions", "poec_applications", "poec_people", "poec_sessions")
"""The tables whose texts are searched."""


WITHOUT_ORDERS = (
    "DROP INDEX ix_poec_sessions_start_on_reference",
    "DROP INDEX ix_poec_applications_session_registration_key",
    "DROP INDEX ix_poec_applications_registration_key",
    "ALTER TABLE poec_applications DROP COLUMN registration_key",
    "ALTER TABLE poec_sessions DROP COLUMN session_type",
)
"""What takes revision 0003 back."""


PLACES = {"feed_transaction", "feed_number"}
"""The columns of a place in the feed."""

WITHOUT_FEED = (
    "DROP INDEX ix_poec_history_feed_transaction_feed_number",
    "ALTER TABLE poec_history DROP COLUMN feed_transaction",
    "ALTER TABLE poec_history DROP COLUMN feed_number",
    "DROP TABLE poec_feed",
)
"""What takes revision 0007 back."""


WITHOUT_VIEWERS = (
    "DROP INDEX ix_poec_actions_funder_reference",
    "DROP INDEX ix_poec_applications_prescriber_reference_session",
    "DROP INDEX ix_poec_applications_prescriber_registration_key_session",
    "DROP INDEX ix_poec_people_name_key_reference",
    "DROP INDEX ix_poec_sessions_place_key_reference",
    "ALTER TABLE poec_actions DROP COLUMN funder",
    "ALTER TABLE poec_people DROP COLUMN name_key",
    "ALTER TABLE poec_sessions DROP COLUMN place_key",
    "ALTER TABLE poec_applications DROP COLUMN prescriber",
)
"""What takes revision 0006 back."""


WITHOUT_CHAIN = (
    "ALTER TABLE poec_history DROP COLUMN previous",
    *(f"ALTER TABLE {name} DROP COLUMN head" for name in ("poec_actions", "poec_sessions", "poec_applications")),
)
"""What takes revision 0008 back."""


WITHOUT_MESSAGES = (
    *(f"DROP TABLE {name}" for name in ("poec_messages", "poec_deliveries", "poec_digests")),
    *(f"ALTER TABLE {name} DROP COLUMN session" for name in ("poec_history", "poec_receipts")),
)
"""What takes revision 0005 back, but for the outbox."""

OUTBOX = Table(
    "poec_outbox",
    MetaData(),
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("reference", String(64).with_variant(String(64, collation="C"), "postgresql"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("held_until", BigInteger),
    UniqueConstraint("kind", "reference", "version", name="uq_poec_outbox_kind_reference_version"),
    PrimaryKeyConstraint("id", name="pk_poec_outbox"),
)
"""The outbox until revision 0005: a row an event."""


def with_outbox(url: str, events: Sequence[Position]) -> None:
    """Make the outbox of earlier releases, where events wait in an order."""
    engine = engine_of(url)
    OUTBOX.create(engine)
    waiting = [{"kind": each.kind.value, "reference": each.reference, "version": each.version} for each in events]
    with engine.begin() as connection:
        if waiting:
            connection.execute(OUTBOX.insert(), waiting)
    engine.dispose()


def outbox_of(url: str) -> list[dict[str, Any]]:
    """The rows of an outbox of earlier releases."""
    engine = engine_of(url)
    with engine.connect() as connection:
        found = [{**row} for row in connection.execute(select(OUTBOX).order_by("id")).mappings()]
    engine.dispose()
    return found


def restore(dump: Path, file: Path) -> None:
    """A SQLite file from its dump."""
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript(dump.read_text(encoding="utf-8")).close()


def later(place: Path) -> RevisionChain:
    """The revisions of a later release: ours, and one more."""
    scripts = place / "scripts"
    copytree(REVISIONS.scripts, scripts)
    copytree(HERE / "later", scripts, dirs_exist_ok=True)
    return RevisionChain(known=(*REVISIONS.known, LATER), scripts=scripts)


def stored_by(chain: RevisionChain, url: str) -> SqlStorage:
    """The storage of the release that knows these revisions."""
    return SqlStorage(OwnConnections(url, busy_timeout=10, attempts=8, chain=chain))


def engine_of(url: str) -> Engine:
    """An engine to look with, which is nobody's adapter."""
    return create_engine(url)


def say(url: str, *statements: str) -> None:
    """Do something to a database behind everybody's back."""
    engine = engine_of(url)
    with engine.begin() as connection:
        for each in statements:
            connection.execute(text(each)).close()
    engine.dispose()


def unindex(url: str) -> None:
    """Take the index of texts away."""
    for name in SEARCHED:
        if url.startswith("sqlite"):
            say(url, *(f"DROP TRIGGER {name}_text_{what}" for what in ("insert", "update", "delete")))
            say(url, f"DROP TABLE {name}_text")
        else:
            say(url, f"DROP INDEX ix_{name}_search")


def as_before_revisions(url: str, events: Sequence[Position] = ()) -> None:
    """Make a store of this release one of the first revision, from before revisions were kept.

    Args:
        url: of the store.
        events: those that wait in its outbox, in the order of their storing.
    """
    unindex(url)
    with_outbox(url, events)
    say(url, *WITHOUT_CHAIN, *WITHOUT_FEED, *WITHOUT_VIEWERS, *WITHOUT_MESSAGES, *WITHOUT_ORDERS)
    say(url, "DROP TABLE poec_alembic_version", "UPDATE poec_schema SET version = 1")


def shape(url: str) -> dict[str, Any]:
    """Tables, columns, constraints and indexes, all named, in no order but the columns' and keys'."""
    engine = engine_of(url)
    with engine.connect() as connection:
        found: dict[str, Any] = {name: _table(connection, name) for name in inspect(connection).get_table_names()}
        if connection.dialect.name == "sqlite":
            said = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name"
            found["triggers"] = connection.exec_driver_sql(said).all()
    engine.dispose()
    return found


def _table(connection: Connection, name: str) -> dict[str, Any]:
    look = inspect(connection)
    # A column that was added later stands last: what it is counts, not where.
    columns = {each["name"]: {**each, "type": repr(each["type"])} for each in look.get_columns(name)}
    indexes = {each["name"]: each for each in look.get_indexes(name)}
    unique = {each["name"]: each for each in look.get_unique_constraints(name)}
    options = look.get_table_options(name) if connection.dialect.name == "postgresql" else {}
    return {
        "columns": columns,
        "key": look.get_pk_constraint(name),
        "indexes": indexes,
        "unique": unique,
        "options": options,
    }


_OUTCOME = re.compile(r', "outcome": (?:null|"[a-z-]+")')


def without_outcomes(found: dict[str, list[tuple[Any, ...]]]) -> dict[str, list[tuple[Any, ...]]]:
    """Rows as they were before revision 0004 said of each convocation what came of it."""
    return {
        name: sorted((tuple(_without_outcome(each) for each in row) for row in some), key=repr)
        for name, some in found.items()
    }


def _without_outcome(cell: object) -> object:
    return _OUTCOME.sub("", cell) if isinstance(cell, str) else cell


def columns(url: str) -> dict[str, set[str]]:
    """The columns of every table of ours that is there."""
    engine = engine_of(url)
    with engine.connect() as connection:
        look = inspect(connection)
        found = {name: {each["name"] for each in look.get_columns(name)} for name in look.get_table_names()}
    engine.dispose()
    return {name: each for name, each in found.items() if name in metadata.tables}


def rows(url: str, known: Mapping[str, set[str]] | None = None) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of the tables that this release knows, but for the revision's; of the known columns, or of all.

    Without the places in the feed, which a migration gives anew, and PostgreSQL as it likes.
    """
    known = known or columns(url)
    engine = engine_of(url)
    with engine.connect() as connection:
        found = {
            name: sorted(
                (
                    tuple(row)
                    for row in connection.execute(select(*(c for c in table.columns if c.name in known[name] - PLACES)))
                ),
                key=repr,
            )
            for name, table in metadata.tables.items()
            if name in known and name not in ("poec_alembic_version", "poec_schema")
        }
    engine.dispose()
    return found
