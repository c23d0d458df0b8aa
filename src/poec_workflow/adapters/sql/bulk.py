"""Write tables: each with any number of rows in one statement, and on PostgreSQL several tables in one statement.

On PostgreSQL the values of a column travel as one array (JSON texts as one text, to be split), and `unnest` makes rows
of the arrays; a transaction's writes are one statement of common table expressions, so one round trip. SQLite's driver
repeats a prepared statement, with no server to go to between; a statement that unpacks one JSON text took 1.7 times as
long.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from typing import Any, NamedTuple

from attrs import field, frozen
from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Dialect,
    FromClause,
    Insert,
    Integer,
    Table,
    TableValuedAlias,
    Text,
    UpdateBase,
    any_,
    bindparam,
    cast,
    column,
    func,
    literal_column,
    select,
)

from poec_workflow.adapters.sql.dialects import WITH_ARRAYS, insert_ignoring, insert_replacing
from poec_workflow.adapters.sql.prepared import Columns, Parameters, Prepared, StatementConnection

JSON = "data"
"""The column that holds JSON in every table that has it."""
SEPARATOR = "\x1f"
"""A control character, which JSON must escape."""

_NONE: Parameters = {}

ValueOf = Callable[[str], ColumnElement[Any]]
"""Name ▸ the value of a row: a bound parameter, or a column of the unnested arrays."""
Build = Callable[[Dialect, ValueOf, FromClause | None], UpdateBase]
"""Makes the statement from the values of a row; of several rows also from the rows."""


@frozen(eq=False)
class TableWrite:
    """One way to write a table.

    Attributes:
        table: the table.
        names: the values of a row.
    """

    table: Table
    names: tuple[str, ...]
    _build: Build
    _statements: dict[bool, Prepared] = field(init=False, factory=dict)

    def statement(self, dialect: Dialect, *, batch: bool, prefix: str = "") -> UpdateBase:
        """The statement for one row, or for arrays of rows; `prefix` stands before each parameter's name."""
        if not batch:
            return self._build(dialect, lambda name: bindparam(f"{prefix}{name}"), None)
        rows = _unnested(self.names, self.table, prefix)
        return self._build(dialect, lambda name: rows.c[name], rows)

    def write(self, connection: StatementConnection, rows: Sequence[Parameters], shared: Parameters = _NONE) -> int:
        """Write the rows, and what all of them share; return how many rows of the table were affected."""
        batch = len(rows) > 1 and connection.dialect.name in WITH_ARRAYS
        if batch not in self._statements:
            self._statements[batch] = Prepared(lambda dialect: self.statement(dialect, batch=batch))
        given = [_arrays(rows)] if batch else rows
        return connection.write(self._statements[batch], [{**each, **shared} for each in given] if shared else given)


def names_of(table: Table) -> tuple[str, ...]:
    """The names of a table's columns."""
    return tuple(each.name for each in table.columns)


def insert(table: Table, names: Iterable[str]) -> TableWrite:
    """An INSERT; a table that numbers its rows numbers them in the order given."""
    return _inserting(table, tuple(names), lambda _dialect: Insert(table))


def insert_unless_there(table: Table) -> TableWrite:
    """An INSERT that leaves a row with the same key as it is, and does not count it."""
    return _inserting(table, names_of(table), lambda dialect: insert_ignoring(table, dialect))


def replace(table: Table, key: str) -> TableWrite:
    """An INSERT that replaces every other column of a row with the same key."""
    return _inserting(table, names_of(table), lambda dialect: insert_replacing(table, key, dialect))


def _inserting(table: Table, names: tuple[str, ...], made: Callable[[Dialect], Insert]) -> TableWrite:
    def build(dialect: Dialect, value: ValueOf, rows: FromClause | None) -> UpdateBase:
        if rows is None:
            return made(dialect).values({name: value(name) for name in names}).inline()
        ordered = select(*map(value, names)).order_by(rows.c.place)
        return made(dialect).from_select(names, ordered).inline()

    return TableWrite(table, names, build)


def update(table: Table, names: Sequence[str], build: Callable[[ValueOf], UpdateBase]) -> TableWrite:
    """An UPDATE that `build` makes from the values of a row."""
    return TableWrite(table, tuple(names), lambda _dialect, value, _rows: build(value))


class Write(NamedTuple):
    """Rows to be written.

    Attributes:
        by: how.
        rows: the values of each, by their names.
        counted: whether all of them have to be there to be written; else somebody else was faster.
        sessions: of each row, where its values do not say which one it is of.
        shared: values that all rows have.
    """

    by: TableWrite
    rows: Sequence[Parameters]
    counted: bool = False
    sessions: Sequence[str] = ()
    shared: Parameters = _NONE


def write_all(connection: StatementConnection, writes: Sequence[Write]) -> Write | None:
    """Write all, in their order, up to one whose rows can't all be written; return that one, None where all can.

    Several tables are written by one statement where the database can.
    """
    tables = {each.by.table for each in writes}
    # A common table expression does not see what another one writes.
    at_once = len(writes) > 1 and len(tables) == len(writes) and connection.dialect.name in WITH_ARRAYS
    written = (_write_at_once if at_once else _write_in_turn)(connection, writes)
    return next((each for each, count in written if count != len(each.rows)), None)


def _write_in_turn(connection: StatementConnection, writes: Sequence[Write]) -> Iterator[tuple[Write, int]]:
    """Write one after the other, as the caller goes on; how many rows of those that are counted were affected."""
    for each in writes:
        count = each.by.write(connection, each.rows, each.shared)
        if each.counted:
            yield each, count


def _write_at_once(connection: StatementConnection, writes: Sequence[Write]) -> Iterator[tuple[Write, int]]:
    """The same in one statement."""
    parameters: dict[str, Any] = {}
    for each in writes:
        given = _arrays(each.rows) if len(each.rows) > 1 else each.rows[0]
        prefix = f"{each.by.table.name}_"
        parameters.update((prefix + name, value) for name, value in given.items())
        parameters.update((prefix + name, value) for name, value in each.shared.items())
    statement = _at_once(tuple((each.by, len(each.rows) > 1, each.counted) for each in writes))
    counts = connection.row(statement, parameters)
    return ((each, getattr(counts, each.by.table.name)) for each in writes if each.counted)


@cache
def _at_once(shape: tuple[tuple[TableWrite, bool, bool], ...]) -> Prepared:
    """One statement of several writes, each a common table expression; it counts the rows of those that are counted."""

    def build(dialect: Dialect) -> Any:  # noqa: ANN401 - SQLAlchemy's
        counts, others = [], []
        for by, batch, counted in shape:
            name = by.table.name
            written = by.statement(dialect, batch=batch, prefix=f"{name}_").returning(literal_column("1").label("one"))
            expression = written.cte(f"written_{name}")
            if counted:
                counts.append(select(func.count()).select_from(expression).scalar_subquery().label(name))
            else:
                others.append(expression)
        return select(*counts or [literal_column("1").label("one")]).add_cte(*others)

    return Prepared(build)


def _arrays(rows: Sequence[Parameters]) -> Parameters:
    columns = rows.columns if isinstance(rows, Columns) else {name: [row[name] for row in rows] for name in rows[0]}
    return {name: joined(each) if name == JSON else array(each) for name, each in columns.items()}


def _unnested(names: Iterable[str], table: Table, prefix: str) -> TableValuedAlias:
    """Unnest an array for each name into rows; a name that is no column of the table is an integer."""
    columns = [column(name, Text if _is_text(table, name) else BigInteger) for name in names]
    given = {each.name: bindparam(f"{prefix}{each.name}", type_=Text) for each in columns}
    arrays = [
        func.string_to_array(given[each.name], SEPARATOR)
        if each.name == JSON
        else cast(given[each.name], ARRAY(each.type))
        for each in columns
    ]
    return func.unnest(*arrays).table_valued(*columns, with_ordinality="place").render_derived(name="given")


def _is_text(table: Table, name: str) -> bool:
    known = table.columns.get(name.removeprefix("known_"))
    return known is not None and not isinstance(known.type, Integer)


def any_of(column: ColumnElement[str], name: str, dialect: Dialect) -> ColumnElement[bool]:
    """Whether a column is one of a list, given as the one parameter `name` in the form of `list_parameter`."""
    given = bindparam(name, type_=Text)
    if dialect.name in WITH_ARRAYS:
        return column == any_(cast(given, ARRAY(Text)))
    return column.in_(select(func.json_each(given).table_valued("value").c.value))


def list_parameter(texts: Sequence[str], dialect: Dialect) -> str:
    """Texts as the parameter of `any_of`."""
    return array(texts) if dialect.name in WITH_ARRAYS else json.dumps(texts)


def joined(texts: Sequence[str | int | None]) -> str:
    """Write JSON texts for `string_to_array`; an array literal escapes each of their quotes, and takes long to read.

    Raises:
        ValueError: one of them contains the separator, and is not JSON.
    """
    text = SEPARATOR.join(map(str, texts))
    if text.count(SEPARATOR) != len(texts) - 1:
        raise ValueError("a stored text is not JSON: it has a control character")
    return text


def array(values: Sequence[str | int | None]) -> str:
    """Write a PostgreSQL array literal: the driver's own conversion takes longer than the statement."""
    elements = {each: _element(each) for each in set(values)}  # a kind or a version stands in many rows
    return "{" + ",".join([elements[each] for each in values]) + "}"


def _element(value: str | int | None) -> str:
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    return "NULL" if value is None else str(value)
