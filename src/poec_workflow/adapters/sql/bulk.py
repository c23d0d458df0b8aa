"""Many rows in one statement, however many they are.

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

from poec_workflow.adapters.sql.dialects import takes_arrays

Given = Callable[[str], ColumnElement[Any]]
"""The value of a row that goes by a name: a parameter, or a column of what the arrays were made into."""


@frozen
class BulkWrites:
    """A statement for one row, and the same for any number of rows that have the same names."""

    _one: UpdateBase
    _all: UpdateBase

    def write(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> int:
        """Write them; how many rows of the table were written."""
        if len(rows) == 1 or not takes_arrays(connection):
            return connection.execute(self._one, rows).rowcount
        arrays = {f"all_{name}": array([row[name] for row in rows]) for name in rows[0]}
        return connection.execute(self._all, arrays).rowcount


def inserting(table: Table, names: Sequence[str]) -> BulkWrites:
    """New rows, numbered in their order where the table numbers its rows."""
    rows = _unnested(names, table)
    ordered = select(*(rows.c[name] for name in names)).order_by(rows.c.place)
    return BulkWrites(table.insert().inline(), table.insert().inline().from_select(names, ordered))


def updating(table: Table, names: Sequence[str], statement: Callable[[Given], UpdateBase]) -> BulkWrites:
    """Rows that are changed as a statement says, which is made of what is given for each."""
    rows = _unnested(names, table)
    return BulkWrites(statement(bindparam), statement(lambda name: rows.c[name]))


def _unnested(names: Iterable[str], table: Table) -> TableValuedAlias:
    """A row for each place of the arrays; what is no column of the table is a number."""
    columns = [column(name, Text if _is_text(table, name) else BigInteger) for name in names]
    arrays = [cast(bindparam(f"all_{each.name}", type_=Text), ARRAY(each.type)) for each in columns]
    return func.unnest(*arrays).table_valued(*columns, with_ordinality="place").render_derived(name="given")


def _is_text(table: Table, name: str) -> bool:
    known = table.columns.get(name.removeprefix("known_"))
    return known is not None and not isinstance(known.type, Integer)


def array(values: Iterable[str | int | None]) -> str:
    """An array in the database's own notation; the driver takes longer for it than the database for the statement."""
    return "{" + ",".join(map(_element, values)) + "}"


def _element(value: str | int | None) -> str:
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    return "NULL" if value is None else str(value)
