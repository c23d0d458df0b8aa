"""Whether a row is what was imported before: the first entry of its subject's history says with what it began."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from attrs import fields

from poec_workflow.commands import Command
from poec_workflow.errors import plain
from poec_workflow.history import HistoryEntry
from poec_workflow.importing.import_fields import IMPORTS
from poec_workflow.model import Candidate, Convocation, Origin, Prescriber

_NOT_COMPARED = frozenset({"source"})
"""The same row may come from another file."""
_SHOWN = 60
_MOST = 6


def is_import(entry: HistoryEntry) -> bool:
    """Whether an entry says that its subject was imported."""
    return entry.command in {each.type for each in IMPORTS.values()}


def differences(command: Command, entry: HistoryEntry) -> str:
    """What a row says otherwise than the import of its subject did; empty where nothing.

    Of a candidate the reference alone is compared, for name and e-mail are kept apart, and may have been erased.
    """
    told = [f"{name} {_shown(before)} ≠ {_shown(now)}" for name, before, now in _differences(command, entry.event)]
    return ", ".join(told[:_MOST]) + (", …" if len(told) > _MOST else "")


def _differences(command: Any, event: Any) -> Iterator[tuple[str, object, object]]:  # noqa: ANN401 - any import and its event
    own = str(command.subject_kind)
    for each in fields(type(command)):
        if each.name == own or each.name in _NOT_COMPARED:
            continue
        before, now = getattr(event, each.name), getattr(command, each.name)
        if not _same(before, now):
            yield each.name, before, now.reference if isinstance(now, Candidate) else now


def _same(before: object, now: object) -> bool:
    if isinstance(now, Candidate):
        return before == now.reference
    if isinstance(before, Prescriber) and isinstance(now, Prescriber) and now.origin is Origin.SELF:
        # Who registered themself loses the name here when they are erased.
        return (before.organization, before.origin) == (now.organization, now.origin)
    return before == now or (before in {None, ""} and now in {None, ""})


def _shown(value: object) -> str:
    text = " / ".join(map(_words, value)) if isinstance(value, tuple) else _words(value)
    return text[:_SHOWN] + "…" if len(text) > _SHOWN else text or "–"


def _words(value: object) -> str:
    if isinstance(value, Convocation):
        return " ".join(str(each) for each in (value.on, value.time, value.place, value.outcome) if each is not None)
    if isinstance(value, Prescriber):
        return " ".join(each for each in (value.origin, value.organization, value.name) if each)
    return "" if value is None else str(plain(value))
