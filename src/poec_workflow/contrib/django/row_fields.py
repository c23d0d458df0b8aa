"""Fields of the workflow's columns, derived from its schema: which kind each is, and how its value reads."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import models
from sqlalchemy import BigInteger, Column, Integer, String, Table, Text

from poec_workflow.adapters.sql.row_mapping import instant_of, microseconds
from poec_workflow.contrib.django.active_language import lazy_word

_DAY = 10
"""The length of an ISO day: no other column has it."""


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


def fields_of(table: Table) -> dict[str, models.Field[Any, Any]]:
    """A field for each column of a table, by its name."""
    alone = len(table.primary_key.columns) == 1
    return {each.name: _field(each, key=alone and each.primary_key) for each in table.columns}


def _field(column: Column[Any], *, key: bool) -> models.Field[Any, Any]:
    common = {"verbose_name": lazy_word(f"columns.{column.name}"), "null": bool(column.nullable), "primary_key": key}
    kind = column.type
    match kind:
        case Text():
            return models.TextField(**common)
        case String():
            made = DayField if kind.length == _DAY else models.CharField
            return made(max_length=kind.length, **common)
        case BigInteger() if _is_instant(column.name):
            return InstantField(**common)
        case BigInteger():
            return models.BigIntegerField(**common)
        case Integer():
            return models.IntegerField(**common)
        case _:
            raise NotImplementedError(f"a column of the type {kind!r}: {column}")


def _is_instant(name: str) -> bool:
    return name == "at" or name.endswith("_at")
