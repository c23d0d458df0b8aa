"""Fields of the workflow's columns, derived from its schema: which kind each is, and how its value reads."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import models

from poec_workflow.adapters.sql.row_mapping import instant_of, microseconds
from poec_workflow.adapters.sql.table_columns import ColumnKind, TableColumn, columns_of
from poec_workflow.contrib.django.active_language import lazy_word


class InstantField(models.BigIntegerField):  # type: ignore[type-arg]
    """Microseconds since 1970, read as an aware datetime in UTC."""

    def from_db_value(self, value: int | None, *_: object) -> datetime | None:
        """Read one; 0 stands for none."""
        return instant_of(value) if value else None

    def get_prep_value(self, value: Any) -> Any:  # noqa: ANN401 - Django's own signature
        """Compare with one."""
        return microseconds(value) if isinstance(value, datetime) else super().get_prep_value(value)

    def to_python(self, value: Any) -> Any:  # noqa: ANN401 - as above
        """As it is read."""
        return value if isinstance(value, datetime) else super().to_python(value)


class DayField(models.CharField):  # type: ignore[type-arg]
    """An ISO day, read as a date: their texts are in the order of the days."""

    def from_db_value(self, value: str | None, *_: object) -> date | None:
        """Read one."""
        return date.fromisoformat(value) if value else None

    def get_prep_value(self, value: Any) -> Any:  # noqa: ANN401 - Django's own signature
        """Compare with one."""
        return value.isoformat() if isinstance(value, date) else super().get_prep_value(value)

    def to_python(self, value: Any) -> Any:  # noqa: ANN401 - as above
        """As it is read."""
        return value if isinstance(value, date) else super().to_python(value)


def fields_of(table: str) -> dict[str, models.Field[Any, Any]]:
    """A field for each column of a table, by its name."""
    return {each.name: _field(each) for each in columns_of(table)}


_KINDS: Mapping[ColumnKind, type[models.Field[Any, Any]]] = {
    ColumnKind.INTEGER: models.IntegerField,
    ColumnKind.BIG_INTEGER: models.BigIntegerField,
    ColumnKind.INSTANT: InstantField,
    ColumnKind.DAY: DayField,
    ColumnKind.STRING: models.CharField,
    ColumnKind.TEXT: models.TextField,
}


def _field(column: TableColumn) -> models.Field[Any, Any]:
    return _KINDS[column.kind](
        verbose_name=lazy_word(f"columns.{column.name}"),
        null=column.nullable,
        primary_key=column.is_key,
        max_length=column.length,
    )
