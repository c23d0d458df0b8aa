"""Bulk INSERT and UPDATE: any number of rows in one statement.

On PostgreSQL the values of a column travel as one array, and `unnest` makes rows of the arrays. SQLite's driver repeats
a prepared statement, with no server to go to between; a statement that unpacks one JSON text took 1.7 times as long.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from attrs import frozen
from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Connection,
    Integer,
    Table,
    TableValuedAlias,
    Text,
    UpdateBase,
    bindparam,
    cast,
    column,
    func,
    select,
)

from poec_workflow.adapters.sql.dialects import supports_arrays

ValueOf = Callable[[str], ColumnElement[Any]]
"""Name ▸ the value of a row: a bound parameter, or a column of the unnested arrays."""


@frozen
class BulkWrites:
    """One write as a statement for a single row, and as one for a batch of rows with the same keys."""

    _single: UpdateBase
    _batch: UpdateBase

    def write(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> int:
        """Write the rows; return how many rows of the table were affected."""
        if len(rows) == 1 or not supports_arrays(connection):
            return connection.execute(self._single, rows).rowcount
        arrays = {f"all_{name}": array([row[name] for row in rows]) for name in rows[0]}
        return connection.execute(self._batch, arrays).rowcount


def bulk_insert(table: Table, names: Sequence[str]) -> BulkWrites:
    """Prepare an INSERT; a table that numbers its rows numbers them in the order given."""
    rows = _unnested(names, table)
    ordered = select(*(rows.c[name] for name in names)).order_by(rows.c.place)
    return BulkWrites(table.insert().inline(), table.insert().inline().from_select(names, ordered))


def bulk_update(table: Table, names: Sequence[str], statement: Callable[[ValueOf], UpdateBase]) -> BulkWrites:
    """Prepare an UPDATE that `statement` builds from the values of a row."""
    rows = _unnested(names, table)
    return BulkWrites(statement(bindparam), statement(lambda name: rows.c[name]))


def _unnested(names: Iterable[str], table: Table) -> TableValuedAlias:
    """Unnest an array for each name into rows; a name that is no column of the table is an integer."""
    columns = [column(name, Text if _is_text(table, name) else BigInteger) for name in names]
    arrays = [cast(bindparam(f"all_{each.name}", type_=Text), ARRAY(each.type)) for each in columns]
    return func.unnest(*arrays).table_valued(*columns, with_ordinality="place").render_derived(name="given")


def _is_text(table: Table, name: str) -> bool:
    known = table.columns.get(name.removeprefix("known_"))
    return known is not None and not isinstance(known.type, Integer)


def array(values: Iterable[str | int | None]) -> str:
    """Write a PostgreSQL array literal: the driver's own conversion takes longer than the statement."""
    return "{" + ",".join(map(_element, values)) + "}"


def _element(value: str | int | None) -> str:
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    return "NULL" if value is None else str(value)
