"""Statements compiled once for each database, and the connections that carry them out.

A command takes a few short statements, and what SQLAlchemy does around each at every call takes longer than the
database does. So a storage's own connections hand the compiled statements to the driver. On a host's connection
SQLAlchemy executes them, with whatever driver, events and logs the host chose.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from operator import itemgetter
from typing import Any, Protocol, overload

from sqlalchemy import Connection, Dialect, Executable, SelectBase

Parameters = Mapping[str, Any]
_NONE: Parameters = {}


class Columns(Sequence[Parameters]):
    """Parameters of many executions, given column by column: a mapping for each is made only where it is looked at."""

    def __init__(self, columns: Mapping[str, Sequence[Any]]) -> None:
        self.columns = columns

    def __len__(self) -> int:
        return len(next(iter(self.columns.values())))

    @overload
    def __getitem__(self, index: int) -> Parameters: ...
    @overload
    def __getitem__(self, index: slice) -> Columns: ...
    def __getitem__(self, index: int | slice) -> Parameters | Columns:
        picked = {name: each[index] for name, each in self.columns.items()}
        return Columns(picked) if isinstance(index, slice) else picked


class Prepared:
    """A statement whose words never change, or what makes it for a dialect.

    Every parameter has a name and a type that both drivers take as it is; an INSERT names its values itself.
    """

    def __init__(self, statement: Executable | Callable[[Dialect], Executable]) -> None:
        self._statement = statement
        self._made: dict[str, Executable] = {}
        self._compiled: dict[str, Compiled] = {}

    def on(self, dialect: Dialect) -> Executable:
        """The statement for a dialect, made at the first call."""
        if isinstance(self._statement, Executable):
            return self._statement
        if dialect.name not in self._made:
            self._made[dialect.name] = self._statement(dialect)
        return self._made[dialect.name]

    def compiled(self, dialect: Dialect) -> Compiled:
        """The statement in the words of a dialect and its own driver, compiled at the first call."""
        known = self._compiled.get(dialect.name)
        if known is None:
            known = self._compiled[dialect.name] = Compiled(self.on(dialect), dialect)
        return known


class Compiled:
    """The words of a statement, and how a driver is given its parameters."""

    def __init__(self, statement: Any, dialect: Dialect) -> None:  # noqa: ANN401 - SQLAlchemy's types differ by kind
        compiled = statement.compile(dialect=dialect)
        given = {name: None for name, each in compiled.binds.items() if each.required}
        expanded = compiled.construct_expanded_state(given)
        self.text: str = expanded.statement
        self.names: tuple[str, ...] = tuple(expanded.positiontup or expanded.parameters)
        self._positional = expanded.positiontup is not None
        self._constants = {name: value for name, value in expanded.parameters.items() if name not in given}
        self._row = statement if isinstance(statement, SelectBase) else None

    @cached_property
    def row(self) -> Any:  # noqa: ANN401 - a named tuple of the statement's columns
        """What makes a row of a driver's tuple."""
        assert self._row is not None  # noqa: S101 - only what selects has rows
        names = [each.name for each in self._row.selected_columns]
        return getattr(namedtuple("Row", names, rename=True), "_make")  # noqa: B009, PYI024

    @cached_property
    def _take(self) -> itemgetter[Any]:
        return itemgetter(*self.names)

    def named(self, given: Parameters) -> Parameters:
        """The parameters of one execution, with the constants that the statement holds."""
        return {**self._constants, **given} if self._constants else given

    def parameters(self, given: Parameters) -> Any:  # noqa: ANN401 - a tuple or a mapping
        """The same, as the driver takes them."""
        known = self.named(given)
        if not self._positional:
            return known
        return self._take(known) if len(self.names) > 1 else tuple(known[name] for name in self.names)

    def many(self, rows: Sequence[Parameters]) -> list[Any]:
        """The parameters of many executions, as the driver takes them."""
        if isinstance(rows, Columns) and self._positional and not self._constants:
            return list(zip(*(rows.columns[name] for name in self.names), strict=True))
        return list(map(self.parameters, rows))


PARTITIONED = "poec_partitioned"
"""The execution option of connections to a store whose tables are partitioned by session."""


class PartitionedTransaction:
    """What a transaction on a partitioned store knows so far.

    Attributes:
        sessions: of each application that was looked up; they never change.
        entries: how many history entries the transaction has written; None where others may have written in it too.
    """

    def __init__(self, entries: int | None) -> None:
        self.sessions: dict[str, str] = {}
        self.entries = entries


class StatementConnection(Protocol):
    """A connection in a transaction, as the package's statements use it.

    Attributes:
        partitioned: what is known on a store whose tables are partitioned by session; None on any other.
    """

    partitioned: PartitionedTransaction | None

    @property
    def dialect(self) -> Dialect:
        """The database's dialect."""
        ...

    def rows(self, statement: Prepared, parameters: Parameters = _NONE) -> Sequence[Any]:
        """All rows, their columns as attributes."""
        ...

    def row(self, statement: Prepared, parameters: Parameters = _NONE) -> Any:  # noqa: ANN401 - a row
        """The one row, None where there is none."""
        ...

    def values(self, statement: Prepared, parameters: Parameters = _NONE) -> Sequence[Any]:
        """The first column of all rows."""
        ...

    def write(self, statement: Prepared, rows: Sequence[Parameters]) -> int:
        """Execute once for each of some parameters; how many rows of the table were affected."""
        ...


class CoreConnection:
    """A SQLAlchemy connection."""

    def __init__(self, connection: Connection, partitioned: PartitionedTransaction | None = None) -> None:
        self.core = connection
        is_partitioned = partitioned is None and connection.get_execution_options().get(PARTITIONED)
        self.partitioned = PartitionedTransaction(0) if is_partitioned else partitioned

    @property
    def dialect(self) -> Dialect:
        """The database's dialect."""
        return self.core.dialect

    def rows(self, statement: Prepared, parameters: Parameters = _NONE) -> Sequence[Any]:
        """All rows, their columns as attributes."""
        return self.core.execute(statement.on(self.dialect), parameters).all()

    def row(self, statement: Prepared, parameters: Parameters = _NONE) -> Any:  # noqa: ANN401 - a row
        """The one row, None where there is none."""
        return self.core.execute(statement.on(self.dialect), parameters).one_or_none()

    def values(self, statement: Prepared, parameters: Parameters = _NONE) -> Sequence[Any]:
        """The first column of all rows."""
        return self.core.execute(statement.on(self.dialect), parameters).scalars().all()

    def write(self, statement: Prepared, rows: Sequence[Parameters]) -> int:
        """Execute once for each of some parameters; how many rows of the table were affected."""
        # SQLAlchemy takes lists alone, and forgets how many rows an INSERT wrote unless it is told not to.
        options = {"preserve_rowcount": True}
        return self.core.execute(statement.on(self.dialect), [*rows], execution_options=options).rowcount


class DriverConnection:
    """A connection of sqlite3 or psycopg, in a transaction that somebody else begins and ends.

    Attributes:
        answered: whether the database has answered a statement: until then nothing was written.
    """

    def __init__(self, driver: Any, dialect: Dialect, *, partitioned: bool = False) -> None:  # noqa: ANN401 - two drivers' connections
        self.dialect = dialect
        self.partitioned = PartitionedTransaction(0) if partitioned else None
        self.answered = False
        self._cursor = driver.cursor()

    def rows(self, statement: Prepared, parameters: Parameters = _NONE) -> Sequence[Any]:
        """All rows, their columns as attributes."""
        compiled = statement.compiled(self.dialect)
        return list(map(compiled.row, self._fetched(compiled, parameters)))

    def row(self, statement: Prepared, parameters: Parameters = _NONE) -> Any:  # noqa: ANN401 - a row
        """The one row, None where there is none."""
        compiled = statement.compiled(self.dialect)
        found = self._fetched(compiled, parameters)
        return compiled.row(found[0]) if found else None

    def values(self, statement: Prepared, parameters: Parameters = _NONE) -> Sequence[Any]:
        """The first column of all rows."""
        return [first for first, *_ in self._fetched(statement.compiled(self.dialect), parameters)]

    def write(self, statement: Prepared, rows: Sequence[Parameters]) -> int:
        """Execute once for each of some parameters; how many rows of the table were affected."""
        self._carry_out(statement.compiled(self.dialect), rows)
        return int(self._cursor.rowcount)

    def begin(self, text: str) -> None:
        """Begin a transaction, by what `dialects.beginning` said: of several statements, which can't be prepared."""
        if self.dialect.name == "postgresql":
            self._cursor.execute(text, prepare=False)
        else:
            self._cursor.execute(text)

    def execute(self, text: str) -> None:
        """Execute a statement that has no parameters and no answer."""
        self._cursor.execute(text)
        self.answered = True

    def _fetched(self, compiled: Compiled, parameters: Parameters) -> Sequence[tuple[Any, ...]]:
        self._carry_out(compiled, (parameters,))
        found: Sequence[tuple[Any, ...]] = self._cursor.fetchall()
        return found

    def _carry_out(self, compiled: Compiled, rows: Sequence[Parameters]) -> None:
        if len(rows) == 1:
            self._cursor.execute(compiled.text, compiled.parameters(rows[0]))
        else:
            self._cursor.executemany(compiled.text, compiled.many(rows))
        self.answered = True
