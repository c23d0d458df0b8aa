"""The tables in plain terms, for hosts that map them in another library's words."""

from __future__ import annotations

from enum import StrEnum

from attrs import frozen
from sqlalchemy import BigInteger, Column, Integer, String, Table, Text

from poec_workflow.adapters.sql.schema import metadata

_DAY = 10
"""The length of an ISO day: no other column has it."""


class ColumnKind(StrEnum):
    """What a column holds."""

    INTEGER = "integer"
    BIG_INTEGER = "big-integer"
    INSTANT = "instant"
    """Microseconds since 1970."""
    DAY = "day"
    """ISO text."""
    STRING = "string"
    TEXT = "text"


@frozen(kw_only=True)
class TableColumn:
    """One column.

    Attributes:
        name: in the database.
        kind: what it holds.
        length: of a string.
        nullable: whether it may be NULL.
        is_key: whether it is the primary key, alone.
    """

    name: str
    kind: ColumnKind
    length: int | None
    nullable: bool
    is_key: bool


def columns_of(table: str) -> tuple[TableColumn, ...]:
    """The columns of a table, in their order.

    Raises:
        KeyError: there is no such table.
    """
    known = metadata.tables[table]
    return tuple(_column(each, known) for each in known.columns)


def _column(column: Column[object], table: Table) -> TableColumn:
    return TableColumn(
        name=column.name,
        kind=_kind(column),
        length=column.type.length if isinstance(column.type, String) else None,
        nullable=bool(column.nullable),
        is_key=column.primary_key and len(table.primary_key.columns) == 1,
    )


def _kind(column: Column[object]) -> ColumnKind:
    match column.type:
        case Text():
            return ColumnKind.TEXT
        case String() as text:
            return ColumnKind.DAY if text.length == _DAY else ColumnKind.STRING
        case BigInteger():
            is_instant = column.name == "at" or column.name.endswith("_at")
            return ColumnKind.INSTANT if is_instant else ColumnKind.BIG_INTEGER
        case Integer():
            return ColumnKind.INTEGER
        case other:
            raise NotImplementedError(f"a column of the type {other!r}: {column}")
