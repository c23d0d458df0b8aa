"""The tables partitioned by the session's hash, on PostgreSQL: derived from `schema.metadata`, never written twice.

Every unique key of a partitioned table holds the column that it is distributed by, which is Citus's rule too: that
column stands last in the key, so that what was found by the key's beginning is found by the same index. Three
things are unique over all sessions. An application's reference is held by a table of its own, distributed by that
reference, which says which session it is of; a used key by the receipts, which are distributed by the key; and a
message's id names its stream, which is of one session.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy import (
    Column,
    Connection,
    Index,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    UniqueConstraint,
    bindparam,
    select,
)
from sqlalchemy.schema import CreateIndex, CreateTable, ExecutableDDLElement

from poec_workflow.adapters.sql.partition_names import DIRECTORY, partition_name
from poec_workflow.adapters.sql.prepared import Prepared
from poec_workflow.adapters.sql.schema import (
    FILL_FACTOR,
    FILLED,
    applications,
    deliveries,
    history,
    messages,
    metadata,
    receipts,
    sessions,
)

BY_SESSION: Mapping[str, str] = {
    sessions.name: "reference",
    applications.name: "session",
    history.name: "session",
    messages.name: "session",
    deliveries.name: "session",
}
"""The tables that are distributed by the session, and their column that holds it; `NO_SESSION` where there is none."""
BY_OWN_KEY: Mapping[str, str] = {receipts.name: "key", DIRECTORY: "reference"}
"""The tables that keep unique over all sessions what has to be, and the column that each is distributed by."""
DISTRIBUTED: Mapping[str, str] = {**BY_SESSION, **BY_OWN_KEY}
NO_SESSION = ""
"""What stands for the session of actions' entries and of digests: a key holds no NULL, and no reference is empty."""

_REFERENCE = String(64, collation="C")
directory = Table(
    DIRECTORY,
    MetaData(naming_convention=metadata.naming_convention),
    Column("reference", _REFERENCE, primary_key=True),
    Column("session", _REFERENCE, nullable=False),
)
"""The session of each application: a row is written with the application, and never changed."""

SESSION_OF = Prepared(select(directory.c.session).where(directory.c.reference == bindparam("reference")))


def partitioned_tables() -> Sequence[Table]:
    """Every table of this release as it is on a partitioned store, and the directory."""
    made = MetaData(naming_convention=metadata.naming_convention)
    for each in (*metadata.sorted_tables, directory):
        table = each.to_metadata(made)
        if column := DISTRIBUTED.get(table.name):
            _distribute(table, table.columns[column])
    return list(made.tables.values())


def _distribute(table: Table, column: Column[object]) -> None:
    table.dialect_options["postgresql"]["partition_by"] = f"HASH ({column.name})"
    keys = [each for each in table.constraints if isinstance(each, PrimaryKeyConstraint | UniqueConstraint)]
    for each in keys:
        if column.name not in each.columns:
            table.constraints.discard(each)
            column.primary_key |= isinstance(each, PrimaryKeyConstraint)
            name = str(each.name) if each.name else None
            table.append_constraint(type(each)(*each.columns, column, name=name))
    for index in [each for each in table.indexes if each.unique and column.name not in each.columns]:
        table.indexes.discard(index)
        Index(index.name, *index.expressions, column, unique=True)


def creations(partitions: int) -> Iterator[ExecutableDDLElement | str]:
    """What makes the tables: each with its partitions, then its indexes, which the partitions get too."""
    for table in partitioned_tables():
        yield CreateTable(table)
        if table.name in DISTRIBUTED:
            filled = f" WITH (fillfactor = {FILL_FACTOR})" if table.name in FILLED else ""
            for number in range(partitions):
                yield (
                    f"CREATE TABLE {partition_name(table.name, number)} PARTITION OF {table.name} "
                    f"FOR VALUES WITH (MODULUS {partitions}, REMAINDER {number}){filled}"
                )
        for index in sorted(table.indexes, key=lambda each: str(each.name)):
            yield CreateIndex(index)


def create(connection: Connection, partitions: int) -> None:
    """Make the tables, empty."""
    for each in creations(partitions):
        if isinstance(each, str):
            connection.exec_driver_sql(each).close()
        else:
            connection.execute(each).close()
