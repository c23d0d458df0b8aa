"""Filters of the admin's lists: their choices are known, so that none asks the table which values it has."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib.admin import ModelAdmin, SimpleListFilter
from django.db.models import QuerySet
from django.http import HttpRequest

from poec_workflow.contrib.django.active_language import lazy_word

Choices = Callable[[], Sequence[tuple[str, Any]]]
Narrow = Callable[[QuerySet[Any], str], QuerySet[Any]]


def choice_filter(parameter: str, title: str, choices: Choices, narrow: Narrow) -> type[SimpleListFilter]:
    """A filter of known choices.

    Args:
        parameter: its name in the address.
        title: the word that names it.
        choices: values and their labels, in the active language.
        narrow: the rows of a value.
    """

    class Chosen(SimpleListFilter):
        parameter_name = parameter

        def lookups(self, request: HttpRequest, model_admin: ModelAdmin[Any]) -> list[tuple[str, str]]:
            del request, model_admin
            return [(value, str(label)) for value, label in choices()]

        def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
            del request
            known = {value for value, _ in choices()}
            chosen = self.value()
            return narrow(queryset, chosen) if chosen in known else queryset

    Chosen.title = lazy_word(f"host.{title}")
    return Chosen


def column_filter(column: str, title: str, choices: Choices) -> type[SimpleListFilter]:
    """The rows that have a value in a column."""
    return choice_filter(column, title, choices, lambda rows, value: rows.filter(**{column: value}))
