"""Which schema a database has, and what follows from it. Reading one loads no alembic; changing one does.

A database is *empty*; or has a revision that this release knows, its own or an earlier one; or is *unversioned*: made
before there were revisions, which is the first one without its number; or is a later release's.
"""

from __future__ import annotations

from pathlib import Path

from attrs import frozen
from sqlalchemy import Connection, inspect, select

from poec_workflow.adapters.sql.dialects import lock_schema
from poec_workflow.adapters.sql.driver_errors import REMEDY
from poec_workflow.adapters.sql.schema import HEAD, marker, metadata, revision
from poec_workflow.errors import SchemaOutdated
from poec_workflow.ports import SchemaStatus

FIRST, FIRST_MARK = "0001", 1
"""The first revision, and the mark by which a database of it is known that has no number yet."""


@frozen
class Lineage:
    """The revisions that a release knows, oldest first, and the folder of their scripts."""

    known: tuple[str, ...]
    scripts: Path

    @property
    def head(self) -> str:
        """The one that the release reads and writes."""
        return self.known[-1]


OURS = Lineage(known=(HEAD,), scripts=Path(__file__).parent / "migrations")
"""This release's."""


def status(connection: Connection, lineage: Lineage = OURS) -> SchemaStatus:
    """Which schema is there.

    Raises:
        SchemaOutdated: tables of ours that say nothing of their revision.
    """
    there = set(inspect(connection).get_table_names()) & set(metadata.tables)
    if not there:
        return SchemaStatus(revision=None, head=lineage.head)
    if revision.name in there:
        found = list(connection.scalars(select(revision.c.version_num)))
        if len(found) == 1:
            return SchemaStatus(revision=found[0], head=lineage.head, newer=found[0] not in lineage.known)
    elif marker.name in there and list(connection.scalars(select(marker.c.version))) == [FIRST_MARK]:
        return SchemaStatus(revision=FIRST, head=lineage.head, versioned=False)
    raise SchemaOutdated("there are tables named poec_… of no schema that this release knows; restore a backup")


def check(found: SchemaStatus) -> bool:
    """Whether the tables are there; False when none is.

    Raises:
        SchemaOutdated: they are another release's.
    """
    if found.up_to_date:
        return found.revision is not None
    _not_newer(found)
    raise SchemaOutdated(f"the store has the schema {found.revision}, this release reads {found.head}: {REMEDY}")


def make(connection: Connection, lineage: Lineage = OURS) -> SchemaStatus:
    """Make the tables within a transaction, unless somebody was faster; what was there before.

    Raises:
        SchemaOutdated: they are another release's.
    """
    lock_schema(connection)
    found = status(connection, lineage)
    if not check(found):
        _fill(connection, lineage)
    return found


def upgrade(connection: Connection, lineage: Lineage = OURS) -> SchemaStatus:
    """Make the tables, or bring older ones up to the head, within a transaction; what was there before.

    Raises:
        SchemaOutdated: they are a later release's, or not ours.
    """
    lock_schema(connection)
    found = status(connection, lineage)
    if found.revision is None:
        _fill(connection, lineage)
        return found
    _not_newer(found)
    if not found.versioned:
        revision.create(connection, checkfirst=False)
        connection.execute(revision.insert(), {"version_num": found.revision})
    if not found.up_to_date:
        from poec_workflow.adapters.sql import migrations  # noqa: PLC0415 - only who changes a schema loads alembic

        migrations.run(connection, lineage.scripts, found.revision, lineage.head)
    return found


def _fill(connection: Connection, lineage: Lineage) -> None:
    """The tables at once, as this release has them: a test shows that all scripts in turn come to the same."""
    if lineage.head != HEAD:
        from poec_workflow.adapters.sql import migrations  # noqa: PLC0415

        migrations.run(connection, lineage.scripts, None, lineage.head)
        return
    metadata.create_all(connection, checkfirst=False)
    connection.execute(revision.insert(), {"version_num": HEAD})
    connection.execute(marker.insert(), {"version": int(HEAD)})


def _not_newer(found: SchemaStatus) -> None:
    if found.newer:
        raise SchemaOutdated(
            f"the store has the schema {found.revision}, which this release does not know (it reads {found.head}): "
            "this release is too old for the store; install a later poec-workflow"
        )
