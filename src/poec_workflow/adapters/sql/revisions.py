"""Schema revisions: which one a database has, whether this release works on it, how it is created and upgraded.

Reading the revision loads no alembic; upgrading does.

A database is *empty*; or has a revision that this release knows, its own or an earlier one; or is *unversioned*: made
before there were revisions, which is the first one without its number; or is a later release's.
"""

from __future__ import annotations

from pathlib import Path

from attrs import frozen
from sqlalchemy import Connection, Dialect, inspect, select

from poec_workflow.adapters.sql import search_index
from poec_workflow.adapters.sql.dialects import lock_schema
from poec_workflow.adapters.sql.driver_errors import REMEDY
from poec_workflow.adapters.sql.feed_order import raise_base
from poec_workflow.adapters.sql.partition_names import partitions_of
from poec_workflow.adapters.sql.prepared import CoreConnection
from poec_workflow.adapters.sql.schema import HEAD, feed, marker, metadata, revision
from poec_workflow.errors import Malformed, SchemaOutdated
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
                revision=numbers[0],
                head=chain.head,
                newer=numbers[0] not in chain.known,
                text_index=indexed,
                partitions=partitions_of(connection),
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


MOST_PARTITIONS = 128
"""More of them than this PostgreSQL can't make in one transaction, nor list in one statement, with the locks that it
has room for unless it is told otherwise (`max_locks_per_transaction`)."""


def must_have_partitions(dialect: Dialect, partitions: int = 1) -> None:
    """Refuse what can't be partitioned.

    The feed goes on after what is there, where the database was restored into another server.

    Raises:
        Malformed: the database is another than PostgreSQL, or the number is not from 1 to `MOST_PARTITIONS`.
    """
    if dialect.name != "postgresql":
        raise Malformed.at("$.partitions", "only PostgreSQL's tables can be partitioned")
    if type(partitions) is not int or not 1 <= partitions <= MOST_PARTITIONS:
        raise Malformed.at("$.partitions", f"expected a number from 1 to {MOST_PARTITIONS}")


def upgrade(connection: Connection, chain: RevisionChain = REVISIONS, partitions: int | None = None) -> SchemaStatus:
    """Create the tables, or upgrade older ones to the head, in the transaction; return the status before.

    Args:
        connection: in a transaction.
        chain: the revisions.
        partitions: how many partitions the tables have to have; None leaves them as they are, and makes none.

    Raises:
        Malformed: the tables that are there have no partitions, or another number of them.
        SchemaOutdated: they are a later release's, or not ours.
    """
    if partitions is not None:
        must_have_partitions(connection.dialect, partitions)
    lock_schema(connection)
    current = status(connection, chain)
    if current.revision is None:
        _fill(connection, chain, partitions)
        return current
    if partitions not in (None, current.partitions):
        there = current.partitions or "no"
        raise Malformed.at("$.partitions", f"the store has {there} partitions, and only an empty database gets any")
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


def _fill(connection: Connection, chain: RevisionChain, partitions: int | None = None) -> None:
    """Create the head's tables at once; a test shows that running all scripts gives the same."""
    if partitions is not None:
        from poec_workflow.adapters.sql import partitioned_schema  # noqa: PLC0415 - few stores have partitions

        partitioned_schema.create(connection, partitions)
    elif chain.head != HEAD:
        from poec_workflow.adapters.sql import migrations  # noqa: PLC0415

        migrations.run(connection, chain.scripts, None, chain.head)
        return
    else:
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
