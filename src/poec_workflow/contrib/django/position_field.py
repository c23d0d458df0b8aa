"""The key of a history entry as one text, for Django's admin knows no keys of several columns."""

from __future__ import annotations

from typing import Any

import django
from django.db import models
from django.db.models.expressions import Col


class PositionField(models.CharField):  # type: ignore[type-arg]
    """`application:C-1:3`, which no column holds: a query makes it of kind, reference and version."""

    def get_col(self, alias: str, output_field: Any = None) -> Any:  # noqa: ANN401 - Django's own signature
        """What stands for the column in a query."""
        return _Position(alias, self, output_field or self)


class _Position(Col):
    """The three columns in one."""

    def as_sql(self, compiler: Any, connection: Any) -> Any:  # noqa: ANN401 - as above
        """The expression, on both databases."""
        name = connection.ops.quote_name
        # From Django 6.1 on aliases are quoted like all else, and the other is deprecated.
        quoted = compiler.quote_name if django.VERSION >= (6, 1) else compiler.quote_name_unless_alias
        at = quoted(self.alias)
        kind, reference, version = (f"{at}.{name(each)}" for each in ("kind", "reference", "version"))
        return f"({kind} || ':' || {reference} || ':' || CAST({version} AS TEXT))", []


def split_position(text: str) -> dict[str, Any] | None:
    """The three columns of a text; None of one that is no position."""
    kind, _, rest = text.partition(":")
    reference, _, version = rest.rpartition(":")
    if not (version.isascii() and version.isdecimal()):
        return None
    return {"kind": kind, "reference": reference, "version": int(version)}
