"""Filters for a host's alembic, whose autogenerate would drop our tables: they are in the database, not in its models.

Names are compared whole, in every schema: a table of the host's own may begin with `poec_`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from poec_workflow.adapters.sql.partition_names import is_of_partitions
from poec_workflow.adapters.sql.schema import metadata
from poec_workflow.adapters.sql.search_index import TABLES as SEARCHED

_FORMER = ("poec_outbox",)
"""Tables of earlier revisions, which are there until `create` has upgraded them."""
_SHADOWS = ("", "_data", "_idx", "_content", "_docsize", "_config")
"""What SQLite adds to the name of a virtual table of FTS5, for the tables that it keeps its index in."""
_OURS = frozenset(
    {*metadata.tables, *_FORMER, *(f"{each.name}_text{shadow}" for each in SEARCHED for shadow in _SHADOWS)}
)


def include_name(name: str | None, kind: str, parents: Mapping[str, str | None]) -> bool:
    """Alembic's `include_name`: whether a table of the database, or a part of one, is the host's to compare.

    Args:
        name: of the thing.
        kind: alembic's `type_`: `schema`, `table`, `column`, `index`, `unique_constraint` or `foreign_key_constraint`.
        parents: alembic's `parent_names`, which say of a part whose it is.
    """
    return not _is_ours(name if kind == "table" else parents.get("table_name"))


def include_object(item: Any, name: str | None, kind: str, _reflected: bool, _compare_to: object) -> bool:  # noqa: ANN401, FBT001 - alembic's signature
    """Alembic's `include_object`: the same for hosts whose metadata names our tables too, to refer to them.

    Args:
        item: the table, or the column, index or constraint of one.
        name: of the thing.
        kind: as `include_name` takes it.
    """
    return not _is_ours(name if kind == "table" else getattr(item.table, "name", None))


def _is_ours(table: str | None) -> bool:
    return table in _OURS or (table is not None and is_of_partitions(table))
