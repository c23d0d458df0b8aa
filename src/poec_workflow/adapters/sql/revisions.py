"""Schema revisions: which one a database has, whether this release works on it, how it is created and upgraded.

Reading the revision loads no alembic; upgrading does.

A database is *empty*; or has a revision that this release knows, its own or an earlier one; or is *unversioned*: made
before there were revisions, which is the first one without its number; or is a later release's.
"""

from __future__ import annotations

from pathlib import Path

from attrs import frozen
from sqlalchemy import Connection, inspect, select

from poec_workflow.adapters.sql import search_index
from poec_workflow.adapters.sql.dialects import lock_schema
from poec_workflow.adapters.sql.driver_errors import REMEDY
from poec_workflow.adapters.sql.feed_order import raise_base
from poec_workflow.adapters.sql.prepared import CoreConnection
from poec_workflow.adapters.sql.schema import HEAD, feed, marker, metadata, revision
from poec_workflow.errors import SchemaOutdated
from poec_workflow.ports import SchemaStatus

FIRST, FIRST_NUMBER = "0001", 1
"""The first revision, and the number in `poec_schema` by which an unversioned database of it is recognised."""


@frozen
class RevisionChain:
    """The schema revisions that a release knows, oldest first, and the folder of their scripts."""

    known: tuple[str, ...]
    scripts: Path

    @property
    def head(self) -> str:
        """The revision that the release reads and writes."""
        return self.known[-1]


REVISIONS = RevisionChain(
    known=(FIRST, "0002", "0003", "0004", "0005", "0006", "0007", HEAD), scripts=Path(__file__).parent / "migrations"
)
"""The revisions of this release."""


def status(connection: Connection, chain: RevisionChain = REVISIONS) -> SchemaStatus:
    """Read the schema's revision.

    Raises:
        SchemaOutdated: there are tables of ours without a known revision.
    """
    there = set(inspect(connection).get_table_names()) & set(metadata.tables)
    if not there:
        return SchemaStatus(revision=None, head=chain.head)
    if revision.name in there:
        numbers = list(connection.scalars(select(revision.c.version_num)))
        if len(numbers) == 1:
            indexed = search_index.is_there(CoreConnection(connection))
            return SchemaStatus(
                revision=numbers[0], head=chain.head, newer=numbers[0] not in chain.known, text_index=indexed
            )
    elif marker.name in there and list(connection.scalars(select(marker.c.version))) == [FIRST_NUMBER]:
        return SchemaStatus(revision=FIRST, head=chain.head, versioned=False, text_index=False)
    raise SchemaOutdated("there are tables named poec_… of no schema that this release knows; restore a backup")


def check(current: SchemaStatus) -> bool:
    """Whether the tables exist; False for an empty database.

    Raises:
        SchemaOutdated: they are another release's.
    """
    if current.up_to_date:
        return current.revision is not None
    _not_newer(current)
    raise SchemaOutdated(f"the store has the schema {current.revision}, this release reads {current.head}: {REMEDY}")


def make(connection: Connection, chain: RevisionChain = REVISIONS) -> SchemaStatus:
    """Create the tables in the transaction, unless they exist; return the status before.

    Raises:
        SchemaOutdated: they are another release's.
    """
    lock_schema(connection)
    current = status(connection, chain)
    if not check(current):
        _fill(connection, chain)
    return current


def upgrade(connection: Connection, chain: RevisionChain = REVISIONS) -> SchemaStatus:
    """Create the tables, or upgrade older ones to the head, in the transaction; return the status before.

    The feed goes on after what is there, where the database was restored into another server.

    Raises:
        SchemaOutdated: they are a later release's, or not ours.
    """
    lock_schema(connection)
    current = status(connection, chain)
    if current.revision is None:
        _fill(connection, chain)
        return current
    _not_newer(current)
    if not current.versioned:
        revision.create(connection, checkfirst=False)
        connection.execute(revision.insert(), {"version_num": current.revision})
    if not current.up_to_date:
        from poec_workflow.adapters.sql import migrations  # noqa: PLC0415 - only an upgrade loads alembic

        migrations.run(connection, chain.scripts, current.revision, chain.head)
    search_index.create(connection)
    raise_base(connection)
    return current


def _fill(connection: Connection, chain: RevisionChain) -> None:
    """Create the head's tables at once; a test shows that running all scripts gives the same."""
    if chain.head != HEAD:
        from poec_workflow.adapters.sql import migrations  # noqa: PLC0415

        migrations.run(connection, chain.scripts, None, chain.head)
        return
    metadata.create_all(connection, checkfirst=False)
    search_index.create(connection)
    connection.execute(revision.insert(), {"version_num": HEAD})
    connection.execute(marker.insert(), {"version": int(HEAD)})
    connection.execute(feed.insert(), {"id": 1, "base": 0})


def _not_newer(current: SchemaStatus) -> None:
    if current.newer:
        raise SchemaOutdated(
            f"the store has the schema {current.revision}, which this release does not know (it reads {current.head}): "
            "this release is too old for the store; install a later poec-workflow"
        )
