"""The names of what a partitioned store has beside the tables of every store, and how many partitions there are."""

from __future__ import annotations

import re

from sqlalchemy import Connection

from poec_workflow.adapters.sql.schema import applications, metadata

DIRECTORY = "poec_application_sessions"
"""The table that says of each application which session it is of."""
_PARTITION = re.compile(r"(poec_\w+)_p[0-9]{3}")
_COUNT = f"SELECT count(*) FROM pg_catalog.pg_inherits WHERE inhparent = to_regclass('{applications.name}')"  # noqa: S608


def partition_name(table: str, number: int) -> str:
    """The name of a table's partition."""
    return f"{table}_p{number:03}"


def is_of_partitions(name: str) -> bool:
    """Whether a table is the directory, or a partition of one of ours."""
    found = _PARTITION.fullmatch(name)
    return name == DIRECTORY or (found is not None and found[1] in (*metadata.tables, DIRECTORY))


def partitions_of(connection: Connection) -> int | None:
    """How many partitions each distributed table has; None where none has any."""
    if connection.dialect.name != "postgresql":
        return None
    return connection.exec_driver_sql(_COUNT).scalar() or None
