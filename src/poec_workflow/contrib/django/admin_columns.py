"""Columns of the admin's lists: codes in words, instants in the rules' time zone."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Any

from django.contrib import admin

from poec_workflow import locales
from poec_workflow.contrib.django.active_language import active_language, lazy_word
from poec_workflow.contrib.django.host_workflow import get_workflow
from poec_workflow.history import HistoryEntry
from poec_workflow.presentation.cell_texts import field_text
from poec_workflow.presentation.history_texts import who
from poec_workflow.presentation.message_texts import addressee_text, notice_text
from poec_workflow.serialization import from_json

Column = Callable[[Any], Any]


def state_column(enum: type[Enum]) -> Column:
    """A state in words."""

    @admin.display(description=lazy_word("columns.state"), ordering="state")
    def state(row: Any) -> str:  # noqa: ANN401 - a row
        known = {each.value: each for each in enum}
        return locales.state(known[row.state], active_language()) if row.state in known else str(row.state)

    return state


def code_column(column: str, section: str) -> Column:
    """A code in words."""

    @admin.display(description=lazy_word(f"columns.{column}"), ordering=column)
    def code(row: Any) -> str:  # noqa: ANN401 - a row
        return locales.label(section, getattr(row, column), active_language())

    return code


def instant_column(column: str, ordering: str | None = None) -> Column:
    """An instant as people write it, in the time zone of the settings."""

    @admin.display(description=lazy_word(f"columns.{column}"), ordering=ordering or column)
    def instant(row: Any) -> str | None:  # noqa: ANN401 - a row
        value = getattr(row, column)
        return None if value is None else field_text(value, get_workflow().settings.zone, active_language())

    return instant


def linked_column(column: str) -> Column:
    """The reference of another row, without a look at it."""

    @admin.display(description=lazy_word(f"columns.{column}"), ordering=column)
    def reference(row: Any) -> str:  # noqa: ANN401 - a row
        return str(getattr(row, f"{column}_id"))

    return reference


def flag_column(column: str) -> Column:
    """A flag that is stored as a number."""

    @admin.display(description=lazy_word(f"columns.{column}"), ordering=column, boolean=True)
    def flag(row: Any) -> bool:  # noqa: ANN401 - a row
        return bool(getattr(row, column))

    return flag


@admin.display(description=lazy_word("columns.candidate"), ordering="candidate")
def person(row: Any) -> str:  # noqa: ANN401 - a row
    """A candidate's name, or the reference of one who was erased."""
    known = row.candidate
    return known.name if known is not None and known.name else str(row.candidate_id)


@admin.display(description=lazy_word("host.seats"), ordering="retained")
def enrolled(row: Any) -> str:  # noqa: ANN401 - a row
    """How many are retained, and how many registered of how many."""
    return f"{row.retained} · {row.registered} / {row.quota}"


@admin.display(description=lazy_word("columns.to_reference"), ordering="to_reference")
def addressee(row: Any) -> str:  # noqa: ANN401 - a row
    """Of which kind, and who."""
    return addressee_text(row.to_kind, row.to_reference, active_language())


@admin.display(description=lazy_word("columns.notice"), ordering="notice")
def notice(row: Any) -> str:  # noqa: ANN401 - a row
    """Its number, and what it is of."""
    return notice_text(row.notice, active_language())


@admin.display(description=lazy_word("host.when"))
def entry_instant(row: Any) -> str:  # noqa: ANN401 - a row
    """When it took effect."""
    return field_text(_entry(row).event.effective_at, get_workflow().settings.zone, active_language())


@admin.display(description=lazy_word("host.command"))
def entry_command(row: Any) -> str:  # noqa: ANN401 - a row
    """What was done, and by which rule."""
    entry = _entry(row)
    return f"{locales.label('commands', entry.command, active_language())} ({entry.rule})"


@admin.display(description=lazy_word("host.who"))
def entry_actor(row: Any) -> str:  # noqa: ANN401 - a row
    """Who did it."""
    return who(_entry(row).actor, active_language())


@admin.display(description=lazy_word("host.what"))
def entry_state(row: Any) -> str:  # noqa: ANN401 - a row
    """What state it led to."""
    return locales.state(_entry(row).event.state, active_language())


def _entry(row: Any) -> HistoryEntry:  # noqa: ANN401 - a row
    """The entry of a row, read once for all of its columns."""
    known: HistoryEntry | None = row.__dict__.get("_read")
    if known is None:
        known = row.__dict__["_read"] = from_json(row.data, HistoryEntry)
    return known
